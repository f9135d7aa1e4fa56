//! Where others send people who shall sign in here (OIDC Core §4): by link or by form.
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{Trouble, local_path, see_other};
use serde::Deserialize;
use url::Url;

use super::sign_in::to_provider;
use crate::{Portal, rp::attempt::Wanted, visitor::Anybody};

/// A provider's hint may be any text; none is longer than an address.
const LONGEST_HINT: usize = 320;

#[derive(Deserialize)]
struct Initiated {
    iss: String,
    login_hint: Option<String>,
    target_link_uri: Option<String>,
}

pub async fn by_link(
    State(portal): State<Portal>,
    visitor: Anybody,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    initiate(&portal, &visitor, query.as_deref().unwrap_or_default().as_bytes()).await
}

/// Nothing changes here by it, so that a form of any site may lead to it.
pub async fn by_form(
    State(portal): State<Portal>,
    visitor: Anybody,
    body: Bytes,
) -> Result<Response, Trouble> {
    initiate(&portal, &visitor, &body).await
}

async fn initiate(portal: &Portal, visitor: &Anybody, form: &[u8]) -> Result<Response, Trouble> {
    let bad = || Trouble::page(StatusCode::BAD_REQUEST, "error-bad-request");
    let asked: Initiated = serde_html_form::from_bytes(form).map_err(|_| bad())?;
    if asked.iss != portal.rp.issuer() {
        tracing::warn!("A sign-in was initiated for a provider that is not ours");
        return Err(bad());
    }
    let next = asked.target_link_uri.and_then(|target| place_here(portal, &target)).unwrap_or("/".to_owned());
    if visitor.session().is_some() {
        return Ok(see_other(&next));
    }
    let login_hint = asked.login_hint.as_deref().filter(|hint| hint.len() <= LONGEST_HINT);
    to_provider(portal, &visitor.visit, Wanted { next: &next, login_hint, ..Wanted::default() }).await
}

/// The path of an address of this site; none of any other's (no open redirector, OIDC Core §4).
fn place_here(portal: &Portal, target: &str) -> Option<String> {
    let url = Url::parse(target).ok().filter(|url| url.origin() == portal.site.public_url.origin())?;
    let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
    Some(local_path(&format!("{}{query}", url.path())).to_owned())
}
