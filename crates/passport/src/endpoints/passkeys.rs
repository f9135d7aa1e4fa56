//! What browsers and keepers of passkeys look up at well-known places.
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use crate::{key::Document, passkey, response, state::Passport};

/// How long either may be kept.
const KEPT: &str = "public, max-age=3600";

/// Where passkeys are made and looked after (W3C, a well-known URL for passkey endpoints).
pub async fn places(State(passport): State<Passport>, headers: HeaderMap) -> Response {
    if passkey::relying_party(&passport.site, &passport.settings.passkeys).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let page = passport.site.url("/account/passkeys");
    said(&headers, &json!({ "enroll": page, "manage": page }))
}

/// Which other origins may ask for the passkeys of this one (Web Authentication §5.11).
pub async fn origins(State(passport): State<Passport>, headers: HeaderMap) -> Response {
    let related = &passport.settings.passkeys.related_origins;
    match passkey::relying_party(&passport.site, &passport.settings.passkeys) {
        Some(_) if !related.is_empty() => said(&headers, &json!({ "origins": related })),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn said(headers: &HeaderMap, what: &Value) -> Response {
    response::document(headers, &Document::of(what.to_string()), KEPT)
}
