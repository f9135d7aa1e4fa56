//! A Passport that was closed for good has nothing here any more (RFC 8935, OpenID RISC).
use axum::http::Request;
use serde_json::{Value, json};
use testkit::on_both_engines;

use crate::house::{Answer, House};

on_both_engines![
    a_closed_passport_loses_its_associations_sessions_and_links_and_everybody_is_told,
    the_links_of_a_claim_die_with_the_passport_that_made_it,
    an_event_of_another_kind_or_about_nobody_here_changes_nothing,
    what_the_provider_did_not_sign_for_this_purpose_is_refused,
];

const PURGED: &str = "https://schemas.openid.net/secevent/risc/event-type/account-purged";
const LIST: &str = "/account/professionals";

async fn post(house: &House, media_type: &str, body: String) -> Answer {
    let request = Request::post("/security-events").header("content-type", media_type);
    house.browser().send(request, body).await
}

fn token(house: &House, sub: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut claims = json!({
        "iss": house.provider.issuer,
        "aud": "customersource",
        "iat": house.now().unix_seconds(),
        "jti": "j1",
        "sub_id": { "format": "iss_sub", "iss": house.provider.issuer, "sub": sub },
        "events": { PURGED: {} },
    });
    change(&mut claims);
    let mut header = house.provider.header();
    header["typ"] = "secevent+jwt".into();
    house.provider.sign(&header, &claims)
}

async fn tell(house: &House, sub: &str, change: impl FnOnce(&mut Value)) -> u16 {
    let answer = post(house, "application/secevent+jwt", token(house, sub, change)).await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    answer.status
}

async fn a_closed_passport_loses_its_associations_sessions_and_links_and_everybody_is_told(house: House) {
    let (mut boss, mut ann, mut other) = (house.browser(), house.browser(), house.browser());
    boss.administer().await;
    ann.associate("ann", "ann@contoso.example").await;
    other.sign_in("/account", "ann").await;
    let switched = ann.fill_in("/account/profile", "/account/profile/invite", &[]).await;
    assert!(switched.leads_to().contains("done="), "{switched:?}");
    house.mail().await;

    assert_eq!(tell(&house, "ann", |_| ()).await, 202);
    for browser in [&mut ann, &mut other] {
        browser.get("/").await.shows(200, "The content of this site is locked");
    }
    boss.get(LIST).await.shows(200, "Ann Lee");
    assert_eq!(house.count("association", "revoked").await, 1);
    assert_eq!(
        (house.count("invitation", "pending").await, house.count("invitation", "queued").await),
        (0, 0)
    );
    assert_eq!(house.deeds("association.ended").await, 1);
    let letters = house.mail().await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert!(letters[0].to == "Ann@Contoso.example" && letters[0].text.contains("was closed by its owner"));

    assert_eq!(
        tell(&house, "ann", |claims| claims["jti"] = "j2".into()).await,
        202,
        "hearing it again is no error"
    );
    assert!(house.mail().await.is_empty());
    ann.associate("ann-again", "ann@contoso.example").await;
    ann.get("/").await.shows(200, "Contoso Ltda");
}

async fn the_links_of_a_claim_die_with_the_passport_that_made_it(house: House) {
    let mut pat = house.browser();
    pat.sign_in("/account", "pat").await;
    pat.claim("ann@contoso.example").await;
    let link = house.mail().await.remove(0).link();
    assert_eq!(tell(&house, "pat", |_| ()).await, 202);
    pat.get(&link).await.shows(410, "This link does not work");
    assert_eq!(house.count("invitation", "revoked").await, 1);
}

async fn an_event_of_another_kind_or_about_nobody_here_changes_nothing(house: House) {
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    let disabled = "https://schemas.openid.net/secevent/risc/event-type/account-disabled";
    assert_eq!(tell(&house, "ann", |claims| claims["events"] = json!({ disabled: {} })).await, 202);
    assert_eq!(tell(&house, "nobody", |_| ()).await, 202);
    ann.get("/").await.shows(200, "Contoso Ltda");
}

async fn what_the_provider_did_not_sign_for_this_purpose_is_refused(house: House) {
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    let good = token(&house, "ann", |_| ());
    for (media_type, body) in [
        ("application/secevent+jwt", String::new()),
        ("application/secevent+jwt", "a.b.c".into()),
        ("application/secevent+jwt", "\u{0}".into()),
        ("application/x-www-form-urlencoded", good.clone()),
        ("application/json", good.clone()),
        ("application/secevent+jwt", good.replace('.', "..")),
    ] {
        let answer = post(&house, media_type, body.clone()).await;
        assert_eq!(answer.status, 400, "{media_type} {body:?}");
        assert!(answer.text().contains("\"err\":\"invalid_request\""), "{answer:?}");
    }
    assert_eq!(tell(&house, "ann", |claims| claims["aud"] = "other".into()).await, 400);
    let get = house.browser().get("/security-events").await;
    assert_eq!(get.status, 405);
    ann.get("/").await.shows(200, "Contoso Ltda");
}
