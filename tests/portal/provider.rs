//! An OpenID provider that says what a test tells it to say. Signs with a key made for the test.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::clock::Moment;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

type Bend = Arc<dyn Fn(&mut Value) + Send + Sync>;

#[derive(Default)]
pub struct Said {
    /// The key that signs, and the keys that are published, each by its seed.
    pub signs_with: u8,
    pub publishes: Vec<u8>,
    /// What the metadata calls the issuer; empty: the truth.
    pub calls_itself: String,
    pub header: Option<Value>,
    pub bend_claims: Option<Bend>,
    pub userinfo_sub: Option<String>,
    /// The verified address of whoever signs in.
    pub email: Option<String>,
    /// Gives refresh tokens, and takes none but the last one it gave.
    pub refreshes: bool,
    pub refreshed: usize,
    /// The grant that refresh tokens stand for; none: revoked.
    grant: Option<Granted>,
    pub is_down: bool,
    pub token_requests: usize,
    /// The refresh tokens that were given back.
    pub given_back: Vec<String>,
    pub userinfo_requests: usize,
    pub key_requests: usize,
    pub metadata_requests: usize,
    /// Metadata are held back until this is closed.
    pub gate: Option<Arc<tokio::sync::Semaphore>>,
    codes: HashMap<String, Granted>,
}

#[derive(Clone)]
struct Granted {
    claims: Value,
    challenge: String,
}

#[derive(Clone)]
pub struct Provider {
    pub issuer: String,
    pub said: Arc<Mutex<Said>>,
}

/// Who signs in, and when the provider says that they did.
pub struct Person<'a> {
    pub sub: &'a str,
    pub auth_time: Option<Moment>,
    pub now: Moment,
}

impl Provider {
    pub async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let said = Said { signs_with: 1, publishes: vec![1], ..Said::default() };
        let provider = Self { issuer, said: Arc::new(Mutex::new(said)) };
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/jwks", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .route("/revoke", post(revoke))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        provider
    }

    pub fn set(&self, change: impl FnOnce(&mut Said)) {
        change(&mut self.said.lock().unwrap());
    }

    /// Ends the grant behind the refresh tokens.
    pub fn revoke(&self) {
        self.set(|said| said.grant = None);
    }

    pub fn bend(&self, bend: impl Fn(&mut Value) + Send + Sync + 'static) {
        self.set(|said| said.bend_claims = Some(Arc::new(bend)));
    }

    /// Signs `person` in for the authorization request at `url`; answers the callback's path and query.
    pub fn sign_in(&self, url: &str, person: &Person<'_>) -> String {
        let url = url::Url::parse(url).unwrap();
        let query: HashMap<_, _> = url.query_pairs().into_owned().collect();
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["client_id"], "customersource");
        assert_eq!(query["code_challenge_method"], "S256");
        let mut claims = json!({
            "iss": self.issuer,
            "aud": "customersource",
            "sub": person.sub,
            "sid": format!("sid-of-{}", person.sub),
            "nonce": query["nonce"],
            "iat": person.now.unix_seconds(),
            "exp": person.now.unix_seconds() + 600,
        });
        if let Some(at) = person.auth_time {
            claims["auth_time"] = at.unix_seconds().into();
        }
        let code = format!("code-{}", query["state"]);
        let granted = Granted { claims, challenge: query["code_challenge"].clone() };
        self.set(|said| drop(said.codes.insert(code.clone(), granted)));
        self.callback(&query["redirect_uri"], &[("code", &code), ("state", &query["state"])])
    }

    /// The path and query of a callback that names this issuer.
    pub fn callback(&self, redirect_uri: &str, parameters: &[(&str, &str)]) -> String {
        let mut url = url::Url::parse(redirect_uri).unwrap();
        url.query_pairs_mut().extend_pairs(parameters).append_pair("iss", &self.issuer);
        format!("{}?{}", url.path(), url.query().unwrap())
    }

    /// A signed token with these claims.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(header), part(claims));
        let seed = self.said.lock().unwrap().signs_with;
        let signature = key(seed).sign(text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    pub fn header(&self) -> Value {
        let said = self.said.lock().unwrap();
        said.header.clone().unwrap_or_else(|| json!({"alg": "EdDSA", "kid": format!("k{}", said.signs_with)}))
    }
}

fn key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

async fn metadata(State(provider): State<Provider>) -> Response {
    let gate = {
        let mut said = provider.said.lock().unwrap();
        said.metadata_requests += 1;
        said.gate.clone()
    };
    if let Some(gate) = gate {
        drop(gate.acquire().await);
    }
    let said = provider.said.lock().unwrap();
    if said.is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let at = |path: &str| format!("{}{path}", provider.issuer);
    let issuer = if said.calls_itself.is_empty() { &provider.issuer } else { &said.calls_itself };
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/userinfo"),
        "jwks_uri": at("/jwks"),
        "end_session_endpoint": at("/end-session"),
        "revocation_endpoint": at("/revoke"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "EdDSA"],
        "authorization_response_iss_parameter_supported": true,
        "prompt_values_supported": ["none", "login", "create"],
    }))
    .into_response()
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let mut said = provider.said.lock().unwrap();
    said.key_requests += 1;
    let jwk = |seed: &u8| {
        let x = URL_SAFE_NO_PAD.encode(key(*seed).public_key().as_ref());
        json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": format!("k{seed}"), "x": x})
    };
    let keys: Vec<Value> = said.publishes.iter().map(jwk).collect();
    Json(json!({ "keys": keys }))
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let (granted, bend) = {
        let mut said = provider.said.lock().unwrap();
        said.token_requests += 1;
        if said.is_down {
            return StatusCode::BAD_GATEWAY.into_response();
        }
        // A code is good once, and so is a refresh token.
        let granted = match form.get("refresh_token") {
            Some(token) if *token == format!("refresh-{}", said.refreshed) => {
                said.refreshed += 1;
                said.grant.clone()
            }
            Some(_) => None,
            None => said.codes.remove(&form["code"]),
        };
        if said.refreshes && form.contains_key("code") {
            said.grant = granted.clone();
        }
        (granted, said.bend_claims.clone())
    };
    let basic = format!("Basic {}", base64::prelude::BASE64_STANDARD.encode("customersource:a%2Fsecret"));
    assert_eq!(headers["authorization"], basic.as_str(), "client_secret_basic, form-encoded");
    let is_proven = |granted: &Granted| {
        form.get("code_verifier").is_none_or(|verifier| {
            granted.challenge == URL_SAFE_NO_PAD.encode(platform::secrets::digest(verifier.as_bytes()))
        })
    };
    let Some(granted) = granted.filter(is_proven) else {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
    };
    let mut claims = granted.claims;
    if form.contains_key("refresh_token") {
        claims.as_object_mut().unwrap().remove("nonce");
        // As a provider does that knows the time.
        claims["exp"] = (claims["exp"].as_i64().unwrap() + 86_400).into();
    }
    let access_token = format!("access-of-{}", claims["sub"].as_str().unwrap());
    if let Some(bend) = bend {
        bend(&mut claims);
    }
    let id_token = provider.sign(&provider.header(), &claims);
    let mut answer = json!({
        "access_token": access_token, "token_type": "Bearer", "expires_in": 300, "id_token": id_token,
    });
    let said = provider.said.lock().unwrap();
    if said.refreshes {
        answer["refresh_token"] = format!("refresh-{}", said.refreshed).into();
    }
    Json(answer).into_response()
}

async fn revoke(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> StatusCode {
    let mut said = provider.said.lock().unwrap();
    if said.is_down {
        return StatusCode::BAD_GATEWAY;
    }
    assert!(headers.contains_key("authorization"), "the client proves itself");
    assert_eq!(form["token_type_hint"], "refresh_token");
    said.given_back.push(form["token"].clone());
    StatusCode::OK
}

async fn userinfo(State(provider): State<Provider>, headers: HeaderMap) -> Json<Value> {
    let mut said = provider.said.lock().unwrap();
    said.userinfo_requests += 1;
    let token = headers["authorization"].to_str().unwrap();
    let sub = token.strip_prefix("Bearer access-of-").unwrap();
    let claimed = said.userinfo_sub.clone().unwrap_or_else(|| sub.to_owned());
    Json(json!({
        "sub": claimed,
        "preferred_username": format!("{sub}@passport.example"),
        "email": said.email,
        "email_verified": said.email.is_some(),
    }))
}
