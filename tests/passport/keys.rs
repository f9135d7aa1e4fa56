//! Signing keys: chosen per client, rotated with overlap, never taken from a token (JW-01 to JW-04, JW-08, FT-11).
use jsonwebtoken::Algorithm;
use oidc::jws::SigningAlgorithm;
use testkit::{House, Kind, house::days, jwt, on_both_engines};

on_both_engines![
    each_client_gets_its_algorithm,
    jw_08_a_rotated_key_stays_until_what_it_signed_has_run_out,
    jw_08_the_next_key_was_published_before_its_first_use,
    ft_11_a_rotation_between_code_and_token_disturbs_nobody,
    a_second_node_hears_of_a_rotation,
    nodes_that_start_together_make_one_key_of_each_kind,
];

const ALGORITHMS: [(SigningAlgorithm, Algorithm); 3] = [
    (SigningAlgorithm::RS256, Algorithm::RS256),
    (SigningAlgorithm::ES256, Algorithm::ES256),
    (SigningAlgorithm::EdDSA, Algorithm::EdDSA),
];

async fn rotate(house: &House) {
    for (algorithm, _) in ALGORITHMS {
        let passport = &house.passport;
        passport.keys.rotate(&passport.db, &passport.random, house.clock.now(), algorithm).await.unwrap();
    }
}

async fn each_client_gets_its_algorithm(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    for (chosen, expected) in ALGORITHMS {
        let web = house.client_with(Kind::Web, |client| client.id_token_signed_response_alg = chosen).await;
        let token = web.tokens(&browser).await.id().to_owned();
        assert_eq!(jwt::header(&token)["alg"], chosen.as_str());
        house.verified(&token, expected).await;
    }
}

async fn jw_08_a_rotated_key_stays_until_what_it_signed_has_run_out(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let before = web.tokens(&browser).await.id().to_owned();
    rotate(&house).await;
    let after = web.tokens(&browser).await.id().to_owned();
    assert_ne!(jwt::header(&before)["kid"], jwt::header(&after)["kid"]);
    house.verified(&before, Algorithm::RS256).await;
    house.verified(&after, Algorithm::RS256).await;
    let hinted = web.ask(&browser, |asked| asked.with("prompt", "none").with("id_token_hint", &before)).await;
    web.code_in(&hinted);
    house.clock.advance(days(2));
    passport::jobs::sweep(&house.passport).await.unwrap();
    let kid = jwt::header(&before)["kid"].as_str().unwrap().to_owned();
    assert!(house.jwks().await.find(&kid).is_none(), "after its time it is gone");
    browser.sign_in("ann@acme.test", testkit::PASSWORD).await;
    let hinted = web.ask(&browser, |asked| asked.with("prompt", "none").with("id_token_hint", &before)).await;
    web.assert_told(&hinted, "invalid_request");
}

async fn jw_08_the_next_key_was_published_before_its_first_use(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    for _ in 0..3 {
        let published = house.jwks().await;
        rotate(&house).await;
        let token = web.tokens(&browser).await.id().to_owned();
        assert!(published.find(jwt::header(&token)["kid"].as_str().unwrap()).is_some());
        house.clock.advance(testkit::house::seconds(1));
    }
}

async fn ft_11_a_rotation_between_code_and_token_disturbs_nobody(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let code = web.code(&browser).await;
    rotate(&house).await;
    let tokens = web.tokens_in(&web.redeem(&code).await);
    house.verified(tokens.id(), Algorithm::RS256).await;
    house.userinfo(&tokens.access).await.assert_status(200);
}

async fn a_second_node_hears_of_a_rotation(house: House) {
    let node = house.second_node().await;
    let old = node.passport.keys.current(&node.passport.db, house.clock.now()).await.unwrap().etag.clone();
    rotate(&house).await;
    house.clock.advance(testkit::house::seconds(5));
    let (here, there) = (&house.passport, &node.passport);
    let here = here.keys.current(&here.db, house.clock.now()).await.unwrap();
    let there = there.keys.current(&there.db, house.clock.now()).await.unwrap();
    assert_eq!(here.jwks, there.jwks);
    assert_ne!(there.etag, old);
}

async fn nodes_that_start_together_make_one_key_of_each_kind(house: House) {
    let node = house.second_node().await;
    house.ground.execute("DELETE FROM signing_key").await;
    let (one, two) = tokio::join!(house.passport.migrate(), node.passport.migrate());
    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    house.clock.advance(testkit::house::seconds(6));
    assert_eq!(house.jwks().await.keys.len(), 8);
}
