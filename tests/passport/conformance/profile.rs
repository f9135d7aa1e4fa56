//! `[protocol] profile = fapi2`: what is told and what is made follows what is taken.
use oidc::client::Profile;
use serde_json::{Value, json};
use testkit::{Engine, House, net::Request, on_both_engines};

on_both_engines![
    discovery_lists_what_the_profile_takes_and_nothing_else,
    message_signing_lists_signed_answers_alone,
];

async fn metadata(engine: Engine, profile: Profile) -> Value {
    let house = House::with(engine, |settings| {
        settings.passport.protocol.profile = profile;
        settings.passport.protocol.legacy_response_types = true;
    })
    .await;
    house.net.send(Request::get(&house.url("/.well-known/openid-configuration"))).await.json()
}

async fn discovery_lists_what_the_profile_takes_and_nothing_else(engine: Engine) {
    let told = metadata(engine, Profile::Fapi2).await;
    for name in [
        "token_endpoint_auth_methods_supported",
        "introspection_endpoint_auth_methods_supported",
        "revocation_endpoint_auth_methods_supported",
    ] {
        assert_eq!(told[name], json!(["private_key_jwt"]), "{name}");
    }
    for name in [
        "token_endpoint_auth_signing_alg_values_supported",
        "introspection_endpoint_auth_signing_alg_values_supported",
        "request_object_signing_alg_values_supported",
    ] {
        assert_eq!(told[name], json!(["PS256", "ES256", "EdDSA"]), "{name}");
    }
    for name in [
        "id_token_signing_alg_values_supported",
        "userinfo_signing_alg_values_supported",
        "authorization_signing_alg_values_supported",
        "introspection_signing_alg_values_supported",
    ] {
        let listed = told[name].as_array().unwrap();
        assert!(!listed.is_empty() && !listed.contains(&json!("RS256")), "{name}: {listed:?}");
    }
    assert_eq!(told["response_types_supported"], json!(["code"]));
    assert!(!told["grant_types_supported"].as_array().unwrap().contains(&json!("implicit")));
    assert_eq!(told["require_pushed_authorization_requests"], true);
}

async fn message_signing_lists_signed_answers_alone(engine: Engine) {
    let told = metadata(engine, Profile::Fapi2MessageSigning).await;
    let modes = told["response_modes_supported"].as_array().unwrap();
    assert!(modes.iter().all(|mode| mode.as_str().unwrap().ends_with("jwt")), "{modes:?}");
}
