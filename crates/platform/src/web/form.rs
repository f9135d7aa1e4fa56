//! Forms that were checked to come from our own page in this browser; knows no field.
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header, request::Parts},
};
use serde::de::DeserializeOwned;

use super::{Trouble, Visit};
use crate::plain;

/// A posted form whose origin and token were checked. A handler that takes this cannot have skipped it (BR-03).
#[derive(Debug)]
pub struct Checked<T>(pub T);

/// A posted form from our own origin whose token may be stale (cookies cleared, page open too long).
/// [`Recoverable::Stale`] may only be used to show the form again, with its values and a fresh token.
#[derive(Debug)]
pub enum Recoverable<T> {
    Checked(T),
    Stale(T),
}

#[derive(serde::Deserialize)]
struct Token {
    #[serde(default)]
    form_token: String,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Checked<T> {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        match Recoverable::from_request(request, state).await? {
            Recoverable::Checked(form) => Ok(Self(form)),
            Recoverable::Stale(_) => Err(Trouble::page(StatusCode::FORBIDDEN, "error-form-stale")),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Recoverable<T> {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let (parts, body) = request.into_parts();
        let visit = parts.extensions.get::<Visit>().cloned().ok_or_else(|| Trouble::bug("no frame"))?;
        if !is_form(&parts) {
            return Err(Trouble::page(StatusCode::UNSUPPORTED_MEDIA_TYPE, "error-bad-request"));
        }
        if !is_from_us(&visit, &parts) {
            return Err(Trouble::page(StatusCode::FORBIDDEN, "error-form-foreign"));
        }
        let request = Request::from_parts(parts, body);
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Trouble::page(rejection.status(), "error-too-large"))?;
        if !plain::is_plain_form(&bytes) {
            return Err(Trouble::page(StatusCode::BAD_REQUEST, "error-bad-request"));
        }
        let unreadable = |_| Trouble::page(StatusCode::BAD_REQUEST, "error-bad-request");
        let token: Token = serde_html_form::from_bytes(&bytes).map_err(unreadable)?;
        let form: T = serde_html_form::from_bytes(&bytes).map_err(unreadable)?;
        if visit.owns_form_token(&token.form_token) { Ok(Self::Checked(form)) } else { Ok(Self::Stale(form)) }
    }
}

fn is_form(parts: &Parts) -> bool {
    parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|kind| {
        kind.split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}

/// Browsers say where a POST comes from; what they say must be our own origin. A browser that says nothing
/// is judged by the token alone.
pub(super) fn is_from_us(visit: &Visit, parts: &Parts) -> bool {
    let text = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site_is_ours = matches!(text("sec-fetch-site"), None | Some("same-origin" | "none"));
    let origin_is_ours = text("origin").is_none_or(|origin| origin == visit.site.origin());
    site_is_ours && origin_is_ours
}
