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

fn enabled(policy: &Policy) -> Enabled<'_> {
    Enabled {
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
        policy,
        id_token_signing_algs: &[SigningAlgorithm::RS256, SigningAlgorithm::ES256],
        ui_locales: &["en", "pt-BR"],
        prompts: &[Prompt::None, Prompt::Login],
        backchannel_logout: true,
        frontchannel_logout: true,
        registration_path: Some("/oauth2/register"),
        subject_types: &SubjectType::ALL,
        client_id_metadata_documents: false,
        service_documentation: None,
        op_policy_uri: None,
        op_tos_uri: None,
    }
}

/// The whole document, as it is served, is `tests/passport/discovery.rs`'s.
#[test]
fn what_is_switched_off_is_not_in_the_document() {
    let policy = Policy::default();
    let all = enabled(&policy);
    let none = Enabled {
        end_session_path: None,
        pushed_request_path: None,
        device_authorization_path: None,
        introspection_path: None,
        revocation_path: None,
        registration_path: None,
        backchannel_logout: false,
        frontchannel_logout: false,
        ..enabled(&policy)
    };
    let [all, none] = [all, none].map(|enabled| serde_json::to_value(metadata(&enabled)).unwrap());
    for (start, members) in [
        ("end_session_", 1),
        ("pushed_authorization_", 1),
        ("device_authorization_", 1),
        ("introspection_", 4),
        ("revocation_", 3),
        ("registration_", 1),
    ] {
        let count = |document: &serde_json::Value| {
            document.as_object().unwrap().keys().filter(|name| name.starts_with(start)).count()
        };
        assert_eq!((count(&all), count(&none)), (members, 0), "{start}");
    }
    for name in ["backchannel_logout_supported", "frontchannel_logout_session_supported"] {
        assert_eq!((&all[name], &none[name]), (&true.into(), &false.into()), "{name}");
    }
    assert_eq!(all["prompt_values_supported"], serde_json::json!(["none", "login"]));
}
