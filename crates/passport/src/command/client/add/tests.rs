//! Presets, addresses and recipes: what one command makes of what a developer says.
use clap::{Parser, ValueEnum as _};
use oidc::client::Profile;

use super::*;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    add: Add,
}

fn client(arguments: &[&str]) -> Client {
    client_under(Profile::Default, arguments).unwrap()
}

fn client_under(server: Profile, arguments: &[&str]) -> anyhow::Result<Client> {
    let all = ["add", "--name", "App"].iter().chain(arguments);
    let client = Line::try_parse_from(all).unwrap().add.client(server)?;
    Ok(Client { client_id: "app".into(), ..client })
}

const KEYS: [&str; 2] = ["--jwks-uri", "https://app.test/jwks"];

#[test]
fn every_kind_is_lawful_with_an_address_alone() {
    for kind in Kind::value_variants() {
        let name = kind.to_possible_value().unwrap();
        let mut arguments = vec!["--kind", name.get_name(), "--url", "https://app.test/"];
        if *kind == Kind::Fapi2 {
            arguments.extend(KEYS);
        }
        assert_eq!(client(&arguments).validate(), [], "{kind:?}");
    }
}

#[test]
fn a_kind_follows_the_profile_of_the_server() {
    for server in [Profile::Fapi2, Profile::Fapi2MessageSigning] {
        for kind in Kind::value_variants() {
            let name = kind.to_possible_value().unwrap();
            let arguments = ["--kind", name.get_name(), "--url", "https://app.test/", KEYS[0], KEYS[1]];
            match client_under(server, &arguments) {
                Ok(client) => {
                    assert_eq!(client.validate_under(server), [], "{kind:?}");
                    assert!(!client.is_public() && client.dpop_bound_access_tokens, "{kind:?}");
                }
                Err(error) => {
                    assert!(matches!(kind, Kind::Spa | Kind::Native | Kind::Device), "{kind:?}");
                    assert!(error.to_string().contains("--kind web"), "{error}");
                }
            }
        }
        let plain =
            client_under(server, &["--redirect-uri", "https://app.test/cb", KEYS[0], KEYS[1]]).unwrap();
        assert_eq!(plain.validate_under(server), []);
        assert!(!client(&["--kind", "web", "--url", "https://app.test"]).validate_under(server).is_empty());
    }
}

#[test]
fn a_kind_brings_what_it_needs() {
    let web = client(&["--kind", "web", "--url", "https://app.test/"]);
    assert_eq!(web.redirect_uris, ["https://app.test/callback"]);
    assert_eq!(web.post_logout_redirect_uris, ["https://app.test/"]);
    assert!(
        !web.is_public() && web.needs_pkce() && web.claims_in_id_token && web.scope.contains(OFFLINE_ACCESS)
    );
    let native = client(&["--kind", "native"]);
    assert_eq!(native.redirect_uris, ["http://127.0.0.1/callback", "http://[::1]/callback"]);
    assert!(native.is_public() && native.application_type == ApplicationType::Native);
    let service = client(&["--kind", "service", "--scope", "orders"]);
    assert!(service.redirect_uris.is_empty() && service.response_types.is_empty());
    assert_eq!(
        (service.grant_types.as_slice(), service.scope.to_string()),
        (&[GrantType::ClientCredentials][..], "orders".into())
    );
    let device = client(&["--kind", "device"]);
    assert!(device.may_use(GrantType::DeviceCode) && device.is_public());
    assert!(!client(&["--kind", "legacy", "--url", "https://app.test"]).needs_pkce());
    let fapi = client(&["--kind", "fapi2", "--url", "https://app.test", KEYS[0], KEYS[1]]);
    assert_eq!((fapi.profile, fapi.token_endpoint_auth_method), (Profile::Fapi2, AuthMethod::PrivateKeyJwt));
}

#[test]
fn what_is_said_in_particular_wins() {
    let app = client(&[
        "--kind",
        "web",
        "--url",
        "https://app.test",
        "--redirect-uri",
        "https://app.test/back",
        "--no-pkce",
        "--auth-method",
        "client_secret_post",
        "--id-token-alg",
        "ES256",
        "--set",
        "default_max_age=60",
        "--set",
        "contacts+=a@app.test",
    ]);
    assert_eq!(app.redirect_uris, ["https://app.test/back"]);
    assert_eq!((app.token_endpoint_auth_method, app.require_pkce), (AuthMethod::ClientSecretPost, false));
    assert_eq!((app.id_token_signed_response_alg, app.default_max_age), (SigningAlgorithm::ES256, Some(60)));
    assert_eq!(app.contacts, ["a@app.test"]);
}

#[test]
fn without_kind_and_address_everything_is_as_it_was_said() {
    let app = client(&["--redirect-uri", "https://app.test/cb"]);
    let plain = Client {
        client_id: "app".into(),
        client_name: "App".into(),
        redirect_uris: vec!["https://app.test/cb".into()],
        ..Client::default()
    };
    assert_eq!(app, plain);
    for address in ["app.test", "ftp://app.test", "https://app.test/?a", "https://app.test/#a"] {
        assert!(Line::try_parse_from(["add", "--name", "App", "--url", address]).is_err(), "{address}");
    }
}

#[test]
fn a_recipe_and_an_address_are_enough() {
    let all = ["add", "--for", "spring", "https://app.test/"];
    let client = Line::try_parse_from(all).unwrap().add.client(Profile::Default).unwrap();
    assert_eq!(client.client_name, "Spring Boot 4");
    assert_eq!(client.redirect_uris, ["https://app.test/login/oauth2/code/passport"]);
    assert_eq!(
        client.backchannel_logout_uri.as_deref(),
        Some("https://app.test/logout/connect/back-channel/passport")
    );
    assert!(client.require_pkce && client.backchannel_logout_session_required);
    for hostile in ["https://app.test/?a", "https://a:b@app.test", "javascript:alert(1)", "app.test"] {
        assert!(Line::try_parse_from(["add", "--for", "spring", hostile]).is_err(), "{hostile}");
    }
    let quoted = Line::try_parse_from(["add", "--for", "spring", "https://app.test/a\"b c"]).unwrap();
    let client = quoted.add.client(Profile::Default).unwrap();
    assert!(client.redirect_uris[0].starts_with("https://app.test/a%22b%20c/"), "{client:?}");
    let unknown = Line::try_parse_from(["add", "--for", "sprong", "https://app.test"]);
    assert!(unknown.err().unwrap().to_string().contains("spring"), "what is near is named");
    assert!(Line::try_parse_from(["add", "https://app.test"]).is_err(), "a name, or a recipe that has one");
}

#[test]
fn no_recipe_is_used_where_a_profile_binds_everybody() {
    let error = client_under(Profile::Fapi2, &["--for", "spring", "https://app.test"]).unwrap_err();
    assert!(error.to_string().contains("leave --for out"), "{error}");
}
