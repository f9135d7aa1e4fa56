//! Doors for machines: the protocol's endpoints. They know axum and no SQL.
use axum::{
    extract::rejection::BytesRejection,
    http::{HeaderMap, header},
};
use oidc::{
    error::{ErrorCode, OAuthError},
    parameters::Parameters,
};

pub mod authorize;
pub mod billing;
pub mod caller;
pub mod certificate;
pub mod cors;
pub mod device_authorization;
pub mod discovery;
pub mod dpop;
pub mod end_session;
pub mod introspect;
pub mod live_token;
pub mod par;
pub mod passkeys;
pub mod register;
pub mod revoke;
pub mod token;
pub mod userinfo;

/// The form body of a request for machines.
fn form_of(
    headers: &HeaderMap,
    body: Result<axum::body::Bytes, BytesRejection>,
) -> Result<Parameters, OAuthError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_form = kind.split(';').next().unwrap_or_default().trim();
    if !is_form.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let text = "The Content-Type must be application/x-www-form-urlencoded.";
        return Err(OAuthError::new(ErrorCode::InvalidRequest, text));
    }
    let bytes =
        body.map_err(|_| OAuthError::invalid_request("The body is too large or could not be read."))?;
    Ok(Parameters::parse(&bytes)?)
}

/// Every `Authorization` header, as sent.
fn authorization(headers: &HeaderMap) -> Vec<&[u8]> {
    headers.get_all(header::AUTHORIZATION).iter().map(http::HeaderValue::as_bytes).collect()
}
