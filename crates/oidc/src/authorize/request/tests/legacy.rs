//! Hybrid and implicit flows: what they ask for, and what they never give.
use super::*;

pub fn legacy() -> Client {
    Client {
        grant_types: vec![GrantType::AuthorizationCode, GrantType::Implicit],
        response_types: ResponseType::ALL.to_vec(),
        require_pkce: false,
        ..web()
    }
}

fn ask_legacy(changes: &[(&str, &str)]) -> Result<AuthorizationRequest, Refusal> {
    let policy = Policy::default().with_legacy_response_types();
    check(&Parameters::parse(form(changes).as_bytes()).unwrap(), &legacy(), &policy, Arrival::PLAIN)
}

#[test]
fn hybrid_and_implicit_need_server_and_client() {
    for response_type in ["id_token", "id_token token", "code id_token", "code token", "code id_token token"]
    {
        let asked = [("response_type", response_type)];
        let request = ask_legacy(&asked).unwrap();
        assert_eq!(request.response_mode, ResponseMode::Fragment, "{response_type}");
        redirected(ask_as(&legacy(), &asked), ErrorCode::UnsupportedResponseType);
        let policy = Policy::default().with_legacy_response_types();
        let unregistered =
            check(&Parameters::parse(form(&asked).as_bytes()).unwrap(), &web(), &policy, Arrival::PLAIN);
        redirected(unregistered, ErrorCode::UnauthorizedClient);
    }
    redirected(ask_legacy(&[("response_type", "token")]), ErrorCode::UnsupportedResponseType);
    redirected(ask_legacy(&[("response_type", "none")]), ErrorCode::UnsupportedResponseType);
}

#[test]
fn ac_10_tokens_never_travel_in_the_query() {
    for response_type in ["id_token", "id_token token", "code id_token", "code token", "code id_token token"]
    {
        for mode in ["query", "query.jwt"] {
            match ask_legacy(&[("response_type", response_type), ("response_mode", mode)]) {
                Err(Refusal::Redirect { error, to }) => {
                    assert_eq!(error.code, ErrorCode::InvalidRequest);
                    assert_eq!(to.response_mode, ResponseMode::Fragment);
                }
                other => panic!("{other:?}"),
            }
        }
        for mode in ["fragment", "form_post", "jwt", "fragment.jwt", "form_post.jwt"] {
            assert!(
                ask_legacy(&[("response_type", response_type), ("response_mode", mode)]).is_ok(),
                "{mode}"
            );
        }
    }
}

#[test]
fn a_nonce_is_needed_where_an_id_token_comes_by_the_browser() {
    for (response_type, needed) in [
        ("code", false),
        ("code token", false),
        ("id_token", true),
        ("id_token token", true),
        ("code id_token", true),
        ("code id_token token", true),
    ] {
        let asked = ask_legacy(&[("response_type", response_type), ("nonce", "")]);
        assert_eq!(asked.is_err(), needed, "{response_type}");
    }
}

#[test]
fn implicit_needs_openid_no_challenge_and_gets_no_offline_access() {
    redirected(ask_legacy(&[("response_type", "id_token"), ("scope", "email")]), ErrorCode::InvalidScope);
    let policy = Policy::default().with_legacy_response_types();
    let client = Client {
        require_pkce: true,
        scope: Scopes::parse("openid offline_access").unwrap(),
        grant_types: GrantType::ALL.to_vec(),
        ..legacy()
    };
    let form = form(&[
        ("response_type", "id_token token"),
        ("scope", "openid offline_access"),
        ("code_challenge", ""),
        ("code_challenge_method", ""),
    ]);
    let request =
        check(&Parameters::parse(form.as_bytes()).unwrap(), &client, &policy, Arrival::PLAIN).unwrap();
    assert_eq!(request.scope.to_string(), "openid");
}

#[test]
fn an_error_travels_in_the_mode_that_was_asked_for() {
    let mode = |changes: &[(&str, &str)]| match ask_legacy(changes) {
        Err(Refusal::Redirect { to, .. }) => to.response_mode,
        other => panic!("{other:?}"),
    };
    assert_eq!(mode(&[("scope", "admin"), ("response_mode", "form_post")]), ResponseMode::FormPost);
    assert_eq!(mode(&[("scope", "admin"), ("response_mode", "jwt")]), ResponseMode::QueryJwt);
    assert_eq!(mode(&[("scope", "admin"), ("response_type", "code id_token")]), ResponseMode::Fragment);
    assert_eq!(mode(&[("response_type", "bogus"), ("response_mode", "form_post")]), ResponseMode::FormPost);
    assert_eq!(mode(&[("response_type", "")]), ResponseMode::Query);
    assert_eq!(mode(&[("response_mode", "bogus"), ("response_type", "id_token")]), ResponseMode::Fragment);
}
