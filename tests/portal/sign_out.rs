//! Signing out ends everything, whoever begins it: the portal, Passport, or another site (PP-22, BL-02, INV-13).
use testkit::{
    Browser, Engine, Kind, PASSWORD, Town, house::minutes, net::Request, on_both_engines, town::PAT,
};

on_both_engines![
    pp_22_signing_out_of_the_portal_signs_out_of_passport,
    pp_22_signing_out_of_passport_signs_out_of_the_portal,
    bl_02_only_the_session_that_ended_ends,
    a_portal_that_is_told_late_is_told_all_the_same,
    bl_01_a_logout_token_for_another_site_ends_nothing,
    a_portal_signs_out_even_while_passport_is_away,
    a_visit_ends_when_passport_ended_its_grant,
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
