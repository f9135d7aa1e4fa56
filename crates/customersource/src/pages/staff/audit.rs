//! Reading the audit, newest first: by whom, what, about whom, when, and of which company.
use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    turn::Turn,
    web::{Errors, Shell, Trouble},
};

use super::only;
use crate::{
    Portal,
    audit::told,
    company::{self, CompanyId},
    pages::{
        audit_lines::{self, Asked, Readership, Shown},
        signed_in_page,
    },
    paths,
    profile::{self, ProfileId},
    staff,
    visitor::Staff,
};

/// So many people of a name are looked for.
const MOST: u64 = 200;

#[derive(Template)]
#[template(path = "staff/audit.html")]
pub struct AuditPage {
    shell: Shell,
    lines: Vec<Shown>,
    asked: Asked,
    errors: Errors,
    /// The company that the lines are of.
    company: String,
    /// The addresses of newer and older lines.
    pages: (Option<String>, Option<String>),
}

impl AuditPage {
    fn actions(&self) -> Vec<(&'static str, String)> {
        let all = told::ACTIONS.iter().chain(&told::RARE);
        all.map(|(action, key)| (*action, self.shell.t(key))).collect()
    }
}

#[cfg(test)]
impl platform::web::page::Samples for AuditPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |lines, company: &str, pages| Self {
            shell: shell.clone(),
            lines,
            asked: Asked::default(),
            errors: Errors::default(),
            company: company.into(),
            pages,
        };
        let beside = |side: &str| Some(format!("/staff/audit?{side}=12"));
        let pages = (beside("before"), beside("after"));
        vec![page(vec![], "", (None, None)), page(vec![Shown::sample(shell)], "Contoso Ltda", pages)]
    }
}

pub async fn show(
    State(portal): State<Portal>,
    visitor: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let (db, shell) = (portal.db.reader(), visitor.shell());
    let mut filter = asked.filter();
    if !asked.who.trim().is_empty() {
        let people = people(&portal, &asked.who).await?;
        let wanted = asked.who.trim().to_lowercase();
        let staff = staff::store::list(db).await?.into_iter();
        let staff = staff.filter(|one| one.name.to_lowercase().contains(&wanted));
        filter.who =
            Some((people, staff.map(|one| format!("staff {} {}", one.issuer, one.subject)).collect()));
    }
    if !asked.whom.trim().is_empty() {
        filter.whom = Some(people(&portal, &asked.whom).await?);
    }
    let company = match filter.company {
        Some(id) => company::store::find(db, CompanyId(id)).await?.map(|company| company.name),
        None => None,
    };
    let (lines, ends) = audit_lines::page(db, &shell, Readership::Staff, &filter).await?;
    let pages = asked.beside(paths::AUDIT, ends);
    let errors = asked.errors(&shell);
    let page = AuditPage { shell, lines, asked, errors, company: company.unwrap_or_default(), pages };
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}

async fn people(portal: &Portal, text: &str) -> Result<Vec<ProfileId>, Trouble> {
    let found = profile::store::search(portal.db.reader(), text.trim(), (Turn::First, MOST)).await?;
    Ok(found.rows.into_iter().map(|(one, _)| one.id).collect())
}
