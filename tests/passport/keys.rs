//! Signing keys: chosen per client, rotated with overlap, never taken from a token (JW-01 to JW-04, JW-08, FT-11).
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use mailbox::Fault;
use oidc::{client::AuthMethod, jws::SigningAlgorithm};
use passport::{Passport, account};
use platform::{
    Fault as Fault503,
    mail::Letter,
    random::Random,
    secrets::{Keyring, Secret},
};
use testkit::{
    House, Kind,
    house::{MASTER, days},
    jwt, on_both_engines,
};

on_both_engines![
    each_client_gets_its_algorithm,
    jw_08_a_rotated_key_stays_until_what_it_signed_has_run_out,
    jw_08_the_next_key_was_published_before_its_first_use,
    ft_11_a_rotation_between_code_and_token_disturbs_nobody,
    a_second_node_hears_of_a_rotation,
    nodes_that_start_together_make_one_key_of_each_kind,
    jw_08_two_nodes_on_the_due_day_rotate_once,
    a_leaked_line_of_the_key_file_goes_and_nothing_at_rest_is_lost,
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
    let old =
        node.passport.keys.current(&node.passport.db, house.clock.now()).await.unwrap().jwks.etag.clone();
    rotate(&house).await;
    house.clock.advance(testkit::house::seconds(5));
    let (here, there) = (&house.passport, &node.passport);
    let here = here.keys.current(&here.db, house.clock.now()).await.unwrap();
    let there = there.keys.current(&there.db, house.clock.now()).await.unwrap();
    assert_eq!(here.jwks.body, there.jwks.body);
    assert_ne!(there.jwks.etag, old);
}

async fn nodes_that_start_together_make_one_key_of_each_kind(house: House) {
    let node = house.second_node().await;
    house.ground.execute("DELETE FROM signing_key").await;
    let (one, two) = tokio::join!(house.passport.migrate(), node.passport.migrate());
    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    house.clock.advance(testkit::house::seconds(6));
    assert_eq!(house.jwks().await.keys.len(), 8);
}

async fn jw_08_two_nodes_on_the_due_day_rotate_once(house: House) {
    let node = house.second_node().await;
    for _ in 0..3 {
        let next = "SELECT COUNT(*) FROM signing_key WHERE state = 'next'";
        assert_eq!(house.ground.count(next).await, 4);
        house.clock.advance(days(91));
        let now = house.clock.now().unix_millis();
        let (one, two) =
            tokio::join!(passport::jobs::sweep(&house.passport), passport::jobs::sweep(&node.passport));
        one.unwrap();
        two.unwrap();
        let young = format!("SELECT COUNT(*) FROM signing_key WHERE state <> 'next' AND created_at = {now}");
        assert_eq!(house.ground.count(&young).await, 0, "no key signs on the day that it was published");
        let retired = format!("SELECT COUNT(*) FROM signing_key WHERE retired_at = {now}");
        assert_eq!(house.ground.count(&retired).await, 4, "one of each algorithm");
    }
}

/// Passport with this key file, on the house's rows.
async fn with_lines(house: &House, lines: &[[u8; 32]]) -> Passport {
    let text: Vec<String> = lines.iter().map(|line| URL_SAFE_NO_PAD.encode(line)).collect();
    let keyring = Keyring::parse(&text.join("\n")).unwrap();
    let settings = house.passport.settings.clone();
    Passport::with_keyring(settings, house.clock.clone(), Random::seeded(3), keyring).await.unwrap()
}

async fn a_leaked_line_of_the_key_file_goes_and_nothing_at_rest_is_lost(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    house.mailbox.set_fault(Fault::RefuseConnection);
    let letter = Letter {
        to: "ann@acme.test".into(),
        subject: "Hello".into(),
        text: "words".into(),
        html: "<p>words</p>".into(),
        language: "en-US".into(),
        unsubscribe: None,
        list: None,
        expires_at: None,
    };
    let tx = house.passport.db.begin().await.unwrap();
    house.passport.outbox.add(&tx, house.clock.now(), &letter).await.unwrap();
    tx.commit().await.unwrap();
    let signed = house
        .client_with(Kind::Web, |client| client.token_endpoint_auth_method = AuthMethod::ClientSecretJwt)
        .await;
    let (leaked, fresh) = (MASTER, [7; 32]);

    let blind = with_lines(&house, &[fresh]).await;
    let away = blind.keys.current(&blind.db, house.clock.now()).await;
    assert!(matches!(away, Err(Fault503::Unavailable(_))), "away, not a mistake");
    passport::jobs::worker(&blind).drain().await.unwrap();
    assert_eq!(house.jobs_waiting().await, 1, "left for nodes that can read it");

    let mut said = Vec::new();
    let both = with_lines(&house, &[fresh, leaked]).await;
    passport::command::reseal_keys(&both, &mut said).await.unwrap();
    let said = String::from_utf8(said).unwrap();
    assert!(said.contains("1 passwords") && said.contains("can go"), "{said}");

    let alone = with_lines(&house, &[fresh]).await;
    alone.keys.current(&alone.db, house.clock.now()).await.unwrap();
    assert!(passport::client::serving::find_secret(&alone.clients, &signed.id).await.unwrap().is_some());
    let found = account::store::find_credentials(alone.db.reader(), "ann@acme.test").await.unwrap().unwrap();
    let verified = alone
        .hasher
        .verify(alone.hasher.place().unwrap(), Secret::new(testkit::PASSWORD), Some(&found.password_hash))
        .await
        .unwrap();
    assert!(verified.matches && verified.needs_rehash);
    let wrong = alone
        .hasher
        .verify(alone.hasher.place().unwrap(), Secret::new("wrong horse"), Some(&found.password_hash))
        .await
        .unwrap();
    assert!(!wrong.matches);
    house.mailbox.set_fault(Fault::None);
    house.clock.advance(testkit::house::minutes(5));
    passport::jobs::worker(&alone).drain().await.unwrap();
    assert_eq!(house.mailbox.to("ann@acme.test").len(), 1, "the letter left");
    for passport in [blind, both, alone] {
        passport.db.clone().close().await.unwrap();
    }
}
