//! The provider is asked again about people who are signed in (OIDC Core §12; the RP profile's refresh modules).
use customersource::jobs::refresh;
use sea_orm::{ConnectionTrait as _, DbBackend};
use serde_json::json;
use testkit::{Engine, on_both_engines};

use crate::house::{Answer, Browser, House, minutes};

on_both_engines![
    offline_access_is_asked_for_only_where_it_is_used,
    whoever_is_still_signed_in_stays_and_their_name_follows,
    nobody_is_asked_about_before_their_time,
    a_grant_that_the_provider_ended_ends_the_visit,
    a_provider_that_is_away_ends_nobodys_visit,
    a_refreshed_token_of_another_issuer_subject_or_sign_in_is_refused,
    a_visit_that_changes_its_profile_is_still_asked_about,
    a_token_that_cannot_be_opened_keeps_nobody_waiting,
    signing_out_gives_the_token_back_also_when_the_provider_was_away,
];

async fn open(engine: Engine) -> House {
    let house = House::open_with(engine, |settings| settings.passport.refresh_minutes = 5).await;
    house.provider.set(|said| said.refreshes = true);
    house
}

/// Five minutes later: the job runs, and the person opens a page.
async fn later(house: &House, browser: &mut Browser<'_>) -> Answer {
    house.clock.advance(minutes(5));
    refresh::once(&house.portal).await.unwrap();
    browser.get("/account").await
}

fn is_out(answer: &Answer) -> bool {
    answer.status == 303 && answer.leads_to().starts_with("/signin")
}

async fn offline_access_is_asked_for_only_where_it_is_used(engine: Engine) {
    let begun = House::open(engine).await.browser().get("/signin").await.leads_to().to_owned();
    assert!(!begun.contains("offline_access"), "{begun}");
    let begun = open(engine).await.browser().get("/signin").await.leads_to().to_owned();
    assert!(begun.contains("scope=openid+profile+email+offline_access"), "{begun}");
}

async fn whoever_is_still_signed_in_stays_and_their_name_follows(engine: Engine) {
    let house = open(engine).await;
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    house.provider.set(|said| said.email = Some("new@example.com".into()));
    let before = house.provider.said.lock().unwrap().refreshed;
    for round in 1..=3 {
        assert!(!is_out(&later(&house, &mut pat).await), "round {round}");
    }
    assert_eq!(
        house.provider.said.lock().unwrap().refreshed,
        before + 3,
        "each token once, the next one kept"
    );
    let rows = house.dump().await["portal_session"].clone();
    assert!(rows.as_array().unwrap().iter().any(|row| row["email"] == "new@example.com"), "{rows}");
}

async fn nobody_is_asked_about_before_their_time(engine: Engine) {
    let house = open(engine).await;
    let mut pat = house.browser();
    pat.sign_in("/account", "pat").await;
    let asked = || house.provider.said.lock().unwrap().token_requests;
    let before = asked();
    house.clock.advance(minutes(4));
    refresh::once(&house.portal).await.unwrap();
    assert_eq!(asked(), before);
    house.clock.advance(minutes(1));
    refresh::once(&house.portal).await.unwrap();
    refresh::once(&house.portal).await.unwrap();
    assert_eq!(asked(), before + 1);
}

async fn a_grant_that_the_provider_ended_ends_the_visit(engine: Engine) {
    let house = open(engine).await;
    let mut pat = house.browser();
    pat.sign_in("/account", "pat").await;
    house.provider.revoke();
    assert!(is_out(&later(&house, &mut pat).await));
}

async fn a_provider_that_is_away_ends_nobodys_visit(engine: Engine) {
    let house = open(engine).await;
    let mut pat = house.browser();
    pat.sign_in("/account", "pat").await;
    house.provider.set(|said| said.is_down = true);
    house.clock.advance(minutes(5));
    refresh::once(&house.portal).await.unwrap_err();
    house.provider.set(|said| said.is_down = false);
    assert!(!is_out(&pat.get("/account").await));
    assert!(!is_out(&later(&house, &mut pat).await), "asked again in its turn");
}

async fn a_refreshed_token_of_another_issuer_subject_or_sign_in_is_refused(engine: Engine) {
    for (claim, value) in [
        ("iss", json!("https://evil.example")),
        ("sub", json!("ann")),
        ("auth_time", json!(1)),
        ("aud", json!("other")),
    ] {
        let house = open(engine).await;
        let mut pat = house.browser();
        pat.sign_in("/account", "pat").await;
        house.provider.bend(move |claims| claims[claim] = value.clone());
        assert!(is_out(&later(&house, &mut pat).await), "{claim}");
    }
}

async fn a_visit_that_changes_its_profile_is_still_asked_about(engine: Engine) {
    let house = House::open_with(engine, |settings| {
        settings.passport.refresh_minutes = 5;
        settings.portal.in_session_switch = true;
    })
    .await;
    house.provider.set(|said| said.refreshes = true);
    let mut tri = house.browser();
    tri.associate("tri", "three@example.com").await;
    let chooser = tri.get("/choose").await;
    let all: Vec<_> = chooser.text().split("name=\"profile\"").skip(1).collect();
    let id = |part: &str| part.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    tri.post("/choose", &[("profile", &id(all[0]))]).await;
    tri.get("/switch").await;
    assert_eq!(tri.post("/switch", &[("profile", &id(all[1]))]).await.leads_to(), "/");
    assert!(!is_out(&later(&house, &mut tri).await));
    house.provider.revoke();
    assert!(is_out(&later(&house, &mut tri).await));
}

async fn a_token_that_cannot_be_opened_keeps_nobody_waiting(engine: Engine) {
    let house = open(engine).await;
    let (mut ann, mut pat) = (house.browser(), house.browser());
    ann.sign_in("/account", "ann").await;
    let tx = house.portal.db.begin().await.unwrap();
    let broken = if tx.get_database_backend() == DbBackend::Sqlite { "x'00'" } else { "'\\x00'" };
    let sql = format!("UPDATE portal_session SET refresh_token = {broken}");
    tx.execute_unprepared(&sql).await.unwrap();
    tx.commit().await.unwrap();
    house.clock.advance(minutes(1));
    pat.sign_in("/account", "pat").await;
    house.provider.revoke();
    house.clock.advance(minutes(4));
    assert!(is_out(&later(&house, &mut pat).await));
    assert!(!is_out(&ann.get("/account").await), "nothing was learnt of her");
}

async fn signing_out_gives_the_token_back_also_when_the_provider_was_away(engine: Engine) {
    let house = open(engine).await;
    let mut pat = house.browser();
    pat.sign_in("/account", "pat").await;
    pat.get("/associate").await;
    let given_back = || house.provider.said.lock().unwrap().given_back.clone();
    house.provider.set(|said| said.is_down = true);
    assert_eq!(pat.post("/sign-out", &[]).await.status, 303);
    house.mail().await;
    assert!(given_back().is_empty(), "nobody waited for it");
    house.provider.set(|said| said.is_down = false);
    house.clock.advance(minutes(1));
    house.mail().await;
    assert_eq!(given_back(), ["refresh-0"]);
    let log = house.dump().await.to_string();
    assert!(!log.contains("refresh-0"), "INV-12: it stands nowhere in the clear");
}
