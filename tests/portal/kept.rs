//! Work is never lost: what was typed comes back from whatever was in the way, and is sent again with one press.
use testkit::{PASSWORD, Town, house::minutes, on_both_engines, town::ANN};

on_both_engines![
    what_was_typed_before_the_visit_ended_is_sent_after_signing_in_beside_it,
    what_ann_typed_is_not_sent_for_whoever_signs_in_next,
];

/// A form is open when the visit ends; the page that answers its button.
async fn typed_too_late(town: &Town) -> (testkit::Browser, testkit::Browser) {
    let browser = town.browser();
    browser.associate(town, "ann@mail.test", ANN).await;
    town.leave_mail();
    let tab = browser.tab();
    tab.get(&town.portal_url("/account/profile")).await.assert_status(200);
    town.clock.advance(minutes(13 * 60));
    let answer = tab.submit("#save", &[("first_name", "Anna Maria")]).await;
    assert_eq!((answer.status, answer.heading().as_str()), (403, "You are signed out"), "{answer:?}");
    assert!(answer.text().contains("Anna Maria</textarea>"), "the words are shown: {answer:?}");
    (tab, browser)
}

async fn named(town: &Town, first_name: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM profile WHERE first_name = '{first_name}'");
    town.neighbour().ground.count(&sql).await
}

async fn what_was_typed_before_the_visit_ended_is_sent_after_signing_in_beside_it(town: Town) {
    let (tab, browser) = typed_too_late(&town).await;
    let still = tab.click("#send-again").await;
    assert_eq!(still.heading(), "You are signed out", "pressed too early, nothing is lost: {still:?}");
    let beside = browser.tab();
    beside.get(&town.portal_url("/account")).await;
    let here = tab.here().page().attribute("#sign-in-first", "href");
    beside.get(&town.portal_url(&here)).await;
    let done = beside.fill_in_sign_in("ann@mail.test", PASSWORD).await;
    assert_eq!((done.url.path(), done.heading().as_str()), ("/go-back", "You are signed in"), "{done:?}");
    assert_eq!(done.page().text_of("#as-whom"), "You are signed in as ann@mail.test.");
    assert_eq!(named(&town, "Anna Maria").await, 0);
    let saved = tab.click("#send-again").await;
    assert_eq!((saved.status, saved.url.query()), (200, Some("done=saved")), "{saved:?}");
    assert_eq!(named(&town, "Anna Maria").await, 1);
    town.leave_mail();
}

async fn what_ann_typed_is_not_sent_for_whoever_signs_in_next(town: Town) {
    let (tab, browser) = typed_too_late(&town).await;
    town.seed(r#"{"profiles":[{"external_id":"bea","company":"beta","first_name":"Bea","last_name":"Beta","email":"bea@beta.test"}]}"#).await;
    let elsewhere = town.browser();
    elsewhere.associate(&town, "bea@mail.test", "bea@beta.test").await;
    let beside = browser.tab();
    beside.get(&town.portal_url("/signin?next=%2Fgo-back")).await;
    let done = beside.fill_in_sign_in("bea@mail.test", PASSWORD).await;
    assert_eq!(done.url.path(), "/go-back", "{done:?}");
    let answer = tab.click("#send-again").await;
    assert_eq!(answer.status, 409, "{answer:?}");
    assert_eq!((named(&town, "Anna Maria").await, named(&town, "Bea").await), (0, 1));
    town.leave_mail();
}
