//! The token endpoint: codes are good once, for one client, with one proof; clients prove who they are.
mod assertion;
mod certificate;
mod client_credentials;
mod device;
mod dpop;
mod exchange;
mod fapi;
mod formats;
mod introspection;

use testkit::{
    Engine, House, Kind, Parameters,
    house::seconds,
    net::Request,
    on_both_engines,
    rp::{TokenCall, VERIFIER, basic},
};
use tokio::task::JoinSet;

on_both_engines![
    a_code_is_good_for_tokens,
    ru_12_a_code_is_bound_to_its_redirect_uri,
    pk_02_a_verifier_without_a_challenge_is_refused,
    pk_03_a_missing_verifier_burns_the_code,
    pk_04_a_wrong_verifier_burns_the_code,
    ac_01_a_second_use_of_a_code_kills_what_the_first_gave,
    ac_02_of_sixteen_redemptions_at_once_one_succeeds_and_its_tokens_are_dead,
    ac_03_a_code_of_one_client_is_of_no_use_to_another,
    ac_04_a_code_lives_a_minute,
    ac_05_what_ends_the_person_ends_the_code,
    ac_07_only_a_form_of_a_known_grant_is_read,
    ac_08_no_answer_may_be_kept,
    inv_02_no_secret_opens_another_door,
    refresh_tokens_come_with_offline_access_only,
];

async fn a_code_is_good_for_tokens(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let answer = web.redeem(&web.code(&browser).await).await;
    let tokens = web.tokens_in(&answer);
    assert_eq!(
        (answer.json()["expires_in"].as_i64(), answer.json()["scope"].as_str()),
        (Some(600), Some("openid"))
    );
    let claims = house.verified(tokens.id(), jsonwebtoken::Algorithm::RS256).await;
    let now = house.clock.now().unix_seconds();
    assert_eq!((claims["nonce"].as_str(), claims["iat"].as_i64()), (Some("N"), Some(now)));
    assert_eq!((claims["exp"].as_i64(), claims["auth_time"].as_i64()), (Some(now + 600), Some(now)));
    assert!(
        // A site that is told of no sign-out has no use for a `sid`.
        claims["sid"].is_null() && claims["at_hash"].is_string() && claims["email"].is_null(),
        "{claims}"
    );
    assert!(tokens.access.len() >= 64, "{}", tokens.access);
}

async fn ru_12_a_code_is_bound_to_its_redirect_uri(house: House) {
    let second = "https://rp1.test/other";
    let web = house.client_with(Kind::Web, |client| client.redirect_uris.push(second.to_owned())).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let changes: [fn(TokenCall) -> TokenCall; 2] =
        [|call| call.with("redirect_uri", "https://rp1.test/other"), |call| call.without("redirect_uri")];
    for change in changes {
        let code = web.code(&browser).await;
        web.redeem_with(&code, change).await.assert_token_error("invalid_grant");
        web.redeem(&code).await.assert_token_error("invalid_grant");
    }
}

async fn pk_02_a_verifier_without_a_challenge_is_refused(house: House) {
    let web = house.client_with(Kind::Web, |client| client.require_pkce = false).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let plain = |asked: Parameters| asked.without("code_challenge").without("code_challenge_method");
    let code = web.code_in(&web.ask(&browser, plain).await);
    web.redeem(&code).await.assert_token_error("invalid_grant");
    let code = web.code_in(&web.ask(&browser, plain).await);
    web.tokens_in(&web.redeem_with(&code, |call| call.without("code_verifier")).await);
}

async fn pk_03_a_missing_verifier_burns_the_code(house: House) {
    for kind in [Kind::Web, Kind::Spa] {
        let client = house.client(kind).await;
        let browser = house.browser();
        browser.join(&format!("{}@acme.test", client.id)).await;
        let code = client.code(&browser).await;
        client
            .redeem_with(&code, |call| call.without("code_verifier"))
            .await
            .assert_token_error("invalid_grant");
        client.redeem(&code).await.assert_token_error("invalid_grant");
    }
}

async fn pk_04_a_wrong_verifier_burns_the_code(house: House) {
    let spa = house.client(Kind::Spa).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let challenge = testkit::rp::challenge(VERIFIER);
    for verifier in ["x".repeat(43), "x".repeat(42), "x".repeat(129), format!("{VERIFIER}é"), challenge] {
        let code = spa.code(&browser).await;
        let answer = spa.redeem_with(&code, |call| call.with("code_verifier", &verifier)).await;
        answer.assert_token_error("invalid_grant");
        spa.redeem(&code).await.assert_token_error("invalid_grant");
    }
}

async fn ac_01_a_second_use_of_a_code_kills_what_the_first_gave(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let asked = web.ask(&browser, |asked| asked.with("scope", "openid offline_access")).await;
    let code = web.code_in(&asked);
    let tokens = web.tokens_in(&web.redeem(&code).await);
    house.userinfo(&tokens.access).await.assert_status(200);
    let second = web.redeem(&code).await;
    second.assert_token_error("invalid_grant");
    insta::allow_duplicates! {
        insta::assert_snapshot!(second.wire(&["cache-control", "content-type", "www-authenticate"]), @r#"
        400
        cache-control: no-store
        content-type: application/json
        {"error":"invalid_grant","error_description":"The code was already used; everything issued from it is revoked.","error_uri":"https://passport.test/help/errors/invalid_grant"}
        "#);
    }
    house.userinfo(&tokens.access).await.assert_status(401);
    web.refresh(tokens.refresh()).await.assert_token_error("invalid_grant");
}

async fn ac_02_of_sixteen_redemptions_at_once_one_succeeds_and_its_tokens_are_dead(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    for _ in 0..5 {
        // What a node keeps in memory is stale by now, so that everything is read anew under the rush.
        house.clock.advance(seconds(6));
        let code =
            web.code_in(&web.ask(&browser, |asked| asked.with("scope", "openid offline_access")).await);
        let mut all = JoinSet::new();
        for _ in 0..16 {
            let (web, code) = (web.clone(), code.clone());
            all.spawn(async move { web.redeem(&code).await });
        }
        let answers = all.join_all().await;
        let (good, bad): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!(good.len(), 1, "{answers:?}");
        for answer in bad {
            answer.assert_token_error("invalid_grant");
        }
        let tokens = web.tokens_in(good[0]);
        house.userinfo(&tokens.access).await.assert_status(401);
        web.refresh(tokens.refresh()).await.assert_token_error("invalid_grant");
    }
}

async fn ac_03_a_code_of_one_client_is_of_no_use_to_another(house: House) {
    let (web, other) = (house.client(Kind::Web).await, house.client(Kind::Other).await);
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let code = web.code(&browser).await;
    let stolen = other.redeem_with(&code, |call| call.with("redirect_uri", &web.redirect_uri)).await;
    stolen.assert_token_error("invalid_grant");
    web.redeem(&code).await.assert_token_error("invalid_grant");
}

async fn ac_04_a_code_lives_a_minute(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let (young, old) = (web.code(&browser).await, web.code(&browser).await);
    house.clock.advance(seconds(59));
    web.tokens_in(&web.redeem(&young).await);
    house.clock.advance(seconds(1));
    web.redeem(&old).await.assert_token_error("invalid_grant");
}

async fn ac_05_what_ends_the_person_ends_the_code(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let signed_out = web.code(&browser).await;
    browser.sign_out().await;
    web.redeem(&signed_out).await.assert_token_error("invalid_grant");
    browser.sign_in("ann@acme.test", testkit::PASSWORD).await;
    let disabled = web.code(&browser).await;
    let reader = house.passport.db.reader();
    let account = passport::account::store::find_by_key(reader, "ann@acme.test").await.unwrap().unwrap();
    passport::acts::disable::disable(&house.passport, house.clock.now(), account.id).await.unwrap();
    web.redeem(&disabled).await.assert_token_error("invalid_grant");
    assert!(!browser.is_signed_in().await);
}

async fn ac_07_only_a_form_of_a_known_grant_is_read(house: House) {
    let web = house.client(Kind::Web).await;
    let endpoint = house.url("/oauth2/token");
    let by_get = house.net.send(Request::get(&endpoint)).await;
    assert_eq!((by_get.status, by_get.header("allow")), (405, "POST"));
    let mut json =
        Request::new("POST".parse().unwrap(), &endpoint).header("content-type", "application/json");
    json.body = b"{\"grant_type\":\"authorization_code\"}".to_vec();
    house.net.send(json).await.assert_token_error("invalid_request");
    web.redeem_with("c", |call| call.without("grant_type")).await.assert_token_error("invalid_request");
    web.redeem_with("c", |call| call.and("code", "d")).await.assert_token_error("invalid_request");
    for grant in ["password", "implicit", "urn:ietf:params:oauth:grant-type:saml2-bearer", "nonsense"] {
        let answer = web.redeem_with("c", |call| call.with("grant_type", grant)).await;
        answer.assert_token_error("unsupported_grant_type");
    }
}

async fn ac_08_no_answer_may_be_kept(engine: Engine) {
    let house = House::open(engine).await;
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let tokens = web.tokens(&browser).await;
    let answers = [
        web.redeem("nothing").await,
        web.refresh(tokens.refresh()).await,
        web.redeem_with("nothing", TokenCall::unauthorized).await,
        house.userinfo(&tokens.access).await,
        house.userinfo("nothing").await,
    ];
    for answer in answers {
        assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
    }
}

async fn inv_02_no_secret_opens_another_door(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let tokens = web.tokens(&browser).await;
    let code = web.code(&browser).await;
    let session = browser.cookies().value("-session").unwrap().to_owned();
    for wrong in [&code, tokens.refresh(), tokens.id(), &session, &basic("web", "x")] {
        house.userinfo(wrong).await.assert_status(401);
    }
    for wrong in [&tokens.access, &code, tokens.id()] {
        web.refresh(wrong).await.assert_token_error("invalid_grant");
    }
    for wrong in [&tokens.access, tokens.refresh(), tokens.id()] {
        web.redeem(wrong).await.assert_token_error("invalid_grant");
    }
    web.tokens_in(&web.redeem(&code).await);
    web.tokens_in(&web.refresh(tokens.refresh()).await);
}

async fn refresh_tokens_come_with_offline_access_only(house: House) {
    let web = house.client(Kind::Web).await;
    let plain = house.client_with(Kind::Other, |client| client.grant_types.truncate(1)).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    assert!(web.tokens_in(&web.redeem(&web.code(&browser).await).await).refresh.is_none());
    assert!(web.tokens(&browser).await.refresh.is_some());
    assert!(plain.tokens(&browser).await.refresh.is_none(), "RT-08: a client without the grant");
}
