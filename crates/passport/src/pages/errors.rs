//! What each error code of the endpoints for machines means, and what a developer does about it.
use askama::Template;
use axum::{extract::Path, response::Response};
use oidc::error::ErrorCode;
use platform::web::{Shell, Trouble};

use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "pages/errors.html")]
pub struct ErrorsPage {
    shell: Shell,
    /// Each code with the catalogue key of its explanation.
    codes: Vec<(&'static str, &'static str)>,
    /// Only one of them was asked for.
    one: bool,
}

/// Every code.
pub async fn list(visitor: Visitor) -> Result<Response, Trouble> {
    let page = ErrorsPage { shell: visitor.shell(), codes: explained().collect(), one: false };
    visitor.visit.ok(&page)
}

/// One code, as it stands in an answer's `error_uri`.
pub async fn show(visitor: Visitor, Path(code): Path<String>) -> Result<Response, Trouble> {
    let codes: Vec<_> = explained().filter(|(known, _)| *known == code).collect();
    if codes.is_empty() {
        return Err(Trouble::not_found());
    }
    visitor.visit.ok(&ErrorsPage { shell: visitor.shell(), codes, one: true })
}

fn explained() -> impl Iterator<Item = (&'static str, &'static str)> {
    ErrorCode::EXPLAINED.into_iter().map(|code| (code.as_str(), key(code)))
}

/// Codes that have no explanation of their own are requests that could not be understood.
const fn key(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::InvalidClient => "errors-invalid-client",
        ErrorCode::InvalidGrant => "errors-invalid-grant",
        ErrorCode::UnauthorizedClient => "errors-unauthorized-client",
        ErrorCode::UnsupportedGrantType => "errors-unsupported-grant-type",
        ErrorCode::InvalidScope => "errors-invalid-scope",
        ErrorCode::InvalidTarget => "errors-invalid-target",
        ErrorCode::InvalidDpopProof => "errors-invalid-dpop-proof",
        ErrorCode::UseDpopNonce => "errors-use-dpop-nonce",
        ErrorCode::AuthorizationPending => "errors-authorization-pending",
        ErrorCode::SlowDown => "errors-slow-down",
        ErrorCode::ExpiredToken => "errors-expired-token",
        ErrorCode::AccessDenied => "errors-access-denied",
        ErrorCode::InvalidToken => "errors-invalid-token",
        ErrorCode::InsufficientScope => "errors-insufficient-scope",
        ErrorCode::InsufficientUserAuthentication => "errors-insufficient-user-authentication",
        ErrorCode::InvalidRequestObject => "errors-invalid-request-object",
        ErrorCode::InvalidRequestUri => "errors-invalid-request-uri",
        ErrorCode::InvalidRedirectUri => "errors-invalid-redirect-uri",
        ErrorCode::InvalidClientMetadata => "errors-invalid-client-metadata",
        ErrorCode::TemporarilyUnavailable => "errors-temporarily-unavailable",
        ErrorCode::ServerError => "errors-server-error",
        _ => "errors-invalid-request",
    }
}

#[cfg(test)]
impl platform::web::page::Samples for ErrorsPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let all = || explained().collect::<Vec<_>>();
        let one = all().into_iter().take(1).collect();
        vec![
            Self { shell: shell.clone(), codes: all(), one: false },
            Self { shell: shell.clone(), codes: one, one: true },
        ]
    }
}
