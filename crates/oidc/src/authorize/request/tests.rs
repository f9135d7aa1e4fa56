//! What each parameter may say: `ask` is the good request with some changed; `""` takes one out.

use proptest::prelude::*;

use super::*;
use crate::{
    authorize::Prompt,
    client::{ApplicationType, AuthMethod},
};

mod legacy;
mod redirects;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const GOOD: [(&str, &str); 8] = [
    ("client_id", "web"),
    ("redirect_uri", "https://rp1.test/cb"),
    ("response_type", "code"),
    ("scope", "openid email"),
    ("state", "S"),
    ("nonce", "N"),
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
];

fn web() -> Client {
    Client {
        client_id: "web".to_owned(),
        redirect_uris: vec!["https://rp1.test/cb".to_owned(), "https://rp1.test/cb2?t=1".to_owned()],
        ..Client::default()
    }
}

fn form(changes: &[(&str, &str)]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in
        GOOD.into_iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name))
    {
        form.append_pair(name, value);
    }
    for (name, value) in changes.iter().filter(|(_, value)| !value.is_empty()) {
        form.append_pair(name, value);
    }
    form.finish()
}

fn ask_as(client: &Client, changes: &[(&str, &str)]) -> Result<AuthorizationRequest, Refusal> {
    check(&Parameters::parse(form(changes).as_bytes()).unwrap(), client, &Policy::default(), Arrival::PLAIN)
}

fn ask(changes: &[(&str, &str)]) -> Result<AuthorizationRequest, Refusal> {
    ask_as(&web(), changes)
}

#[track_caller]
fn page(answer: Result<AuthorizationRequest, Refusal>) {
    assert!(matches!(answer, Err(Refusal::Page(_))), "{answer:?}");
}

#[track_caller]
fn redirected(answer: Result<AuthorizationRequest, Refusal>, code: ErrorCode) {
    match answer {
        Err(Refusal::Redirect { error, to }) => {
            assert_eq!(error.code, code, "{error}");
            assert_eq!(to.redirect_uri, "https://rp1.test/cb");
            assert_eq!(to.state.as_deref(), Some("S"));
        }
        other => panic!("no redirect: {other:?}"),
    }
}

#[test]
fn a_good_request_says_what_it_said() {
    let request = ask(&[]).unwrap();
    assert_eq!(request.redirect_uri, "https://rp1.test/cb");
    assert_eq!(request.scope.to_string(), "email openid");
    assert_eq!(request.state.as_deref(), Some("S"));
    assert_eq!(request.nonce.as_deref(), Some("N"));
    assert_eq!(request.code_challenge.as_deref(), Some(CHALLENGE));
    assert_eq!(request.max_age, None);
}

#[test]
fn a_request_can_be_stored_while_the_person_signs_in() {
    let request = ask(&[("prompt", "login consent"), ("max_age", "10"), ("ui_locales", "pt-BR en")]).unwrap();
    let stored = serde_json::to_string(&request).unwrap();
    assert_eq!(serde_json::from_str::<AuthorizationRequest>(&stored).unwrap(), request);
}

#[test]
fn state_and_nonce_are_optional_and_unknown_parameters_are_ignored() {
    let request = ask(&[("state", ""), ("nonce", ""), ("utm_source", "x")]).unwrap();
    assert_eq!((request.state, request.nonce), (None, None));
}

#[test]
fn pk_01_who_needs_pkce_must_send_a_challenge() {
    let none = [("code_challenge", ""), ("code_challenge_method", "")];
    let public = Client { token_endpoint_auth_method: AuthMethod::None, require_pkce: false, ..web() };
    redirected(ask_as(&public, &none), ErrorCode::InvalidRequest);
    redirected(ask(&none), ErrorCode::InvalidRequest);
    let legacy = Client { require_pkce: false, ..web() };
    assert_eq!(ask_as(&legacy, &none).unwrap().code_challenge, None);
}

#[test]
fn pk_05_only_s256_is_a_method() {
    for method in ["plain", "", "s256", "S512"] {
        redirected(ask(&[("code_challenge_method", method)]), ErrorCode::InvalidRequest);
    }
    for challenge in ["", "short", &"!".repeat(43), &"a".repeat(128)] {
        redirected(ask(&[("code_challenge", challenge)]), ErrorCode::InvalidRequest);
    }
    let legacy = Client { require_pkce: false, ..web() };
    redirected(ask_as(&legacy, &[("code_challenge_method", "plain")]), ErrorCode::InvalidRequest);
}

#[test]
fn ac_10_response_types_and_modes_that_are_not_enabled_are_refused() {
    redirected(ask(&[("response_type", "")]), ErrorCode::InvalidRequest);
    for response_type in ["token", "id_token", "code token", "code id_token", "none", "bogus", "code code"] {
        redirected(ask(&[("response_type", response_type)]), ErrorCode::UnsupportedResponseType);
    }
    for mode in ["bogus", "Query", "query jwt", "form_post.JWT"] {
        redirected(ask(&[("response_mode", mode)]), ErrorCode::InvalidRequest);
    }
    for (mode, expected) in [
        ("query", ResponseMode::Query),
        ("fragment", ResponseMode::Fragment),
        ("form_post", ResponseMode::FormPost),
        ("jwt", ResponseMode::QueryJwt),
        ("fragment.jwt", ResponseMode::FragmentJwt),
    ] {
        assert_eq!(ask(&[("response_mode", mode)]).unwrap().response_mode, expected);
    }
}

#[test]
fn a_client_that_registered_no_such_flow_is_not_authorized_for_it() {
    let without_grant = Client { grant_types: Vec::new(), ..web() };
    redirected(ask_as(&without_grant, &[]), ErrorCode::UnauthorizedClient);
    let without_type = Client { response_types: Vec::new(), ..web() };
    redirected(ask_as(&without_type, &[]), ErrorCode::UnauthorizedClient);
}

#[test]
fn a_known_parameter_given_twice_is_refused_and_a_doubled_state_is_not_echoed() {
    redirected(ask(&[("nonce", "a"), ("nonce", "a")]), ErrorCode::InvalidRequest);
    redirected(ask(&[("scope", "openid"), ("scope", "openid email")]), ErrorCode::InvalidRequest);
    match ask(&[("state", "a"), ("state", "b")]) {
        Err(Refusal::Redirect { error, to }) => {
            assert_eq!((error.code, to.state), (ErrorCode::InvalidRequest, None));
        }
        other => panic!("{other:?}"),
    }
    assert!(ask(&[("utm", "a"), ("utm", "b")]).is_ok());
}

#[test]
fn scopes_that_client_or_server_do_not_know_are_dropped() {
    assert_eq!(ask(&[("scope", "openid admin phone email")]).unwrap().scope.to_string(), "email openid");
    assert_eq!(ask(&[("scope", "email")]).unwrap().scope.to_string(), "email", "plain OAuth");
    // Without a value it is left out (RFC 6749 §3.1), and means what the client registered (§3.3).
    assert_eq!(ask(&[("scope", "")]).unwrap().scope.to_string(), "email openid profile");
    for scope in ["admin", "phone", "OPENID", "openid \"", "é"] {
        redirected(ask(&[("scope", scope)]), ErrorCode::InvalidScope);
    }
}

#[test]
fn rt_08_offline_access_is_dropped_where_no_refresh_token_can_come() {
    let scope = Scopes::parse("openid offline_access").unwrap();
    let asked = [("scope", "openid offline_access")];
    let without = Client { scope: scope.clone(), ..web() };
    assert_eq!(ask_as(&without, &asked).unwrap().scope.to_string(), "openid");
    let with = Client { grant_types: GrantType::ALL.to_vec(), ..without };
    assert_eq!(ask_as(&with, &asked).unwrap().scope, scope);
}

#[test]
fn prompts_are_read_and_contradictions_refused() {
    assert!(ask(&[("prompt", "login")]).unwrap().prompt.contains(Prompt::Login));
    for prompt in ["none login", "bogus", "login bogus"] {
        redirected(ask(&[("prompt", prompt)]), ErrorCode::InvalidRequest);
    }
}

#[test]
fn max_age_is_a_whole_number_of_seconds_or_the_clients_default() {
    assert_eq!(ask(&[("max_age", "0")]).unwrap().max_age, Some(0));
    for max_age in ["-1", "+1", "1.5", "x", "99999999999999999999", " 1", "\u{0661}"] {
        redirected(ask(&[("max_age", max_age)]), ErrorCode::InvalidRequest);
    }
    let client = Client { default_max_age: Some(60), ..web() };
    assert_eq!(ask_as(&client, &[]).unwrap().max_age, Some(60));
    assert_eq!(ask_as(&client, &[("max_age", "5")]).unwrap().max_age, Some(5));
}

#[test]
fn wishes_are_never_an_error() {
    let long = "x".repeat(5000);
    let request = ask(&[
        ("display", "hologram"),
        ("ui_locales", "se pt-BR <script> en_US"),
        ("claims_locales", "se"),
        ("login_hint", &long),
        ("acr_values", "1 2"),
    ])
    .unwrap();
    assert_eq!(request.display, Display::Page);
    assert_eq!(request.ui_locales, ["se", "pt-BR"]);
    assert_eq!(request.claims_locales, ["se"]);
    assert_eq!(request.acr_values, ["1", "2"]);
    assert_eq!(request.login_hint, None);
    assert_eq!(ask(&[("login_hint", "a@b.test")]).unwrap().login_hint.as_deref(), Some("a@b.test"));
}

#[test]
fn rq_01_request_objects_and_registrations_are_refused_by_name() {
    // Only what nobody read before comes as far as this.
    redirected(ask(&[("request", "x")]), ErrorCode::RequestNotSupported);
    redirected(ask(&[("request_uri", "http://169.254.169.254/")]), ErrorCode::RequestUriNotSupported);
    redirected(ask(&[("registration", "{}")]), ErrorCode::RegistrationNotSupported);
}

#[test]
fn long_values_come_back_whole_or_not_at_all() {
    let nonce = "n".repeat(384);
    assert_eq!(ask(&[("nonce", &nonce)]).unwrap().nonce, Some(nonce));
    redirected(ask(&[("nonce", &"n".repeat(1025))]), ErrorCode::InvalidRequest);
    redirected(ask(&[("claims", &"n".repeat(5000))]), ErrorCode::InvalidRequest);
    redirected(ask(&[("id_token_hint", &"n".repeat(9000))]), ErrorCode::InvalidRequest);
    let state = "s".repeat(MAX_STATE);
    assert_eq!(ask(&[("state", &state)]).unwrap().state.as_ref(), Some(&state));
    page(ask(&[("state", &format!("{state}s"))]));
}

proptest! {
    #[test]
    fn a_redirect_only_ever_goes_to_a_registered_uri(
        uri in "https://(rp1|evil)\\.test/cb2?(\\?t=1)?|.{0,20}",
        rest in "(&(prompt|scope|response_type|state|max_age|nonce)=[a-z0-9% ]{0,6}){0,4}",
    ) {
        let form = format!("{}{rest}", form(&[("redirect_uri", &uri)]));
        if let Ok(parameters) = Parameters::parse(form.as_bytes()) {
            let to = match check(&parameters, &web(), &Policy::default(), Arrival::PLAIN) {
                Ok(request) => Some(request.redirect_uri),
                Err(Refusal::Redirect { to, .. }) => Some(to.redirect_uri),
                Err(Refusal::Page(_)) => None,
            };
            prop_assert!(to.is_none_or(|to| web().redirect_uris.contains(&to)));
        }
    }
}

/// Every wrong value that a check refuses, and the endpoints that make this check. A new check has no
/// place to hide: the table below must name it.
#[test]
fn one_table_says_which_endpoint_makes_which_check() {
    use Endpoint::{AfterPush, Authorize, Device, Pushed};
    let by_browser: &[Endpoint] = &[Authorize, Pushed, AfterPush];
    let everywhere: &[Endpoint] = &[Authorize, Pushed, AfterPush, Device];
    let wrong: [(Changes, &[Endpoint]); 17] = [
        (&[("response_mode", "bogus")], by_browser),
        (&[("nonce", "a"), ("nonce", "b")], everywhere),
        (&[("request", "x")], by_browser),
        (&[("registration", "{}")], by_browser),
        (&[("response_type", "token")], by_browser),
        (&[("scope", "admin")], everywhere),
        (&[("code_challenge_method", "plain")], by_browser),
        (&[("nonce", TOO_LONG)], by_browser),
        (&[("prompt", "bogus")], by_browser),
        (&[("max_age", "-1")], by_browser),
        (&[("claims", "[]")], by_browser),
        (&[("claims", ESSENTIAL_ACR)], by_browser),
        (&[("resource", "https://api.test/#x")], everywhere),
        (&[("resource", "api")], everywhere),
        (&[("dpop_jkt", "short")], by_browser),
        (&[("redirect_uri", "https://evil.test/")], by_browser),
        (&[("client_id", "other")], by_browser),
    ];
    for endpoint in [Authorize, Pushed, AfterPush, Device] {
        let arrival = Arrival { endpoint, signed: false };
        let asked = |client: &Client, changes: &[(&str, &str)]| {
            let form = Parameters::parse(form(changes).as_bytes()).unwrap();
            match endpoint {
                Device => check_device(&form, client, &Policy::default()).is_ok(),
                _ => check(&form, client, &Policy::default(), arrival).is_ok(),
            }
        };
        let mut devices = web();
        devices.grant_types.push(GrantType::DeviceCode);
        assert!(asked(&devices, &[]));
        assert_eq!(asked(&web(), &[]), endpoint != Device, "not registered for devices");
        for (changes, endpoints) in wrong {
            let refused = !asked(&devices, changes);
            assert_eq!(refused, endpoints.contains(&endpoint), "{changes:?} at {endpoint:?}");
        }
        let pushed = Client { require_pushed_authorization_requests: true, ..devices.clone() };
        assert_eq!(!asked(&pushed, &[]), endpoint == Authorize, "PA-04 at {endpoint:?}");
        let signed = Client { require_signed_request_object: true, ..devices };
        assert_eq!(!asked(&signed, &[]), [Authorize, Pushed].contains(&endpoint), "unsigned at {endpoint:?}");
    }
    assert_eq!(CHECKS.len(), 21, "name the new check above");
}

type Changes = &'static [(&'static str, &'static str)];

const TOO_LONG: &str = match str::from_utf8(&[b'n'; 1025]) {
    Ok(text) => text,
    Err(_) => "",
};
const ESSENTIAL_ACR: &str = r#"{"id_token":{"acr":{"essential":true,"value":"urn:nobody"}}}"#;

#[test]
fn resources_and_keys_are_kept_for_the_token_endpoint() {
    let thumbprint = CHALLENGE;
    let asked = [
        ("resource", "https://api.test/a"),
        ("resource", "urn:b"),
        ("resource", "urn:b"),
        ("dpop_jkt", thumbprint),
    ];
    let registered = vec!["https://api.test/a".to_owned(), "urn:b".to_owned()];
    let request = ask_as(&Client { resources: registered, ..web() }, &asked).unwrap();
    assert_eq!(request.resource, ["https://api.test/a", "urn:b"]);
    assert_eq!(request.dpop_jkt.as_deref(), Some(thumbprint));
    for resource in ["api", "/api", "https://api.test/#", "https://api.test/ x", "//api.test", "urn:foreign"]
    {
        redirected(ask(&[("resource", resource)]), ErrorCode::InvalidTarget);
    }
}

#[test]
fn fapi_2_takes_pushed_code_requests_with_a_challenge() {
    use crate::client::Profile;
    let client = |profile| Client { profile, require_pkce: false, ..legacy::legacy() };
    let ask = |profile, changes: &[(&str, &str)]| {
        let policy = Policy::default().with_legacy_response_types();
        let arrival = Arrival { endpoint: Endpoint::Pushed, signed: true };
        check(&Parameters::parse(form(changes).as_bytes()).unwrap(), &client(profile), &policy, arrival)
    };
    assert!(ask(Profile::Fapi2, &[]).is_ok());
    redirected(ask_as(&client(Profile::Fapi2), &[]), ErrorCode::InvalidRequest);
    redirected(
        ask(Profile::Fapi2, &[("code_challenge", ""), ("code_challenge_method", "")]),
        ErrorCode::InvalidRequest,
    );
    redirected(ask(Profile::Fapi2MessageSigning, &[]), ErrorCode::InvalidRequest);
    assert!(ask(Profile::Fapi2MessageSigning, &[("response_mode", "jwt")]).is_ok());
    let hybrid = ask(Profile::Fapi2, &[("response_type", "code id_token")]);
    assert!(
        matches!(hybrid, Err(Refusal::Redirect { error, .. }) if error.code == ErrorCode::UnsupportedResponseType)
    );
}
