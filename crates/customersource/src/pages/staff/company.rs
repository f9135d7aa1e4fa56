//! A company as staff see it: its people, its cases, and opening one (CS-53).
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{Errors, Recoverable, Shell, Trouble, see_other};
use serde::Deserialize;

use super::{cases::CaseRow, done_of, kind_key, only, spend};
use crate::{
    Portal,
    acting::Locks,
    admin_case::{self, Outcome, Proposal},
    company::{self, CompanyId},
    pages::{
        account::{
            looking::{Asked, Looking},
            row::Row,
        },
        signed_in_page,
    },
    people::{
        Only,
        store::{everybody, is_out_of_reach},
    },
    plan,
    profile::{self, ProfileId},
    staff,
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
    /// The case about to be opened.
    opening: CaseForm,
    /// Whom it proposes, if they stand on another page of the list.
    proposed: Option<(String, String)>,
    errors: Errors,
    done: Option<&'static str>,
}

#[cfg(test)]
impl platform::web::page::Samples for CompanyPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let wrong = |shell: &Shell| {
            let mut errors = Errors::default();
            for (field, key) in CASE_ERRORS {
                errors.add(field, shell.t(key));
            }
            errors
        };
        let page = |is_active, done| Self {
            shell: shell.clone(),
            id: "1".into(),
            name: "Contoso Ltda".into(),
            kind: kind_key(company::Kind::Customer),
            region: "BR".into(),
            is_active,
            is_out_of_reach: is_active,
            plans: vec!["Basic, 2026-01-01 – 2026-12-31".into()],
            rows: Row::samples().into_iter().map(|row| (row, is_active)).collect(),
            looking: Looking::sample("/staff/companies/1", Only::Removed, is_active),
            cases: CaseRow::samples(),
            opening: CaseForm { evidence: "No".into(), ..CaseForm::default() },
            proposed: (!is_active).then(|| ("2".into(), "João Souza".into())),
            errors: if is_active { Errors::default() } else { wrong(shell) },
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
    page(&portal, &visitor, (id, &asked), StatusCode::OK, (CaseForm::default(), Errors::default())).await
}

async fn page(
    portal: &Portal,
    visitor: &Staff,
    (id, asked): (CompanyId, &Asked),
    status: StatusCode,
    (form, errors): (CaseForm, Errors),
) -> Result<Response, Trouble> {
    let db = portal.db.reader();
    let company = company::store::find(db, id).await?.ok_or_else(Trouble::not_found)?;
    let now = visitor.visit.now;
    let looking = Looking::of(&format!("/staff/companies/{id}"), asked);
    let people = everybody(db, now, id, &looking.wanted()).await?;
    let plans = plan::store::list_entitlements(db, id).await?;
    let shell = visitor.shell();
    let proposed: Option<ProfileId> = form.profile.parse().ok();
    let proposed = match proposed.filter(|id| people.rows.iter().all(|person| person.profile.id != *id)) {
        Some(other) => profile::store::find(db, other).await?.filter(|(_, company)| company.id == id),
        None => None,
    };
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
        cases: CaseRow::list(portal, &shell, Some(id), &platform::turn::Turn::First).await?.rows,
        proposed: proposed.map(|(profile, _)| (profile.id.to_string(), profile.name())),
        opening: form,
        errors,
        done: done_of(&visitor.visit),
        shell,
    };
    signed_in_page(&visitor.visit, status, &page)
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CaseForm {
    profile: String,
    asked_by: String,
    evidence: String,
    replaces: Option<String>,
}

/// Every field that can be wrong, with the catalogue key of what to do.
const CASE_ERRORS: [(&str, &str); 3] = [
    ("profile", "case-proposed-wrong"),
    ("asked_by", "case-asked-by-wrong"),
    ("evidence", "case-evidence-wrong"),
];

pub async fn open(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    sent: Recoverable<CaseForm>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let id: CompanyId = id.parse().map_err(|_| Trouble::not_found())?;
    let asked = Asked::default();
    let again = |status, form, errors| page(&portal, &visitor, (id, &asked), status, (form, errors));
    let form = match sent {
        Recoverable::Checked(form) => form,
        Recoverable::Refused(form, why) => {
            return again(why.status(), form, Errors::whole(why.text(&visitor.visit))).await;
        }
    };
    let proposed: Option<ProfileId> = form.profile.parse().ok();
    let (asked_by, evidence) = (staff::reason(&form.asked_by), staff::reason(&form.evidence));
    let fits = [proposed.is_some(), asked_by.is_some(), evidence.is_some()];
    let (Some(proposed), Some(asked_by), Some(evidence)) = (proposed, asked_by, evidence) else {
        let mut errors = Errors::default();
        for ((field, key), _) in CASE_ERRORS.into_iter().zip(fits).filter(|(_, fits)| !fits) {
            errors.add(field, visitor.visit.t(key));
        }
        return again(StatusCode::UNPROCESSABLE_ENTITY, form, errors).await;
    };
    let proposal = Proposal { proposed, replaces: form.replaces.is_some(), asked_by, evidence };
    let tx = visitor.acts(&portal, &Locks::of_company(id).and([proposed])).await?;
    spend(&tx, &portal, &visitor).await?;
    let now = visitor.visit.now;
    let why = match admin_case::actions::open(&tx, now, &portal.desk(), id, &proposal).await? {
        Outcome::Done => {
            let place = format!("/staff/companies/{id}?done=done");
            return Ok(see_other(&tx.commit(now, place).await?));
        }
        Outcome::OwnProfile => "staff-case-own-profile",
        Outcome::Running | Outcome::NeedsAnother => "staff-case-running",
        Outcome::NotFound => return Err(Trouble::not_found()),
    };
    drop(tx);
    again(StatusCode::CONFLICT, form, Errors::whole(visitor.visit.t(why))).await
}
