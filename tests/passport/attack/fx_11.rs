//! Clocks that are wrong for a while (FX-11): nothing that was used is good again, and no budget is fresh.
use oidc::{
    client::{AuthMethod, GrantType},
    jws::SigningAlgorithm,
};
use testkit::{
    Engine, House, Kind, PASSWORD, Signer,
    house::{minutes, seconds},
    on_both_engines,
};

on_both_engines![
    fx_11_two_days_ahead_and_back_revive_nothing_that_was_used,
    fx_11_a_windows_edge_between_two_clocks_gives_no_further_guesses,
    fx_11_a_proof_that_a_wrong_clock_dated_ahead_is_no_recent_one,
];

const TWO_DAYS: u64 = 2 * 24 * 3600;

/// The system's clock is two days ahead while one sweep runs, and is put right.
async fn ahead_and_back(house: &House) {
    house.clock.advance(seconds(TWO_DAYS));
    passport::jobs::sweep(&house.passport).await.unwrap();
    house.clock.step_back(seconds(TWO_DAYS));
}

async fn fx_11_two_days_ahead_and_back_revive_nothing_that_was_used(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let jwks = signer.jwks();
    let svc = house
        .client_with(Kind::Web, |client| {
            client.client_id = "svc".to_owned();
            client.grant_types = vec![GrantType::ClientCredentials];
            client.response_types = vec![];
            client.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
            client.jwks = Some(jwks);
        })
        .await;
    let assertion = || signer.assertion(&house, "svc", |_, _| {});
    let token = [("grant_type", "client_credentials")];
    let used = assertion();
    let access = svc.tokens_in(&svc.post("/oauth2/token", &token, |call| call.asserted(&used)).await).access;
    let proof = signer.proof(&house, "POST", "/oauth2/token", |_, _| {});
    let bound =
        svc.post("/oauth2/token", &token, |call| call.asserted(assertion()).header("dpop", &proof)).await;
    bound.assert_status(200);
    let revoked = [("token", access.as_str())];
    svc.post("/oauth2/revoke", &revoked, |call| call.asserted(assertion())).await.assert_status(200);
    ahead_and_back(&house).await;
    let told = svc.post("/oauth2/introspect", &revoked, |call| call.asserted(assertion())).await;
    assert_eq!(told.json()["active"], false, "a revoked token");
    svc.post("/oauth2/token", &token, |call| call.asserted(&used)).await.assert_token_error("invalid_client");
    svc.post("/oauth2/token", &token, |call| call.asserted(assertion()).header("dpop", &proof))
        .await
        .assert_token_error("invalid_dpop_proof");
}

async fn fx_11_a_windows_edge_between_two_clocks_gives_no_further_guesses(engine: Engine) {
    let house = House::open(engine).await;
    house.browser().sign_up("ann@acme.test").await;
    let guess = async |password: &str| {
        let browser = house.browser();
        browser.get("/sign-in").await;
        browser.fill_in_sign_in("ann@acme.test", password).await
    };
    // A node that is half a minute behind, and one that has begun the next window.
    house.clock.advance(minutes(15) - seconds(15));
    for _ in 0..20 {
        guess("wrong").await.assert_status(422);
        house.clock.advance(seconds(30));
        guess("wrong").await.assert_status(422);
        house.clock.step_back(seconds(30));
    }
    guess(PASSWORD).await.assert_status(422);
    house.clock.advance(seconds(30));
    guess(PASSWORD).await.assert_status(422);
    // A start two days ahead, and back: what is counted stays counted.
    ahead_and_back(&house).await;
    guess(PASSWORD).await.assert_status(422);
    house.clock.advance(minutes(30));
    house.browser().sign_in("ann@acme.test", PASSWORD).await;
}

async fn fx_11_a_proof_that_a_wrong_clock_dated_ahead_is_no_recent_one(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    house.clock.advance(seconds(TWO_DAYS));
    browser.sign_in("ann@acme.test", PASSWORD).await;
    house.clock.step_back(seconds(TWO_DAYS));
    assert!(
        browser.get("/account/question").await.page().has("#password"),
        "the password is asked for again"
    );
    let old = web.ask(&browser, |asked| asked.with("max_age", "600")).await;
    assert!(old.page().has("#password"), "{old:?}");
    let asked = web.ask(&browser, |asked| asked.with("prompt", "login")).await;
    let here = asked.url.to_string();
    assert!(asked.page().has("#password"), "{here}");
    // The mark of the request says that a page of ours was opened; the proof of the future is none of that.
    let request =
        asked.url.query_pairs().find(|(name, _)| name == "request").map(|(_, text)| text.into_owned());
    if let Some(request) = request {
        let again = browser.get(&format!("/oauth2/authorize?{request}")).await;
        assert!(again.page().has("#password"), "{again:?}");
    }
    browser.sign_in("ann@acme.test", PASSWORD).await;
    assert!(browser.get("/account/question").await.page().has("#change-question-submit"));
}
