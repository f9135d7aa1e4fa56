//! The page for a request that can lead nowhere: its site or its way back is in doubt. Never a redirect.
use askama::Template;
use axum::{http::StatusCode, response::Response};
use oidc::{
    client::redirect_uri::{self, Difference},
    error::OAuthError,
    parameters::Parameters,
};
use platform::{
    Fault,
    web::{Shell, Trouble},
};

use crate::{client, state::Passport, visitor::Visitor};

#[derive(Template)]
#[template(path = "pages/authorize_error.html")]
pub struct AuthorizeErrorPage {
    shell: Shell,
    code: &'static str,
    description: String,
    /// For who may know: how the presented address departs from each registered one.
    mismatch: Option<Mismatch>,
}

/// A redirect URI that is not registered, beside those that are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    client_id: String,
    presented: String,
    registered: Vec<Difference>,
}

impl Mismatch {
    /// As it stands between quotation marks in a shell.
    fn presented_quoted(&self) -> String {
        self.presented.replace('\'', "%27")
    }
}

/// HTTP 400 with the error's code and description, and a reference that greps in the log.
pub fn render(visitor: &Visitor, error: &OAuthError) -> Result<Response, Trouble> {
    page(visitor, error, None)
}

/// The same for the raw query of an authorization request. When its redirect URI is the trouble, the page shows
/// what differs, to a signed-in administrator, or when both sides are on the developer's own computer; to nobody
/// else, for a stranger has no business to know what is registered.
pub async fn explain(
    passport: &Passport,
    visitor: &Visitor,
    error: &OAuthError,
    query: &str,
) -> Result<Response, Trouble> {
    let mismatch = mismatch(passport, visitor, query).await?;
    page(visitor, error, mismatch)
}

fn page(visitor: &Visitor, error: &OAuthError, mismatch: Option<Mismatch>) -> Result<Response, Trouble> {
    let (code, description) = (error.code.as_str(), error.description.to_string());
    tracing::warn!(code, description, "An authorization request was refused");
    let page = AuthorizeErrorPage { shell: visitor.shell(), code, description, mismatch };
    visitor.visit.page(StatusCode::BAD_REQUEST, &page)
}

async fn mismatch(passport: &Passport, visitor: &Visitor, query: &str) -> Result<Option<Mismatch>, Fault> {
    let Ok(parameters) = Parameters::parse(query.as_bytes()) else { return Ok(None) };
    let (Ok(Some(id)), Ok(Some(presented))) = (parameters.one("client_id"), parameters.one("redirect_uri"))
    else {
        return Ok(None);
    };
    let Some(registered) = client::store::find(passport.db.reader(), id).await? else { return Ok(None) };
    let client = registered.client;
    let uris = &client.redirect_uris;
    if redirect_uri::matches(uris, presented, client.application_type) {
        return Ok(None);
    }
    let is_admin = visitor.signed_in.as_ref().is_some_and(|(_, account)| account.is_admin);
    let at_home = redirect_uri::is_loopback(presented);
    let shown = uris.iter().filter(|uri| is_admin || (at_home && redirect_uri::is_loopback(uri)));
    let registered: Vec<_> = shown.map(|uri| redirect_uri::difference(uri, presented)).collect();
    Ok((!registered.is_empty()).then(|| Mismatch {
        client_id: client.client_id,
        presented: presented.to_owned(),
        registered,
    }))
}

#[cfg(test)]
impl platform::web::page::Samples for AuthorizeErrorPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |mismatch| Self {
            shell: shell.clone(),
            code: "invalid_request",
            description: "The redirect_uri is not registered for this client.".to_owned(),
            mismatch,
        };
        let presented = "http://127.0.0.1:3000/callback/".to_owned();
        let registered = ["http://127.0.0.1:3000/callback", "http://localhost:3000/callback"];
        let registered = registered.map(|uri| redirect_uri::difference(uri, &presented)).to_vec();
        vec![page(None), page(Some(Mismatch { client_id: "shop".into(), presented, registered }))]
    }
}
