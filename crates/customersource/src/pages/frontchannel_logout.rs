//! What the provider loads in a frame when somebody signs out there (OIDC Front-Channel Logout §2). Cookies do not
//! reach a frame of another site, so that the session is found by the provider's name for it, which nobody guesses.
use axum::{
    extract::{RawQuery, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};
use platform::security_event::{By, Event, Note};
use platform::web::Trouble;
use serde::Deserialize;

use crate::{Portal, session};

#[derive(Deserialize)]
struct Told {
    iss: String,
    sid: String,
}

pub async fn log_out(State(portal): State<Portal>, RawQuery(query): RawQuery) -> Result<Response, Trouble> {
    let told: Option<Told> = serde_html_form::from_str(query.as_deref().unwrap_or_default()).ok();
    let told = told.filter(|told| told.iss == portal.rp.issuer() && !told.sid.is_empty());
    let Some(told) = told else {
        tracing::warn!("A sign-out in a frame named no session of our provider");
        return framed(&portal, StatusCode::BAD_REQUEST);
    };
    let tx = portal.db.begin().await?;
    let ended = session::store::end_by_provider(&tx, &told.iss, Some(&told.sid), None).await?;
    if ended > 0 {
        tx.tell(Note::of(Event::SessionEnded).by(By::Provider).detail("front channel"));
    }
    tx.commit().await?;
    tracing::info!(ended, "The provider ended sessions, by a frame");
    let mut response = framed(&portal, StatusCode::OK)?;
    // Pages that the browser keeps for Back go, though no cookie reaches this frame; no script is needed for it.
    let kept = HeaderValue::from_static("\"cache\"");
    response.headers_mut().insert(HeaderName::from_static("clear-site-data"), kept);
    Ok(response)
}

/// A page without content, which the provider alone may frame.
fn framed(portal: &Portal, status: StatusCode) -> Result<Response, Trouble> {
    let origin = url::Url::parse(portal.rp.issuer()).map_err(Trouble::bug)?.origin().ascii_serialization();
    let policy = HeaderValue::from_str(&format!("default-src 'none'; frame-ancestors {origin}"));
    let page = Html("<!doctype html><html lang=\"en\"><title>.</title></html>");
    let mut response = (status, page).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy.map_err(Trouble::bug)?);
    Ok(response)
}
