//! What an operator hears of (issue: “thousands of wrong sign-ins left only ‘answered’ lines”).
use platform::security_event::{Event, counts};
use testkit::{House, PASSWORD, on_both_engines};

on_both_engines![an_operator_hears_of_wrong_sign_ins_pauses_and_changes];

/// Tests of this process count together, so that a figure is at least what one of them did.
fn told(event: Event) -> u64 {
    counts().find(|(counted, _)| *counted == event).unwrap().1
}

async fn an_operator_hears_of_wrong_sign_ins_pauses_and_changes(house: House) {
    let watched = [Event::SignedUp, Event::SignInFailed, Event::SignInThrottled, Event::SignInSucceeded];
    let before = watched.map(told);
    house.browser().sign_up("ann@acme.test").await;
    house.browser().sign_in("ann@acme.test", PASSWORD).await;
    let browser = house.browser();
    for _ in 0..12 {
        browser.get("/sign-in").await;
        browser.fill_in_sign_in("ann@acme.test", "wrong").await.assert_status(422);
    }
    let since: Vec<_> = watched.iter().zip(before).map(|(event, before)| told(*event) - before).collect();
    assert!(since.iter().zip([1, 10, 2, 1]).all(|(told, least)| *told >= least), "{since:?}");
    let figures = house.passport.site.figures.text();
    assert!(figures.contains("security_events_total{event=\"sign_in_throttled\"}"), "{figures}");
}
