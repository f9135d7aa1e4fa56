//! Request objects by value and by reference (OIDC Core §6, RFC 9101): RQ-01, RQ-02, JW-01 to JW-06.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc::jws::SigningAlgorithm;
use serde_json::{Value, json};
use testkit::{
    Answer, Browser, Engine, House, Kind, PASSWORD, Parameters, Rp,
    house::{minutes, seconds},
    on_both_engines,
    rp::{Listener, Reply},
};

use super::{Signer, ann, asked, metadata, object, query};

on_both_engines![
    oidcc_request_object_signed_by_every_algorithm,
    oidcc_request_uri_signed_rs256,
    oidcc_only_what_stands_inside_wins,
    oidcc_ensure_request_object_with_redirect_uri,
    rq_01_nothing_unregistered_is_ever_fetched,
    rq_01_a_redirect_is_not_followed_and_a_large_answer_not_read,
    fx_12_a_visitor_has_few_request_objects_fetched_and_a_refusal_writes_nothing,
    rq_02_an_object_of_another_key_client_or_issuer_is_refused,
    rq_02_inside_and_outside_do_not_contradict_one_another,
    jw_01_and_02_unsigned_and_symmetric_objects_are_refused,
    jw_04_keys_named_by_the_token_itself_are_not_looked_at,
    jw_06_malformed_objects_are_refused,
    an_object_holds_for_as_long_as_the_person_takes,
    a_fragment_is_the_digest_of_the_content,
    the_registered_algorithm_is_the_only_one,
    an_object_and_an_address_exclude_one_another,
    an_error_goes_where_the_request_outside_says_or_to_a_page,
    discovery_tells_of_request_objects,
];

async fn site(house: &House, signer: &Signer) -> Rp {
    house.client_with(Kind::Web, |client| client.jwks = Some(signer.jwks())).await
}

/// Asks with an object, and outside of it what OAuth demands there.
async fn ask(web: &Rp, browser: &Browser, object: &str) -> Answer {
    let outside = |asked: Parameters| asked.with("request", object).without("state").without("nonce");
    web.ask(browser, outside).await
}

#[track_caller]
fn refused(web: &Rp, answer: &Answer, code: &str) {
    let told = query(answer, web);
    assert_eq!(told.get("error").map(String::as_str), Some(code), "{told:?}");
    assert!(!told.contains_key("code"));
}

async fn oidcc_request_object_signed_by_every_algorithm(house: House) {
    let browser = ann(&house).await;
    for alg in [SigningAlgorithm::RS256, SigningAlgorithm::ES256, SigningAlgorithm::EdDSA] {
        let signer = Signer::new(alg);
        let web = site(&house, &signer).await;
        for typ in [json!({"typ": "oauth-authz-req+jwt"}), json!({"typ": "JWT"}), json!({})] {
            let answer = ask(&web, &browser, &signer.sign_as(&typ, &object(&house, &web))).await;
            let told = query(&answer, &web);
            assert_eq!(told["state"], "S", "{alg}: of the object");
            web.tokens_in(&web.redeem(&told["code"]).await);
        }
    }
}

async fn oidcc_request_uri_signed_rs256(house: House) {
    let signer = Signer::new(SigningAlgorithm::RS256);
    let host = Listener::open().await;
    let web = house
        .client_with(Kind::Web, |client| {
            client.jwks = Some(signer.jwks());
            client.request_uris = vec![host.url.clone()];
            client.request_object_signing_alg = Some(SigningAlgorithm::RS256);
        })
        .await;
    host.answers(Reply::Text(signer.sign(&object(&house, &web))));
    let browser = ann(&house).await;
    let answer = web.ask(&browser, |asked| asked.with("request_uri", &host.url).without("state")).await;
    let told = query(&answer, &web);
    assert_eq!(told["state"], "S");
    web.tokens_in(&web.redeem(&told["code"]).await);
    host.answers(Reply::Text("no object".into()));
    let answer = web.ask(&browser, |asked| asked.with("request_uri", &host.url)).await;
    refused(&web, &answer, "invalid_request_object");
    for reply in [Reply::Status(404), Reply::Status(500)] {
        host.answers(reply);
        let answer = web.ask(&browser, |asked| asked.with("request_uri", &host.url)).await;
        refused(&web, &answer, "invalid_request_uri");
    }
}

async fn oidcc_only_what_stands_inside_wins(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let (web, browser) = (site(&house, &signer).await, ann(&house).await);
    let inside = signer.sign(&object(&house, &web));
    let answer = web
        .ask(&browser, |asked| {
            asked.with("request", &inside).with("state", "outside").with("nonce", "outside")
        })
        .await;
    let told = query(&answer, &web);
    assert_eq!(told["state"], "S");
    let tokens = web.tokens_in(&web.redeem(&told["code"]).await);
    assert_eq!(testkit::jwt::claims(tokens.id())["nonce"], "N");
}

async fn oidcc_ensure_request_object_with_redirect_uri(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let (web, browser) = (site(&house, &signer).await, ann(&house).await);
    let inside = signer.sign(&object(&house, &web));
    let invalid =
        |asked: Parameters| asked.with("request", &inside).with("redirect_uri", "https://evil.test/cb");
    web.ask(&browser, invalid).await.assert_stays_here();
    let missing = web.ask(&browser, |asked| asked.with("request", &inside).without("redirect_uri")).await;
    assert!(query(&missing, &web).contains_key("code"));
    let mut evil = object(&house, &web);
    evil["redirect_uri"] = json!("https://evil.test/cb");
    let evil = signer.sign(&evil);
    web.ask(&browser, |asked| asked.with("request", &evil).without("redirect_uri")).await.assert_stays_here();
}

async fn rq_01_nothing_unregistered_is_ever_fetched(house: House) {
    let canary = Listener::open().await;
    let (web, browser) = (house.client(Kind::Web).await, ann(&house).await);
    for uri in [canary.url.as_str(), "http://169.254.169.254/", "file:///etc/passwd", "gopher://x/", "x"] {
        let answer = web.ask(&browser, |asked| asked.with("request_uri", uri)).await;
        web.assert_told(&answer, "invalid_request_uri");
        let stays = |asked: Parameters| asked.with("request_uri", uri).without("redirect_uri");
        web.ask(&browser, stays).await.assert_stays_here();
    }
    assert!(canary.received().is_empty());
}

async fn rq_01_a_redirect_is_not_followed_and_a_large_answer_not_read(house: House) {
    let (host, canary) = (Listener::open().await, Listener::open().await);
    let web = house.client_with(Kind::Web, |client| client.request_uris = vec![host.url.clone()]).await;
    for reply in [Reply::Redirect(canary.url.clone()), Reply::Large(3 * 1024 * 1024), Reply::Large(100_000)] {
        host.answers(reply);
        let answer = web.ask(&house.browser(), |asked| asked.with("request_uri", &host.url)).await;
        web.assert_told(&answer, "invalid_request_uri");
    }
    assert!(canary.received().is_empty());
}

async fn fx_12_a_visitor_has_few_request_objects_fetched_and_a_refusal_writes_nothing(engine: Engine) {
    let house = House::with(engine, |settings| {
        settings.passport.server.trusted_proxies = vec!["127.0.0.1".to_owned()];
        settings.passport.limits.scale = 0.1;
    })
    .await;
    let host = Listener::open().await;
    let signer = Signer::new(SigningAlgorithm::ES256);
    let registered = |vouched| {
        let (jwks, uris) = (signer.jwks(), vec![host.url.clone()]);
        house.client_with(Kind::Web, move |client| {
            client.client_id = if vouched { "vouched" } else { "stranger" }.to_owned();
            (client.jwks, client.request_uris, client.vouched) = (Some(jwks), uris, vouched);
        })
    };
    let (stranger, vouched) = (registered(false).await, registered(true).await);
    let ask = async |rp: &Rp, from: &str| {
        host.answers(Reply::Text(signer.sign(&object(&house, rp))));
        let browser = house.browser().saying(&[("x-forwarded-for", from)]);
        rp.ask(&browser, |asked| asked.with("request_uri", &host.url)).await
    };
    // Each visit reads it once, for all its pages.
    for _ in 0..6 {
        let taken = ask(&stranger, "198.51.100.1").await;
        assert_eq!(taken.heading(), "Sign in", "{taken:?}");
    }
    let counters = "SELECT COUNT(*) FROM budget";
    let before = house.ground.count(counters).await;
    for last in 2..6 {
        let refused = ask(&stranger, &format!("198.51.100.{last}")).await;
        assert!(refused.text().contains("temporarily_unavailable"), "{refused:?}");
    }
    assert_eq!(house.ground.count(counters).await, before, "a refusal writes nothing");
    assert_eq!(host.received().len(), 6, "a refusal fetches nothing");
    // Neither other visitors nor sites of the operator are kept waiting.
    assert_eq!(ask(&stranger, "203.0.113.1").await.heading(), "Sign in");
    assert_eq!(ask(&vouched, "198.51.100.1").await.heading(), "Sign in");
}

async fn rq_02_an_object_of_another_key_client_or_issuer_is_refused(house: House) {
    let (signer, stranger) = (Signer::new(SigningAlgorithm::ES256), Signer::new(SigningAlgorithm::ES256));
    let (web, browser) = (site(&house, &signer).await, ann(&house).await);
    let good = object(&house, &web);
    refused(&web, &ask(&web, &browser, &stranger.sign(&good)).await, "invalid_request_object");
    let kid = json!({"kid": signer.jwk["kid"]});
    refused(&web, &ask(&web, &browser, &stranger.sign_as(&kid, &good)).await, "invalid_request_object");
    let now = house.clock.now().unix_seconds();
    for (name, value) in [
        ("iss", json!("other")),
        ("aud", json!("https://other.test")),
        ("aud", json!(null)),
        ("client_id", json!("other")),
        ("exp", json!(now - 1)),
        ("exp", json!("9999999999")),
        ("nbf", json!(now + 120)),
        ("iat", json!(now + 120)),
        ("sub", json!("web")),
        ("scope", json!(["openid"])),
        ("request_uri", json!("https://rp1.test/r")),
    ] {
        let mut bad = good.clone();
        bad[name] = value;
        refused(&web, &ask(&web, &browser, &signer.sign(&bad)).await, "invalid_request_object");
    }
    let unknown = house.client(Kind::Other).await;
    refused(
        &unknown,
        &ask(&unknown, &browser, &signer.sign(&object(&house, &unknown))).await,
        "invalid_request_object",
    );
}

async fn rq_02_inside_and_outside_do_not_contradict_one_another(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let (web, browser) = (site(&house, &signer).await, ann(&house).await);
    for (name, value) in
        [("redirect_uri", "https://rp1.test/other"), ("response_type", "id_token"), ("client_id", "spa")]
    {
        let mut inside = object(&house, &web);
        inside[name] = json!(value);
        refused(&web, &ask(&web, &browser, &signer.sign(&inside)).await, "invalid_request_object");
    }
}

fn unsigned(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}

async fn jw_01_and_02_unsigned_and_symmetric_objects_are_refused(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let (web, browser) = (site(&house, &signer).await, ann(&house).await);
    let good = object(&house, &web);
    for alg in ["none", "None", "nOnE", "HS256", ""] {
        for signature in ["", "AAAA"] {
            let object = unsigned(&json!({"alg": alg, "kid": signer.jwk["kid"]}), &good, signature);
            refused(&web, &ask(&web, &browser, &object).await, "invalid_request_object");
        }
    }
}

async fn jw_04_keys_named_by_the_token_itself_are_not_looked_at(house: House) {
    let (signer, stranger) = (Signer::new(SigningAlgorithm::ES256), Signer::new(SigningAlgorithm::ES256));
    let (web, browser, canary) = (site(&house, &signer).await, ann(&house).await, Listener::open().await);
    let header = json!({"jku": canary.url, "x5u": canary.url, "jwk": stranger.jwk});
    let answer = ask(&web, &browser, &stranger.sign_as(&header, &object(&house, &web))).await;
    refused(&web, &answer, "invalid_request_object");
    assert!(canary.received().is_empty());
    for kid in ["../../../dev/null", "' OR 1=1--"] {
        let answer = ask(&web, &browser, &signer.sign_as(&json!({"kid": kid}), &object(&house, &web))).await;
        refused(&web, &answer, "invalid_request_object");
    }
}

async fn jw_06_malformed_objects_are_refused(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let (web, browser) = (site(&house, &signer).await, ann(&house).await);
    let good = signer.sign(&object(&house, &web));
    let crit = signer.sign_as(&json!({"crit": ["exp"]}), &object(&house, &web));
    for bad in [
        "x",
        "a.b",
        &format!("{good}."),
        &format!("{good}="),
        &format!("{good}AAAA"),
        &good.replacen('.', "..", 1),
        &crit,
    ] {
        refused(&web, &ask(&web, &browser, bad).await, "invalid_request_object");
    }
    for typ in ["at+jwt", "logout+jwt", "dpop+jwt"] {
        let answer = ask(&web, &browser, &signer.sign_as(&json!({"typ": typ}), &object(&house, &web))).await;
        refused(&web, &answer, "invalid_request_object");
    }
}

async fn an_object_holds_for_as_long_as_the_person_takes(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let web = site(&house, &signer).await;
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    let mut short = object(&house, &web);
    short["exp"] = json!(house.clock.now().unix_seconds() + 30);
    let short = signer.sign(&short);
    ask(&web, &browser, &short).await;
    house.clock.advance(minutes(10));
    let answer = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    assert!(query(&answer, &web).contains_key("code"));
    refused(&web, &ask(&web, &browser, &short).await, "invalid_request_object");
}

async fn a_fragment_is_the_digest_of_the_content(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let host = Listener::open().await;
    let web = house
        .client_with(Kind::Web, |client| {
            client.jwks = Some(signer.jwks());
            client.request_uris = vec![host.url.clone()];
        })
        .await;
    let browser = ann(&house).await;
    let content = signer.sign(&object(&house, &web));
    host.answers(Reply::Text(content.clone()));
    let digest = |content: &str| URL_SAFE_NO_PAD.encode(platform::secrets::digest(content.as_bytes()));
    let uri = format!("{}#{}", host.url, digest(&content));
    for _ in 0..3 {
        let answer = web.ask(&browser, |asked| asked.with("request_uri", &uri)).await;
        assert!(query(&answer, &web).contains_key("code"));
    }
    assert_eq!(host.received().len(), 1, "what cannot change is fetched once");
    let mut second = object(&house, &web);
    second["state"] = json!("T");
    let second = signer.sign(&second);
    host.answers(Reply::Text(second.clone()));
    let uri = format!("{}#{}", host.url, digest(&second));
    let answer = web.ask(&browser, |asked| asked.with("request_uri", &uri)).await;
    assert_eq!(query(&answer, &web)["state"], "T", "another digest is another content");
    let told = host.received().len();
    for stale in [digest("something else"), "short".to_owned()] {
        let answer =
            web.ask(&browser, |asked| asked.with("request_uri", format!("{}#{stale}", host.url))).await;
        assert_eq!(query(&answer, &web)["state"], "T", "the signature protects it, not its address");
    }
    assert_eq!(host.received().len(), told + 2, "it is not kept under a digest that is not its own");
}

async fn the_registered_algorithm_is_the_only_one(house: House) {
    let (rsa, ec) = (Signer::new(SigningAlgorithm::RS256), Signer::new(SigningAlgorithm::ES256));
    let web = house
        .client_with(Kind::Web, |client| {
            client.jwks = Some(json!({"keys": [rsa.jwk, ec.jwk]}));
            client.request_object_signing_alg = Some(SigningAlgorithm::ES256);
        })
        .await;
    let browser = ann(&house).await;
    refused(&web, &ask(&web, &browser, &rsa.sign(&object(&house, &web))).await, "invalid_request_object");
    let answer = ask(&web, &browser, &ec.sign(&object(&house, &web))).await;
    assert!(query(&answer, &web).contains_key("code"));
}

async fn an_object_and_an_address_exclude_one_another(house: House) {
    let web =
        house.client_with(Kind::Web, |client| client.request_uris = vec!["https://rp1.test/r".into()]).await;
    let both = |asked: Parameters| asked.with("request", "x").with("request_uri", "https://rp1.test/r");
    web.assert_told(&web.ask(&house.browser(), both).await, "invalid_request");
}

async fn an_error_goes_where_the_request_outside_says_or_to_a_page(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    let answer = web.ask(&browser, |asked| asked.with("request", "x")).await;
    web.assert_told(&answer, "invalid_request_object");
    web.ask(&browser, |asked| asked.with("request", "x").without("redirect_uri")).await.assert_stays_here();
    let posted =
        web.ask(&browser, |asked| asked.with("request", "x").with("response_mode", "form_post")).await;
    assert_eq!(super::form(&posted, &web)["error"], "invalid_request_object");
    house.clock.advance(seconds(1));
    assert_eq!(asked(&web)["client_id"], "web");
}

async fn discovery_tells_of_request_objects(house: House) {
    let metadata = metadata(&house).await;
    for name in
        ["request_parameter_supported", "request_uri_parameter_supported", "require_request_uri_registration"]
    {
        assert_eq!(metadata[name], true, "{name}");
    }
    assert_eq!(
        metadata["request_object_signing_alg_values_supported"],
        json!(["RS256", "PS256", "ES256", "EdDSA"])
    );
}
