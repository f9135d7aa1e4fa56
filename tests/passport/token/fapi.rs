//! The token half of FAPI 2.0 (security profile §5.3.2): what a client of that profile must do here.
use oidc::{
    client::{AuthMethod, Client, Profile},
    jws::SigningAlgorithm,
};
use serde_json::json;
use testkit::{Answer, Browser, House, Kind, Rp, Signer, house::seconds, on_both_engines};

on_both_engines![
    fapi2_happy_flow_from_code_to_resource,
    fapi2_ensure_token_request_without_sender_constraint_fails,
    fapi2_ensure_client_assertion_with_rs256_fails,
    fapi2_ensure_authorization_code_is_dead_after_a_minute,
    fapi2_ensure_reused_code_revokes_its_token,
    fapi2_refresh_token_is_not_rotated,
];

struct Scene {
    house: House,
    rp: Rp,
    signer: Signer,
    key: Signer,
    browser: Browser,
}

impl Scene {
    /// A client of the profile; its codes come by the ordinary way here, for this is about the token endpoint.
    async fn of(house: House) -> Self {
        let signer = Signer::new(SigningAlgorithm::PS256);
        let jwks = signer.jwks();
        let browser = house.browser();
        browser.join("ann@acme.test").await;
        let change = |client: &mut Client| {
            client.client_id = "fapi".to_owned();
            client.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
            client.jwks = Some(jwks);
            client.dpop_bound_access_tokens = true;
            client.id_token_signed_response_alg = SigningAlgorithm::PS256;
        };
        let rp = house.client_with(Kind::Web, change).await;
        Self { house, rp, signer, key: Signer::new(SigningAlgorithm::ES256), browser }
    }

    async fn code(&self) -> String {
        let asked = self.rp.ask(&self.browser, |asked| asked.with("scope", "openid offline_access")).await;
        let code = self.rp.code_in(&asked);
        self.set_profile().await;
        code
    }

    /// From here on the profile is in force.
    async fn set_profile(&self) {
        let tx = self.house.passport.db.begin().await.unwrap();
        let found = passport::client::store::find(&tx, "fapi").await.unwrap().unwrap();
        let client = Client { profile: Profile::Fapi2, ..found.client };
        assert_eq!(client.validate(), []);
        let changed = passport::client::Registered { client, ..found };
        passport::client::store::set(&tx, self.house.clock.now(), &changed).await.unwrap();
        tx.commit().await.unwrap();
    }

    fn assertion(&self) -> String {
        self.signer.assertion(&self.house, "fapi", |_, _| {})
    }

    fn proof(&self) -> String {
        self.key.proof(&self.house, "POST", "/oauth2/token", |_, _| {})
    }

    async fn redeem(&self, code: &str) -> Answer {
        let (assertion, proof) = (self.assertion(), self.proof());
        self.rp.redeem_with(code, |call| call.asserted(assertion).header("dpop", proof)).await
    }

    async fn userinfo(&self, token: &str) -> Answer {
        let proof = self.key.proof_with(&self.house, "GET", "/oauth2/userinfo", token);
        let request = testkit::net::Request::get(&self.house.url("/oauth2/userinfo"))
            .header("authorization", format!("DPoP {token}"))
            .header("dpop", proof);
        self.house.net.send(request).await
    }
}

async fn fapi2_happy_flow_from_code_to_resource(house: House) {
    let scene = Scene::of(house).await;
    let code = scene.code().await;
    let tokens = scene.rp.tokens_of_type(&scene.redeem(&code).await, "DPoP");
    assert_eq!(testkit::jwt::header(tokens.id())["alg"], "PS256");
    scene.userinfo(&tokens.access).await.assert_status(200);
    scene.house.userinfo(&tokens.access).await.assert_status(401);
}

async fn fapi2_ensure_token_request_without_sender_constraint_fails(house: House) {
    let scene = Scene::of(house).await;
    let code = scene.code().await;
    let assertion = scene.assertion();
    let answer = scene.rp.redeem_with(&code, |call| call.asserted(assertion)).await;
    answer.assert_token_error("invalid_dpop_proof");
}

async fn fapi2_ensure_client_assertion_with_rs256_fails(house: House) {
    let scene = Scene::of(house).await;
    let code = scene.code().await;
    let rs256 = Signer::new(SigningAlgorithm::RS256);
    let assertion = rs256.assertion(&scene.house, "fapi", |_, _| {});
    let proof = scene.proof();
    let answer = scene.rp.redeem_with(&code, |call| call.asserted(assertion).header("dpop", proof)).await;
    answer.assert_token_error("invalid_client");
    let proof = rs256.proof(&scene.house, "POST", "/oauth2/token", |_, _| {});
    let assertion = scene.assertion();
    let answer = scene.rp.redeem_with(&code, |call| call.asserted(assertion).header("dpop", proof)).await;
    answer.assert_token_error("invalid_dpop_proof");
}

async fn fapi2_ensure_authorization_code_is_dead_after_a_minute(house: House) {
    let scene = Scene::of(house).await;
    let code = scene.code().await;
    scene.house.clock.advance(seconds(62));
    scene.redeem(&code).await.assert_token_error("invalid_grant");
}

async fn fapi2_ensure_reused_code_revokes_its_token(house: House) {
    let scene = Scene::of(house).await;
    let code = scene.code().await;
    let tokens = scene.rp.tokens_of_type(&scene.redeem(&code).await, "DPoP");
    scene.redeem(&code).await.assert_token_error("invalid_grant");
    scene.userinfo(&tokens.access).await.assert_status(401);
}

async fn fapi2_refresh_token_is_not_rotated(house: House) {
    let scene = Scene::of(house).await;
    let code = scene.code().await;
    let tokens = scene.rp.tokens_of_type(&scene.redeem(&code).await, "DPoP");
    for _ in 0..3 {
        let (assertion, proof) = (scene.assertion(), scene.proof());
        let again = scene
            .rp
            .refresh_with(tokens.refresh(), |call| call.asserted(assertion).header("dpop", proof))
            .await;
        let next = scene.rp.tokens_of_type(&again, "DPoP");
        assert_eq!(next.refresh(), tokens.refresh());
        assert_eq!(
            scene.userinfo(&next.access).await.assert_status(200).json()["sub"],
            json!(testkit::jwt::claims(tokens.id())["sub"])
        );
    }
}
