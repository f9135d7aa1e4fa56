//! What the metadata say, and that they say nothing that is switched off.
use super::*;

#[test]
fn well_known_paths_stand_behind_or_before_the_issuers_own() {
    for (issuer, openid, oauth) in [
        ("https://op.test", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"),
        ("https://op.test/", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"),
        (
            "https://op.test/a/b",
            "/a/b/.well-known/openid-configuration",
            "/.well-known/oauth-authorization-server/a/b",
        ),
    ] {
        let issuer = Url::parse(issuer).unwrap();
        assert_eq!(openid_configuration_path(&issuer), openid);
        assert_eq!(authorization_server_path(&issuer), oauth);
    }
}

#[test]
fn the_document_says_what_is_enabled_and_nothing_else() {
    let document = metadata(&Enabled {
        issuer: "https://op.test",
        authorization_path: "/oauth2/authorize",
        token_path: "/oauth2/token",
        userinfo_path: "/oauth2/userinfo",
        jwks_path: "/oauth2/jwks",
        end_session_path: Some("/oauth2/end_session"),
        pushed_request_path: Some("/oauth2/par"),
        device_authorization_path: Some("/oauth2/device_authorization"),
        introspection_path: Some("/oauth2/introspect"),
        revocation_path: Some("/oauth2/revoke"),
        client_certificates: None,
        policy: &Policy::default(),
        id_token_signing_algs: &[SigningAlgorithm::RS256, SigningAlgorithm::ES256],
        ui_locales: &["en", "pt-BR"],
        prompts: &[Prompt::None, Prompt::Login],
        acr_values: &[],
        backchannel_logout: true,
        frontchannel_logout: true,
        registration_path: None,
        subject_types: &SubjectType::ALL,
        client_id_metadata_documents: false,
        service_documentation: None,
        op_policy_uri: None,
        op_tos_uri: None,
    });
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap(), @r#"
    {
      "issuer": "https://op.test",
      "authorization_endpoint": "https://op.test/oauth2/authorize",
      "token_endpoint": "https://op.test/oauth2/token",
      "userinfo_endpoint": "https://op.test/oauth2/userinfo",
      "jwks_uri": "https://op.test/oauth2/jwks",
      "end_session_endpoint": "https://op.test/oauth2/end_session",
      "pushed_authorization_request_endpoint": "https://op.test/oauth2/par",
      "device_authorization_endpoint": "https://op.test/oauth2/device_authorization",
      "introspection_endpoint": "https://op.test/oauth2/introspect",
      "revocation_endpoint": "https://op.test/oauth2/revoke",
      "scopes_supported": [
        "address",
        "email",
        "offline_access",
        "openid",
        "phone",
        "profile"
      ],
      "response_types_supported": [
        "code"
      ],
      "response_modes_supported": [
        "query",
        "fragment",
        "form_post",
        "query.jwt",
        "fragment.jwt",
        "form_post.jwt",
        "jwt"
      ],
      "grant_types_supported": [
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:token-exchange"
      ],
      "subject_types_supported": [
        "public",
        "pairwise"
      ],
      "id_token_signing_alg_values_supported": [
        "RS256",
        "ES256"
      ],
      "token_endpoint_auth_methods_supported": [
        "client_secret_basic",
        "client_secret_jwt",
        "client_secret_post",
        "none",
        "private_key_jwt"
      ],
      "token_endpoint_auth_signing_alg_values_supported": [
        "HS256",
        "RS256",
        "PS256",
        "ES256",
        "EdDSA"
      ],
      "introspection_endpoint_auth_methods_supported": [
        "client_secret_basic",
        "client_secret_jwt",
        "client_secret_post",
        "private_key_jwt"
      ],
      "introspection_endpoint_auth_signing_alg_values_supported": [
        "HS256",
        "RS256",
        "PS256",
        "ES256",
        "EdDSA"
      ],
      "introspection_signing_alg_values_supported": [
        "RS256",
        "ES256"
      ],
      "revocation_endpoint_auth_methods_supported": [
        "client_secret_basic",
        "client_secret_jwt",
        "client_secret_post",
        "none",
        "private_key_jwt"
      ],
      "revocation_endpoint_auth_signing_alg_values_supported": [
        "HS256",
        "RS256",
        "PS256",
        "ES256",
        "EdDSA"
      ],
      "userinfo_signing_alg_values_supported": [
        "RS256",
        "ES256"
      ],
      "dpop_signing_alg_values_supported": [
        "PS256",
        "ES256",
        "EdDSA"
      ],
      "tls_client_certificate_bound_access_tokens": false,
      "claim_types_supported": [
        "normal"
      ],
      "claims_supported": [
        "sub",
        "iss",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "nonce",
        "sid",
        "acr",
        "amr",
        "name",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
        "email",
        "email_verified",
        "phone_number",
        "phone_number_verified",
        "address"
      ],
      "ui_locales_supported": [
        "en",
        "pt-BR"
      ],
      "claims_parameter_supported": true,
      "request_parameter_supported": true,
      "request_uri_parameter_supported": true,
      "require_request_uri_registration": true,
      "require_pushed_authorization_requests": false,
      "require_signed_request_object": false,
      "request_object_signing_alg_values_supported": [
        "RS256",
        "PS256",
        "ES256",
        "EdDSA"
      ],
      "authorization_signing_alg_values_supported": [
        "RS256",
        "ES256"
      ],
      "display_values_supported": [
        "page"
      ],
      "code_challenge_methods_supported": [
        "S256"
      ],
      "prompt_values_supported": [
        "none",
        "login"
      ],
      "authorization_response_iss_parameter_supported": true,
      "backchannel_logout_supported": true,
      "backchannel_logout_session_supported": true,
      "frontchannel_logout_supported": true,
      "frontchannel_logout_session_supported": true
    }
    "#);
}
