//! Where the provider says what happened to an account (RFC 8935 §2): one that is closed for good has no profile any
//! more.
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use platform::web::{Trouble, Visit};

use crate::{Portal, association::actions, rp::security_event::SecurityEvent};

/// 202 for every good token, also of events that change nothing here; 400 with the reason for a bad one.
pub async fn receive(
    State(portal): State<Portal>,
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.eq_ignore_ascii_case("application/secevent+jwt") {
        return Ok(refused("the body is no security event token"));
    }
    let Ok(token) = std::str::from_utf8(&body) else {
        return Ok(refused("not text"));
    };
    match portal.rp.read_security_event(visit.now, token.trim()).await? {
        Ok(SecurityEvent::Purged(subject)) => {
            let tx = portal.db.begin().await?;
            let ended = actions::passport_closed(&tx, visit.now, &portal.desk(), &subject).await?;
            tx.commit().await?;
            tracing::info!(ended, "A Passport was closed");
        }
        Ok(SecurityEvent::Other) => {}
        Err(bad) => return Ok(refused(bad.why())),
    }
    Ok((StatusCode::ACCEPTED, [(header::CACHE_CONTROL, "no-store")], "").into_response())
}

/// RFC 8935 §2.3.
fn refused(why: &'static str) -> Response {
    tracing::warn!(why, "A security event token was refused");
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "application/json")];
    let body = serde_json::json!({ "err": "invalid_request", "description": why });
    (StatusCode::BAD_REQUEST, headers, body.to_string()).into_response()
}
