//! FX-13: a pushed request with an object inside and a proof beside it. The key that was shown counts [INV-2].
use oidc::{client::AuthMethod, jws::SigningAlgorithm};
use serde_json::{Value, json};
use testkit::{
    Answer, Browser, House, Kind, Parameters, Rp, Signer,
    net::Request,
    on_both_engines,
    rp::{self, basic},
};

on_both_engines![
    fx_13_the_key_that_was_shown_beside_an_object_binds_the_code,
    fx_13_a_key_that_the_object_does_not_name_is_refused,
    fx_13_what_binds_the_code_is_neither_lost_nor_overruled,
];

struct Scene {
    house: House,
    signer: Signer,
    web: Rp,
    browser: Browser,
}

impl Scene {
    async fn of(house: House, browser: Browser, signed_only: bool) -> Self {
        let signer = Signer::new(SigningAlgorithm::ES256);
        let web = house
            .client_with(Kind::Web, |client| {
                client.jwks = Some(signer.jwks());
                client.require_signed_request_object = signed_only;
                client.token_endpoint_auth_method = AuthMethod::ClientSecretBasic;
            })
            .await;
        Self { house, signer, web, browser }
    }

    fn object(&self, change: impl FnOnce(&mut Value)) -> String {
        let now = self.house.clock.now().unix_seconds();
        let mut object = json!({
            "response_type": "code", "client_id": self.web.id, "redirect_uri": self.web.redirect_uri,
            "scope": "openid", "state": "S", "nonce": "N", "iss": self.web.id,
            "code_challenge": rp::challenge(rp::VERIFIER), "code_challenge_method": "S256",
            "aud": self.house.passport.issuer(), "iat": now, "nbf": now, "exp": now + 300,
        });
        change(&mut object);
        let header = json!({"typ": "oauth-authz-req+jwt", "alg": "ES256", "kid": self.signer.jwk["kid"]});
        self.signer.sign(&header, &object)
    }

    async fn push(&self, object: &str, beside: &[(&str, &str)], key: Option<&Signer>) -> Answer {
        let mut form = Parameters::of(beside);
        form = form.with("client_id", &self.web.id).with("request", object);
        let secret = self.web.secret.as_deref().unwrap();
        let mut request = Request::post(&self.house.url("/oauth2/par"), &form)
            .header("authorization", basic(&self.web.id, secret));
        if let Some(key) = key {
            request = request.header("dpop", key.proof(&self.house, "POST", "/oauth2/par", |_, _| {}));
        }
        self.house.net.send(request).await
    }

    async fn code(&self, pushed: &Answer) -> String {
        let uri = pushed.assert_status(201).json()["request_uri"].as_str().unwrap().to_owned();
        let query = Parameters::of(&[("client_id", &self.web.id), ("request_uri", &uri)]);
        let url = self.house.url(&format!("/oauth2/authorize?{}", query.encoded()));
        self.web.code_in(&self.browser.follow(&url, "https://rp1.test").await)
    }

    async fn redeem(&self, code: &str, key: &Signer) -> Answer {
        let proof = key.proof(&self.house, "POST", "/oauth2/token", |_, _| {});
        self.web.redeem_with(code, |call| call.header("dpop", proof)).await
    }
}

async fn ann(house: &House) -> Browser {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser
}

fn key() -> Signer {
    Signer::new(SigningAlgorithm::ES256)
}

#[track_caller]
fn refused(answer: &Answer, code: &str) {
    assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some(code)), "{answer:?}");
}

async fn fx_13_the_key_that_was_shown_beside_an_object_binds_the_code(house: House) {
    let browser = ann(&house).await;
    for signed_only in [false, true] {
        let scene = Scene::of(house.clone(), browser.tab(), signed_only).await;
        let (own, thief) = (key(), key());
        let code = scene.code(&scene.push(&scene.object(|_| {}), &[], Some(&own)).await).await;
        scene.redeem(&code, &thief).await.assert_token_error("invalid_grant");
        let code = scene.code(&scene.push(&scene.object(|_| {}), &[], Some(&own)).await).await;
        scene.web.tokens_of_type(&scene.redeem(&code, &own).await, "DPoP");
    }
}

async fn fx_13_a_key_that_the_object_does_not_name_is_refused(house: House) {
    let browser = ann(&house).await;
    for signed_only in [false, true] {
        let scene = Scene::of(house.clone(), browser.tab(), signed_only).await;
        let (own, other) = (key(), key());
        let named = scene.object(|object| object["dpop_jkt"] = json!(other.jkt()));
        refused(&scene.push(&named, &[], Some(&own)).await, "invalid_dpop_proof");
        let named = scene.object(|object| object["dpop_jkt"] = json!(own.jkt()));
        scene.push(&named, &[], Some(&own)).await.assert_status(201);
    }
}

async fn fx_13_what_binds_the_code_is_neither_lost_nor_overruled(house: House) {
    let browser = ann(&house).await;
    for signed_only in [false, true] {
        let scene = Scene::of(house.clone(), browser.tab(), signed_only).await;
        let (own, other) = (key(), key());
        let inner = scene.object(|object| object["dpop_jkt"] = json!(other.jkt()));
        refused(&scene.push(&inner, &[("dpop_jkt", own.jkt())], None).await, "invalid_request_object");
        let challenge = rp::challenge("another-verifier-of-forty-three-characters-or-more");
        let beside = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
        refused(&scene.push(&scene.object(|_| {}), &beside, None).await, "invalid_request_object");
        let beside = [("dpop_jkt", own.jkt())];
        let pushed = scene.push(&scene.object(|_| {}), &beside, None).await;
        match signed_only {
            // Only what stands inside counts there, so what stands outside alone is said to be lost.
            true => refused(&pushed, "invalid_request_object"),
            false => {
                let code = scene.code(&pushed).await;
                scene.redeem(&code, &other).await.assert_token_error("invalid_grant");
            }
        }
    }
}
