//! Signing out: our own button, the question that another site's request needs, and what has ended.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use oidc::client::Client;
use platform::web::{
    Checked, Shell, Trouble, Visit,
    page::{FormsLeadElsewhere, Samples},
    see_other,
};
use serde::Deserialize;

use super::client_panel::ClientPanel;
use crate::{
    endpoints,
    state::Passport,
    visitor::{self, Visitor},
};

#[derive(Template)]
#[template(path = "pages/sign_out.html")]
pub struct ConfirmPage {
    shell: Shell,
    client: Option<ClientPanel>,
    action: &'static str,
    /// The raw query of the request that asked.
    request: String,
}

#[derive(Template)]
#[template(path = "pages/signed_out.html")]
pub struct SignedOutPage {
    shell: Shell,
    /// The sites that were told.
    sites: Vec<String>,
}

/// Asks before signing out; the form posts `request` and `decision` (`yes` or `no`).
pub fn confirm(visitor: &Visitor, client: Option<&Client>, query: &str) -> Result<Response, Trouble> {
    let page = ConfirmPage {
        shell: visitor.shell(),
        client: client.map(ClientPanel::of),
        action: endpoints::END_SESSION_ANSWER,
        request: query.to_owned(),
    };
    let mut response = visitor.visit.page(StatusCode::OK, &page)?;
    response.extensions_mut().insert(FormsLeadElsewhere);
    Ok(response)
}

/// Says that it is done, and which sites were told.
pub fn signed_out(visitor: &Visitor, sites: &[String]) -> Result<Response, Trouble> {
    visitor.visit.ok(&SignedOutPage { shell: visitor.visit.shell(), sites: sites.to_vec() })
}

#[derive(Deserialize)]
pub struct Nothing {}

/// “Sign Out” in the header of every page: Passport and every participating site (PP-22).
pub async fn sign_out(
    State(passport): State<Passport>,
    visitor: Visitor,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, Trouble> {
    let told = visitor.sign_out(&passport).await?;
    let mut response = see_other("/signed-out");
    visitor::cookies_gone(&visitor.visit, response.headers_mut());
    tracing::debug!(sites = told.len(), "Signed out");
    Ok(response)
}

pub async fn show_signed_out(visit: Visit) -> Result<Response, Trouble> {
    visit.ok(&SignedOutPage { shell: visit.shell(), sites: vec![] })
}

impl Samples for ConfirmPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let shell = shell.clone().with_person("maria@example.com", "/sign-out");
        [None, Some(ClientPanel::sample())]
            .map(|client| Self {
                shell: shell.clone(),
                client,
                action: endpoints::END_SESSION_ANSWER,
                request: "state=a&client_id=b".into(),
            })
            .into()
    }
}

impl Samples for SignedOutPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let sites = vec!["CustomerSource".to_owned(), "Contoso Shop".to_owned()];
        [vec![], sites].map(|sites| Self { shell: shell.clone(), sites }).into()
    }
}
