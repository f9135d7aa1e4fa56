//! A scripted site: asks for codes, redeems them, with every parameter in the test's hand.
mod listener;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use oidc::{
    client::{ApplicationType, AuthMethod, Client, GrantType},
    scope::Scopes,
};
use passport::acts::register::register;
use platform::secrets;

pub use listener::{Listener, Reply};

use crate::{Answer, Browser, House, Parameters, jwt, net::Request};

/// The clients of the case lists. All are trusted but [`Kind::Evil`], who is asked for consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Confidential.
    Web,
    /// A second confidential one.
    Other,
    /// Public, in a browser.
    Spa,
    /// Public, on a loopback address.
    Native,
    /// Confidential, and nobody's friend.
    Evil,
}

impl Kind {
    const fn id(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Other => "other",
            Self::Spa => "spa",
            Self::Native => "native",
            Self::Evil => "evil",
        }
    }

    const fn redirect_uri(self) -> &'static str {
        match self {
            Self::Web => "https://rp1.test/cb",
            Self::Other => "https://rp2.test/cb",
            Self::Spa => "https://spa.test/cb",
            Self::Native => "http://127.0.0.1/cb",
            Self::Evil => "https://evil.test/cb",
        }
    }

    /// Its metadata, before a test changes it.
    pub fn metadata(self) -> Client {
        let is_public = matches!(self, Self::Spa | Self::Native);
        Client {
            client_id: self.id().to_owned(),
            client_name: format!("The {} site", self.id()),
            application_type: if self == Self::Native {
                ApplicationType::Native
            } else {
                ApplicationType::Web
            },
            redirect_uris: vec![self.redirect_uri().to_owned()],
            grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
            scope: Scopes::parse("openid profile email phone address offline_access").expect("scopes"),
            token_endpoint_auth_method: if is_public { AuthMethod::None } else { AuthMethod::ClientSecret },
            trusted: self != Self::Evil,
            ..Client::default()
        }
    }
}

/// A registered site. Clones are the same site.
#[derive(Clone)]
pub struct Rp {
    house: House,
    pub id: String,
    pub secret: Option<String>,
    pub redirect_uri: String,
}

/// What the token endpoint gave.
#[derive(Clone, PartialEq, Eq)]
pub struct Tokens {
    pub access: String,
    pub refresh: Option<String>,
    pub id: Option<String>,
}

impl Tokens {
    #[track_caller]
    pub fn refresh(&self) -> &str {
        self.refresh.as_deref().expect("a refresh token was issued")
    }

    #[track_caller]
    pub fn id(&self) -> &str {
        self.id.as_deref().expect("an ID token was issued")
    }
}

/// A request to the token endpoint, before it is sent.
#[derive(Clone, Debug)]
pub struct TokenCall {
    pub form: Parameters,
    /// Every `Authorization` header.
    pub authorization: Vec<String>,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
}

impl TokenCall {
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.form = self.form.with(name, value);
        self
    }

    #[must_use]
    pub fn and(mut self, name: &str, value: impl Into<String>) -> Self {
        self.form = self.form.and(name, value);
        self
    }

    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.form = self.form.without(name);
        self
    }

    /// Another `Authorization` header beside those there are.
    #[must_use]
    pub fn authorized(mut self, header: impl Into<String>) -> Self {
        self.authorization.push(header.into());
        self
    }

    /// A further header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Authenticates with an assertion and nothing else.
    #[must_use]
    pub fn asserted(self, assertion: impl Into<String>) -> Self {
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let call = self.unauthorized().without("client_id").without("client_secret");
        call.with("client_assertion_type", kind).with("client_assertion", assertion)
    }

    #[must_use]
    pub fn unauthorized(mut self) -> Self {
        self.authorization.clear();
        self
    }
}

/// `Basic` of an id and a secret, both form-encoded (RFC 6749 §2.3.1).
pub fn basic(id: &str, secret: &str) -> String {
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    basic_of(&format!("{}:{}", encode(id), encode(secret)))
}

/// `Basic` of a text as it stands.
pub fn basic_of(text: &str) -> String {
    format!("Basic {}", STANDARD.encode(text))
}

/// The code verifier of every request that a test does not give another.
pub const VERIFIER: &str = "a-verifier-of-forty-three-characters-or-more";

/// The S256 challenge of a verifier (RFC 7636 §4.2).
pub fn challenge(verifier: &str) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(secrets::digest(verifier.as_bytes()))
}

impl House {
    /// Registers a client of the case lists.
    pub async fn client(&self, kind: Kind) -> Rp {
        self.client_with(kind, |_| {}).await
    }

    /// The same, its metadata changed first.
    pub async fn client_with(&self, kind: Kind, change: impl FnOnce(&mut Client)) -> Rp {
        let mut client = kind.metadata();
        change(&mut client);
        let redirect_uri = client.redirect_uris[0].clone();
        let passport = &self.passport;
        let tx = passport.db.begin().await.expect("the database can be written");
        let done = register(&tx, self.clock.now(), &passport.clients, client, None, true).await;
        let (client, secret) = done.expect("the database can be written").expect("the metadata is lawful");
        tx.commit().await.expect("the database can be written");
        let secret = secret.map(|secret| secret.expose().to_owned());
        Rp { house: self.clone(), id: client.client_id, secret, redirect_uri }
    }

    /// A site that registered by itself, from what it was answered.
    pub fn registered(&self, answer: &Answer) -> Rp {
        let members = answer.json();
        let text = |name: &str| members[name].as_str().map(str::to_owned);
        Rp {
            house: self.clone(),
            id: text("client_id").expect("a client id"),
            secret: text("client_secret"),
            redirect_uri: members["redirect_uris"][0].as_str().unwrap_or_default().to_owned(),
        }
    }

    /// A site that is known already, by what its developer knows.
    pub fn site(&self, id: &str, secret: Option<&str>, redirect_uri: &str) -> Rp {
        Rp {
            house: self.clone(),
            id: id.to_owned(),
            secret: secret.map(str::to_owned),
            redirect_uri: redirect_uri.to_owned(),
        }
    }

    /// Asks the UserInfo endpoint with a bearer token.
    pub async fn userinfo(&self, token: &str) -> Answer {
        let request =
            Request::get(&self.url("/oauth2/userinfo")).header("authorization", format!("Bearer {token}"));
        self.net.send(request).await
    }
}

impl Rp {
    /// A(Δ) of the case lists: an authorization request with what a test changes in it.
    pub fn authorize_url(&self, change: impl FnOnce(Parameters) -> Parameters) -> String {
        let asked = Parameters::of(&[
            ("response_type", "code"),
            ("client_id", &self.id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", "openid"),
            ("state", "S"),
            ("nonce", "N"),
            ("code_challenge", &challenge(VERIFIER)),
            ("code_challenge_method", "S256"),
        ]);
        self.house.url(&format!("/oauth2/authorize?{}", change(asked).encoded()))
    }

    /// Sends a browser to the authorization endpoint.
    pub async fn ask(&self, browser: &Browser, change: impl FnOnce(Parameters) -> Parameters) -> Answer {
        browser.follow(&self.authorize_url(change), "https://rp1.test").await
    }

    /// ER(code) of the case lists: the answer goes to the registered URI, with state and issuer.
    #[track_caller]
    pub fn assert_told(&self, answer: &Answer, error: &str) {
        self.assert_answered(answer);
        assert_eq!(answer.told("error").as_deref(), Some(error), "{answer:?}");
        assert_eq!(answer.told("code"), None, "{answer:?}");
    }

    #[track_caller]
    fn assert_answered(&self, answer: &Answer) {
        assert_eq!(answer.status, 303, "{answer:?}");
        let location = answer.location();
        assert!(location.as_str().starts_with(&self.redirect_uri), "{location}");
        assert_eq!(answer.told("state").as_deref(), Some("S"), "{location}");
        assert_eq!(answer.told("iss").as_deref(), Some(self.house.passport.issuer()), "MX-01: {location}");
    }

    /// The code in an answer of the authorization endpoint.
    #[track_caller]
    pub fn code_in(&self, answer: &Answer) -> String {
        self.assert_answered(answer);
        answer.told("code").unwrap_or_else(|| panic!("no code: {answer:?}"))
    }

    /// A code for the person who is signed in.
    pub async fn code(&self, browser: &Browser) -> String {
        self.code_in(&self.ask(browser, |asked| asked).await)
    }

    /// Tokens for the person who is signed in, with everything that a site may ask for.
    pub async fn tokens(&self, browser: &Browser) -> Tokens {
        let asked =
            self.ask(browser, |asked| asked.with("scope", "openid profile email offline_access")).await;
        self.tokens_in(&self.redeem(&self.code_in(&asked)).await)
    }

    fn authorization(&self) -> Vec<String> {
        self.secret.iter().map(|secret| basic(&self.id, secret)).collect()
    }

    fn call(&self, form: Parameters) -> TokenCall {
        let authorization = self.authorization();
        let form = if authorization.is_empty() { form.with("client_id", &self.id) } else { form };
        TokenCall { form, authorization, headers: vec![] }
    }

    /// T(): redeems a code.
    pub async fn redeem(&self, code: &str) -> Answer {
        self.redeem_with(code, |call| call).await
    }

    /// T(Δ): redeems a code with what a test changes in the request.
    pub async fn redeem_with(&self, code: &str, change: impl FnOnce(TokenCall) -> TokenCall) -> Answer {
        self.house.net.send(self.sending(&change(self.with_code(code)))).await
    }

    /// The request that redeems a code, not yet sent.
    pub fn redeeming(&self, code: &str) -> Request {
        self.sending(&self.with_code(code))
    }

    fn with_code(&self, code: &str) -> TokenCall {
        self.call(Parameters::of(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", VERIFIER),
        ]))
    }

    pub async fn refresh(&self, token: &str) -> Answer {
        self.refresh_with(token, |call| call).await
    }

    pub async fn refresh_with(&self, token: &str, change: impl FnOnce(TokenCall) -> TokenCall) -> Answer {
        self.house.net.send(self.sending(&change(self.with_refresh(token)))).await
    }

    /// The request that refreshes, not yet sent.
    pub fn refreshing(&self, token: &str) -> Request {
        self.sending(&self.with_refresh(token))
    }

    fn with_refresh(&self, token: &str) -> TokenCall {
        self.call(Parameters::of(&[("grant_type", "refresh_token"), ("refresh_token", token)]))
    }

    fn sending(&self, call: &TokenCall) -> Request {
        self.sending_to("/oauth2/token", call)
    }

    fn sending_to(&self, path: &str, call: &TokenCall) -> Request {
        let mut request = Request::post(&self.house.url(path), &call.form);
        for header in &call.authorization {
            request = request.header("authorization", header);
        }
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        request
    }

    /// Posts a form to an endpoint for machines as this client, with what a test changes in the request.
    pub async fn post(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        change: impl FnOnce(TokenCall) -> TokenCall,
    ) -> Answer {
        let call = change(self.call(Parameters::of(fields)));
        self.house.net.send(self.sending_to(path, &call)).await
    }

    /// What the introspection endpoint tells this client of a token.
    pub async fn introspect(&self, token: &str) -> serde_json::Value {
        let answer = self.post("/oauth2/introspect", &[("token", token)], |call| call).await;
        answer.assert_status(200).json()
    }

    pub async fn revoke(&self, token: &str) -> Answer {
        self.post("/oauth2/revoke", &[("token", token)], |call| call).await
    }

    /// The tokens in an answer of the token endpoint.
    #[track_caller]
    pub fn tokens_in(&self, answer: &Answer) -> Tokens {
        self.tokens_of_type(answer, "Bearer")
    }

    /// The tokens in an answer, of that `token_type`.
    #[track_caller]
    pub fn tokens_of_type(&self, answer: &Answer, token_type: &str) -> Tokens {
        answer.assert_status(200);
        assert_eq!(answer.header("cache-control"), "no-store", "AC-08: {answer:?}");
        let body = answer.json();
        let text = |name: &str| body.get(name).and_then(|value| value.as_str()).map(str::to_owned);
        assert_eq!(text("token_type").as_deref(), Some(token_type), "{body}");
        let id = text("id_token");
        if let Some(id) = &id {
            let claims = jwt::claims(id);
            assert_eq!(
                (claims["iss"].as_str(), claims["aud"].as_str()),
                (Some(self.house.passport.issuer()), Some(&*self.id))
            );
        }
        Tokens { access: text("access_token").expect("an access token"), refresh: text("refresh_token"), id }
    }
}
