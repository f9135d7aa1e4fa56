//! The JSON of the token endpoint (RFC 6749 §5); every answer also carries `Cache-Control: no-store`,
//! which is the door's to set.

use serde::Serialize;

use crate::{
    client::authentication,
    error::{Description, ErrorCode, OAuthError},
    scope::Scopes,
};

pub use crate::wire::TokenType;

/// A successful answer. No Debug: it is made of secrets.
#[derive(Serialize)]
pub struct TokenResponse {
    pub access_token: String,
    pub token_type: TokenType,
    /// Seconds.
    pub expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    #[serde(skip_serializing_if = "Scopes::is_empty")]
    pub scope: Scopes,
    /// Of a token that was exchanged (RFC 8693 §2.2.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_token_type: Option<&'static str>,
}

/// The body of a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErrorBody {
    pub error: ErrorCode,
    pub error_description: Description,
    /// A page that says what to do (RFC 6749 §5.2); its address is the door's to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_uri: Option<String>,
}

impl From<&OAuthError> for ErrorBody {
    fn from(error: &OAuthError) -> Self {
        Self { error: error.code, error_description: error.description.clone(), error_uri: None }
    }
}

/// A refusal as it goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorAnswer {
    /// HTTP status.
    pub status: u16,
    /// The value of `WWW-Authenticate`, when one is due.
    pub www_authenticate: Option<&'static str>,
    pub body: ErrorBody,
}

const CHALLENGE: &str = "Basic realm=\"token endpoint\", charset=\"UTF-8\"";

impl From<&OAuthError> for ErrorAnswer {
    /// 400, but 401 for `invalid_client`, 500 and 503 for what is our own trouble.
    fn from(error: &OAuthError) -> Self {
        let status = match error.code {
            ErrorCode::InvalidClient => 401,
            ErrorCode::ServerError => 500,
            ErrorCode::TemporarilyUnavailable => 503,
            _ => 400,
        };
        Self { status, www_authenticate: None, body: error.into() }
    }
}

impl From<&authentication::Refusal> for ErrorAnswer {
    fn from(refusal: &authentication::Refusal) -> Self {
        let www_authenticate = refusal.challenge.then_some(CHALLENGE);
        Self { www_authenticate, ..Self::from(&refusal.error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_tokens_are_left_out() {
        let answer = TokenResponse {
            access_token: "a".to_owned(),
            token_type: TokenType::Bearer,
            expires_in: 600,
            refresh_token: None,
            id_token: None,
            scope: Scopes::parse("openid email").unwrap(),
            issued_token_type: None,
        };
        insta::assert_snapshot!(
            serde_json::to_string(&answer).unwrap(),
            @r#"{"access_token":"a","token_type":"Bearer","expires_in":600,"scope":"email openid"}"#
        );
    }

    #[test]
    fn a_refusal_is_400_and_says_why() {
        let answer = ErrorAnswer::from(&OAuthError::new(ErrorCode::InvalidGrant, "The code has expired."));
        assert_eq!((answer.status, answer.www_authenticate), (400, None));
        insta::assert_snapshot!(
            serde_json::to_string(&answer.body).unwrap(),
            @r#"{"error":"invalid_grant","error_description":"The code has expired."}"#
        );
    }

    #[test]
    fn ca_01_invalid_client_is_401_with_a_challenge_only_when_basic_was_tried() {
        for challenge in [false, true] {
            let error = OAuthError::new(ErrorCode::InvalidClient, "No.");
            let answer = ErrorAnswer::from(&authentication::Refusal { error, challenge });
            assert_eq!((answer.status, answer.www_authenticate.is_some()), (401, challenge));
        }
    }
}
