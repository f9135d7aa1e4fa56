//! A form that a browser sends twice: the second one is answered like the first (decision 0030), in the browser that
//! sent the first and in no other.
use passport::{
    account::{AccountId, Alternate, acting::Acting, store},
    link::{self, NewLink, Purpose},
    recovery::{RecoveryId, Way, store::NewRecovery},
};
use testkit::{Answer, Browser, House, PASSWORD, on_both_engines};

on_both_engines![
    the_button_of_a_letter_pressed_twice_is_answered_twice_alike,
    a_reset_link_pressed_twice_at_once_leads_on_twice,
    what_the_owner_changes_is_changed_once_however_often_it_is_sent,
    what_ends_the_session_of_whoever_pressed_it_is_answered_twice_alike,
    a_closing_is_taken_back_twice_alike_and_by_no_other_browser,
    a_form_that_says_something_else_is_another_one,
    another_browser_or_another_button_finds_the_link_used_up,
];

const ANN: &str = "ann@acme.test";
const OTHER: &str = "ann@other.test";

async fn account(house: &House) -> AccountId {
    store::find_by_key(house.passport.db.reader(), ANN).await.unwrap().unwrap().id
}

async fn ann(house: &House) -> (Browser, AccountId) {
    house.leave_mail();
    let browser = house.browser();
    browser.join(ANN).await;
    (browser, account(house).await)
}

/// A letter's link, as its verb would make it.
async fn link(house: &House, id: AccountId, purpose: Purpose) -> String {
    let (passport, now) = (&house.passport, house.clock.now());
    let tx = Acting::on(&passport.db, id).await.unwrap().unwrap();
    let address = |verified| Some(Alternate { address: OTHER.into(), verified });
    let detail = match purpose {
        Purpose::VerifyEmail | Purpose::ClaimName | Purpose::TakeName => ANN.to_owned(),
        Purpose::ChangeEmail => "ann@new.test".to_owned(),
        Purpose::ChangeAlternate => OTHER.to_owned(),
        Purpose::VerifyAlternate | Purpose::DropAlternate => {
            store::set_alternate(&tx, id, address(false)).await.unwrap();
            OTHER.to_owned()
        }
        Purpose::Reset => {
            store::set_alternate(&tx, id, address(true)).await.unwrap();
            OTHER.to_owned()
        }
        Purpose::NotMe => "{}".to_owned(),
        Purpose::StopRecovery => {
            let recovery = RecoveryId::new(now, &passport.random);
            let (wait, lasts) = (std::time::Duration::from_secs(3600), std::time::Duration::from_secs(3600));
            let code = "0".repeat(26);
            let new = NewRecovery { id: recovery, account: id, way: Way::Answer, code: &code, wait, lasts };
            passport::recovery::store::add_recovery(&tx, now, new).await.unwrap();
            recovery.to_string()
        }
    };
    let new =
        NewLink { account: id, purpose, detail: &detail, lifetime: std::time::Duration::from_secs(600) };
    let path = link::make(&tx, now, &passport.random, new).await.unwrap();
    tx.commit().await.unwrap();
    house.url(&path)
}

fn heading(answer: &Answer) -> String {
    answer.assert_status(200).heading()
}

async fn the_button_of_a_letter_pressed_twice_is_answered_twice_alike(house: House) {
    let (owner, id) = ann(&house).await;
    for purpose in [
        Purpose::ClaimName,
        Purpose::VerifyEmail,
        Purpose::VerifyAlternate,
        Purpose::DropAlternate,
        Purpose::ChangeAlternate,
        Purpose::ChangeEmail,
        Purpose::StopRecovery,
        Purpose::Reset,
        Purpose::NotMe,
    ] {
        let page = owner.get(&link(&house, id, purpose).await).await;
        page.assert_status(200);
        let tab = owner.tab();
        let first = owner.click("#link-confirm").await;
        let second = tab.click("#link-confirm").await;
        assert_eq!(heading(&first), heading(&second), "{purpose:?}");
        assert_ne!(heading(&first), page.heading(), "{purpose:?}");
        assert_eq!(first.url, second.url, "{purpose:?}");
    }
}

async fn a_reset_link_pressed_twice_at_once_leads_on_twice(house: House) {
    let (_, id) = ann(&house).await;
    for _ in 0..12 {
        let browser = house.browser();
        browser.get(&link(&house, id, Purpose::Reset).await).await;
        let [one, two, three] = [browser.tab(), browser.tab(), browser.tab()];
        let (one, two, three) = tokio::join!(
            one.click("#link-confirm"),
            two.click("#link-confirm"),
            three.click("#link-confirm")
        );
        for answer in [one, two, three] {
            assert!(answer.page().has("#recover-password-submit"), "{answer:?}");
        }
    }
    let (begun, open) = ("kind = 'recovery_begun'", "state = 'open'");
    assert_eq!(house.ground.count(&format!("SELECT COUNT(*) FROM event WHERE {begun}")).await, 12);
    assert_eq!(house.ground.count(&format!("SELECT COUNT(*) FROM recovery WHERE {open}")).await, 1);
}

async fn another_browser_or_another_button_finds_the_link_used_up(house: House) {
    let (_, id) = ann(&house).await;
    // The other button of the same page.
    let browser = house.browser();
    let page = browser.get(&link(&house, id, Purpose::VerifyAlternate).await).await.page();
    let [secret, form_token] = ["secret", "form_token"]
        .map(|name| page.attribute(&format!("form[action='/link'] input[name='{name}']"), "value"));
    drop(page);
    browser.click("#link-decline").await.assert_status(200);
    let confirmed = browser.post("/link", &[("secret", &secret), ("form_token", &form_token)]).await;
    assert_eq!(confirmed.status, 410, "{confirmed:?}");
    for purpose in [Purpose::Reset, Purpose::VerifyAlternate, Purpose::NotMe] {
        let link = link(&house, id, purpose).await;
        let (one, other) = (house.browser(), house.browser());
        one.get(&link).await.assert_status(200);
        other.get(&link).await.assert_status(200);
        let (again, late) = (one.tab(), one.tab());
        let button = match purpose {
            Purpose::VerifyAlternate => "#link-decline",
            _ => "#link-confirm",
        };
        one.click(button).await.assert_status(200);
        other.click(button).await.assert_status(410);
        assert_eq!(again.click(button).await.status, 200);
        house.clock.advance(std::time::Duration::from_secs(121));
        assert_eq!(late.click(button).await.status, 410, "{purpose:?}");
    }
}

type Field = (&'static str, &'static str);

const NEW: &str = "another nine lanterns";
const QUESTION: [Field; 3] = [("question", "own"), ("own_question", "Who?"), ("answer", "Aunt May")];

/// One after the other, or both at once.
async fn twice(browser: &Browser, css: &str, fields: &[Field], at_once: bool) -> [Answer; 2] {
    let tab = browser.tab();
    match at_once {
        true => tokio::join!(browser.submit(css, fields), tab.submit(css, fields)).into(),
        false => [browser.submit(css, fields).await, tab.submit(css, fields).await],
    }
}

async fn what_the_owner_changes_is_changed_once_however_often_it_is_sent(house: House) {
    house.leave_mail();
    let doors: [(&str, &str, &[Field], &str); 6] = [
        ("/account/question", "#change-question-submit", &QUESTION, "question_changed"),
        ("/account/email", "#change-email-submit", &[("new_email", OTHER)], "email_change_asked"),
        ("/account/email", "form[action='/account/email/verify']", &[], ""),
        ("/account/alternate-email", "#alternate-submit", &[("new_email", OTHER)], ""),
        ("/account/information", "#information-save", &[("postal_code", "1010")], "information_changed"),
        (
            "/account/password",
            "#change-password-submit",
            &[("old_password", PASSWORD), ("password", NEW)],
            "password_changed",
        ),
    ];
    for (number, (page, button, fields, kind)) in doors.into_iter().cycle().take(12).enumerate() {
        let (browser, email, at_once) = (house.browser(), format!("ann{number}@acme.test"), number >= 6);
        browser.join(&email).await;
        browser.get(page).await.assert_status(200);
        let lines = format!("SELECT COUNT(*) FROM event WHERE kind = '{kind}'");
        let before = house.ground.count(&lines).await;
        let links = house.ground.count("SELECT COUNT(*) FROM link").await;
        let [one, two] = twice(&browser, button, fields, at_once).await;
        assert_eq!(heading(&one), heading(&two), "{page}");
        assert_eq!((one.url.path(), one.page().words()), (two.url.path(), two.page().words()), "{page}");
        let lines = house.ground.count(&lines).await - before;
        assert_eq!(lines, i64::from(!kind.is_empty()), "{page}");
        // One letter, with one link.
        assert_eq!(house.ground.count("SELECT COUNT(*) FROM link").await, links + 1, "{page} {at_once}");
    }
}

async fn what_ends_the_session_of_whoever_pressed_it_is_answered_twice_alike(house: House) {
    house.leave_mail();
    let doors: [(&str, &str, &[Field]); 4] = [
        ("/account/history", "#not-me-submit", &[]),
        ("/account/close", "#close-submit", &[("sure", "on")]),
        ("/account/sessions", "form[action='/account/sessions/everywhere']", &[]),
        ("/account/sessions", "#sessions button", &[]),
    ];
    for (number, (page, button, fields)) in doors.into_iter().cycle().take(8).enumerate() {
        let (browser, email) = (house.browser(), format!("ann{number}@acme.test"));
        browser.join(&email).await;
        browser.get(page).await.assert_status(200);
        if page == "/account/history" {
            browser.click("a[href^='/account/not-me']").await.assert_status(200);
        }
        let letters = house.postbox(&email).letters().await.len();
        let [one, two] = twice(&browser, button, fields, number >= 4).await;
        assert_eq!(heading(&one), heading(&two), "{page}");
        assert_eq!(one.url.path(), two.url.path(), "{page}");
        assert!(!browser.is_signed_in().await, "{page}");
        assert!(house.postbox(&email).letters().await.len() <= letters + 1, "{page}");
    }
}

async fn a_closing_is_taken_back_twice_alike_and_by_no_other_browser(house: House) {
    let browser = house.browser();
    browser.join(ANN).await;
    browser.get("/account/close").await;
    browser.submit("#close-submit", &[("sure", "on")]).await;
    let link = house.postbox(ANN).link().await;
    let (other, reader) = (house.browser(), house.browser());
    other.get(&link).await;
    reader.get(&link).await;
    let [one, two] = twice(&reader, "#close-undo", &[], true).await;
    assert_eq!([heading(&one), heading(&two)], ["Your Passport stays"; 2]);
    other.submit("#close-undo", &[]).await.assert_status(410);
}

async fn a_form_that_says_something_else_is_another_one(house: House) {
    let (browser, _) = ann(&house).await;
    browser.get("/account/password").await;
    let (tab, late) = (browser.tab(), browser.tab());
    let fields = [("old_password", PASSWORD), ("password", NEW)];
    browser.submit("#change-password-submit", &fields).await.assert_status(200);
    // The page came back from the browser's memory, and something else was typed.
    let fields = [("old_password", PASSWORD), ("password", "some third password")];
    tab.submit("#change-password-submit", &fields).await.assert_status(422);
    house.clock.advance(std::time::Duration::from_secs(121));
    let fields = [("old_password", PASSWORD), ("password", NEW)];
    late.submit("#change-password-submit", &fields).await.assert_status(422);
}
