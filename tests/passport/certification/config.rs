//! oidcc-config-certification-test-plan.
use serde_json::Value;
use testkit::{House, net::Request, on_both_engines};

on_both_engines![
    oidcc_discovery_issuer_and_endpoints,
    oidcc_discovery_lists_what_the_profile_demands,
    oidcc_discovery_has_registered_members_alone,
    oidcc_jwks_is_public_and_every_key_has_a_name,
];

/// IANA's “OAuth Authorization Server Metadata” names, as far as this provider may use them.
const REGISTERED: [&str; 60] = [
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "registration_endpoint",
    "scopes_supported",
    "response_types_supported",
    "response_modes_supported",
    "grant_types_supported",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "service_documentation",
    "ui_locales_supported",
    "op_policy_uri",
    "op_tos_uri",
    "revocation_endpoint",
    "revocation_endpoint_auth_methods_supported",
    "revocation_endpoint_auth_signing_alg_values_supported",
    "introspection_endpoint",
    "introspection_endpoint_auth_methods_supported",
    "introspection_endpoint_auth_signing_alg_values_supported",
    "introspection_signing_alg_values_supported",
    "code_challenge_methods_supported",
    "device_authorization_endpoint",
    "tls_client_certificate_bound_access_tokens",
    "mtls_endpoint_aliases",
    "userinfo_endpoint",
    "acr_values_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
    "userinfo_signing_alg_values_supported",
    "request_object_signing_alg_values_supported",
    "display_values_supported",
    "claim_types_supported",
    "claims_supported",
    "claims_locales_supported",
    "claims_parameter_supported",
    "request_parameter_supported",
    "request_uri_parameter_supported",
    "require_request_uri_registration",
    "require_signed_request_object",
    "pushed_authorization_request_endpoint",
    "require_pushed_authorization_requests",
    "authorization_response_iss_parameter_supported",
    "backchannel_logout_supported",
    "backchannel_logout_session_supported",
    "frontchannel_logout_supported",
    "frontchannel_logout_session_supported",
    "end_session_endpoint",
    "dpop_signing_alg_values_supported",
    "authorization_signing_alg_values_supported",
    "prompt_values_supported",
    "client_id_metadata_document_supported",
    "check_session_iframe",
    "backchannel_token_delivery_modes_supported",
    "backchannel_authentication_endpoint",
    "authorization_details_types_supported",
    "protected_resources",
    "signed_metadata",
    "nfv_token_signing_alg_values_supported",
];

async fn metadata(house: &House) -> Value {
    let answer = house.net.send(Request::get(&house.url("/.well-known/openid-configuration"))).await;
    assert_eq!(answer.header("content-type"), "application/json");
    answer.assert_status(200).json()
}

fn list<'a>(metadata: &'a Value, name: &str) -> Vec<&'a str> {
    metadata[name].as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect()
}

async fn oidcc_discovery_issuer_and_endpoints(house: House) {
    let metadata = metadata(&house).await;
    let issuer = metadata["issuer"].as_str().unwrap();
    assert_eq!(issuer, house.passport.issuer());
    for (name, value) in metadata.as_object().unwrap() {
        if name.ends_with("_endpoint") || name == "jwks_uri" {
            assert!(value.as_str().unwrap().starts_with(&format!("{issuer}/")), "{name}: {value}");
        }
    }
}

async fn oidcc_discovery_lists_what_the_profile_demands(house: House) {
    let metadata = metadata(&house).await;
    for (name, wanted) in [
        ("id_token_signing_alg_values_supported", "RS256"),
        ("request_object_signing_alg_values_supported", "RS256"),
        ("response_types_supported", "code"),
        ("scopes_supported", "openid"),
        ("grant_types_supported", "refresh_token"),
        ("token_endpoint_auth_methods_supported", "client_secret_basic"),
        ("token_endpoint_auth_methods_supported", "client_secret_post"),
        ("code_challenge_methods_supported", "S256"),
        ("claims_supported", "sub"),
    ] {
        assert!(list(&metadata, name).contains(&wanted), "{name} lacks {wanted}");
    }
    assert!(!list(&metadata, "id_token_signing_alg_values_supported").contains(&"none"));
    let kinds = list(&metadata, "subject_types_supported");
    assert!(!kinds.is_empty() && kinds.iter().all(|kind| ["public", "pairwise"].contains(kind)));
}

async fn oidcc_discovery_has_registered_members_alone(house: House) {
    for name in metadata(&house).await.as_object().unwrap().keys() {
        assert!(REGISTERED.contains(&name.as_str()), "{name} is no registered name");
    }
}

async fn oidcc_jwks_is_public_and_every_key_has_a_name(house: House) {
    let set = house.net.send(Request::get(&house.url("/oauth2/jwks"))).await.json();
    let keys = set["keys"].as_array().unwrap();
    let mut names: Vec<_> = keys.iter().map(|key| key["kid"].as_str().unwrap()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), keys.len());
    for key in keys {
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert_eq!(key.get(private), None);
        }
    }
}
