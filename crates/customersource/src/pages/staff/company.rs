//! A company as staff see it: its people, its cases, and opening one (CS-53).
use askama::Template;
use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use platform::web::{Checked, Shell, Trouble, page::Samples, see_other};
use serde::Deserialize;

use super::{cases::CaseRow, done_of, kind_key, only, reason, spend};
use crate::{
    Portal,
    admin_case::{self, Outcome, Proposal},
    company::{
        Only,
        store::{everybody, is_out_of_reach},
    },
    organization::{self, OrganizationId},
    pages::{
        account::{
            looking::{Asked, Looking},
            row::Row,
        },
        signed_in_page,
    },
    plan, staff,
    visitor::Staff,
};

pub fn router() -> Router<Portal> {
    Router::new().route("/staff/companies/{id}", get(show)).route("/staff/companies/{id}/case", post(open))
}

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

impl Samples for CompanyPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |is_active, done| Self {
            shell: shell.clone(),
            id: "1".into(),
            name: "Contoso Ltda".into(),
            kind: kind_key(organization::Kind::Customer),
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

async fn show(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let id: OrganizationId = id.parse().map_err(|_| Trouble::not_found())?;
    let db = portal.db.reader();
    let company = organization::store::find(db, id).await?.ok_or_else(Trouble::not_found)?;
    let now = visitor.visit.now;
    let looking = Looking::of(&format!("/staff/companies/{id}"), &asked);
    let people = everybody(db, now, id, &looking.wanted()).await?;
    let plans = plan::store::list_entitlements(db, id).await?;
    let shell = visitor.shell();
    let page = CompanyPage {
        id: id.to_string(),
        name: company.name,
        kind: kind_key(company.kind),
        region: company.region,
        is_active: company.is_active,
        is_out_of_reach: is_out_of_reach(db, now, id).await?,
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
        cases: CaseRow::list(&portal, &shell, Some(id), None).await?.rows,
        done: done_of(&visitor.visit),
        shell,
    };
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}

#[derive(Deserialize)]
struct CaseForm {
    #[serde(default)]
    profile: String,
    #[serde(default)]
    asked_by: String,
    #[serde(default)]
    evidence: String,
    replaces: Option<String>,
}

async fn open(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    Checked(form): Checked<CaseForm>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let id: OrganizationId = id.parse().map_err(|_| Trouble::not_found())?;
    let proposed = form.profile.parse().map_err(|_| Trouble::not_found())?;
    let asked_by = staff::reason(&form.asked_by);
    let asked_by = asked_by.ok_or(Trouble::page(StatusCode::UNPROCESSABLE_ENTITY, "staff-reason"))?;
    let evidence = reason(&form.evidence)?;
    let proposal = Proposal { proposed, replaces: form.replaces.is_some(), asked_by, evidence };
    let tx = portal.db.begin().await?;
    spend(&tx, &portal, &visitor).await?;
    let now = visitor.visit.now;
    let outcome = admin_case::actions::open(&tx, now, &portal.desk(), visitor.by(), id, &proposal).await?;
    let done = match outcome {
        Outcome::Done => "done",
        Outcome::OwnProfile => {
            return Ok(see_other(&format!("/staff/companies/{id}?done=own-profile")));
        }
        Outcome::Running | Outcome::NeedsAnother => {
            return Ok(see_other(&format!("/staff/companies/{id}?done=running")));
        }
        Outcome::NotFound => return Err(Trouble::not_found()),
    };
    tx.commit().await?;
    Ok(see_other(&format!("/staff/companies/{id}?done={done}")))
}
