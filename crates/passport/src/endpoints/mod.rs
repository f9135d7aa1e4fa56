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

use crate::{response, state::Passport};

pub mod authorize;
pub mod billing;
pub mod caller;
pub mod certificate;
pub mod cors;
pub mod device_authorization;
pub mod discovery;
pub mod dpop;
pub mod end_session;
pub mod interaction;
pub mod introspect;
pub mod par;
pub mod register;
pub mod revoke;
pub mod standing;
pub mod token;
pub mod userinfo;

pub const AUTHORIZE: &str = "/oauth2/authorize";
pub const PUSH: &str = "/oauth2/par";
pub const CONSENT: &str = "/oauth2/consent";
pub const BILLING: &str = "/api/v1/accounts/{sub}/billing";
pub const TOKEN: &str = "/oauth2/token";
pub const DEVICE_AUTHORIZATION: &str = "/oauth2/device_authorization";
pub const INTROSPECT: &str = "/oauth2/introspect";
pub const REVOKE: &str = "/oauth2/revoke";
pub const USERINFO: &str = "/oauth2/userinfo";
pub const JWKS: &str = "/oauth2/jwks";
pub const END_SESSION: &str = "/oauth2/end-session";
pub const CONFIGURATION: &str = "/.well-known/openid-configuration";
pub const SERVER_METADATA: &str = "/.well-known/oauth-authorization-server";
pub const REGISTERED: &str = "/oauth2/register/{id}";
pub const REGISTER: &str = "/oauth2/register";
pub const END_SESSION_ANSWER: &str = "/oauth2/end-session/answer";

/// Whoever calls these reads JSON, whatever goes wrong.
pub const FOR_MACHINES: &[&str] = &[
    CONFIGURATION,
    SERVER_METADATA,
    JWKS,
    PUSH,
    TOKEN,
    DEVICE_AUTHORIZATION,
    INTROSPECT,
    REVOKE,
    USERINFO,
    BILLING,
    REGISTER,
    REGISTERED,
];

pub fn router(passport: &Passport) -> Router<Passport> {
    Router::new()
        .route(CONFIGURATION, get(discovery::metadata))
        .route(SERVER_METADATA, get(discovery::metadata))
        .route(JWKS, get(discovery::jwks))
        .route(AUTHORIZE, get(authorize::by_get).post(authorize::by_post))
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
