//! How clients prove themselves at the token endpoint (CA-01, CA-02, CA-08).
mod agents;
mod cors;
mod document;
mod ends;
mod front_channel;
mod key_set;
mod mismatch;
mod pairwise;
mod registered;
mod registration;
mod sites;
mod vouched;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use oidc::client::AuthMethod;
use platform::secrets::Secret;
use testkit::{Browser, House, Kind, Rp, on_both_engines, rp::basic};

on_both_engines![
    ca_01_a_confidential_client_needs_its_secret,
    ca_01_a_public_client_has_none,
    ca_02_two_ways_at_once_are_none,
    ca_08_no_header_is_too_strange_for_an_answer,
    ca_08_a_secret_may_hold_any_character,
    both_ways_of_sending_a_secret_serve_unless_one_was_chosen,
    a_removed_client_and_its_tokens_are_gone,
];

async fn signed_in(house: &House) -> Browser {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser
}

fn secret(rp: &Rp) -> &str {
    rp.secret.as_deref().unwrap()
}

async fn ca_01_a_confidential_client_needs_its_secret(house: House) {
    let web = house.client(Kind::Web).await;
    let code = web.code(&signed_in(&house).await).await;
    let nameless = web.redeem_with(&code, |call| call.unauthorized()).await;
    nameless.assert_token_error("invalid_client");
    let named = web.redeem_with(&code, |call| call.unauthorized().with("client_id", "web")).await;
    named.assert_token_error("invalid_client");
    assert_eq!(named.header("www-authenticate"), "", "Basic was not tried");
    for (id, secret) in [("web", "wrong"), ("web", ""), ("nobody", secret(&web)), ("WEB", secret(&web))] {
        let answer = web.redeem_with(&code, |call| call.unauthorized().authorized(basic(id, secret))).await;
        answer.assert_token_error("invalid_client");
        assert!(answer.header("www-authenticate").starts_with("Basic"), "{answer:?}");
    }
    let unknown = web.redeem_with(&code, |call| call.unauthorized().authorized(basic("nobody", "x"))).await;
    let wrong = web.redeem_with(&code, |call| call.unauthorized().authorized(basic("web", "x"))).await;
    assert_eq!(unknown.json(), wrong.json(), "nobody learns which clients exist");
    web.tokens_in(&web.redeem(&code).await);
}

async fn ca_01_a_public_client_has_none(house: House) {
    let spa = house.client(Kind::Spa).await;
    let code = spa.code(&signed_in(&house).await).await;
    let answer = spa.redeem_with(&code, |call| call.with("client_secret", "anything")).await;
    answer.assert_token_error("invalid_client");
    spa.tokens_in(&spa.redeem(&code).await);
}

async fn ca_02_two_ways_at_once_are_none(house: House) {
    let web = house.client(Kind::Web).await;
    let code = web.code(&signed_in(&house).await).await;
    let both = web
        .redeem_with(&code, |call| call.with("client_id", "web").with("client_secret", secret(&web)))
        .await;
    both.assert_token_error("invalid_request");
    let assertion = web
        .redeem_with(&code, |call| {
            call.with("client_assertion", "a.b.c")
                .with("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        })
        .await;
    assertion.assert_token_error("invalid_request");
    let two = web.redeem_with(&code, |call| call.authorized(basic("web", "x"))).await;
    two.assert_token_error("invalid_request");
    let twice = web.redeem_with(&code, |call| call.with("client_id", "web").and("client_id", "other")).await;
    twice.assert_token_error("invalid_request");
    let different = web.redeem_with(&code, |call| call.with("client_id", "other")).await;
    different.assert_token_error("invalid_request");
    web.tokens_in(&web.redeem(&code).await);
}

async fn ca_08_no_header_is_too_strange_for_an_answer(house: House) {
    let web = house.client(Kind::Web).await;
    let raw = |text: &[u8]| format!("Basic {}", STANDARD.encode(text));
    let (no_colon, not_utf8, broken) = (raw(b"web"), raw(b"\xff\xfe:\xff"), raw(b"web:%zz%"));
    for header in [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic ====",
        "Basic Og==",
        "Bearer",
        "Bearer x",
        "Digest x",
        "basic",
        &no_colon,
        &not_utf8,
        &broken,
        &format!("Basic {}", "A".repeat(40_000)),
    ] {
        let answer = web.redeem_with("nothing", |call| call.unauthorized().authorized(header)).await;
        answer.assert_token_error("invalid_client");
    }
    let huge = web.redeem_with("nothing", |call| call.unauthorized().authorized("A".repeat(70_000))).await;
    assert!([400, 401, 431].contains(&huge.status), "{huge:?}");
}

async fn ca_08_a_secret_may_hold_any_character(house: House) {
    let web = house.client(Kind::Web).await;
    let odd = "a:b%20c+d é&=\"\\/ 密碼 and more";
    let tx = house.passport.db.begin().await.unwrap();
    let (now, passport) = (house.clock.now(), &house.passport);
    let done = passport::acts::register::register(
        &tx,
        now,
        &passport.clients,
        Kind::Web.metadata(),
        Some(Secret::new(odd)),
        true,
    );
    done.await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let browser = signed_in(&house).await;
    let code = web.code(&browser).await;
    let encoded = web.redeem_with(&code, |call| call.unauthorized().authorized(basic("web", odd))).await;
    web.tokens_in(&encoded);
    let code = web.code(&browser).await;
    let posted = web
        .redeem_with(&code, |call| call.unauthorized().with("client_id", "web").with("client_secret", odd))
        .await;
    web.tokens_in(&posted);
}

async fn both_ways_of_sending_a_secret_serve_unless_one_was_chosen(house: House) {
    let browser = signed_in(&house).await;
    for (method, by_header, by_body) in [
        (AuthMethod::ClientSecret, true, true),
        (AuthMethod::ClientSecretBasic, true, false),
        (AuthMethod::ClientSecretPost, false, true),
    ] {
        let web = house.client_with(Kind::Web, |client| client.token_endpoint_auth_method = method).await;
        let code = web.code(&browser).await;
        assert_eq!(web.redeem(&code).await.status == 200, by_header, "{method:?}");
        let code = web.code(&browser).await;
        let post = |call: testkit::rp::TokenCall| {
            call.unauthorized().with("client_id", "web").with("client_secret", secret(&web))
        };
        assert_eq!(web.redeem_with(&code, post).await.status == 200, by_body, "{method:?}");
    }
}

async fn a_removed_client_and_its_tokens_are_gone(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = signed_in(&house).await;
    let tokens = web.tokens(&browser).await;
    let tx = house.passport.db.begin().await.unwrap();
    assert!(passport::client::store::drop_client(&tx, "web").await.unwrap());
    tx.commit().await.unwrap();
    house.userinfo(&tokens.access).await.assert_status(401);
    web.refresh(tokens.refresh()).await.assert_token_error("invalid_client");
    web.ask(&browser, |asked| asked).await.assert_stays_here();
}
