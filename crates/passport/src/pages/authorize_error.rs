//! The page for a request that can lead nowhere: its site or its way back is in doubt. Never a redirect.
use askama::Template;
use axum::{http::StatusCode, response::Response};
use oidc::error::OAuthError;
use platform::web::{Shell, Trouble, page::Samples};

use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "pages/authorize_error.html")]
pub struct AuthorizeErrorPage {
    shell: Shell,
    code: &'static str,
    description: String,
}

/// HTTP 400 with the error's code and description, and a reference that greps in the log.
pub fn render(visitor: &Visitor, error: &OAuthError) -> Result<Response, Trouble> {
    let (code, description) = (error.code.as_str(), error.description.to_string());
    tracing::warn!(code, description, "An authorization request was refused");
    let page = AuthorizeErrorPage { shell: visitor.shell(), code, description };
    visitor.visit.page(StatusCode::BAD_REQUEST, &page)
}

impl Samples for AuthorizeErrorPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let description = "The redirect_uri is not registered for this client.".to_owned();
        vec![Self { shell: shell.clone(), code: "invalid_request", description }]
    }
}
