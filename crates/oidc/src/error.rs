//! The registered error codes and the descriptions that may go with them; it does not know which
//! endpoint answers or how.

use std::{borrow::Cow, fmt};

use serde::{Serialize, Serializer};

/// An error code of the OAuth and OpenID Connect registries (RFC 6749 §4.1.2.1 and §5.2, RFC 6750
/// §3.1, RFC 7591 §3.2.2, OIDC Core §3.1.2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    InvalidRequest,
    UnauthorizedClient,
    AccessDenied,
    UnsupportedResponseType,
    InvalidScope,
    ServerError,
    TemporarilyUnavailable,
    InteractionRequired,
    LoginRequired,
    AccountSelectionRequired,
    ConsentRequired,
    InvalidRequestUri,
    InvalidRequestObject,
    RequestNotSupported,
    RequestUriNotSupported,
    RegistrationNotSupported,
    InvalidClient,
    InvalidGrant,
    UnsupportedGrantType,
    InvalidToken,
    InsufficientScope,
    /// The person was not proven as strongly as the resource wants (RFC 9470 §3).
    InsufficientUserAuthentication,
    InvalidRedirectUri,
    InvalidClientMetadata,
    /// RFC 8707 §2.
    InvalidTarget,
    /// OIDC Core Error Code unmet_authentication_requirements.
    UnmetAuthenticationRequirements,
    /// RFC 9449 §5 and §8.
    InvalidDpopProof,
    UseDpopNonce,
    /// RFC 8628 §3.5.
    AuthorizationPending,
    SlowDown,
    ExpiredToken,
    UnapprovedSoftwareStatement,
}

impl ErrorCode {
    /// What the endpoints for machines answer, for the page that explains it.
    pub const EXPLAINED: [Self; 22] = [
        Self::InvalidRequest,
        Self::InvalidClient,
        Self::InvalidGrant,
        Self::UnauthorizedClient,
        Self::UnsupportedGrantType,
        Self::InvalidScope,
        Self::InvalidTarget,
        Self::InvalidDpopProof,
        Self::UseDpopNonce,
        Self::AuthorizationPending,
        Self::SlowDown,
        Self::ExpiredToken,
        Self::AccessDenied,
        Self::InvalidToken,
        Self::InsufficientScope,
        Self::InsufficientUserAuthentication,
        Self::InvalidRequestObject,
        Self::InvalidRequestUri,
        Self::InvalidRedirectUri,
        Self::InvalidClientMetadata,
        Self::TemporarilyUnavailable,
        Self::ServerError,
    ];

    /// The code as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::InteractionRequired => "interaction_required",
            Self::LoginRequired => "login_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::ConsentRequired => "consent_required",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::InvalidRequestObject => "invalid_request_object",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::InsufficientUserAuthentication => "insufficient_user_authentication",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::InvalidTarget => "invalid_target",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::ExpiredToken => "expired_token",
            Self::UnapprovedSoftwareStatement => "unapproved_software_statement",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The text of an `error_description`: only the characters of RFC 6749 §4.1.2.1
/// (`%x20-21 / %x23-5B / %x5D-7E`) and at most [`Description::MAX`] of them, whatever went in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Description(Cow<'static, str>);

impl Description {
    /// Longest description in characters; longer text is cut.
    pub const MAX: usize = 300;

    /// Makes a description of any text: quotes become apostrophes, backslashes become slashes,
    /// control characters become spaces, the rest outside ASCII becomes `?`.
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        let text = text.into();
        if text.len() <= Self::MAX && text.bytes().all(|byte| is_allowed(char::from(byte))) {
            return Self(text);
        }
        Self(Cow::Owned(text.chars().take(Self::MAX).map(allowed).collect()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_allowed(c: char) -> bool {
    matches!(c, ' '..='~') && c != '"' && c != '\\'
}

fn allowed(c: char) -> char {
    match c {
        c if is_allowed(c) => c,
        '"' => '\'',
        '\\' => '/',
        c if c.is_control() => ' ',
        _ => '?',
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A refusal in the words of the protocol: what the client may know, never what the log should say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {description}")]
pub struct OAuthError {
    pub code: ErrorCode,
    pub description: Description,
}

impl OAuthError {
    pub fn new(code: ErrorCode, description: impl Into<Cow<'static, str>>) -> Self {
        Self { code, description: Description::new(description) }
    }

    /// `invalid_request`, the commonest refusal.
    pub fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_text_is_kept_as_it_is() {
        assert_eq!(Description::new("The code has expired.").as_str(), "The code has expired.");
    }

    #[test]
    fn quotes_backslashes_and_line_breaks_never_get_out() {
        let shown = Description::new("a \"b\" \\c\r\nd\te é");
        assert_eq!(shown.as_str(), "a 'b' /c  d e ?");
    }

    proptest! {
        #[test]
        fn any_text_becomes_a_lawful_description(text in "\\PC*|[\\x00-\\x7f]*|.{0,900}") {
            let shown = Description::new(text);
            let lawful = |b: u8| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e);
            prop_assert!(shown.as_str().bytes().all(lawful));
            prop_assert!(shown.as_str().len() <= Description::MAX);
        }
    }
}
