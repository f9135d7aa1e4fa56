//! Whoever holds a session asks silently as often as the machine answers: what that leaves has a bound, so that the
//! owner's “sign out everywhere” does not run into one.
use testkit::{House, Kind, house::minutes, on_both_engines};

on_both_engines![
    silent_requests_without_end_leave_a_handful_of_grants,
    what_is_refreshed_outlives_what_is_only_asked_for,
    silent_requests_push_out_nothing_that_is_for_offline_use,
    a_code_that_nobody_redeems_goes_the_day_after,
];

const ROWS: &str = "SELECT COUNT(*) FROM grants";

async fn silent_requests_without_end_leave_a_handful_of_grants(house: House) {
    let web = house.client(Kind::Web).await;
    let thief = house.browser();
    thief.join("ann@acme.test").await;
    let mut last = String::new();
    for _ in 0..30 {
        last = web.code_in(&web.ask(&thief.tab(), |asked| asked.with("prompt", "none")).await);
    }
    assert_eq!(house.ground.count(ROWS).await, 20);
    web.tokens_in(&web.redeem(&last).await);
}

async fn what_is_refreshed_outlives_what_is_only_asked_for(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let mut tab = web.tokens(&browser.tab()).await;
    for _ in 0..30 {
        house.clock.advance(minutes(1));
        web.code_in(&web.ask(&browser.tab(), |asked| asked.with("prompt", "none")).await);
        tab = web.tokens_in(&web.refresh(tab.refresh()).await);
    }
}

async fn silent_requests_push_out_nothing_that_is_for_offline_use(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let offline = web.tokens(&browser.tab()).await;
    for _ in 0..30 {
        house.clock.advance(minutes(1));
        let silent =
            web.ask(&browser.tab(), |asked| asked.with("prompt", "none").with("scope", "openid")).await;
        web.code_in(&silent);
    }
    web.tokens_in(&web.refresh(offline.refresh()).await);
}

async fn a_code_that_nobody_redeems_goes_the_day_after(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let redeemed = web.code_in(&web.ask(&browser.tab(), |asked| asked).await);
    web.tokens_in(&web.redeem(&redeemed).await);
    web.code_in(&web.ask(&browser.tab(), |asked| asked.with("prompt", "none")).await);
    assert_eq!(house.ground.count(ROWS).await, 2);
    house.clock.advance(minutes(25 * 60));
    passport::jobs::sweep(&house.passport).await.unwrap();
    assert_eq!(house.ground.count(ROWS).await, 1, "what was redeemed stays");
}
