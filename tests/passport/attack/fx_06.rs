//! FX-06: the answer of a rotation is lost, or written down too late. That is no theft; two browsers that use what one
//! was given are.
use testkit::{Browser, House, house::seconds, net::Request, on_both_engines};

use crate::services::{join_automatically, sign_in_with};

on_both_engines![
    fx_06_an_unread_answer_of_a_rotation_rings_no_alarm,
    fx_06_a_token_rings_the_alarm_once_its_successor_was_used,
    fx_06_a_copy_that_is_used_first_rings_the_alarm_when_the_owner_comes,
];

fn token(browser: &Browser) -> String {
    browser.cookies().value("-automatic").expect("an automatic sign-in").to_owned()
}

/// A request with nothing but this token; its answer is thrown away, but for who was signed in.
async fn signs_in(house: &House, token: &str) -> bool {
    let request =
        Request::get(&house.url("/")).header("cookie", format!("{}={token}", house.cookie("automatic")));
    let answer = house.net.send(request).await;
    answer.assert_status(200).page().has("form[action='/sign-out']")
}

async fn fx_06_an_unread_answer_of_a_rotation_rings_no_alarm(house: House) {
    let (browser, phone) = (house.browser(), house.browser());
    join_automatically(&browser, "ann@acme.test").await;
    sign_in_with(&phone, "ann@acme.test", &[("automatic", "on")]).await;
    for gap in [0, 12, 3_600, 48 * 3_600] {
        browser.close_and_reopen();
        assert!(signs_in(&house, &token(&browser)).await, "nobody reads this answer");
        house.clock.advance(seconds(gap));
        assert!(signs_in(&house, &token(&browser)).await, "nor this one");
        house.clock.advance(seconds(gap));
        assert!(browser.is_signed_in().await, "after {gap} s");
    }
    for browser in [browser, phone] {
        browser.close_and_reopen();
        assert!(browser.is_signed_in().await);
    }
    assert_eq!(house.jobs_waiting().await, 0, "nobody is written to");
}

async fn come_back(house: &House, browser: &Browser) {
    browser.close_and_reopen();
    house.clock.advance(seconds(12));
    assert!(browser.is_signed_in().await);
}

async fn fx_06_a_token_rings_the_alarm_once_its_successor_was_used(house: House) {
    let browser = house.browser();
    join_automatically(&browser, "ann@acme.test").await;
    let copied = token(&browser);
    come_back(&house, &browser).await;
    come_back(&house, &browser).await;
    assert!(!signs_in(&house, &copied).await, "both were used");
    browser.close_and_reopen();
    assert!(!browser.is_signed_in().await);
    let letter = house.postbox("ann@acme.test").letter().await;
    assert_eq!(letter.subject, "Automatic sign-in to your Passport was ended");
}

async fn fx_06_a_copy_that_is_used_first_rings_the_alarm_when_the_owner_comes(house: House) {
    let browser = house.browser();
    join_automatically(&browser, "ann@acme.test").await;
    let copied = token(&browser);
    come_back(&house, &browser).await;
    house.clock.advance(seconds(12));
    assert!(signs_in(&house, &copied).await, "as a browser that lost its answer");
    assert!(!browser.is_signed_in().await, "the session moved on, and its token was used by two");
    assert!(!signs_in(&house, &copied).await);
    let letter = house.postbox("ann@acme.test").letter().await;
    assert_eq!(letter.subject, "Automatic sign-in to your Passport was ended");
}
