//! Doors for machines: the protocol's endpoints. They know axum and no SQL.
use axum::{
    Router,
    extract::rejection::BytesRejection,
    http::{HeaderMap, header},
    middleware,
    routing::{get, post, put},
};
use oidc::{
    error::{ErrorCode, OAuthError},
    parameters::Parameters,
};

use crate::{
    paths::{
        AUTHORIZE, BILLING, CONFIGURATION, CONSENT, DEVICE_AUTHORIZATION, END_SESSION, END_SESSION_ANSWER,
        INTROSPECT, JWKS, PUSH, REGISTER, REGISTERED, REVOKE, SERVER_METADATA, TOKEN, USERINFO,
    },
    response,
    state::Passport,
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
pub mod register;
pub mod revoke;
pub mod token;
pub mod userinfo;

pub fn router(passport: &Passport) -> Router<Passport> {
    Router::new()
        .route(CONFIGURATION, get(discovery::metadata))
        .route(SERVER_METADATA, get(discovery::metadata))
        .route(JWKS, get(discovery::jwks))
        .route(AUTHORIZE, get(authorize::by_get).post(authorize::by_post))
        .route("/sign-in/cancel", post(authorize::cancel))
        .route(PUSH, post(par::push))
        .route(CONSENT, post(authorize::consent))
        .route(TOKEN, post(token::exchange))
        .route(DEVICE_AUTHORIZATION, post(device_authorization::begin))
        .route(INTROSPECT, post(introspect::introspect))
        .route(REVOKE, post(revoke::revoke))
        .route(USERINFO, get(userinfo::by_get).post(userinfo::by_post))
        .route(BILLING, put(billing::put).delete(billing::delete))
        .route(END_SESSION, get(end_session::by_get).post(end_session::by_post))
        .route(END_SESSION_ANSWER, post(end_session::answered))
        .layer(middleware::from_fn_with_state(passport.clone(), response::told))
        .route(REGISTER, post(register::add))
        .route(REGISTERED, get(register::show).put(register::set).delete(register::remove))
}

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
