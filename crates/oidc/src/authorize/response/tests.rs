//! How answers travel, mode by mode.

use super::*;
use crate::error::ErrorCode;

fn address(redirect_uri: &str, state: Option<&str>, response_mode: ResponseMode) -> ReturnAddress {
    ReturnAddress {
        client_id: "web".to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        state: state.map(str::to_owned),
        response_mode,
        signed_with: SigningAlgorithm::RS256,
    }
}

fn code() -> Fields {
    success(Issued { code: Some("c0de".to_owned()), ..Issued::default() })
}

fn everything() -> Fields {
    let access = IssuedAccess {
        token: "at".to_owned(),
        token_type: TokenType::Bearer,
        expires_in: 600,
        scope: Scopes::parse("openid email").unwrap(),
    };
    success(Issued {
        code: Some("c0de".to_owned()),
        id_token: Some("a.b.c".to_owned()),
        access: Some(access),
    })
}

fn location(to: &ReturnAddress, fields: Fields) -> String {
    match deliver(to, plain(to, "https://op.test", fields)) {
        Delivery::Redirect(location) => location,
        form => panic!("{form:?}"),
    }
}

#[test]
fn mx_01_success_carries_code_state_and_issuer_and_nothing_else() {
    let to = address("https://rp1.test/cb", Some("a b&c=d%\"é"), ResponseMode::Query);
    insta::assert_snapshot!(
        location(&to, code()),
        @"https://rp1.test/cb?code=c0de&state=a%20b%26c%3Dd%25%22%C3%A9&iss=https%3A%2F%2Fop.test"
    );
}

#[test]
fn mx_01_an_error_carries_the_issuer_too() {
    let error = OAuthError::new(ErrorCode::LoginRequired, "The person must sign in.");
    let to = |mode| address("https://rp1.test/cb", None, mode);
    insta::assert_snapshot!(
        location(&to(ResponseMode::Query), failure(&error)),
        @"https://rp1.test/cb?error=login_required&error_description=The%20person%20must%20sign%20in.&iss=https%3A%2F%2Fop.test"
    );
    insta::assert_snapshot!(
        location(&to(ResponseMode::Fragment), failure(&error)),
        @"https://rp1.test/cb#error=login_required&error_description=The%20person%20must%20sign%20in.&iss=https%3A%2F%2Fop.test"
    );
}

#[test]
fn the_fragment_carries_everything_and_the_query_nothing() {
    let to = address("https://rp1.test/cb?a=b%2f", Some("S"), ResponseMode::Fragment);
    insta::assert_snapshot!(
        location(&to, everything()),
        @"https://rp1.test/cb?a=b%2f#code=c0de&access_token=at&token_type=Bearer&expires_in=600&scope=email%20openid&id_token=a.b.c&state=S&iss=https%3A%2F%2Fop.test"
    );
}

#[test]
fn br_11_a_form_keeps_values_as_they_are_for_the_page_to_escape() {
    let to = address("https://rp1.test/cb?a=b", Some("\"><script>"), ResponseMode::FormPost);
    let Delivery::FormPost { action, fields } = deliver(&to, plain(&to, "https://op.test", code())) else {
        panic!("no form");
    };
    assert_eq!(action, "https://rp1.test/cb?a=b");
    let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["code", "state", "iss"]);
    assert_eq!(fields[1].1, "\"><script>");
}

#[test]
fn a_signed_answer_says_who_to_whom_and_until_when() {
    let to = address("https://rp1.test/cb", Some("S"), ResponseMode::QueryJwt);
    let claims = claims(&to, "https://op.test", everything(), 1000);
    assert_eq!(
        Value::Object(claims),
        serde_json::json!({"iss": "https://op.test", "aud": "web", "exp": 1300, "code": "c0de", "state": "S",
            "access_token": "at", "token_type": "Bearer", "expires_in": 600, "scope": "email openid",
            "id_token": "a.b.c"})
    );
    let sent = deliver(&to, signed("x.y.z".to_owned()));
    assert_eq!(
        sent,
        Delivery::Redirect("https://rp1.test/cb?response=x.y.z".to_owned()),
        "nothing beside it"
    );
}

#[test]
fn the_registered_query_is_kept() {
    for (registered, expected) in [
        ("https://rp1.test/cb?a=b%2f", "https://rp1.test/cb?a=b%2f&code=c0de&iss=https%3A%2F%2Fop.test"),
        ("https://rp1.test/cb?", "https://rp1.test/cb?code=c0de&iss=https%3A%2F%2Fop.test"),
        ("com.example.app:/cb", "com.example.app:/cb?code=c0de&iss=https%3A%2F%2Fop.test"),
    ] {
        assert_eq!(location(&address(registered, None, ResponseMode::Query), code()), expected);
    }
}

#[test]
fn no_line_break_gets_into_the_location() {
    for mode in [ResponseMode::Query, ResponseMode::Fragment] {
        let to = address("https://rp1.test/cb", Some("a\r\nSet-Cookie: x"), mode);
        let location = location(&to, code());
        assert!(location.bytes().all(|byte| byte.is_ascii_graphic()), "{location}");
    }
}

#[test]
fn jwt_means_the_signed_form_of_the_default() {
    use crate::authorize::ResponseType::{Code, CodeIdToken, IdToken};
    let jwt = |response_type| ResponseMode::parse("jwt", response_type);
    assert_eq!(jwt(Code), Some(ResponseMode::QueryJwt));
    assert_eq!(jwt(CodeIdToken), Some(ResponseMode::FragmentJwt));
    assert_eq!(jwt(IdToken), Some(ResponseMode::FragmentJwt));
    for mode in ResponseMode::ALL {
        assert_eq!(ResponseMode::parse(mode.as_str(), Code), Some(mode));
        assert_eq!(serde_json::to_value(mode).unwrap(), mode.as_str());
    }
}
