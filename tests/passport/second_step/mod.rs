//! The second step and how strongly a person was proven: authenticator apps, recovery codes, `amr`, `acr`, and more on the
//! way where a site asks for it.
use std::sync::Arc;

use mailbox::Message;
use passport::account::Account;
use testkit::{Answer, Browser, House, PASSWORD, Phone, house::seconds};

mod assurance;
mod attacks;
mod downgrade;
mod lost;
mod signing_in;

const ANN: &str = "ann@acme.test";

/// Somebody who is signed in and has just set up the second step; the letter about it is read. The clock stands at the
/// next code.
async fn join_with_phone(house: &House, browser: &Browser, email: &str) -> (Phone, Vec<String>) {
    browser.join(email).await;
    set_up(house, browser, email).await
}

async fn set_up(house: &House, browser: &Browser, email: &str) -> (Phone, Vec<String>) {
    let (phone, codes) = browser.set_up_second_step(house.clock.now()).await;
    assert_eq!(codes.len(), 10);
    house.clock.advance(seconds(30));
    let letter = house.postbox(email).letter().await;
    assert!(letter.text.contains("authenticator app was set up"), "{}", letter.text);
    (phone, codes)
}

/// The password alone: the page of the second step, and nobody is signed in.
async fn first_step(browser: &Browser, email: &str) -> Answer {
    browser.get("/sign-in").await;
    let asked = browser.fill_in_sign_in(email, PASSWORD).await;
    assert_eq!(asked.heading(), "Second step");
    assert!(!browser.is_signed_in().await);
    asked
}

/// The one letter among those to somebody that says this.
async fn told(house: &House, email: &str, text: &str) -> Arc<Message> {
    let letters = house.postbox(email).letters().await;
    let mut found = letters.into_iter().filter(|letter| letter.text.contains(text));
    let letter = found.next().unwrap_or_else(|| panic!("no letter says {text}"));
    assert!(found.next().is_none(), "told once: {text}");
    letter
}

async fn enter(browser: &Browser, code: &str) -> Answer {
    browser.submit("#second-submit", &[("code", code)]).await
}

async fn account(house: &House, email: &str) -> Account {
    let found = passport::account::store::find_by_key(house.passport.db.reader(), email).await;
    found.unwrap().unwrap()
}
