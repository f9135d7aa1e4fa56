//! Billing facts: filed by a paid service, kept as blind indexes, a way into the account (PP-28).
use serde_json::{Value, json};
use testkit::{House, Kind, Rp, house::days, net::Request, on_both_engines};

use super::*;

on_both_engines![
    pp_28_billing_information_opens_an_account_that_has_it_on_file,
    only_a_service_that_the_operator_allows_may_file,
    what_is_no_fact_is_refused_and_nothing_is_filed,
    the_database_holds_no_digit_of_it,
    a_site_with_names_of_its_own_files_under_the_name_that_it_knows,
    a_name_is_found_where_it_was_noted_and_searched_only_until_then,
    what_is_filed_already_is_no_news,
];

const SAID: [(&str, &str); 4] = [
    ("last_four_digits", "4242"),
    ("expiry", "7/27"),
    ("postal_code", "sw1a1aa"),
    ("invoice_number", "inv 2026 17"),
];

fn facts() -> Value {
    json!({
        "last_four_digits": "4242", "expiry": "07/2027", "postal_code": "SW1A 1AA", "invoice_number": "INV-2026/17",
    })
}

async fn file(house: &House, sub: &str, authorization: Option<String>, body: &Value) -> Answer {
    call(house, reqwest::Method::PUT, sub, authorization, body).await
}

async fn call(
    house: &House,
    method: reqwest::Method,
    sub: &str,
    authorization: Option<String>,
    body: &Value,
) -> Answer {
    let url = house.url(&format!("/api/v1/accounts/{sub}/billing"));
    let mut request = Request::new(method, &url).header("content-type", "application/json");
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    request.body = body.to_string().into_bytes();
    house.net.send(request).await
}

fn basic(rp: &Rp) -> String {
    testkit::rp::basic(&rp.id, rp.secret.as_deref().unwrap())
}

async fn ann(house: &House) -> String {
    house.browser().sign_up(ANN).await;
    let found = passport::account::store::find_by_key(house.passport.db.reader(), ANN).await.unwrap();
    found.unwrap().id.to_string()
}

async fn shop(house: &House) -> Rp {
    let shop = house.client(Kind::Web).await;
    allow(house, &shop).await;
    shop
}

async fn allow(house: &House, shop: &Rp) {
    let tx = house.passport.db.begin().await.unwrap();
    passport::billing::store::add_supplier(&tx, house.clock.now(), &shop.id).await.unwrap();
    tx.commit().await.unwrap();
}

async fn say(browser: &Browser, email: &str, said: &[(&str, &str)]) -> Answer {
    choose(browser, email, "billing").await.assert_status(200);
    browser.submit("#recover-billing-submit", said).await
}

async fn pp_28_billing_information_opens_an_account_that_has_it_on_file(house: House) {
    house.leave_mail();
    let sub = ann(&house).await;
    assert!(!begin(&house.browser(), ANN).await.page().has("#way-billing"));
    let shop = shop(&house).await;
    file(&house, &sub, Some(basic(&shop)), &facts()).await.assert_status(204);
    let letter = house.postbox(ANN).letter().await;
    assert!(letter.text.contains("billing information"), "{}", letter.text);
    let browser = house.browser();
    for (number, (field, value)) in
        [("last_four_digits", "4243"), ("expiry", "08/27"), ("postal_code", "1"), ("invoice_number", "")]
            .iter()
            .enumerate()
    {
        let mut wrong = SAID.to_vec();
        wrong[number] = (field, value);
        let refused = say(&browser, ANN, &wrong).await;
        refused.assert_status(422);
        assert!(!refused.page().has("p.error"), "no field is named: {refused:?}");
    }
    let waiting = say(&browser, ANN, &SAID).await;
    assert!(waiting.page().has("#recover-waiting"), "{waiting:?}");
    house.clock.advance(days(1));
    browser.get("/recover/password").await;
    let done = browser.submit("#recover-password-submit", &[("password", NEW_PASSWORD)]).await;
    assert!(done.page().has("#recover-done"), "{done:?}");
    browser.sign_in(ANN, NEW_PASSWORD).await;
}

async fn only_a_service_that_the_operator_allows_may_file(house: House) {
    let sub = ann(&house).await;
    let shop = shop(&house).await;
    let stranger = house.client_with(Kind::Web, |client| client.client_id = "stranger".into()).await;
    let public = house.client(Kind::Spa).await;
    file(&house, &sub, None, &facts()).await.assert_status(401);
    file(&house, &sub, Some(basic(&stranger)), &facts()).await.assert_status(400);
    let wrong = testkit::rp::basic(&shop.id, "wrong");
    file(&house, &sub, Some(wrong), &facts()).await.assert_status(401);
    let no_secret = testkit::rp::basic(&public.id, "");
    assert!([400, 401].contains(&file(&house, &sub, Some(no_secret), &facts()).await.status));
    let nobody = "00000000-0000-7000-8000-000000000000";
    for unknown in [nobody, "not-an-id"] {
        file(&house, unknown, Some(basic(&shop)), &facts()).await.assert_status(404);
    }
    assert!(!begin(&house.browser(), ANN).await.page().has("#way-billing"));
}

async fn what_is_no_fact_is_refused_and_nothing_is_filed(house: House) {
    let sub = ann(&house).await;
    let shop = shop(&house).await;
    for (field, value) in
        [("last_four_digits", "42"), ("expiry", "soon"), ("postal_code", ""), ("invoice_number", "-")]
    {
        let mut bad = facts();
        bad[field] = value.into();
        let refused = file(&house, &sub, Some(basic(&shop)), &bad).await;
        refused.assert_status(400);
        assert!(refused.json()["error_description"].as_str().unwrap().contains(field), "{refused:?}");
    }
    let mut more = facts();
    more["card_number"] = "4242424242424242".into();
    file(&house, &sub, Some(basic(&shop)), &more).await.assert_status(400);
    file(&house, &sub, Some(basic(&shop)), &json!([1])).await.assert_status(400);
    assert!(!begin(&house.browser(), ANN).await.page().has("#way-billing"));
}

async fn the_database_holds_no_digit_of_it(house: House) {
    house.leave_mail();
    let sub = ann(&house).await;
    let shop = shop(&house).await;
    file(&house, &sub, Some(basic(&shop)), &facts()).await.assert_status(204);
    let found = passport::billing::store::list_of_account(house.passport.db.reader(), sub.parse().ok())
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert!(found[0].0.iter().all(|column| column.len() == 32));
    assert!(!format!("{found:?}").contains("4242"));
}

async fn a_site_with_names_of_its_own_files_under_the_name_that_it_knows(house: House) {
    house.leave_mail();
    for other in ["abe@acme.test", "zoe@acme.test"] {
        house.browser().sign_up(other).await;
    }
    let public = ann(&house).await;
    let pairwise =
        |client: &mut oidc::client::Client| client.subject_type = oidc::client::SubjectType::Pairwise;
    let shop = house.client_with(Kind::Web, pairwise).await;
    let stranger = house.client_with(Kind::Other, pairwise).await;
    for supplier in [&shop, &stranger] {
        allow(&house, supplier).await;
    }
    let browser = house.browser();
    browser.sign_in(ANN, PASSWORD).await;
    let tokens = shop.tokens(&browser).await;
    let sub = testkit::jwt::claims(tokens.id())["sub"].as_str().unwrap().to_owned();
    assert_ne!(sub, public);
    // Neither the name that others know nor this name at another site opens anything.
    file(&house, &public, Some(basic(&shop)), &facts()).await.assert_status(404);
    file(&house, &sub, Some(basic(&stranger)), &facts()).await.assert_status(404);
    file(&house, &sub, Some(basic(&shop)), &facts()).await.assert_status(204);
    assert!(begin(&house.browser(), ANN).await.page().has("#way-billing"));
    let waiting = say(&house.browser(), ANN, &SAID).await;
    assert!(waiting.page().has("#recover-waiting"), "{waiting:?}");
    let forget = async |sub: &str| {
        call(&house, reqwest::Method::DELETE, sub, Some(basic(&shop)), &Value::Null).await.status
    };
    assert_eq!((forget(&public).await, forget(&sub).await, forget(&sub).await), (404, 204, 404));
    assert!(!begin(&house.browser(), ANN).await.page().has("#way-billing"));
}

async fn what_is_filed_already_is_no_news(house: House) {
    let (sub, shop) = (ann(&house).await, shop(&house).await);
    file(&house, &sub, Some(basic(&shop)), &facts()).await.assert_status(204);
    assert_eq!(house.postbox(ANN).letters().await.len(), 1);
    let changed = "SELECT MAX(changed_at) FROM channel WHERE kind = 'billing'";
    let before = house.ground.count(changed).await;
    house.clock.advance(days(2));
    file(&house, &sub, Some(basic(&shop)), &facts()).await.assert_status(204);
    assert_eq!(house.postbox(ANN).letters().await.len(), 1, "nothing changed");
    assert_eq!(house.ground.count(changed).await, before, "it does not wait anew");
}

async fn a_name_is_found_where_it_was_noted_and_searched_only_until_then(house: House) {
    house.leave_mail();
    house.browser().sign_up(ANN).await;
    let shop = house
        .client_with(Kind::Web, |client| client.subject_type = oidc::client::SubjectType::Pairwise)
        .await;
    allow(&house, &shop).await;
    let browser = house.browser();
    browser.sign_in(ANN, PASSWORD).await;
    let tokens = shop.tokens(&browser).await;
    let sub = testkit::jwt::claims(tokens.id())["sub"].as_str().unwrap().to_owned();
    let noted = "SELECT COUNT(*) FROM consent_name";
    let file = async || file(&house, &sub, Some(basic(&shop)), &facts()).await.status;
    assert_eq!(house.ground.count(noted).await, 1);
    // As in a database of before names were noted.
    house.ground.execute("DELETE FROM consent_name").await;
    assert_eq!(file().await, 204, "searched for");
    passport::jobs::sweep(&house.passport).await.unwrap();
    assert_eq!(house.ground.count(noted).await, 1, "and noted for everybody whom the site knows");
    assert_eq!(file().await, 204);
    house.ground.execute("DELETE FROM consent_name").await;
    assert_eq!(file().await, 404, "nobody is searched for any more");
}
