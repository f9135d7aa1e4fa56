//! The fourth way back, a link to the account's own address; facts that are the same however they are written; and
//! what people are told about how they would get back in.
use serde_json::json;
use testkit::{
    Browser, Engine, House, PASSWORD, SECRET_ANSWER,
    house::{days, minutes},
    on_both_engines,
};

use super::*;

on_both_engines![
    a_link_to_the_proven_address_waits_where_the_account_was_never_used,
    on_a_known_computer_the_link_to_the_proven_address_serves_at_once,
    an_address_that_was_never_proven_is_sent_nothing,
    where_the_operator_does_not_want_it_the_own_address_opens_nothing,
    a_link_to_an_address_that_changed_since_is_dead,
    what_was_typed_long_ago_is_recognized_by_its_value,
    the_end_of_sign_up_says_which_ways_lead_back,
    account_services_say_which_ways_lead_back_and_what_the_others_lack,
];

/// An account whose own address is proven, and the alternate one as well.
async fn proven(house: &House) {
    let more = json!({ "email_verified": true, "alternate_email": OTHER, "alternate_email_verified": true });
    seeded(house, ANN, more).await;
    house.clock.advance(days(2));
}

/// Asks for a link to the account's own address; the newest one there, if any came.
async fn own_link(house: &House, browser: &Browser) -> Option<String> {
    let sent = choose(browser, ANN, "email").await;
    assert!(sent.page().has("#recover-sent"), "{sent:?}");
    let letters = house.postbox(ANN).letters().await;
    let reset = letters.iter().find(|letter| letter.subject == "Reset your password")?;
    Some(testkit::postbox::links(reset).remove(0))
}

async fn a_link_to_the_proven_address_waits_where_the_account_was_never_used(house: House) {
    house.leave_mail();
    proven(&house).await;
    let stranger = house.browser();
    stranger.get(&own_link(&house, &stranger).await.unwrap()).await.assert_status(200);
    let waiting = stranger.click("#link-confirm").await;
    assert!(waiting.page().has("#recover-waiting") && waiting.page().has("#recover-code"), "{waiting:?}");
    // Whoever reads the other mailbox hears of it, and stops it.
    let told = house.postbox(OTHER).letters().await;
    let told = told.iter().find(|letter| letter.subject == "Somebody wants to reset your password").unwrap();
    assert!(told.text.contains("e-mail address of your") && told.text.contains(ANN), "{}", told.text);
    let owner = house.browser();
    owner.get(&testkit::postbox::links(told).remove(0)).await;
    owner.click("#link-confirm").await.assert_status(200);
    house.clock.advance(days(1));
    assert!(stranger.get("/recover/password").await.page().has("#recover-over"));
    // Nobody stops the next one: after a day it serves.
    stranger.get(&own_link(&house, &stranger).await.unwrap()).await;
    stranger.click("#link-confirm").await.assert_status(200);
    house.clock.advance(days(1));
    stranger.get("/recover/password").await.assert_status(200);
    let done = stranger.submit("#recover-password-submit", &[("password", NEW_PASSWORD)]).await;
    assert!(done.page().has("#recover-done"), "{done:?}");
    house.browser().sign_in(ANN, NEW_PASSWORD).await;
}

async fn on_a_known_computer_the_link_to_the_proven_address_serves_at_once(house: House) {
    house.leave_mail();
    proven(&house).await;
    let browser = house.browser();
    browser.sign_in(ANN, PASSWORD).await;
    browser.close_and_reopen();
    browser.get(&own_link(&house, &browser).await.unwrap()).await;
    let page = browser.click("#link-confirm").await;
    assert!(page.page().has("#recover-password-submit"), "{page:?}");
}

async fn an_address_that_was_never_proven_is_sent_nothing(house: House) {
    house.leave_mail();
    house.browser().sign_up(ANN).await;
    let browser = house.browser();
    assert_eq!(own_link(&house, &browser).await, None);
    let said = browser.here().page().text_of("#recover-none");
    assert!(said.contains("try another way"), "{said}");
}

async fn where_the_operator_does_not_want_it_the_own_address_opens_nothing(engine: Engine) {
    let house = House::with(engine, |settings| settings.passport.recovery.primary_email = false).await;
    house.leave_mail();
    proven(&house).await;
    for email in [ANN, "nobody@acme.test"] {
        let browser = house.browser();
        let page = begin(&browser, email).await.page();
        assert!(page.has("#way-alternate") && !page.has("#way-email"), "{email}");
        drop(page);
        let fields = browser.here().page().form("#recover-way-submit").fields.with("way", "email");
        let origin = browser.here().url.origin().ascii_serialization();
        browser.post_from(&origin, "/recover", &fields).await.assert_status(422);
    }
    assert!(house.postbox(ANN).letters().await.is_empty());
}

async fn a_link_to_an_address_that_changed_since_is_dead(house: House) {
    house.leave_mail();
    proven(&house).await;
    let browser = house.browser();
    let link = own_link(&house, &browser).await.unwrap();
    let found =
        passport::account::store::find_by_key(house.passport.db.reader(), ANN).await.unwrap().unwrap();
    let tx = Acting::on(&house.passport.db, found.id).await.unwrap().unwrap();
    let other = platform::email::EmailAddress::parse("ann@third.test").unwrap();
    passport::account::store::set_email(&tx, house.clock.now(), found.id, &other, true).await.unwrap();
    tx.commit().await.unwrap();
    browser.get(&link).await;
    assert_eq!(browser.click("#link-confirm").await.status, 410);
    house.clock.advance(minutes(60));
}

async fn what_was_typed_long_ago_is_recognized_by_its_value(house: House) {
    house.leave_mail();
    let address = json!({ "country": "Brasil", "postal_code": "01310-100" });
    let claims = json!({ "address": address, "birthdate": "1980-02-29" });
    seeded(&house, ANN, json!({ "question": "Why?", "answer": "São José", "claims": claims })).await;
    let said = |country, year| {
        [("country", country), ("postal_code", " 01310 100"), ("birth_day", "29"), ("birth_month", "02")]
            .into_iter()
            .chain([("birth_year", year)])
            .collect::<Vec<_>>()
    };
    let browser = house.browser();
    let wrong = [said("PT", "1980"), said("BR", "1984"), said("", "1980")];
    for wrong in wrong {
        answer(&browser, ANN, &wrong, "São José").await.assert_status(422);
    }
    // The answer decomposed, in capitals, with blanks.
    let right = answer(&browser, ANN, &said("BR", "1980"), " SA\u{303}O  JOSE\u{301} ").await;
    assert!(right.page().has("#recover-waiting"), "{right:?}");
    assert!(right.page().text_of("#recover-waiting").contains("tomorrow at"), "{right:?}");
}

async fn the_end_of_sign_up_says_which_ways_lead_back(house: House) {
    house.leave_mail();
    let told = async |email: &str, more: &[(&str, &str)]| {
        sign_up_with(&house.browser(), email, more).await.page().text_of("#recovery")
    };
    let one = told(ANN, &[]).await;
    assert!(one.contains("Recovery: one way") && one.contains("Account information"), "{one}");
    let none = told("bea@acme.test", &[("alternate_email", OTHER)]).await;
    assert!(none.contains("Recovery: not set up") && none.contains("e-mail that we sent"), "{none}");
    let more = [INFORMATION.as_slice(), &[("alternate_email", OTHER), ("verify", "yes")]].concat();
    let later = told("cid@acme.test", &more).await;
    assert!(
        later.contains("Recovery: one way") && later.contains("A link to your e-mail address"),
        "{later}"
    );
}

async fn account_services_say_which_ways_lead_back_and_what_the_others_lack(house: House) {
    house.leave_mail();
    seeded(&house, ANN, json!({})).await;
    let browser = house.browser();
    browser.sign_in(ANN, PASSWORD).await;
    let page = browser.get("/account").await.page();
    assert!(page.text_of("#recovery h2").contains("not set up"));
    let links = page.attributes("#recovery a", "href");
    assert_eq!(links, ["/account/email", "/account/alternate-email", "/account/question"]);
    drop(page);
    browser.get("/account/question").await;
    let question = [("question", "own"), ("own_question", "Why?"), ("answer", SECRET_ANSWER)];
    browser.submit("#change-question-submit", &question).await.assert_status(200);
    let links = browser.get("/account").await.page().attributes("#recovery a", "href");
    assert_eq!(links[2], "/account/information", "the answer alone is not enough");
    browser.get("/account/information").await;
    browser.submit("#information-save", &[("postal_code", "1")]).await.assert_status(200);
    alternate_is(&house, OTHER).await;
    let page = browser.get("/account").await.page();
    assert!(page.text_of("#recovery h2").contains("two ways"), "{}", page.text_of("#recovery"));
    assert_eq!(page.attributes("#recovery a", "href"), ["/account/email"]);
}

/// The alternate address was set and proven.
async fn alternate_is(house: &House, address: &str) {
    let found =
        passport::account::store::find_by_key(house.passport.db.reader(), ANN).await.unwrap().unwrap();
    let tx = Acting::on(&house.passport.db, found.id).await.unwrap().unwrap();
    let alternate = Alternate { address: address.to_owned(), verified: true };
    passport::account::store::set_alternate(&tx, found.id, Some(alternate)).await.unwrap();
    tx.commit().await.unwrap();
}
