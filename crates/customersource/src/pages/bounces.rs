//! Where a mail server brings what could not be delivered: the report as it is, with the secret of the settings.
use axum::{
    body::{Body, to_bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use platform::{
    secrets,
    web::{Trouble, Visit},
};

use crate::{Portal, bounce};

/// Nothing is read for whoever does not know the secret. 202 for every message, also for what is no report: a mail
/// server would bring it again.
pub async fn take(
    State(portal): State<Portal>,
    visit: Visit,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Trouble> {
    let known = portal.settings.bounces.secret.expose();
    if known.is_empty() {
        return Err(Trouble::not_found());
    }
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let shown = shown.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    if !shown.is_some_and(|(_, shown)| secrets::same(shown.trim().as_bytes(), known.as_bytes())) {
        return Ok(answer(StatusCode::UNAUTHORIZED, "the secret is missing or wrong"));
    }
    let Ok(raw) = to_bytes(body, bounce::LARGEST).await else {
        return Ok(answer(StatusCode::PAYLOAD_TOO_LARGE, "the message is too large"));
    };
    let tx = portal.db.begin().await?;
    let said = bounce::actions::read_and_take(&tx, visit.now, &raw).await?;
    tx.commit().await?;
    Ok(answer(StatusCode::ACCEPTED, said.text()))
}

fn answer(status: StatusCode, text: &'static str) -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    let mut response = (status, headers, text).into_response();
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
    }
    response
}
