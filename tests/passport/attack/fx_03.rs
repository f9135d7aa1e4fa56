//! FX-03: two people use one browser, and a page that was shown to one of them does nothing to the other.
use testkit::{Browser, House, PASSWORD, SECRET_ANSWER, on_both_engines};

use crate::account::{INFORMATION, answer, sign_up_with};

on_both_engines![
    fx_03_a_page_of_account_services_acts_on_whom_it_was_shown_to,
    fx_03_sign_out_of_one_person_does_not_sign_another_out,
    fx_03_a_password_is_set_for_the_account_that_its_page_shows,
    what_was_typed_before_the_password_was_asked_for_is_sent_afterwards,
];

const ANN: &str = "ann@acme.test";
const BEN: &str = "ben@beta.test";

/// Page, button, and what is typed.
type Shown = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const SHOWN: &[Shown] = &[
    ("/account/information", "#information-save", &[]),
    ("/account/email", "#change-email-submit", &[("new_email", "new@acme.test")]),
    ("/account/email", "#verify-submit", &[]),
    ("/account/alternate-email", "#alternate-submit", &[("new_email", "other@acme.test")]),
    (
        "/account/question",
        "#change-question-submit",
        &[("question", "own"), ("own_question", "Whose cat?"), ("answer", "The neighbour's")],
    ),
    (
        "/account/password",
        "#change-password-submit",
        &[("old_password", PASSWORD), ("password", "eight blue kettles hum")],
    ),
    ("/account/language", "#language-save", &[]),
    ("/account/export", "#export-download", &[]),
    ("/account/close", "#close-submit", &[("sure", "on")]),
    ("/account/sessions", "form[action='/account/sessions/everywhere']", &[]),
];

/// Ann's pages, and the browser in which Ben signed in beside her since.
async fn anns_pages(house: &House) -> (Vec<Browser>, Browser) {
    let browser = house.browser();
    browser.join(ANN).await;
    let mut tabs = Vec::new();
    for (page, _, _) in SHOWN {
        let tab = browser.tab();
        tab.get(page).await.assert_status(200);
        tabs.push(tab);
    }
    browser.sign_up(BEN).await;
    browser.get("/sign-in?prove=1").await;
    browser.fill_in_sign_in(BEN, PASSWORD).await.assert_status(200);
    let page = browser.get("/account").await;
    assert!(page.text().contains(BEN), "Ben is in front: {page:?}");
    house.leave_mail();
    (tabs, browser)
}

async fn fx_03_a_page_of_account_services_acts_on_whom_it_was_shown_to(house: House) {
    let (tabs, browser) = anns_pages(&house).await;
    for (tab, (page, button, typed)) in tabs.iter().zip(SHOWN) {
        let answer = tab.submit(button, typed).await;
        assert_eq!(answer.status, 409, "{page}: {answer:?}");
        // What Ann typed is nobody else's to read, or to send as their own.
        for (field, value) in typed.iter().filter(|(_, value)| value.contains(['@', ' '])) {
            let shown = answer.text().replace("&#39;", "'");
            assert!(!shown.contains(value), "{page} shows Ben {field}: {answer:?}");
        }
    }
    browser.get("/account").await.assert_status(200);
    assert!(house.postbox(BEN).letters().await.iter().all(|letter| !letter.subject.contains("changed")));
    let history = browser.get("/account/history").await;
    for told in ["new@acme.test", "other@acme.test"] {
        assert!(!history.text().contains(told), "{history:?}");
    }
    house.browser().sign_in(BEN, PASSWORD).await;
    house.leave_mail();
}

async fn fx_03_sign_out_of_one_person_does_not_sign_another_out(house: House) {
    let (tabs, browser) = anns_pages(&house).await;
    let answer = tabs[0].submit("form[action='/sign-out']", &[]).await;
    assert_eq!(answer.status, 409, "{answer:?}");
    assert!(browser.is_signed_in().await);
    // Whoever is out already is out.
    let here = browser.tab();
    here.get("/account").await.assert_status(200);
    browser.sign_out().await.assert_status(200);
    let again = here.submit("form[action='/sign-out']", &[]).await;
    assert_eq!((again.status, again.url.path()), (200, "/signed-out"), "{again:?}");
    house.leave_mail();
}

async fn fx_03_a_password_is_set_for_the_account_that_its_page_shows(house: House) {
    house.leave_mail();
    let browser = house.browser();
    for email in [ANN, BEN] {
        sign_up_with(&browser, email, &INFORMATION).await;
        browser.sign_in(email, PASSWORD).await;
        browser.sign_out().await;
    }
    let (anns, bens) = (browser.tab(), browser.tab());
    for (tab, email) in [(&anns, ANN), (&bens, BEN)] {
        let page = answer(tab, email, &INFORMATION, SECRET_ANSWER).await;
        assert!(page.page().has("#recover-password-submit") && page.text().contains(email), "{page:?}");
    }
    let refused = anns.submit("#recover-password-submit", &[("password", "nine blue lanterns hum")]).await;
    assert_eq!(refused.status, 409, "{refused:?}");
    assert!(refused.text().contains(BEN), "it says whose it would be now: {refused:?}");
    browser.sign_in(BEN, PASSWORD).await;
}

async fn what_was_typed_before_the_password_was_asked_for_is_sent_afterwards(house: House) {
    let browser = house.browser();
    browser.join(ANN).await;
    let tab = browser.tab();
    tab.get("/account/email").await.assert_status(200);
    house.clock.advance(testkit::house::minutes(6));
    let kept = tab.submit("#change-email-submit", &[("new_email", "new@acme.test")]).await;
    assert_eq!((kept.status, kept.heading().as_str()), (403, "Please enter your password again"), "{kept:?}");
    let beside = browser.tab();
    let done = beside.get(&kept.page().attribute("#sign-in-first", "href")).await;
    assert!(done.page().has("#sign-in-submit"), "{done:?}");
    let done = beside.fill_in_sign_in(ANN, PASSWORD).await;
    assert_eq!(done.url.path(), "/go-back", "{done:?}");
    assert!(done.page().text_of("#as-whom").contains(ANN), "{done:?}");
    let sent = tab.click("#send-again").await;
    assert_eq!(sent.status, 200, "{sent:?}");
    assert_eq!(house.postbox("new@acme.test").letters().await.len(), 1);
    house.leave_mail();
}
