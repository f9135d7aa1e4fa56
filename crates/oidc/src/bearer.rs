//! Access tokens as requests carry them (RFC 6750, RFC 9449 §7); it does not know whether a token is any good.

use std::fmt;

use crate::{
    assurance::Level,
    authorize::context::Context,
    dpop,
    error::{ErrorCode, OAuthError},
    jws::SigningAlgorithm,
    parameters::Parameters,
};

/// Why a protected resource answers no. `challenge` is the value of `WWW-Authenticate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BearerRefusal {
    /// HTTP status: 400, 401 or 403 (RFC 6750 §3.1).
    pub status: u16,
    pub challenge: String,
}

impl BearerRefusal {
    /// No token was sent at all: 401 with a bare challenge and no error code (RFC 6750 §3.1).
    pub fn no_token() -> Self {
        Self { status: 401, challenge: "Bearer".to_owned() }
    }

    /// The token is unknown, expired, revoked or not an access token.
    pub fn invalid_token() -> Self {
        Self::from(&OAuthError::new(
            ErrorCode::InvalidToken,
            "The access token is not valid here, or no longer.",
        ))
    }

    /// The token is good but was not granted that scope.
    pub fn insufficient_scope(needed: &'static str) -> Self {
        let mut refusal = Self::from(&OAuthError::new(
            ErrorCode::InsufficientScope,
            format!("The access token was not granted the scope {needed}."),
        ));
        refusal.challenge.push_str(&format!(", scope=\"{needed}\""));
        refusal
    }
}

impl BearerRefusal {
    /// The token is good, and its person was not proven strongly enough: what would do stands in the challenge
    /// (RFC 9470 §3).
    pub fn insufficient_user_authentication(scheme: Scheme, needed: Level) -> Self {
        let error = OAuthError::new(
            ErrorCode::InsufficientUserAuthentication,
            "The person must be proven more strongly than for this token.",
        );
        let refusal = match scheme {
            Scheme::Bearer => Self::from(&error),
            Scheme::Dpop => Self::for_dpop(&error),
        };
        let would_do = Context::of(needed).as_str();
        Self { challenge: format!("{}, acr_values=\"{would_do}\"", refusal.challenge), ..refusal }
    }

    /// The same refusal for who came with the scheme DPoP (RFC 9449 §7.1).
    pub fn for_dpop(error: &OAuthError) -> Self {
        let algs = dpop::ALGORITHMS.map(SigningAlgorithm::as_str).join(" ");
        let challenge = format!(
            "DPoP error=\"{}\", error_description=\"{}\", algs=\"{algs}\"",
            error.code, error.description
        );
        Self { challenge, ..Self::from(error) }
    }

    /// As [`BearerRefusal::invalid_token`], in the scheme that was used.
    pub fn invalid_token_of(scheme: Scheme) -> Self {
        let error =
            OAuthError::new(ErrorCode::InvalidToken, "The access token is not valid here, or no longer.");
        match scheme {
            Scheme::Bearer => Self::from(&error),
            Scheme::Dpop => Self::for_dpop(&error),
        }
    }
}

impl From<&OAuthError> for BearerRefusal {
    fn from(error: &OAuthError) -> Self {
        let status = match error.code {
            ErrorCode::InvalidRequest => 400,
            ErrorCode::InsufficientScope => 403,
            _ => 401,
        };
        let challenge =
            format!("Bearer error=\"{}\", error_description=\"{}\"", error.code, error.description);
        Self { status, challenge }
    }
}

/// The authentication scheme that a token came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Bearer,
    /// Beside a proof.
    Dpop,
}

/// A token as it was presented. Its Debug shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct BearerToken(String, Scheme);

impl BearerToken {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn scheme(&self) -> Scheme {
        self.1
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(…)")
    }
}

/// Finds the access token: in the one `Authorization` header, scheme name in any letter case, or in
/// the form body of a POST (`form`; pass `None` for a GET). A token in the query is refused.
///
/// # Errors
/// 401 without a code when there is none, 400 `invalid_request` when it comes by a forbidden or a
/// second way, 401 `invalid_token` when it is no `b64token` (RFC 6750 §2.1).
pub fn presented(
    authorization: &[&[u8]],
    query: &Parameters,
    form: Option<&Parameters>,
) -> Result<BearerToken, BearerRefusal> {
    let invalid = |text| Err(BearerRefusal::from(&OAuthError::invalid_request(text)));
    if query.has("access_token") {
        return invalid("An access token in the query is not accepted.");
    }
    let in_form = match form.map(|form| form.one("access_token")).transpose() {
        Ok(found) => found.flatten(),
        Err(error) => return Err(BearerRefusal::from(&error)),
    };
    let (token, scheme) = match (authorization, in_form) {
        ([], None) => return Err(BearerRefusal::no_token()),
        ([], Some(token)) => (token, Scheme::Bearer),
        ([header], None) => match in_header(header) {
            Some(found) => found,
            None => return Err(BearerRefusal::no_token()),
        },
        ([_], Some(_)) => return invalid("The access token was sent in two ways."),
        _ => return invalid("There is more than one Authorization header."),
    };
    if token.len() <= MAX_TOKEN && is_b64token(token) {
        Ok(BearerToken(token.to_owned(), scheme))
    } else {
        Err(BearerRefusal::invalid_token_of(scheme))
    }
}

const MAX_TOKEN: usize = 8 * 1024;

/// What follows `Bearer ` or `DPoP `, or `None` when the header is of another scheme or not text.
fn in_header(header: &[u8]) -> Option<(&str, Scheme)> {
    let (name, token) = str::from_utf8(header).ok()?.split_once(' ')?;
    let scheme = match name {
        name if name.eq_ignore_ascii_case("bearer") => Scheme::Bearer,
        name if name.eq_ignore_ascii_case("dpop") => Scheme::Dpop,
        _ => return None,
    };
    let token = token.trim_matches(' ');
    (!token.is_empty()).then_some((token, scheme))
}

fn is_b64token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(headers: &[&[u8]], query: &str, form: Option<&str>) -> Result<String, u16> {
        let query = Parameters::parse(query.as_bytes()).unwrap();
        let form = form.map(|form| Parameters::parse(form.as_bytes()).unwrap());
        presented(headers, &query, form.as_ref()).map(|token| token.0).map_err(|refusal| refusal.status)
    }

    #[test]
    fn the_header_and_the_form_body_both_serve() {
        assert_eq!(found(&[b"Bearer abc"], "", None), Ok("abc".to_owned()));
        assert_eq!(found(&[b"bEARER a.b-c_~+/=="], "", None), Ok("a.b-c_~+/==".to_owned()));
        assert_eq!(found(&[], "", Some("access_token=abc")), Ok("abc".to_owned()));
    }

    #[test]
    fn the_scheme_dpop_is_told_apart_in_any_letter_case() {
        for (header, scheme) in
            [(&b"DPoP abc"[..], Scheme::Dpop), (b"dpop abc", Scheme::Dpop), (b"bearer abc", Scheme::Bearer)]
        {
            let token = presented(&[header], &Parameters::default(), None).unwrap();
            assert_eq!((token.as_str(), token.scheme()), ("abc", scheme));
        }
        insta::assert_snapshot!(
            BearerRefusal::invalid_token_of(Scheme::Dpop).challenge,
            @r#"DPoP error="invalid_token", error_description="The access token is not valid here, or no longer.", algs="PS256 ES256 EdDSA""#
        );
    }

    #[test]
    fn in_06_a_token_in_the_query_is_refused() {
        assert_eq!(found(&[], "access_token=abc", None), Err(400));
        assert_eq!(found(&[b"Bearer abc"], "access_token=abc", None), Err(400));
    }

    #[test]
    fn two_ways_or_two_headers_are_refused() {
        assert_eq!(found(&[b"Bearer abc"], "", Some("access_token=abc")), Err(400));
        assert_eq!(found(&[b"Bearer abc", b"Bearer abc"], "", None), Err(400));
        assert_eq!(found(&[], "", Some("access_token=a&access_token=b")), Err(400));
    }

    #[test]
    fn no_token_is_asked_for_without_an_error_code() {
        for headers in [&[][..], &[&b"Bearer"[..]], &[b"Bearer "], &[b"Basic abc"], &[b"\xff\xfe x"]] {
            assert_eq!(found(headers, "", None), Err(401), "{headers:?}");
        }
        assert_eq!(BearerRefusal::no_token().challenge, "Bearer");
    }

    #[test]
    fn a_token_with_foreign_characters_is_invalid() {
        for header in [&b"Bearer a b"[..], b"Bearer =", "Bearer é".as_bytes(), b"Bearer a\"b"] {
            assert_eq!(found(&[header], "", None), Err(401), "{header:?}");
        }
    }

    #[test]
    fn what_would_be_strong_enough_is_named_in_the_challenge() {
        let refusal = BearerRefusal::insufficient_user_authentication(Scheme::Bearer, Level::TwoFactors);
        assert_eq!(refusal.status, 401);
        insta::assert_snapshot!(
            refusal.challenge,
            @r#"Bearer error="insufficient_user_authentication", error_description="The person must be proven more strongly than for this token.", acr_values="http://schemas.openid.net/pape/policies/2007/06/multi-factor""#
        );
    }

    #[test]
    fn a_missing_scope_is_named_in_the_challenge() {
        let refusal = BearerRefusal::insufficient_scope("openid");
        assert_eq!(refusal.status, 403);
        insta::assert_snapshot!(
            refusal.challenge,
            @r#"Bearer error="insufficient_scope", error_description="The access token was not granted the scope openid.", scope="openid""#
        );
    }
}
