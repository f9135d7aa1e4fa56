//! Giving up one's own association: the profile stays with the company.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use platform::web::{Checked, Shell, Trouble, page::ActingAs, see_other};
use serde::Deserialize;

use crate::{Portal, pages::signed_in_page, people::actions, visitor::Associated};

#[derive(Template)]
#[template(path = "account/leave.html")]
pub struct LeavePage {
    shell: Shell,
    acting: ActingAs,
    label: String,
}

#[cfg(test)]
impl platform::web::page::Samples for LeavePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let acting = ActingAs { company: "Contoso Ltda".into(), person: "Maria Silva".into() };
        vec![Self { shell: shell.clone(), acting, label: "maria@example.com".into() }]
    }
}

pub async fn ask(visitor: Associated) -> Result<Response, Trouble> {
    let page =
        LeavePage { shell: visitor.shell(), acting: visitor.acting(), label: visitor.session.label.clone() };
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}

#[derive(Deserialize)]
pub struct Nothing {}

/// The session ends with it, as every session on this profile does.
pub async fn leave(
    State(portal): State<Portal>,
    visitor: Associated,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, Trouble> {
    let tx = visitor.acts(&portal).await?;
    actions::leave(&tx, visitor.visit.now, &portal.desk()).await?;
    tx.commit().await?;
    Ok(see_other("/signed-out"))
}
