//! The page for people whose company's plan does not let them in today: which plan, since when, whom to ask.
use askama::Template;
use axum::{http::StatusCode, response::Response};
use platform::web::{Shell, Trouble, page::Samples};

use super::signed_in_page;
use crate::{
    Portal,
    plan::Entitlement,
    profile,
    visitor::{Acting, Associated},
};

#[derive(Template)]
#[template(path = "locked.html")]
pub struct LockedPage {
    shell: Shell,
    acting: Acting,
    plan: Option<Entitlement>,
    /// The plan is there and begins later.
    begins_later: bool,
    /// Names of the company's administrators.
    administrators: Vec<String>,
}

impl Samples for LockedPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |plan, begins_later, administrators| Self {
            shell: shell.clone(),
            acting: Acting { company: "Contoso Ltda".into(), person: "Maria Silva".into() },
            plan,
            begins_later,
            administrators,
        };
        let plan = super::home::sample_plan;
        vec![
            page(Some(plan()), false, vec!["João Souza".into()]),
            page(Some(plan()), true, vec![]),
            page(None, false, vec![]),
        ]
    }
}

/// Decision 6: the association stands; access does not.
pub async fn page(
    portal: &Portal,
    visitor: &Associated,
    last: Option<Entitlement>,
) -> Result<Response, Trouble> {
    let organization = visitor.acting.organization.id;
    let administrators = profile::store::list_administrators(portal.db.reader(), organization).await?;
    let today = visitor.visit.now.date().to_string();
    let page = LockedPage {
        shell: visitor.shell(),
        acting: visitor.acting(),
        begins_later: last.as_ref().is_some_and(|plan| plan.is_active && plan.starts_on > today),
        plan: last,
        administrators: administrators.iter().map(profile::Profile::name).collect(),
    };
    signed_in_page(&visitor.visit, StatusCode::FORBIDDEN, &page)
}
