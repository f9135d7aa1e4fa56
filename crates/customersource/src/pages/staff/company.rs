//! A company as staff see it: its people and its cases (CS-53).
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{Shell, Trouble};

use super::{cases::CaseRow, done_of, kind_key, only};
use crate::{
    Portal,
    company::CompanyId,
    pages::{
        account::{
            looking::{Asked, Looking},
            row::Row,
        },
        signed_in_page,
    },
    people::{
        Only,
        store::{everybody, list_reach},
    },
    plan,
    visitor::Staff,
};

#[derive(Template)]
#[template(path = "staff/company.html")]
pub struct CompanyPage {
    shell: Shell,
    id: String,
    name: String,
    /// Catalogue key.
    kind: &'static str,
    region: String,
    is_active: bool,
    /// No administrator is within reach.
    is_out_of_reach: bool,
    plans: Vec<String>,
    rows: Vec<(Row, bool)>,
    looking: Looking,
    cases: Vec<CaseRow>,
    done: Option<&'static str>,
}

#[cfg(test)]
impl platform::web::page::Samples for CompanyPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |is_active, done| Self {
            shell: shell.clone(),
            id: "1".into(),
            name: "Contoso Ltda".into(),
            kind: kind_key(crate::company::Kind::Customer),
            region: "BR".into(),
            is_active,
            is_out_of_reach: is_active,
            plans: vec!["Basic, 2026-01-01 – 2026-12-31".into()],
            rows: Row::samples().into_iter().map(|row| (row, is_active)).collect(),
            looking: Looking::sample("/staff/companies/1", Only::Removed, is_active),
            cases: CaseRow::samples(),
            done,
        };
        vec![page(true, None), page(false, Some("staff-done")), page(true, Some("staff-case-running"))]
    }
}

pub async fn show(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let id: CompanyId = id.parse().map_err(|_| Trouble::not_found())?;
    let db = portal.db.reader();
    let (company, plans) = plan::store::find_company(db, id).await?.ok_or_else(Trouble::not_found)?;
    let now = visitor.visit.now;
    let looking = Looking::of(&format!("/staff/companies/{id}"), &asked);
    let people = everybody(db, now, id, &looking.wanted()).await?;
    let shell = visitor.shell();
    let page = CompanyPage {
        id: id.to_string(),
        name: company.name,
        kind: kind_key(company.kind),
        region: company.region,
        is_active: company.is_active,
        is_out_of_reach: list_reach(db, &[id]).await?.is_out(now, id),
        plans: plans
            .iter()
            .map(|plan| {
                let ends = if plan.is_open_ended() { "…".to_owned() } else { shell.day(&plan.ends_on) };
                format!("{}, {} – {ends}", plan.plan_name, shell.day(&plan.starts_on))
            })
            .collect(),
        looking: looking.found(&people),
        rows: people
            .rows
            .iter()
            .map(|person| (Row::of(person, &visitor.visit), person.profile.is_active))
            .collect(),
        cases: CaseRow::list(&portal, &shell, Some(id), &platform::turn::Turn::First).await?.rows,
        done: done_of(&visitor.visit),
        shell,
    };
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}
