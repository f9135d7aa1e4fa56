//! Signing in at Passport, with and without a site that waits.
use testkit::{House, Kind, PASSWORD, on_both_engines};

on_both_engines![
    pp_12_one_sign_in_serves_two_sites,
];

async fn pp_12_one_sign_in_serves_two_sites(house: House) {
    let (web, other) = (house.client(Kind::Web).await, house.client(Kind::Other).await);
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    let asked = web.ask(&browser, |asked| asked).await;
    assert_eq!(asked.heading(), "Sign in");
    let answer = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    web.tokens_in(&web.redeem(&web.code_in(&answer)).await);
    let answer = other.ask(&browser, |asked| asked).await;
    other.tokens_in(&other.redeem(&other.code_in(&answer)).await);
}
