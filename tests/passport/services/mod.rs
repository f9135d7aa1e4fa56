//! What a browser keeps of a person, and what the person sees and changes in Account Services.
mod account;
mod automatic;
mod browser;
mod closing;
mod consent;
mod handed_over;
mod inert;
mod scopes;

use testkit::{Answer, Browser, PASSWORD};

/// Signs in at Passport with what is ticked on the page besides.
pub async fn sign_in_with(browser: &Browser, email: &str, ticked: &[(&str, &str)]) -> Answer {
    browser.get("/sign-in?account=other").await.assert_status(200);
    let fields = [&[("username", email), ("password", PASSWORD)], ticked].concat();
    let answer = browser.submit("#sign-in-submit", &fields).await;
    assert!(browser.is_signed_in().await, "{answer:?}");
    answer
}

/// Signs up, and signs in with “Sign me in automatically”.
pub async fn join_automatically(browser: &Browser, email: &str) {
    browser.sign_up(email).await;
    sign_in_with(browser, email, &[("automatic", "on")]).await;
}
