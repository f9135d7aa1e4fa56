//! Who is let in, by which way, and what every other shape of credentials gets.

use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;
use crate::client::Profile;

fn basic_header(client_id: &str, secret: &str) -> String {
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encode(client_id), encode(secret))))
}

fn read(headers: &[&str], form: &str) -> Result<Presented, Refusal> {
    let headers: Vec<&[u8]> = headers.iter().map(|header| header.as_bytes()).collect();
    credentials(&headers, &Parameters::parse(form.as_bytes()).unwrap())
}

fn refused(headers: &[&str], form: &str) -> (ErrorCode, bool) {
    let refusal = read(headers, form).expect_err(form);
    (refusal.error.code, refusal.challenge)
}

fn shown(presented: &Presented) -> (&str, Option<&str>) {
    (&presented.client_id, presented.secret().map(PresentedSecret::as_str))
}

fn client(token_endpoint_auth_method: AuthMethod) -> Client {
    Client { client_id: "web".to_owned(), token_endpoint_auth_method, ..Client::default() }
}

/// Decides by the rules of no profile.
fn decide(client: &Client, presented: &Presented, proven: bool) -> Result<(), Refusal> {
    super::decide(client, presented, &Profile::Default.rules(), proven)
}

fn by_assertion() -> Presented {
    let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let assertion = format!("{}.{}.AAAA", encode(r#"{"alg":"ES256"}"#), encode(r#"{"sub":"web"}"#));
    read(&[], &format!("client_assertion={assertion}&client_assertion_type={}", assertion::TYPE)).unwrap()
}

fn by_header(secret: &str) -> Presented {
    read(&[&basic_header("web", secret)], "").unwrap()
}

fn by_body() -> Presented {
    read(&[], "client_id=web&client_secret=s").unwrap()
}

fn by_name() -> Presented {
    read(&[], "client_id=web").unwrap()
}

#[test]
fn header_and_body_name_the_client_and_carry_the_secret() {
    assert_eq!(shown(&by_header("s")), ("web", Some("s")));
    assert_eq!(shown(&by_body()), ("web", Some("s")));
    assert_eq!(shown(&by_name()), ("web", None));
    assert!(by_header("s").basic_tried && !by_body().basic_tried);
}

#[test]
fn a_header_may_be_joined_by_the_same_client_id_in_the_body_and_no_other() {
    let header = basic_header("web", "s");
    assert_eq!(shown(&read(&[&header], "client_id=web").unwrap()), ("web", Some("s")));
    assert_eq!(refused(&[&header], "client_id=other"), (ErrorCode::InvalidRequest, false));
}

#[test]
fn ca_01_who_says_nothing_is_no_client() {
    assert_eq!(refused(&[], ""), (ErrorCode::InvalidClient, false));
    assert_eq!(refused(&[], "client_secret=s"), (ErrorCode::InvalidClient, false));
    for method in [AuthMethod::ClientSecret, AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost] {
        let refusal = decide(&client(method), &by_name(), false).unwrap_err();
        assert_eq!((refusal.error.code, refusal.challenge), (ErrorCode::InvalidClient, false));
        assert!(decide(&client(method), &by_name(), true).is_err(), "no secret was sent at all");
    }
}

#[test]
fn ca_02_two_ways_at_once_are_an_invalid_request() {
    let header = basic_header("web", "s");
    for (headers, form) in [
        (&[header.as_str()][..], "client_id=web&client_secret=s"),
        (&[header.as_str()], "client_assertion=x"),
        (&["Bearer x"], "client_secret=s"),
        (&[header.as_str(), header.as_str()], ""),
        (&[], "client_id=web&client_secret=s&client_assertion=x"),
        (&[], "client_id=web&client_secret=s&client_assertion_type=x"),
        (&[], "client_id=web&client_id=web"),
        (&[], "client_id=web&client_secret=s&client_secret=s"),
    ] {
        assert_eq!(refused(headers, form).0, ErrorCode::InvalidRequest, "{headers:?} {form}");
    }
}

#[test]
fn ca_03_an_assertion_is_refused_and_not_overlooked() {
    for form in ["client_id=web&client_assertion=x", "client_id=web&client_assertion_type=x"] {
        assert_eq!(refused(&[], form), (ErrorCode::InvalidClient, false), "{form}");
    }
}

#[test]
fn an_assertion_names_its_client_and_serves_those_who_registered_it() {
    assert_eq!(by_assertion().client_id, "web");
    for method in AuthMethod::ALL {
        let serves = matches!(method, AuthMethod::PrivateKeyJwt | AuthMethod::ClientSecretJwt);
        assert_eq!(decide(&client(method), &by_assertion(), true).is_ok(), serves, "{method:?}");
        assert!(decide(&client(method), &by_assertion(), false).is_err(), "{method:?}");
    }
}

#[test]
fn ca_03_a_secret_does_not_serve_a_client_of_another_method() {
    for method in [
        AuthMethod::PrivateKeyJwt,
        AuthMethod::ClientSecretJwt,
        AuthMethod::TlsClientAuth,
        AuthMethod::SelfSignedTlsClientAuth,
    ] {
        for presented in [by_header("s"), by_body()] {
            let refusal = decide(&client(method), &presented, true).unwrap_err();
            assert_eq!(refusal.error.code, ErrorCode::InvalidClient, "{method:?}");
        }
        let with_certificate =
            matches!(method, AuthMethod::TlsClientAuth | AuthMethod::SelfSignedTlsClientAuth);
        assert_eq!(decide(&client(method), &by_name(), true).is_ok(), with_certificate, "{method:?}");
        assert!(decide(&client(method), &by_name(), false).is_err(), "{method:?}");
    }
}

#[test]
fn ca_07_an_assertion_of_another_client_is_refused() {
    let assertion = by_assertion();
    let form = |id: &str| {
        format!(
            "client_id={id}&client_assertion={}&client_assertion_type={}",
            assertion.assertion().unwrap(),
            assertion::TYPE
        )
    };
    assert!(read(&[], &form("web")).is_ok());
    assert_eq!(refused(&[], &form("other")), (ErrorCode::InvalidClient, false));
}

#[test]
fn a_profile_takes_only_its_own_methods() {
    let rules = Profile::Fapi2.rules();
    let secret = super::decide(&client(AuthMethod::ClientSecretBasic), &by_header("s"), &rules, true);
    assert_eq!(secret.unwrap_err().error.code, ErrorCode::InvalidClient);
    assert!(super::decide(&client(AuthMethod::PrivateKeyJwt), &by_assertion(), &rules, true).is_ok());
}

#[test]
fn ca_08_no_shape_of_header_is_more_than_a_refusal() {
    let long = format!("Basic {}", "A".repeat(64 * 1024));
    let nameless = basic_header("", "s");
    let no_colon = format!("Basic {}", STANDARD.encode("web"));
    let nul = basic_header("web", "a\0b");
    let broken = format!("Basic {}", STANDARD.encode(b"web:\xff"));
    for header in [
        "",
        "Basic",
        "Basic ",
        "Basic !!!",
        "Bearer",
        "Bearer x",
        "Digest x",
        &long,
        &nameless,
        &no_colon,
        &nul,
        &broken,
    ] {
        assert_eq!(refused(&[header], ""), (ErrorCode::InvalidClient, true), "{header:.40}");
    }
}

#[test]
fn ca_08_secrets_with_odd_characters_come_through() {
    for secret in ["a:b", "100%", "a+b c", "é€", "a&b=c", "::"] {
        assert_eq!(shown(&by_header(secret)), ("web", Some(secret)));
    }
    assert_eq!(shown(&read(&[&basic_header("a:b", "s")], "").unwrap()), ("a:b", Some("s")));
}

#[test]
fn the_scheme_is_read_in_any_letter_case_and_padding_is_optional() {
    for header in ["bAsIc d2ViOnM=", "Basic d2ViOnM", "Basic  d2ViOnM= "] {
        assert_eq!(shown(&read(&[header], "").unwrap()), ("web", Some("s")), "{header}");
    }
}

#[test]
fn an_empty_secret_is_none() {
    assert_eq!(by_header("").proof, Proof::None);
    assert_eq!(read(&[], "client_id=web&client_secret=").unwrap().proof, Proof::None);
    assert_eq!(decide(&client(AuthMethod::None), &by_header(""), false), Ok(()));
    let refusal = decide(&client(AuthMethod::ClientSecret), &by_header(""), false).unwrap_err();
    assert!(refusal.challenge, "Basic was tried");
}

#[test]
fn a_client_is_let_in_by_the_ways_it_registered() {
    let table = [
        (AuthMethod::ClientSecret, true, true, false),
        (AuthMethod::ClientSecretBasic, true, false, false),
        (AuthMethod::ClientSecretPost, false, true, false),
        (AuthMethod::None, false, false, true),
    ];
    for (method, header, body, name) in table {
        let client = client(method);
        assert_eq!(decide(&client, &by_header("s"), true).is_ok(), header, "{method:?} by header");
        assert_eq!(decide(&client, &by_body(), true).is_ok(), body, "{method:?} by body");
        assert_eq!(decide(&client, &by_name(), false).is_ok(), name, "{method:?} by name");
        assert!(decide(&client, &by_header("s"), false).is_err(), "{method:?} wrong secret by header");
        assert!(decide(&client, &by_body(), false).is_err(), "{method:?} wrong secret by body");
    }
}

#[test]
fn a_wrong_secret_a_wrong_way_and_an_unknown_client_look_alike() {
    let presented = by_header("s");
    let unknown = unknown_client(&presented);
    assert_eq!(decide(&client(AuthMethod::ClientSecretBasic), &presented, false), Err(unknown.clone()));
    assert_eq!(decide(&client(AuthMethod::ClientSecretPost), &presented, false), Err(unknown.clone()));
    let other = Client { client_id: "other".to_owned(), ..client(AuthMethod::ClientSecret) };
    assert_eq!(decide(&other, &presented, true), Err(unknown));
}

#[test]
fn the_secret_does_not_show_in_debug_output() {
    assert!(!format!("{:?}", by_header("hush")).contains("hush"));
}

proptest! {
    #[test]
    fn any_header_is_read_without_a_panic(header in proptest::collection::vec(any::<u8>(), 0..80)) {
        let _ = credentials(&[&header], &Parameters::default());
    }

    #[test]
    fn any_basic_body_is_read_without_a_panic(joined in proptest::collection::vec(any::<u8>(), 0..80)) {
        let header = format!("Basic {}", STANDARD.encode(joined));
        let _ = credentials(&[header.as_bytes()], &Parameters::default());
    }

    #[test]
    fn what_a_client_encodes_is_read_back(client_id in "\\PC{1,30}", secret in "\\PC{1,30}") {
        let presented = read(&[&basic_header(&client_id, &secret)], "").unwrap();
        prop_assert_eq!(shown(&presented), (client_id.as_str(), Some(secret.as_str())));
    }
}
