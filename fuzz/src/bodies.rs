//! What each fuzz target does with its bytes: outside input goes in, and the rules that must hold for every
//! answer are asserted. It knows no fuzzer.
use oidc::{
    authorize::{
        Arrival, Endpoint, Policy, Refusal, ReturnAddress,
        object::{accept, combine, read, source},
        request::{check, identify},
        response::{Delivery, deliver, failure, plain},
    },
    bearer,
    certificate::Certificate,
    claims::wishes::ClaimsRequest,
    client::{
        ApplicationType, AuthMethod, Client, GrantType, SubjectType, authentication, dynamic,
        key_set::KeySet, redirect_uri,
    },
    dpop,
    error::{ErrorCode, OAuthError},
    jwk::PublicKey,
    jws::{self, SigningAlgorithm},
    parameters::Parameters,
    token::{self, device},
};

/// What a target does with its bytes.
pub type Body = fn(&[u8]);

/// Every target: its name, and what it does.
pub const TARGETS: [(&str, Body); 10] = [
    ("request", request),
    ("redirect_uri", redirect),
    ("request_object", request_object),
    ("claims", claims),
    ("credentials", credentials),
    ("proof", proof),
    ("certificate", certificate),
    ("token_request", token_request),
    ("client_metadata", client_metadata),
    ("key_set", key_set),
];

const ISSUER: &str = "https://op.test";

fn client() -> Client {
    Client {
        client_id: "web".to_owned(),
        redirect_uris: vec!["https://rp1.test/cb".to_owned(), "https://rp1.test/cb?t=1".to_owned()],
        grant_types: vec![GrantType::AuthorizationCode, GrantType::Implicit, GrantType::RefreshToken],
        response_types: oidc::authorize::ResponseType::ALL.to_vec(),
        require_pkce: false,
        ..Client::default()
    }
}

/// An authorization request: an answer only ever goes to a registered URI, and nothing in it breaks a header.
pub fn request(bytes: &[u8]) {
    let Ok(parameters) = Parameters::parse(bytes) else { return };
    let (client, policy) = (client(), Policy::default().with_legacy_response_types());
    let _ = identify(&parameters);
    for endpoint in [Endpoint::Authorize, Endpoint::Pushed, Endpoint::AfterPush] {
        let _ = source(&parameters, &client, endpoint);
        let to: ReturnAddress =
            match check(&parameters, &client, &policy, Arrival { endpoint, signed: false }) {
                Ok(request) => request.return_address(),
                Err(Refusal::Redirect { to, .. }) => to,
                Err(Refusal::Page(_)) => continue,
            };
        assert!(client.redirect_uris.contains(&to.redirect_uri));
        let fields = plain(&to, ISSUER, failure(&OAuthError::invalid_request("x")));
        if let Delivery::Redirect(location) = deliver(&to, fields) {
            assert!(location.starts_with(&to.redirect_uri));
            assert!(location.bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }
    assert_eq!(
        Parameters::parse(parameters.encoded().as_bytes()).map(|again| again.encoded()),
        Ok(parameters.encoded()),
        "what is stored reads back as it was"
    );
}

/// A redirect URI: a web client's is equal byte for byte; a native one differs in its port at most.
pub fn redirect(bytes: &[u8]) {
    let Ok(presented) = std::str::from_utf8(bytes) else { return };
    let registered =
        ["http://127.0.0.1/cb".to_owned(), "http://[::1]/cb".to_owned(), "https://rp1.test/cb".to_owned()];
    let web = redirect_uri::matches(&registered, presented, ApplicationType::Web);
    assert_eq!(web, registered.iter().any(|uri| uri == presented));
    if redirect_uri::matches(&registered, presented, ApplicationType::Native) && !web {
        let rest =
            ["http://127.0.0.1:", "http://[::1]:"].iter().find_map(|host| presented.strip_prefix(host));
        let port = rest.and_then(|rest| rest.strip_suffix("/cb")).map(str::parse::<u16>);
        assert!(matches!(port, Some(Ok(_))), "{presented}");
    }
    // What may be registered leads somewhere.
    let client =
        Client { redirect_uris: vec![presented.to_owned()], client_name: "a".to_owned(), ..client() };
    if client.validate().is_empty() {
        assert!(presented.starts_with("https://") || presented.starts_with("http://"), "{presented}");
        assert!(!presented.contains('#') && presented.bytes().all(|byte| byte.is_ascii_graphic()));
    }
}

/// A signed token, and the request inside of it.
pub fn request_object(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (client, policy) = (client(), Policy::default());
    let demands = policy.demands(&client);
    if let Ok(taken) = read(text, &client, &demands) {
        assert!(!taken.signature.is_empty());
        if let Ok(inside) = accept(&taken.payload, &client, &demands, ISSUER, 100_000) {
            let outside = Parameters::parse(b"client_id=web&state=S").unwrap_or_default();
            let _ = combine(&outside, inside, &demands);
        }
    }
    // The claims alone: what a key of the client could have signed.
    if let Ok(serde_json::Value::Object(payload)) = serde_json::from_slice(bytes)
        && let Ok(inside) = accept(&payload, &client, &demands, ISSUER, 100_000)
    {
        assert_eq!(payload.get("iss").and_then(serde_json::Value::as_str), Some("web"));
        assert!(!inside.has("request") && !inside.has("request_uri"));
    }
    let _ = jws::split(text);
}

/// The `claims` parameter: what is read is written and read again as it was.
pub fn claims(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(request) = ClaimsRequest::parse(text) {
        let written = serde_json::to_string(&request).unwrap_or_default();
        assert_eq!(serde_json::from_str::<ClaimsRequest>(&written).ok().as_ref(), Some(&request));
        let kept = request.clone().within(&client().scope);
        assert!(kept.userinfo.keys().all(|name| request.userinfo.contains_key(name)));
    }
}

/// An `Authorization` header, at the token endpoint and at a resource: a client is never let in without a name,
/// and no token holds what could break a header.
pub fn credentials(bytes: &[u8]) {
    match authentication::credentials(&[bytes], &Parameters::default()) {
        Ok(presented) => assert!(!presented.client_id.is_empty()),
        Err(refusal) => {
            assert!(matches!(refusal.error.code, ErrorCode::InvalidClient | ErrorCode::InvalidRequest));
        }
    }
    if let Ok(token) = bearer::presented(&[bytes], &Parameters::default(), None) {
        assert!(token.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
    }
    if let Ok(form) = Parameters::parse(bytes) {
        let _ = authentication::credentials(&[], &form);
    }
}

/// A DPoP proof and a JWK: nobody signs for the fuzzer, so no proof is good, and a key that is read has a name.
pub fn proof(bytes: &[u8]) {
    if let Ok(Some(text)) = dpop::header(&[bytes]) {
        let expected =
            dpop::Expected { method: "POST", url: "https://op.test/oauth2/token", access_token: None };
        if let Err(error) = dpop::check(text, &expected, 1_562_262_616) {
            assert_eq!(error.code, ErrorCode::InvalidDpopProof);
        }
    }
    if let Ok(serde_json::Value::Object(members)) = serde_json::from_slice(bytes)
        && let Ok(key) = PublicKey::read(&members)
    {
        assert_eq!(key.thumbprint().len(), 43);
        assert!(!key.verify(SigningAlgorithm::ES256, b"", &[0; 64]));
        assert!(!members.contains_key("d"), "no private key is taken for a public one");
    }
}

/// A certificate, as DER and as a proxy's header.
pub fn certificate(bytes: &[u8]) {
    if let Ok(found) = Certificate::read(bytes) {
        assert_eq!(found.der(), bytes);
        assert!(found.subject.is_empty() || found.has_subject(&found.subject));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Certificate::read_header(text);
    }
}

/// A token request, and what a person typed as a user code.
pub fn token_request(bytes: &[u8]) {
    if let Ok(form) = Parameters::parse(bytes) {
        let _ = token::request::parse(&form);
    }
    if let Some(code) = std::str::from_utf8(bytes).ok().and_then(device::typed) {
        assert_eq!(device::typed(&device::shown(&code)), Some(code));
    }
}

/// What a stranger registers: nobody becomes trusted, and what is answered can be registered again.
pub fn client_metadata(bytes: &[u8]) {
    let server = Policy::default();
    let policy = dynamic::Policy {
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        response_types: server.response_types,
        scopes: server.scopes,
        auth_methods: AuthMethod::ALL.to_vec(),
        signing_algs: vec![SigningAlgorithm::RS256],
        subject_types: SubjectType::ALL.to_vec(),
        profile: oidc::client::Profile::Default,
    };
    let Ok(read) = dynamic::read(bytes, &policy) else { return };
    let Ok(client) = dynamic::validated(read, "made".to_owned(), &policy) else { return };
    assert!(!client.trusted && !client.listed && client.token_exchange.is_none());
    assert!(client.scope.is_subset_of(&policy.scopes));
    assert!(client.grant_types.iter().all(|grant| policy.grant_types.contains(grant)));
    let answered = dynamic::metadata(&client);
    let again = dynamic::from_members(&answered, &policy)
        .and_then(|read| dynamic::validated(read, "made".to_owned(), &policy));
    assert_eq!(again.map(|again| dynamic::metadata(&again)), Ok(answered));
}

/// A JWK Set: no secret ever gets in, and a key is found under its own name alone.
pub fn key_set(bytes: &[u8]) {
    let Ok(document) = serde_json::from_slice::<serde_json::Value>(bytes) else { return };
    let Ok(set) = KeySet::read(&document) else { return };
    let count = set.iter().count();
    let algorithms =
        [SigningAlgorithm::RS256, SigningAlgorithm::PS256, SigningAlgorithm::ES256, SigningAlgorithm::EdDSA];
    for algorithm in algorithms {
        assert!(set.fitting(None, algorithm).len() <= count);
        assert!(set.fitting(Some("a"), algorithm).len() <= set.fitting(None, algorithm).len());
    }
    let keys = document.get("keys").and_then(serde_json::Value::as_array).into_iter().flatten();
    assert!(keys.into_iter().all(|key| key.get("d").is_none() && key.get("k").is_none()));
}
