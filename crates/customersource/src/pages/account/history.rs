//! What was done with a company's profiles, for its administrators: by whom, what, to whom, when.
use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{Errors, Shell, Trouble, page::ActingAs};

use crate::{
    Portal,
    audit::told,
    pages::{
        audit_lines::{self, Asked, Readership, Shown},
        signed_in_page,
    },
    paths, profile,
    visitor::Administrator,
};

/// So many people of a name are looked for.
const MOST: u64 = 200;
/// What concerns the people of a company; the rest is not its own doing.
const ACTIONS: usize = 18;

#[derive(Template)]
#[template(path = "account/history.html")]
pub struct HistoryPage {
    shell: Shell,
    acting: ActingAs,
    lines: Vec<Shown>,
    asked: Asked,
    errors: Errors,
    /// The addresses of newer and older lines.
    pages: (Option<String>, Option<String>),
}

impl HistoryPage {
    fn actions(&self) -> Vec<(&'static str, String)> {
        told::ACTIONS.iter().take(ACTIONS).map(|(action, key)| (*action, self.shell.t(key))).collect()
    }
}

#[cfg(test)]
impl platform::web::page::Samples for HistoryPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |lines, asked: Asked, pages| Self {
            shell: shell.clone(),
            acting: ActingAs { company: "Contoso Ltda".into(), person: "Maria Silva".into() },
            lines,
            errors: asked.errors(shell),
            asked,
            pages,
        };
        let older = Some("/account/history?after=12".into());
        let wrong = Asked { from: "28.11.2026".into(), ..Asked::default() };
        vec![
            page(vec![], wrong, (None, None)),
            page(vec![Shown::sample(shell)], Asked::default(), (None, older)),
        ]
    }
}

pub async fn show(
    State(portal): State<Portal>,
    visitor: Administrator,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let (db, shell) = (portal.db.reader(), visitor.associated.shell());
    let company = visitor.acts.company();
    let mut filter = asked.filter();
    // Whatever was asked for: of this company alone (portal rule 12).
    filter.company = Some(company.0);
    if !asked.who.trim().is_empty() {
        let own = profile::store::search_own(db, &visitor.acts, asked.who.trim(), MOST).await?;
        filter.who = Some((own, vec![]));
    }
    if !asked.whom.trim().is_empty() {
        filter.whom = Some(profile::store::search_own(db, &visitor.acts, asked.whom.trim(), MOST).await?);
    }
    let (lines, ends) = audit_lines::page(db, &shell, Readership::Company(company), &filter).await?;
    let pages = asked.beside(paths::HISTORY, ends);
    let errors = asked.errors(&shell);
    let page = HistoryPage { shell, acting: visitor.associated.acting(), lines, asked, errors, pages };
    signed_in_page(visitor.visit(), StatusCode::OK, &page)
}
