//! What strangers may say of themselves, case by case (DR, RU-10, RU-11), and that no body is more than a refusal.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn policy() -> Policy {
    Policy {
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::Implicit],
        response_types: vec![ResponseType::Code, ResponseType::IdToken, ResponseType::CodeIdToken],
        scopes: Scopes::parse("openid profile email offline_access").unwrap(),
        auth_methods: AuthMethod::ALL.to_vec(),
        signing_algs: vec![SigningAlgorithm::RS256, SigningAlgorithm::ES256],
        subject_types: SubjectType::ALL.to_vec(),
        profile: Profile::Default,
    }
}

fn register(body: Value) -> Result<Client, OAuthError> {
    let client = read(body.to_string().as_bytes(), &policy())?;
    validated(client, "made".to_owned(), &policy())
}

fn with(name: &str, value: Value) -> Value {
    let mut body = json!({"redirect_uris": ["https://rp1.test/cb"]});
    body[name] = value;
    body
}

fn refused(body: Value) -> &'static str {
    register(body.clone()).expect_err(&body.to_string()).code.as_str()
}

#[test]
fn the_least_registration_takes_the_defaults_of_the_documents() {
    let client = register(json!({"redirect_uris": ["https://rp1.test/cb"]})).unwrap();
    assert_eq!(client.client_name, "rp1.test");
    assert!(!client.trusted && !client.claims_in_id_token && !client.needs_pkce() && !client.is_public());
    let expected = json!({
        "application_type": "web",
        "authorization_signed_response_alg": "RS256",
        "backchannel_logout_session_required": false,
        "client_id": "made",
        "client_name": "rp1.test",
        "dpop_bound_access_tokens": false,
        "frontchannel_logout_session_required": false,
        "grant_types": ["authorization_code"],
        "id_token_signed_response_alg": "RS256",
        "introspection_signed_response_alg": "RS256",
        "redirect_uris": ["https://rp1.test/cb"],
        "require_auth_time": false,
        "require_pushed_authorization_requests": false,
        "require_signed_request_object": false,
        "response_types": ["code"],
        "scope": "email openid profile",
        "subject_type": "public",
        "tls_client_certificate_bound_access_tokens": false,
        "token_endpoint_auth_method": "client_secret_basic",
    });
    assert_eq!(Value::Object(metadata(&client)), expected);
}

#[test]
fn dr_03_what_is_ours_to_give_cannot_be_taken() {
    let client = register(json!({
        "redirect_uris": ["https://rp1.test/cb"],
        "trusted": true, "skip_consent": true, "require_pkce": false, "listed": true, "profile": "fapi2",
        "claims_in_id_token": true, "access_token_format": "jwt", "resources": ["https://api.test"],
        "token_exchange": {"audiences": ["x"]}, "client_id": "admin", "client_secret": "mine",
        "scope": "openid admin email", "grant_types": ["authorization_code", "client_credentials", "password"],
    }));
    let client = client.unwrap();
    assert!(!client.trusted && !client.listed && !client.claims_in_id_token);
    assert_eq!(client.grant_types, [GrantType::AuthorizationCode]);
    assert_eq!(client.scope.to_string(), "email openid");
    assert_eq!((client.client_id.as_str(), client.resources.len()), ("made", 0));
    assert_eq!((client.profile, client.token_exchange), (Profile::Default, None));
    assert_eq!(refused(with("grant_types", json!(["client_credentials"]))), "invalid_client_metadata");
}

#[test]
fn everything_that_may_be_said_is_kept_and_answered() {
    let body = json!({
        "application_type": "web", "client_name": "Shop", "redirect_uris": ["https://rp1.test/cb"],
        "post_logout_redirect_uris": ["https://rp1.test/out"], "contacts": ["a@rp1.test"],
        "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        "scope": "openid offline_access", "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "PS256", "jwks_uri": "https://rp1.test/jwks",
        "id_token_signed_response_alg": "ES256", "userinfo_signed_response_alg": "RS256",
        "request_object_signing_alg": "RS256", "request_uris": ["https://rp1.test/request#digest"],
        "logo_uri": "https://rp1.test/logo.png", "policy_uri": "https://rp1.test/privacy",
        "tos_uri": "https://rp1.test/terms", "client_uri": "https://rp1.test/",
        "initiate_login_uri": "https://rp1.test/login", "subject_type": "pairwise",
        "sector_identifier_uri": "https://rp1.test/sector", "default_max_age": 600, "require_auth_time": true,
        "default_acr_values": ["1"], "backchannel_logout_uri": "https://rp1.test/bc",
        "backchannel_logout_session_required": true, "frontchannel_logout_uri": "https://rp1.test/fc",
        "frontchannel_logout_session_required": true, "software_id": "s", "software_version": "1",
        "unknown": {"member": 1}, "tos_uri#pt-BR": "https://rp1.test/termos",
    });
    let client = register(body.clone()).unwrap();
    let answer = metadata(&client);
    for (name, value) in body.as_object().unwrap() {
        match name.as_str() {
            "unknown" | "tos_uri#pt-BR" => assert!(!answer.contains_key(name)),
            "scope" => assert_eq!(answer["scope"], "offline_access openid"),
            _ => assert_eq!(&answer[name], value, "{name}"),
        }
    }
}

#[test]
fn ru_10_and_11_no_redirect_uri_that_runs_reads_or_forges() {
    for uri in [
        "JavaScript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "\thttps://rp1.test/cb",
        "https://rp1.test/cb#fragment",
        "https://rp1.test/cb?code=x",
        "https://rp1.test/cb?state=x",
        "https://rp1.test/cb?iss=x",
        "https://rp1.test/cb?error=x",
        "http://rp1.test/cb",
        "myapp:/cb",
    ] {
        let body = json!({"redirect_uris": [uri]});
        assert_eq!(refused(body), "invalid_redirect_uri", "{uri:?}");
        for name in ["logo_uri", "policy_uri", "tos_uri", "client_uri"] {
            if !uri.contains('?') {
                assert_eq!(refused(with(name, json!(uri))), "invalid_client_metadata", "{name} {uri:?}");
            }
        }
        let body = with("post_logout_redirect_uris", json!([uri]));
        assert_eq!(refused(body), "invalid_client_metadata", "{uri:?}");
    }
    assert_eq!(refused(json!({})), "invalid_redirect_uri");
}

#[test]
fn what_could_not_work_is_refused_by_name() {
    for (name, value) in [
        ("initiate_login_uri", json!("http://127.0.0.1/login")),
        ("id_token_signed_response_alg", json!("none")),
        ("id_token_signed_response_alg", json!("HS256")),
        ("request_object_signing_alg", json!("none")),
        ("token_endpoint_auth_method", json!("client_secret")),
        ("token_endpoint_auth_method", json!("private_key_jwt")),
        ("token_endpoint_auth_method", json!("tls_client_auth")),
        ("subject_type", json!("both")),
        ("response_types", json!(["code token"])),
        ("response_types", json!("code")),
        ("redirect_uris", json!("https://rp1.test/cb")),
        ("redirect_uris", json!([1])),
        ("jwks", json!("x")),
        ("jwks", json!({"keys": [{"kty": "oct", "k": "AAAA"}]})),
        ("default_max_age", json!("60")),
        ("default_max_age", json!(-1)),
        ("require_auth_time", json!("yes")),
        ("scope", json!("\"")),
        ("client_name", json!("a\nb")),
        ("frontchannel_logout_uri", json!("https://elsewhere.test/fc")),
        ("id_token_encrypted_response_alg", json!("RSA-OAEP")),
        ("contacts", json!(["a\u{0}b"])),
    ] {
        assert_eq!(refused(with(name, value.clone())), "invalid_client_metadata", "{name} {value}");
    }
    let mut both = with("jwks_uri", json!("https://rp1.test/jwks"));
    both["jwks"] = json!({"keys": []});
    assert_eq!(refused(both), "invalid_client_metadata");
}

#[test]
fn a_software_statement_is_refused_in_words() {
    let refusal = register(with("software_statement", json!("eyJhbGciOiJub25lIn0.e30."))).unwrap_err();
    assert_eq!(refusal.code.as_str(), "unapproved_software_statement");
    assert!(refusal.description.as_str().contains("Send the metadata itself"));
}

#[test]
fn grant_types_follow_from_response_types_and_the_other_way_round() {
    let hybrid = register(with("response_types", json!(["id_token code"]))).unwrap();
    assert_eq!(hybrid.grant_types, [GrantType::AuthorizationCode, GrantType::Implicit]);
    let refreshing = register(with("grant_types", json!(["refresh_token", "authorization_code"]))).unwrap();
    assert_eq!(refreshing.response_types, [ResponseType::Code]);
    assert!(refreshing.scope.contains(OFFLINE_ACCESS));
}

#[test]
fn a_web_client_with_the_implicit_grant_has_no_plain_http() {
    let implicit = |uri: &str| json!({"redirect_uris": [uri], "response_types": ["id_token"]});
    assert!(register(implicit("https://rp1.test/cb")).is_ok());
    assert_eq!(refused(implicit("http://127.0.0.1/cb")), "invalid_redirect_uri");
}

#[test]
fn a_pairwise_client_with_several_hosts_needs_a_sector() {
    let uris = json!(["https://rp1.test/cb", "https://rp2.test/cb"]);
    let body = json!({"redirect_uris": uris, "subject_type": "pairwise"});
    assert_eq!(refused(body), "invalid_client_metadata");
    let body = json!({"redirect_uris": uris, "subject_type": "pairwise",
        "sector_identifier_uri": "https://sector.test/uris"});
    assert_eq!(register(body).unwrap().sector().as_deref(), Some("sector.test"));
    let one = register(with("subject_type", json!("pairwise"))).unwrap();
    assert_eq!(one.sector().as_deref(), Some("rp1.test"));
}

#[test]
fn origins_are_those_of_web_redirect_uris_each_once() {
    let client = Client {
        redirect_uris: ["https://a.test/1", "https://a.test/2", "http://127.0.0.1:8080/cb", "com.a:/cb"]
            .map(str::to_owned)
            .to_vec(),
        ..Client::default()
    };
    assert_eq!(client.origins(), ["http://127.0.0.1:8080", "https://a.test"]);
}

/// Bodies that once were of interest; every one is read or refused.
const CORPUS: [&str; 8] = [
    "",
    "null",
    "[]",
    "{}",
    r#"{"redirect_uris":null}"#,
    r#"{"redirect_uris":["https://rp1.test/cb"],"redirect_uris":["javascript:x"]}"#,
    r#"{"redirect_uris":["https://rp1.test/cb"],"jwks":{"keys":[null]}}"#,
    r#"{"redirect_uris":[{}],"scope":[]}"#,
];

#[test]
fn the_corpus_is_read_or_refused() {
    for body in CORPUS {
        if let Ok(client) = read(body.as_bytes(), &policy()) {
            let _ = validated(client, "made".to_owned(), &policy());
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&body, &policy());
    }

    #[test]
    fn nobody_becomes_trusted_and_every_uri_that_is_let_in_goes_somewhere(
        name in "redirect_uris|jwks|scope|grant_types|trusted|subject_type|response_types",
        text in "[a-z:/?#%. ]{0,20}", number in any::<i32>(), kind in 0..4u8,
    ) {
        let value = match kind { 0 => json!(text), 1 => json!([text]), 2 => json!(number), _ => json!({&*text: number}) };
        if let Ok(client) = register(with(&name, value)) {
            prop_assert!(!client.trusted && client.validate().is_empty());
            prop_assert!(client.scope.is_subset_of(&policy().scopes));
            prop_assert!(client.redirect_uris.iter().all(|uri| uri.starts_with("https://")));
        }
    }
}
