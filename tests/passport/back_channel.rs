//! Back-channel logout: every site of an ended session is told, until it has heard (BL-03, INV-13).
use jsonwebtoken::Algorithm;
use oidc::jws::SigningAlgorithm;
use testkit::{
    House, Kind, Rp,
    house::seconds,
    jwt, on_both_engines,
    rp::{Listener, Reply},
};

on_both_engines![
    every_site_of_the_session_is_told_once_and_no_other,
    a_logout_token_is_what_the_document_asks_for,
    bl_03_a_site_in_trouble_is_told_again_with_a_new_token,
    bl_03_a_redirect_is_not_followed_and_a_refusal_is_final,
    bl_03_a_slow_site_delays_nobodys_sign_out,
    bl_03_an_internal_address_that_is_not_listed_is_never_called,
    the_end_of_an_account_tells_the_sites_of_all_its_sessions,
];

async fn told_at(house: &House, kind: Kind, listener: &Listener) -> Rp {
    house.client_with(kind, |client| client.backchannel_logout_uri = Some(listener.url.clone())).await
}

async fn every_site_of_the_session_is_told_once_and_no_other(house: House) {
    let (one, two, three) = (Listener::open().await, Listener::open().await, Listener::open().await);
    let web = told_at(&house, Kind::Web, &one).await;
    let other = told_at(&house, Kind::Other, &two).await;
    told_at(&house, Kind::Spa, &three).await;
    let (browser, elsewhere) = (house.browser(), house.browser());
    browser.join("ann@acme.test").await;
    elsewhere.sign_in("ann@acme.test", testkit::PASSWORD).await;
    web.tokens(&browser).await;
    web.tokens(&browser).await;
    other.tokens(&browser).await;
    other.tokens(&elsewhere).await;
    browser.sign_out().await;
    assert!(one.received().is_empty(), "the browser does not wait for it");
    house.deliver().await;
    assert_eq!((one.received().len(), two.received().len(), three.received().len()), (1, 1, 0));
    assert!(elsewhere.is_signed_in().await);
}

async fn a_logout_token_is_what_the_document_asks_for(house: House) {
    for (algorithm, expected) in [
        (SigningAlgorithm::RS256, Algorithm::RS256),
        (SigningAlgorithm::ES256, Algorithm::ES256),
        (SigningAlgorithm::EdDSA, Algorithm::EdDSA),
    ] {
        let listener = Listener::open().await;
        let web = house
            .client_with(Kind::Web, |client| {
                client.backchannel_logout_uri = Some(listener.url.clone());
                client.id_token_signed_response_alg = algorithm;
            })
            .await;
        let browser = house.browser();
        browser.join(&format!("{expected:?}@acme.test")).await;
        let id = jwt::claims(web.tokens(&browser).await.id());
        browser.sign_out().await;
        house.deliver().await;
        let token = &listener.logout_tokens()[0];
        assert_eq!(jwt::header(token)["typ"], "logout+jwt");
        let claims = house.verified(token, expected).await;
        for claim in ["iss", "aud", "sub", "sid"] {
            assert_eq!(claims[claim], id[claim], "{claim}");
        }
        let now = house.clock.now().unix_seconds();
        assert_eq!((claims["iat"].as_i64(), claims["exp"].as_i64()), (Some(now), Some(now + 120)));
        assert_eq!(
            claims["events"].to_string(),
            r#"{"http://schemas.openid.net/event/backchannel-logout":{}}"#
        );
        assert!(
            claims["nonce"].is_null() && claims["jti"].as_str().is_some_and(|jti| jti.len() > 20),
            "{claims}"
        );
        house.userinfo(token).await.assert_status(401);
    }
}

async fn bl_03_a_site_in_trouble_is_told_again_with_a_new_token(house: House) {
    let listener = Listener::open().await;
    let web = told_at(&house, Kind::Web, &listener).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    web.tokens(&browser).await;
    listener.answers(Reply::Status(500));
    browser.sign_out().await;
    house.deliver().await;
    house.deliver().await;
    assert_eq!(
        (listener.received().len(), house.jobs_waiting().await),
        (1, 1),
        "it waits before it tries again"
    );
    house.clock.advance(seconds(2));
    house.deliver().await;
    listener.answers(Reply::Status(204));
    house.clock.advance(seconds(4));
    house.deliver().await;
    assert_eq!(house.jobs_waiting().await, 0);
    let mut ids: Vec<_> =
        listener.logout_tokens().iter().map(|token| jwt::claims(token)["jti"].to_string()).collect();
    assert_eq!(ids.len(), 3);
    ids.dedup();
    assert_eq!(ids.len(), 3, "a new jti each time");
}

async fn bl_03_a_redirect_is_not_followed_and_a_refusal_is_final(house: House) {
    let (listener, canary) = (Listener::open().await, Listener::open().await);
    let web = told_at(&house, Kind::Web, &listener).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    web.tokens(&browser).await;
    browser.sign_out().await;
    for reply in [Reply::Redirect(canary.url.clone()), Reply::Large(10 * 1024 * 1024)] {
        listener.answers(reply);
        house.deliver().await;
        assert_eq!(house.jobs_waiting().await, 1);
        house.clock.advance(seconds(4));
    }
    assert!(canary.received().is_empty());
    listener.answers(Reply::Status(400));
    house.deliver().await;
    assert_eq!((listener.received().len(), house.jobs_waiting().await), (3, 0));
}

async fn bl_03_a_slow_site_delays_nobodys_sign_out(house: House) {
    let (slow, quick) = (Listener::open().await, Listener::open().await);
    slow.answers(Reply::Slow(seconds(1)));
    let (web, other) = (told_at(&house, Kind::Web, &slow).await, told_at(&house, Kind::Other, &quick).await);
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    web.tokens(&browser).await;
    other.tokens(&browser).await;
    browser.sign_out().await;
    assert!(!browser.is_signed_in().await);
    let delivering = house.deliver();
    let quick_is_told = async {
        while quick.received().is_empty() || slow.received().is_empty() {
            tokio::task::yield_now().await;
        }
        std::time::Instant::now()
    };
    let ((), told) = tokio::join!(delivering, quick_is_told);
    assert!(
        told.elapsed() > std::time::Duration::from_millis(400),
        "the quick site did not wait for the slow one"
    );
}

async fn bl_03_an_internal_address_that_is_not_listed_is_never_called(engine: testkit::Engine) {
    let house = House::with(engine, |settings| settings.passport.outbound.allow.clear()).await;
    let listener = Listener::open().await;
    let web = told_at(&house, Kind::Web, &listener).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    web.tokens(&browser).await;
    browser.sign_out().await;
    house.deliver().await;
    assert_eq!((listener.received().len(), house.jobs_waiting().await), (0, 0));
}

async fn the_end_of_an_account_tells_the_sites_of_all_its_sessions(house: House) {
    let listener = Listener::open().await;
    let web = told_at(&house, Kind::Web, &listener).await;
    let (one, two) = (house.browser(), house.browser());
    one.join("ann@acme.test").await;
    two.sign_in("ann@acme.test", testkit::PASSWORD).await;
    web.tokens(&one).await;
    web.tokens(&two).await;
    let reader = house.passport.db.reader();
    let account = passport::account::store::find_by_key(reader, "ann@acme.test").await.unwrap().unwrap();
    passport::acts::disable::disable(&house.passport, house.clock.now(), account.id).await.unwrap();
    house.deliver().await;
    let mut sessions: Vec<_> =
        listener.logout_tokens().iter().map(|token| jwt::claims(token)["sid"].to_string()).collect();
    sessions.sort();
    sessions.dedup();
    assert_eq!(sessions.len(), 2);
}
