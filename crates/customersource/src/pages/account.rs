//! My Account: the acting profile's facts, and every profile of this Passport.
use askama::Template;
use axum::{Router, extract::State, http::StatusCode, response::Response, routing::get};
use platform::web::{Shell, Trouble, page::Samples};

use super::signed_in_page;
use crate::{
    Portal,
    association::Standing,
    plan::{Access, Entitlement},
    visitor::{Acting, Associated},
};

pub fn router() -> Router<Portal> {
    Router::new().route("/account", get(show))
}

/// One line of the table of profiles.
pub struct Line {
    company: String,
    person: String,
    since: String,
    is_acting: bool,
}

impl Line {
    fn of(standing: &Standing, acting: &Standing) -> Self {
        Self {
            company: standing.organization.name.clone(),
            person: standing.profile.name(),
            since: standing.association.since.date().to_string(),
            is_acting: standing.association.id == acting.association.id,
        }
    }
}

#[derive(Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    shell: Shell,
    acting: Acting,
    email: String,
    is_admin: bool,
    /// The Passport.
    label: String,
    plan: Option<Entitlement>,
    lines: Vec<Line>,
    self_claim: bool,
}

impl Samples for AccountPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let line = |company: &str, is_acting| Line {
            company: company.into(),
            person: "Maria Silva".into(),
            since: "2026-11-22".into(),
            is_acting,
        };
        let page = |is_admin, plan| Self {
            shell: shell.clone(),
            acting: Acting { company: "Contoso Ltda".into(), person: "Maria Silva".into() },
            email: "maria@contoso.example".into(),
            is_admin,
            label: "maria@example.com".into(),
            plan,
            lines: vec![line("Contoso Ltda", true), line("Fabrikam S.A.", false)],
            self_claim: is_admin,
        };
        vec![page(true, Some(super::home::sample_plan())), page(false, None)]
    }
}

async fn show(State(portal): State<Portal>, visitor: Associated) -> Result<Response, Trouble> {
    let (Access::Granted(plan) | Access::Lapsed(plan)) = visitor.access(&portal).await?;
    let page = AccountPage {
        shell: visitor.shell(),
        acting: visitor.acting(),
        email: visitor.acting.profile.email.clone(),
        is_admin: visitor.acting.profile.is_admin,
        label: visitor.session.label.clone(),
        plan,
        lines: visitor.all.iter().map(|standing| Line::of(standing, &visitor.acting)).collect(),
        self_claim: portal.settings.portal.self_claim,
    };
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}
