//! Where the provider says that a session of its own has ended (OIDC Back-Channel Logout §2.5–2.8).
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use platform::{
    once::Once,
    security_event::{By, Event, Note},
    web::{Trouble, Visit},
};
use serde::Deserialize;

use crate::{Portal, rp::logout_token, session};

#[derive(Deserialize)]
struct Form {
    logout_token: String,
}

/// Ends the sessions that the token names: 200, also when there are none; 400 for a bad token.
pub async fn log_out(
    State(portal): State<Portal>,
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
        return Ok(refused("the body is no form"));
    }
    let Ok(form) = serde_html_form::from_bytes::<Form>(&body) else {
        return Ok(refused("not one logout_token"));
    };
    let token = match portal.rp.read_logout_token(visit.now, &form.logout_token).await? {
        Ok(token) => token,
        Err(bad) => return Ok(refused(bad.why())),
    };
    let tx = portal.db.begin().await?;
    let name = format!("{}\0{}", token.iss, token.jti);
    if !Once::new("logout token", &[&name], visit.now + logout_token::KEPT).spend(&tx).await? {
        return Ok(refused("a replay"));
    }
    let (sid, sub) = (token.sid.as_deref(), token.sub.as_deref());
    let ended = session::store::end_by_provider(&tx, &token.iss, sid, sub).await?;
    if ended > 0 {
        tx.tell(Note::of(Event::SessionEnded).by(By::Provider).detail("back channel"));
    }
    tx.commit().await?;
    tracing::info!(ended, "The provider ended sessions");
    Ok((StatusCode::OK, [(header::CACHE_CONTROL, "no-store")], "").into_response())
}

fn refused(why: &str) -> Response {
    tracing::warn!(why, "A logout token was refused");
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "application/json")];
    (StatusCode::BAD_REQUEST, headers, "{\"error\":\"invalid_request\"}").into_response()
}
