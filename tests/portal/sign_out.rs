//! Signing out ends everything, whoever begins it: the portal, Passport, or another site (PP-22, BL-02, INV-13).
use platform::security_event::{Event, counts};
use serde_json::{Value, json};
use testkit::{
    Browser, Engine, Kind, PASSWORD, Town, house::minutes, net::Request, on_both_engines, town::PAT,
};

use crate::house::{Answer, House};

on_both_engines![
    pp_22_signing_out_of_the_portal_signs_out_of_passport,
    pp_22_signing_out_of_passport_signs_out_of_the_portal,
    bl_02_only_the_session_that_ended_ends,
    a_portal_that_is_told_late_is_told_all_the_same,
    bl_01_a_logout_token_for_another_site_ends_nothing,
    a_portal_signs_out_even_while_passport_is_away,
    a_visit_ends_when_passport_ended_its_grant,
    bl_02_a_session_ends_by_sid_at_the_next_request,
    bl_02_a_subjects_sessions_all_end_and_nobody_elses,
    bl_01_bad_and_repeated_tokens_end_nothing,
    bl_01_a_token_of_new_keys_is_understood,
    pp_22_sign_out_ends_the_session_here_and_goes_on_to_the_provider,
    an_operator_hears_of_every_sign_out,
    br_07_opening_the_signed_out_page_signs_nobody_out,
    signing_out_works_while_the_provider_is_away,
];

async fn is_in(town: &Town, browser: &Browser) -> bool {
    !browser.get(&town.portal_url("/")).await.page().has("#sign-in")
}

async fn pp_22_signing_out_of_the_portal_signs_out_of_passport(town: Town) {
    let browser = town.browser();
    browser.associate(&town, "pat@mail.test", PAT).await;
    browser.get(&town.portal_url("/")).await;
    let bye = browser.submit("form[action='/sign-out']", &[]).await;
    assert_eq!((bye.url.path(), bye.status), ("/signed-out", 200), "back at the portal: {bye:?}");
    assert!(bye.page().has("#signed-out") && bye.url.as_str().starts_with(&town.portal_url("/")));
    assert!(!browser.is_signed_in().await && !is_in(&town, &browser).await);
    assert!(browser.enter().await.page().has("#password"));
    town.deliver().await;
}

async fn pp_22_signing_out_of_passport_signs_out_of_the_portal(town: Town) {
    let browser = town.browser();
    browser.associate(&town, "pat@mail.test", PAT).await;
    assert!(is_in(&town, &browser).await);
    browser.sign_out().await;
    town.deliver().await;
    assert!(!is_in(&town, &browser).await);
}

async fn bl_02_only_the_session_that_ended_ends(town: Town) {
    let (browser, elsewhere) = (town.browser(), town.browser());
    browser.associate(&town, "pat@mail.test", PAT).await;
    elsewhere.enter().await;
    elsewhere.fill_in_sign_in("pat@mail.test", PASSWORD).await;
    browser.sign_out().await;
    town.deliver().await;
    assert!(!is_in(&town, &browser).await && is_in(&town, &elsewhere).await);
    let reader = town.passport.db.reader();
    let account = passport::account::store::find_by_key(reader, "pat@mail.test").await.unwrap().unwrap();
    passport::acts::disable::disable(&town.passport, town.clock.now(), account.id).await.unwrap();
    town.deliver().await;
    assert!(!is_in(&town, &elsewhere).await, "the end of the account ends all of them");
}

async fn a_portal_that_is_told_late_is_told_all_the_same(town: Town) {
    let browser = town.browser();
    browser.associate(&town, "pat@mail.test", PAT).await;
    let outage = town.neighbour().ground.take_away().await;
    browser.sign_out().await;
    town.deliver_from_passport().await;
    outage.end().await;
    assert_eq!(town.jobs_waiting().await, 1, "it waits");
    town.clock.advance(testkit::house::seconds(2));
    town.deliver().await;
    assert!(!is_in(&town, &browser).await);
}

async fn bl_01_a_logout_token_for_another_site_ends_nothing(town: Town) {
    let listener = testkit::rp::Listener::open().await;
    let web = town
        .client_with(Kind::Web, |client| client.backchannel_logout_uri = Some(listener.url.clone()))
        .await;
    let browser = town.browser();
    browser.associate(&town, "pat@mail.test", PAT).await;
    let id_token = web.tokens(&browser).await.id().to_owned();
    let kept = browser.tab();
    let cookies = browser.cookies().clone();
    browser.sign_out().await;
    *kept.cookies() = cookies;
    // The message for the other site arrives first, and is passed on to the portal by a thief.
    while listener.received().is_empty() {
        passport::jobs::worker(&town.passport).drain().await.unwrap();
    }
    let stolen = listener.logout_tokens().remove(0);
    for token in [stolen.as_str(), &id_token, "nonsense", ""] {
        let form = testkit::Parameters::of(&[("logout_token", token)]);
        let refused = town.net.send(Request::post(&town.portal_url("/backchannel-logout"), &form)).await;
        assert_eq!((refused.status, refused.header("cache-control")), (400, "no-store"), "{refused:?}");
    }
}

async fn a_portal_signs_out_even_while_passport_is_away(town: Town) {
    let browser = town.browser();
    browser.associate(&town, "pat@mail.test", PAT).await;
    browser.get(&town.portal_url("/")).await;
    let outage = town.ground.take_away().await;
    let away = browser.submit("form[action='/sign-out']", &[]).await;
    assert_eq!(away.status, 503, "Passport says that it is away: {away:?}");
    assert!(!is_in(&town, &browser).await, "the portal's own session is over");
    outage.end().await;
}

/// The portal asks the real provider again about who is signed in (OIDC Core §12).
async fn a_visit_ends_when_passport_ended_its_grant(engine: Engine) {
    let town = Town::with(engine, |_| (), |portal| portal.passport.refresh_minutes = 5).await;
    let browser = town.browser();
    browser.join("pat@mail.test").await;
    assert_eq!(browser.enter().await.url.path(), "/associate");
    for _ in 0..2 {
        town.clock.advance(minutes(5));
        customersource::jobs::refresh::once(town.portal()).await.unwrap();
        assert_eq!(browser.tab().get(&town.portal_url("/associate")).await.url.path(), "/associate");
    }
    // The word of the back channel does not arrive: nothing is delivered here.
    let reader = town.passport.db.reader();
    let account = passport::account::store::find_by_key(reader, "pat@mail.test").await.unwrap().unwrap();
    passport::acts::disable::disable(&town.passport, town.clock.now(), account.id).await.unwrap();
    town.clock.advance(minutes(5));
    customersource::jobs::refresh::once(town.portal()).await.unwrap();
    assert!(browser.tab().get(&town.portal_url("/")).await.page().has("#sign-in"));
    town.deliver().await;
}

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

fn token(house: &House, change: impl FnOnce(&mut Value)) -> String {
    let mut claims = json!({
        "iss": house.provider.issuer,
        "aud": "customersource",
        "iat": house.now().unix_seconds(),
        "exp": house.now().unix_seconds() + 120,
        "jti": "j1",
        "sid": "sid-of-pat",
        "sub": "pat",
        "events": { EVENT: {} },
    });
    change(&mut claims);
    house.provider.sign(&house.provider.header(), &claims)
}

async fn post(house: &House, body: String) -> Answer {
    let request = axum::http::Request::post("/backchannel-logout")
        .header("content-type", "application/x-www-form-urlencoded");
    house.browser().send(request, body).await
}

async fn tell(house: &House, change: impl FnOnce(&mut Value)) -> u16 {
    let answer = post(house, format!("logout_token={}", token(house, change))).await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    answer.status
}

fn drop_sid(claims: &mut Value) {
    claims.as_object_mut().unwrap().remove("sid");
}

async fn bl_02_a_session_ends_by_sid_at_the_next_request(house: House) {
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    assert_eq!(tell(&house, |claims| claims["sid"] = "unknown".into()).await, 200, "unknown is no error");
    pat.get("/").await.shows(200, "Partner GmbH");
    assert_eq!(tell(&house, |claims| claims["jti"] = "j2".into()).await, 200);
    pat.get("/").await.shows(200, "The content of this site is locked");
}

async fn bl_02_a_subjects_sessions_all_end_and_nobody_elses(house: House) {
    let (mut one, mut two, mut ann) = (house.browser(), house.browser(), house.browser());
    one.associate("pat", "pat@example.com").await;
    two.sign_in("/account", "pat").await;
    ann.associate("ann", "ann@contoso.example").await;
    assert_eq!(tell(&house, drop_sid).await, 200);
    for browser in [&mut one, &mut two] {
        assert!(browser.get("/account").await.leads_to().starts_with("/signin"));
    }
    ann.get("/").await.shows(200, "Contoso Ltda");
}

async fn bl_01_bad_and_repeated_tokens_end_nothing(house: House) {
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    assert_eq!(tell(&house, |claims| claims["nonce"] = "n".into()).await, 400);
    assert_eq!(tell(&house, |claims| claims["iss"] = "https://evil.example".into()).await, 400);
    assert_eq!(tell(&house, |claims| claims["events"] = json!({})).await, 400);
    assert_eq!(
        tell(&house, |claims| claims["iat"] = json!(claims["iat"].as_i64().unwrap() - 121)).await,
        400
    );
    for body in ["", "logout_token=", "logout_token=a.b.c", "x=y"] {
        assert_eq!(post(&house, body.to_owned()).await.status, 400, "{body}");
    }
    let good = token(&house, |claims| claims["sid"] = "another".into());
    assert_eq!(post(&house, format!("logout_token={good}&logout_token={good}")).await.status, 400);
    let get = house.browser().get(&format!("/backchannel-logout?logout_token={good}")).await;
    assert_eq!(get.status, 405);
    assert_eq!(post(&house, format!("logout_token={good}")).await.status, 200);
    assert_eq!(post(&house, format!("logout_token={good}")).await.status, 400, "a replay");
    pat.get("/").await.shows(200, "Partner GmbH");
}

async fn bl_01_a_token_of_new_keys_is_understood(house: House) {
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    house.provider.set(|said| {
        said.signs_with = 3;
        said.publishes = vec![3];
    });
    assert_eq!(tell(&house, |_| ()).await, 200);
    pat.get("/").await.shows(200, "The content of this site is locked");
}

async fn pp_22_sign_out_ends_the_session_here_and_goes_on_to_the_provider(house: House) {
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    let page = pat.get("/").await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(!policy.contains("form-action"), "the form leads on to the provider: {policy}");
    let before = pat.cookies.clone();
    let answer = pat.post("/sign-out", &[]).await;
    let url = url::Url::parse(answer.leads_to()).unwrap();
    assert_eq!(url.path(), "/end-session");
    let of = |name: &str| url.query_pairs().find(|(found, _)| found == name).unwrap().1.into_owned();
    assert_eq!(of("id_token_hint").split('.').count(), 3);
    assert_eq!(of("post_logout_redirect_uri"), "http://localhost:8080/signed-out");

    let mut stolen = house.browser();
    stolen.cookies = before;
    assert!(
        stolen.get("/account").await.leads_to().starts_with("/signin"),
        "the old cookie is worth nothing"
    );
    pat.get("/signed-out?state=somebody-elses").await.shows(200, "If others use this computer");
    pat.get(&format!("/signed-out?state={}", of("state")))
        .await
        .shows(200, "of CustomerSource and of Microsoft Passport");
}

async fn an_operator_hears_of_every_sign_out(house: House) {
    let ended = || counts().find(|(event, _)| *event == Event::SessionEnded).unwrap().1;
    let before = ended();
    for round in 0..8 {
        let mut pat = house.browser();
        pat.sign_in("/associate", &format!("pat{round}")).await;
        pat.get("/associate").await;
        pat.post("/sign-out", &[]).await;
    }
    // Other tests of this process count along.
    assert!(ended() - before >= 8, "{} of 8", ended() - before);
}

async fn br_07_opening_the_signed_out_page_signs_nobody_out(house: House) {
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    pat.get("/signed-out?state=x").await.shows(200, "You are still signed in");
    pat.get("/").await.shows(200, "Partner GmbH");
    assert_eq!(house.browser().get("/sign-out").await.status, 405);
}

async fn signing_out_works_while_the_provider_is_away(engine: Engine) {
    let house = House::open_with(engine, |settings| settings.passport.metadata_ttl_seconds = 0).await;
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    pat.get("/").await;
    house.provider.set(|said| said.is_down = true);
    assert_eq!(pat.post("/sign-out", &[]).await.leads_to(), "/signed-out");
    assert!(pat.get("/account").await.leads_to().starts_with("/signin"));
}
