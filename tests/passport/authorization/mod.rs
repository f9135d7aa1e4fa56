//! The authorization endpoint and its pushed twin, module by module of the certification profiles (Basic,
//! Config, Form Post, Hybrid, Implicit, FAPI 2.0 Security Profile and Message Signing).
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of it is test code"
)]

use std::collections::BTreeMap;

use oidc::{client::GrantType, jws::SigningAlgorithm};
use passport::key::pair::Pair;
use platform::random::Random;
use serde_json::{Value, json};
use testkit::{Answer, Browser, House, Kind, PASSWORD, Parameters, Rp, net::Request, rp};

mod claims;
mod corpus;
mod form_post;
mod hybrid;
mod implicit;
mod message_signing;
mod prompts;
mod pushed;
mod redirects;
mod request_objects;
mod signed_answers;

/// A site's own key.
pub struct Signer {
    pair: Pair,
    pub alg: SigningAlgorithm,
    pub jwk: Value,
}

impl Signer {
    pub fn new(alg: SigningAlgorithm) -> Self {
        let (pair, _) = Pair::generate(alg).expect("a key can be made");
        let (_, jwk) = pair.public_jwk().expect("a key has a public half");
        Self { pair, alg, jwk }
    }

    pub fn jwks(&self) -> Value {
        json!({"keys": [self.jwk]})
    }

    /// A JWT with this header beside `alg` and `kid`.
    pub fn sign_as(&self, header: &Value, claims: &Value) -> String {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        let mut whole = json!({"alg": self.alg.as_str(), "kid": self.jwk["kid"]});
        for (name, value) in header.as_object().unwrap() {
            whole[name] = value.clone();
        }
        let input =
            [whole.to_string(), claims.to_string()].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let signature = self.pair.sign(&Random::seeded(1), input.as_bytes()).unwrap();
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    pub fn sign(&self, claims: &Value) -> String {
        self.sign_as(&json!({"typ": "oauth-authz-req+jwt"}), claims)
    }
}

/// Parameters of a URL's query or fragment, or of a form.
pub type Told = BTreeMap<String, String>;

fn pairs(text: &str) -> Told {
    let mut told = Told::new();
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
        assert!(
            told.insert(name.clone().into_owned(), value.into_owned()).is_none(),
            "{name} twice in {text}"
        );
    }
    told
}

/// What stands in the fragment of the way back; its query must stand as registered.
#[track_caller]
pub fn fragment(answer: &Answer, rp: &Rp) -> Told {
    assert_eq!(answer.status, 303, "{answer:?}");
    let location = answer.location();
    let (before, fragment) =
        location.as_str().split_once('#').unwrap_or_else(|| panic!("no fragment: {location}"));
    assert_eq!(before, rp.redirect_uri, "nothing leaks into the query");
    pairs(fragment)
}

/// What stands in the query of the way back.
#[track_caller]
pub fn query(answer: &Answer, rp: &Rp) -> Told {
    assert_eq!(answer.status, 303, "{answer:?}");
    let location = answer.location();
    assert!(location.as_str().starts_with(&rp.redirect_uri) && location.fragment().is_none(), "{location}");
    pairs(location.query().unwrap_or_default())
}

/// What the form of a form_post page would send.
#[track_caller]
pub fn form(answer: &Answer, rp: &Rp) -> Told {
    answer.assert_status(200);
    let form = answer.page().form("#form-post-continue");
    assert!(form.is_post);
    assert_eq!(form.action, rp.redirect_uri);
    form.fields.0.into_iter().collect()
}

#[track_caller]
pub fn names(told: &Told) -> Vec<&str> {
    told.keys().map(String::as_str).collect()
}

/// A person who is signed in.
pub async fn ann(house: &House) -> Browser {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser
}

/// A client for every flow, in a house that offers them.
pub async fn legacy(house: &House) -> Rp {
    house.client_with(Kind::Web, for_every_flow).await
}

pub fn for_every_flow(client: &mut oidc::client::Client) {
    use oidc::authorize::ResponseType as R;
    client.grant_types = vec![GrantType::AuthorizationCode, GrantType::Implicit, GrantType::RefreshToken];
    client.response_types =
        vec![R::Code, R::IdToken, R::IdTokenToken, R::CodeIdToken, R::CodeToken, R::CodeIdTokenToken];
    client.require_pkce = false;
    client.claims_in_id_token = false;
}

pub async fn legacy_house(engine: testkit::Engine) -> House {
    House::with(engine, |settings| settings.passport.protocol.legacy_response_types = true).await
}

/// The parameters of A(Δ) as a map of claims.
pub fn asked(rp: &Rp) -> Value {
    json!({
        "response_type": "code", "client_id": rp.id, "redirect_uri": rp.redirect_uri, "scope": "openid",
        "state": "S", "nonce": "N", "code_challenge": rp::challenge(rp::VERIFIER), "code_challenge_method": "S256",
    })
}

/// The same as an object that this client could sign now.
pub fn object(house: &House, rp: &Rp) -> Value {
    let now = house.clock.now().unix_seconds();
    let mut object = asked(rp);
    object["iss"] = json!(rp.id);
    object["aud"] = json!(house.passport.issuer());
    object["iat"] = json!(now);
    object["nbf"] = json!(now);
    object["exp"] = json!(now + 300);
    object
}

/// Pushes a request; `form` beside the client's own credentials.
pub async fn push(house: &House, rp: &Rp, form: Parameters) -> Answer {
    let form = form.with("client_id", &rp.id);
    let mut request = Request::post(&house.url("/oauth2/par"), &form);
    if let Some(secret) = &rp.secret {
        request = request.header("authorization", rp::basic(&rp.id, secret));
    }
    house.net.send(request).await
}

/// The parameters of A(Δ).
pub fn plain(rp: &Rp) -> Parameters {
    let asked = asked(rp);
    Parameters(
        asked
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect(),
    )
}

/// The `request_uri` in an answer of the PAR endpoint.
#[track_caller]
pub fn uri_in(answer: &Answer) -> String {
    answer.assert_status(201);
    assert_eq!(answer.header("cache-control"), "no-store", "AC-08");
    assert!(answer.json()["expires_in"].as_i64().unwrap() >= 5);
    answer.json()["request_uri"].as_str().unwrap().to_owned()
}

/// Goes to the authorization endpoint with nothing but a client and a `request_uri`.
pub async fn visit(house: &House, browser: &Browser, client_id: &str, request_uri: &str) -> Answer {
    let query = Parameters::of(&[("client_id", client_id), ("request_uri", request_uri)]);
    browser.follow(&house.url(&format!("/oauth2/authorize?{}", query.encoded())), "https://rp1.test").await
}

pub async fn sign_in(browser: &Browser) -> Answer {
    browser.fill_in_sign_in("ann@acme.test", PASSWORD).await
}

pub async fn metadata(house: &House) -> Value {
    house.net.send(Request::get(&house.url("/.well-known/openid-configuration"))).await.json()
}
