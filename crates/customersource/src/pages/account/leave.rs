//! Giving up one's own association: the profile stays with the company.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use platform::web::{Checked, Shell, Trouble, page::ActingAs, see_other};
use serde::Deserialize;

use crate::{Portal, pages::signed_in_page, people::actions, profile, visitor::Associated};

#[derive(Template)]
#[template(path = "account/leave.html")]
pub struct LeavePage {
    shell: Shell,
    acting: ActingAs,
    label: String,
    /// Nobody else administers the company.
    is_last: bool,
}

impl LeavePage {
    const fn text(&self) -> &'static str {
        if self.is_last { "leave-last-text" } else { "leave-text" }
    }
}

#[cfg(test)]
impl platform::web::page::Samples for LeavePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let acting = ActingAs { company: "Contoso Ltda".into(), person: "Maria Silva".into() };
        let page = |is_last| Self {
            shell: shell.clone(),
            acting: acting.clone(),
            label: "maria@example.com".into(),
            is_last,
        };
        vec![page(false), page(true)]
    }
}

pub async fn ask(State(portal): State<Portal>, visitor: Associated) -> Result<Response, Trouble> {
    let profile = &visitor.acting.profile;
    let others = profile::store::list_administrators(portal.db.reader(), profile.company).await?;
    let page = LeavePage {
        shell: visitor.shell(),
        acting: visitor.acting(),
        label: visitor.session.label.clone(),
        is_last: profile.is_admin && others.iter().all(|other| other.id == profile.id),
    };
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
