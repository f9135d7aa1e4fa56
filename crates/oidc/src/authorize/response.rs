//! The URL that carries an authorization answer back to the client (RFC 6749 §4.1.2, RFC 9207); it
//! decides nothing about the request.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::ResponseMode;
use crate::error::OAuthError;

/// Where an answer goes: a redirect URI already found to be the client's own, the state to echo,
/// and the mode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnAddress {
    pub redirect_uri: String,
    pub state: Option<String>,
    pub response_mode: ResponseMode,
}

/// The way back with a code.
pub fn success(to: &ReturnAddress, issuer: &str, code: &str) -> String {
    build(to, issuer, &[("code", code)])
}

/// The way back with an error.
pub fn failure(to: &ReturnAddress, issuer: &str, error: &OAuthError) -> String {
    build(to, issuer, &[("error", error.code.as_str()), ("error_description", error.description.as_str())])
}

fn build(to: &ReturnAddress, issuer: &str, parameters: &[(&str, &str)]) -> String {
    let echoed = to.state.as_deref().map(|state| ("state", state));
    let all = parameters.iter().copied().chain(echoed).chain([("iss", issuer)]);
    match to.response_mode {
        ResponseMode::Query => with_query(&to.redirect_uri, all),
    }
}

/// Unreserved characters stay; a space becomes `%20`, which every decoder reads alike.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The URI with further parameters behind its own query, which is kept byte for byte.
pub(crate) fn with_query<'a>(uri: &str, parameters: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut location = uri.to_owned();
    for (name, value) in parameters {
        if !location.contains('?') {
            location.push('?');
        } else if !location.ends_with(['?', '&']) {
            location.push('&');
        }
        location.push_str(name);
        location.push('=');
        location.extend(utf8_percent_encode(value, VALUE));
    }
    location
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    fn address(redirect_uri: &str, state: Option<&str>) -> ReturnAddress {
        ReturnAddress {
            redirect_uri: redirect_uri.to_owned(),
            state: state.map(str::to_owned),
            response_mode: ResponseMode::Query,
        }
    }

    #[test]
    fn mx_01_success_carries_code_state_and_issuer_and_nothing_else() {
        insta::assert_snapshot!(
            success(&address("https://rp1.test/cb", Some("a b&c=d%\"é")), "https://op.test", "c0de"),
            @"https://rp1.test/cb?code=c0de&state=a%20b%26c%3Dd%25%22%C3%A9&iss=https%3A%2F%2Fop.test"
        );
    }

    #[test]
    fn mx_01_an_error_carries_the_issuer_too() {
        let error = OAuthError::new(ErrorCode::LoginRequired, "The person must sign in.");
        insta::assert_snapshot!(
            failure(&address("https://rp1.test/cb", None), "https://op.test", &error),
            @"https://rp1.test/cb?error=login_required&error_description=The%20person%20must%20sign%20in.&iss=https%3A%2F%2Fop.test"
        );
    }

    #[test]
    fn the_registered_query_is_kept() {
        for (registered, expected) in [
            ("https://rp1.test/cb?a=b%2f", "https://rp1.test/cb?a=b%2f&code=c&iss=i"),
            ("https://rp1.test/cb?", "https://rp1.test/cb?code=c&iss=i"),
            ("com.example.app:/cb", "com.example.app:/cb?code=c&iss=i"),
        ] {
            assert_eq!(success(&address(registered, None), "i", "c"), expected);
        }
    }

    #[test]
    fn no_line_break_gets_into_the_location() {
        let location = success(&address("https://rp1.test/cb", Some("a\r\nSet-Cookie: x")), "i", "c");
        assert!(location.bytes().all(|byte| byte.is_ascii_graphic()), "{location}");
    }
}
