//! What may be registered, and how metadata is stored.

use proptest::prelude::*;

use super::*;

fn web_client() -> Client {
    Client {
        client_id: "web".to_owned(),
        client_name: "Web".to_owned(),
        redirect_uris: vec!["https://rp1.test/cb".to_owned()],
        ..Client::default()
    }
}

fn with_redirect(uri: &str, application_type: ApplicationType) -> Client {
    Client { redirect_uris: vec![uri.to_owned()], application_type, ..web_client() }
}

fn refused(uri: &str, application_type: ApplicationType) {
    let errors = with_redirect(uri, application_type).validate();
    assert!(errors.iter().any(|error| error.field == "redirect_uris"), "{uri:?} was let in");
}

fn accepted(uri: &str, application_type: ApplicationType) {
    assert_eq!(with_redirect(uri, application_type).validate(), [], "{uri:?}");
}

#[test]
fn honest_redirect_uris_are_accepted() {
    for uri in [
        "https://rp1.test/cb",
        "https://rp1.test",
        "https://rp1.test:8443/cb?tenant=1&decode=x",
        "http://localhost:9401/private/cb",
        "http://127.0.0.1:3000/cb",
        "http://[::1]/cb",
        "http://portal.localhost/cb",
    ] {
        accepted(uri, ApplicationType::Web);
    }
}

#[test]
fn ru_02_userinfo_cannot_be_registered() {
    for uri in ["https://rp1.test@evil.test/cb", "https://@rp1.test/cb", "https://a:b@rp1.test/cb"] {
        refused(uri, ApplicationType::Web);
    }
}

#[test]
fn ru_03_a_fragment_cannot_be_registered() {
    refused("https://rp1.test/cb#x", ApplicationType::Web);
    refused("https://rp1.test/cb#", ApplicationType::Web);
}

const DANGEROUS: [&str; 12] = [
    "JavaScript:alert(1)",
    "javascript://rp1.test/%0aalert(1)",
    "data:text/html,x",
    "DATA:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "\tjavascript:alert(1)",
    " https://rp1.test/cb",
    "java\tscript:alert(1)",
    "blob:https://rp1.test/x",
    "view-source:https://rp1.test/",
    "https://rp1.test/cb\n",
];

#[test]
fn ru_10_dangerous_schemes_and_blanks_cannot_be_registered_as_redirect_uris() {
    for uri in DANGEROUS {
        refused(uri, ApplicationType::Web);
        refused(uri, ApplicationType::Native);
    }
}

#[test]
fn ru_10_nor_in_any_other_uri_field() {
    for uri in DANGEROUS {
        let uri = || Some(uri.to_owned());
        let client = Client {
            post_logout_redirect_uris: uri().into_iter().collect(),
            backchannel_logout_uri: uri(),
            security_events_uri: uri(),
            client_uri: uri(),
            logo_uri: uri(),
            policy_uri: uri(),
            tos_uri: uri(),
            ..web_client()
        };
        let fields: Vec<_> = client.validate().into_iter().map(|error| error.field).collect();
        assert_eq!(
            fields,
            [
                "post_logout_redirect_uris",
                "backchannel_logout_uri",
                "security_events_uri",
                "client_uri",
                "logo_uri",
                "policy_uri",
                "tos_uri"
            ],
            "{:?}",
            uri()
        );
    }
}

#[test]
fn ru_11_parameters_of_the_answer_cannot_be_registered() {
    for query in ["code=x", "state=", "iss=", "error", "a=b&response=x", "%63ode=x", "error_description=x"] {
        refused(&format!("https://rp1.test/cb?{query}"), ApplicationType::Web);
    }
}

#[test]
fn ru_14_private_use_schemes_are_reversed_domains_of_native_clients() {
    accepted("com.example.app:/cb", ApplicationType::Native);
    accepted("com.example.app://cb", ApplicationType::Native);
    for uri in ["myapp:/cb", "com.example.app:cb", "com.example.app:", ".com:/cb", "com.:/cb", "a..b:/cb"] {
        refused(uri, ApplicationType::Native);
    }
    refused("com.example.app:/cb", ApplicationType::Web);
}

#[test]
fn plain_http_is_for_this_computer_alone() {
    for uri in ["http://rp1.test/cb", "http://192.168.1.1/cb", "http://localhost.evil.test/cb"] {
        refused(uri, ApplicationType::Web);
        refused(uri, ApplicationType::Native);
    }
}

#[test]
fn relative_and_hostless_and_wildcard_uris_are_refused() {
    for uri in [
        "",
        "/cb",
        "rp1.test/cb",
        "//rp1.test/cb",
        "https:rp1.test/cb",
        "https:///rp1.test/cb",
        "https://",
        "https://*.rp1.test/cb",
        "https:\\\\rp1.test\\cb",
        "HTTPS://rp1.test/cb",
        "https://é.test/cb",
    ] {
        refused(uri, ApplicationType::Web);
    }
    refused(&format!("https://rp1.test/{}", "a".repeat(3000)), ApplicationType::Web);
}

#[test]
fn errors_name_the_field_and_the_value() {
    let client = Client {
        client_id: "has space".to_owned(),
        redirect_uris: vec!["https://rp1.test/cb".to_owned(), "https://rp1.test/cb".to_owned()],
        default_max_age: Some(-1),
        ..web_client()
    };
    let shown: Vec<_> = client
        .validate()
        .into_iter()
        .map(|error| format!("{} {:?} {}", error.field, error.value, error.problem))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    client_id None must be 1 to 200 printable ASCII characters without spaces
    default_max_age None must not be negative
    redirect_uris Some("https://rp1.test/cb") is named twice
    "#);
}

#[test]
fn a_code_client_needs_a_redirect_uri_and_fitting_response_types() {
    let without = Client { redirect_uris: Vec::new(), ..web_client() };
    assert_eq!(without.validate().len(), 1);
    let unfitting = Client { response_types: Vec::new(), ..web_client() };
    assert_eq!(unfitting.validate().len(), 1);
    let useless = Client { grant_types: vec![GrantType::RefreshToken], ..web_client() };
    assert_eq!(useless.validate().len(), 2);
}

#[test]
fn absent_members_take_the_defaults_and_unknown_ones_are_dropped() {
    let stored = r#"{"client_id":"a","redirect_uris":["https://rp1.test/cb"],"dynamic":{"x":1}}"#;
    let client: Client = serde_json::from_str(stored).unwrap();
    assert_eq!(client.id_token_signed_response_alg, SigningAlgorithm::RS256);
    assert_eq!(client.token_endpoint_auth_method, AuthMethod::ClientSecret);
    assert_eq!(client.grant_types, [GrantType::AuthorizationCode]);
    assert!(client.needs_pkce() && !client.is_public() && !client.trusted);
    assert!(!serde_json::to_string(&client).unwrap().contains("dynamic"));
}

#[test]
fn stored_metadata_reads_back_as_it_was() {
    let client = Client {
        token_endpoint_auth_method: AuthMethod::None,
        require_pkce: false,
        logo_uri: Some("https://rp1.test/logo.png".to_owned()),
        ..web_client()
    };
    assert!(client.needs_pkce(), "a public client always needs PKCE");
    let stored = serde_json::to_string(&client).unwrap();
    assert_eq!(serde_json::from_str::<Client>(&stored).unwrap(), client);
}

#[test]
fn names_on_the_wire_are_the_names_in_storage() {
    for method in AuthMethod::ALL {
        assert_eq!(serde_json::to_value(method).unwrap(), method.as_str());
        assert_eq!(AuthMethod::parse(method.as_str()), Some(method));
    }
    for grant in GrantType::ALL {
        assert_eq!(serde_json::to_value(grant).unwrap(), grant.as_str());
        assert_eq!(GrantType::parse(grant.as_str()), Some(grant));
    }
}

proptest! {
    #[test]
    fn whatever_is_let_in_goes_to_a_place_and_carries_nothing_hidden(
        uri in "(https?|HTTPS|com\\.a|javascript|data)?:?/{0,3}[a-b@.:*#?&=\\\\\t -]{0,14}|.{0,30}",
        native in any::<bool>(),
    ) {
        let kind = if native { ApplicationType::Native } else { ApplicationType::Web };
        if with_redirect(&uri, kind).validate().is_empty() {
            prop_assert!(uri.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert!(!uri.contains('#') && !uri.contains('\\'));
            let web = uri.starts_with("https://") || uri.starts_with("http://");
            prop_assert!(web || (native && uri.starts_with("com.a:/")), "{}", uri);
        }
    }
}
