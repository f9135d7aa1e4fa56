//! Cases: what waits for a second person, what waits for its time, and what became of the rest.
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    turn::{Leaf, Turn, Turned},
    web::{About, Shell, Thing, Trouble, see_other},
};
use serde::Deserialize;

use super::{
    begin, done_of,
    given::{self, Given, Pressed, Undone},
    only,
};
use crate::{
    Portal,
    acting::Locks,
    admin_case::{self, Case, CaseId, Outcome, State as CaseState},
    company::CompanyId,
    pages::audit_lines::words,
    profile,
    visitor::Staff,
};

/// So many are on a page.
const PAGE: u64 = 50;

/// One case as pages show it.
pub struct CaseRow {
    pub id: String,
    pub company: String,
    pub company_id: String,
    pub person: String,
    /// Where its invitations go: part of what is decided.
    pub email: String,
    pub replaces: bool,
    pub asked_by: String,
    pub evidence: String,
    pub opened_by: String,
    pub approved_by: String,
    /// The address that was approved, where the person has another one by now.
    pub approved_for: Option<String>,
    /// Who refused it, empty where its time did, and why.
    pub refused: Option<(String, String)>,
    pub opened_at: String,
    pub effective_at: String,
    pub state: CaseState,
    /// What buttons beside it act on.
    pub thing: Thing,
}

/// A case as its buttons show it.
fn thing(case: &Case, email: &str) -> Thing {
    Thing::of("case")
        .and(email)
        .and(case.id.to_string())
        .and(case.proposed.to_string())
        .and([u8::from(case.replaces)])
        .and(case.state.text())
}

impl CaseRow {
    pub async fn list(
        portal: &Portal,
        shell: &Shell,
        of: Option<CompanyId>,
        turn: &Turn<CaseId>,
    ) -> Result<Leaf<Self>, Trouble> {
        let cases = admin_case::store::list(portal.db.reader(), of, (turn, PAGE)).await?;
        Ok(cases.map(|case| Self::of(shell, case)))
    }

    fn of(shell: &Shell, (case, found): admin_case::store::Proposed) -> Self {
        let found =
            found.map(|(profile, company)| (profile.name(), profile.email, profile.email_key, company.name));
        let (person, email, key, company) = found.unwrap_or_default();
        Self {
            thing: thing(&case, &email),
            id: case.id.to_string(),
            company,
            company_id: case.company.to_string(),
            person,
            email,
            replaces: case.replaces,
            asked_by: case.asked_by,
            evidence: case.evidence,
            opened_by: case.opened_by,
            approved_by: case.approved_by.unwrap_or_default(),
            approved_for: Some(case.approved_email).filter(|known| !known.is_empty() && *known != key),
            refused: Some((case.refused_by, words::reason(shell, &case.refused_for)))
                .filter(|(_, why)| case.state == CaseState::Refused && !why.is_empty()),
            opened_at: shell.moment(&case.opened_at),
            effective_at: case.effective_at.map(|at| shell.moment(&at)).unwrap_or_default(),
            state: case.state,
        }
    }

    pub fn state_key(&self) -> &'static str {
        match self.state {
            CaseState::Open => "case-open",
            CaseState::Approved => "case-approved",
            CaseState::Effective => "case-effective",
            CaseState::Refused => "case-refused",
        }
    }

    pub fn is_open(&self) -> bool {
        self.state == CaseState::Open
    }

    pub fn is_running(&self) -> bool {
        matches!(self.state, CaseState::Open | CaseState::Approved)
    }

    #[cfg(test)]
    pub fn samples() -> Vec<Self> {
        [CaseState::Open, CaseState::Approved, CaseState::Effective, CaseState::Refused]
            .into_iter()
            .map(|state| Self {
                id: "1".into(),
                company: "Contoso Ltda".into(),
                company_id: "1".into(),
                person: "Maria Silva".into(),
                email: "maria@contoso.example".into(),
                replaces: state == CaseState::Open,
                asked_by: "Maria Silva, by telephone".into(),
                evidence: "Invoice 4711; called back the Bill-To number".into(),
                opened_by: "sue@portal.example".into(),
                approved_by: if state == CaseState::Open {
                    String::new()
                } else {
                    "al@portal.example".into()
                },
                opened_at: "2026-11-18 10:00 UTC".into(),
                approved_for: (state == CaseState::Effective).then(|| "maria@former.example".into()),
                refused: (state == CaseState::Refused).then(|| (String::new(), "Nobody there".into())),
                effective_at: if state == CaseState::Open {
                    String::new()
                } else {
                    "2026-11-21 10:00 UTC".into()
                },
                state,
                thing: Thing::of("case"),
            })
            .collect()
    }
}

/// The addresses of other pages of the list.
#[derive(Default)]
pub struct Pages {
    first: Option<String>,
    before: Option<String>,
    after: Option<String>,
}

#[cfg(test)]
impl Pages {
    fn sample() -> Self {
        let at = |query: &str| Some(format!("/staff/cases{query}"));
        Self { first: at(""), before: at("?before=1"), after: at("?after=1") }
    }
}

#[derive(Template)]
#[template(path = "staff/cases.html")]
pub struct CasesPage {
    shell: Shell,
    cases: Vec<CaseRow>,
    may_approve: bool,
    pages: Pages,
    given: Given,
    done: Option<&'static str>,
}

#[cfg(test)]
impl platform::web::page::Samples for CasesPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |cases, may_approve: bool, done: Option<&'static str>| Self {
            shell: shell.clone(),
            pages: if may_approve { Pages::sample() } else { Pages::default() },
            given: if done.is_none() {
                Given::sample("approve-1", shell.t("staff-reason-wrong"))
            } else {
                Given::default()
            },
            cases,
            may_approve,
            done,
        };
        vec![
            page(vec![], true, None),
            page(CaseRow::samples(), false, Some("staff-case-needs-another")),
            page(CaseRow::samples(), true, Some("staff-done")),
            page(CaseRow::samples(), true, None),
        ]
    }
}

pub async fn show(
    State(portal): State<Portal>,
    visitor: Staff,
    Query(turned): Query<Turned>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let shell = visitor.shell();
    let cases = CaseRow::list(&portal, &shell, None, &turned.turn()).await?;
    let (first, last) = cases.ends(|case| case.id.clone());
    let at = |side: &str, id: String| format!("/staff/cases?{side}={id}");
    let is_first = first.is_none();
    let page = CasesPage {
        cases: cases.rows,
        pages: Pages {
            first: (!is_first).then(|| "/staff/cases".to_owned()),
            before: first.map(|id| at("before", id)),
            after: last.map(|id| at("after", id)),
        },
        shell,
        given: Given::default(),
        may_approve: visitor.member.may_approve(),
        done: done_of(&visitor.visit),
    };
    given::page(&visitor.visit, StatusCode::OK, &page.given, &page)
}

#[derive(Deserialize)]
pub struct Act {
    #[serde(default)]
    reason: String,
}

pub async fn approve(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    act: About<Act>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_approve())?;
    decide(&portal, &visitor, id_of(&id)?, act, true).await
}

pub async fn refuse(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    act: About<Act>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    decide(&portal, &visitor, id_of(&id)?, act, false).await
}

async fn decide(
    portal: &Portal,
    visitor: &Staff,
    id: CaseId,
    act: About<Act>,
    yes: bool,
) -> Result<Response, Trouble> {
    let given = match carry_out(portal, visitor, id, act, yes).await {
        Ok(response) => return Ok(response),
        Err(Undone::Trouble(trouble)) => return Err(trouble),
        Err(Undone::Back(given)) => given,
    };
    // The one case that was pressed: the list may have moved on.
    let case = admin_case::store::find_proposed(portal.db.reader(), id).await?;
    let case = case.ok_or_else(Trouble::not_found)?;
    let (shell, status) = (visitor.shell(), given.status());
    let page = CasesPage {
        cases: vec![CaseRow::of(&shell, case)],
        pages: Pages { first: Some("/staff/cases".into()), ..Pages::default() },
        shell,
        given,
        may_approve: visitor.member.may_approve(),
        done: None,
    };
    given::page(&visitor.visit, status, &page.given, &page)
}

async fn carry_out(portal: &Portal, visitor: &Staff, id: CaseId, act: About<Act>, yes: bool) -> Pressed {
    let (now, desk) = (visitor.visit.now, portal.desk());
    let given = Given::at(format!("{}-{id}", if yes { "approve" } else { "refuse" }), &act.names().reason);
    let (tx, reason) = begin(portal, visitor, &given, &turn_of(portal, id).await?).await?;
    let case = admin_case::store::find(&tx, id).await?.ok_or_else(Trouble::not_found)?;
    let proposed = profile::store::find(&tx, case.proposed).await?;
    let email = proposed.map(|(proposed, _)| proposed.email).unwrap_or_default();
    let Act { .. } = given.shown(act.shown(&thing(&case, &email)), &visitor.visit)?;
    let outcome = if yes {
        admin_case::actions::approve(&tx, now, &desk, id, &reason).await?
    } else {
        admin_case::actions::refuse(&tx, now, &desk, id, &reason).await?
    };
    let why = match outcome {
        Outcome::Done => {
            return Ok(see_other(&tx.commit(now, "/staff/cases?done=done".into()).await?));
        }
        Outcome::NeedsAnother => "staff-case-needs-another",
        Outcome::OwnProfile => "staff-case-own-profile",
        Outcome::Running => "staff-case-running",
        Outcome::NotFound => "done-nothing",
    };
    // Trying costs.
    tx.tried().await?;
    Err(given.because(StatusCode::CONFLICT, visitor.visit.t(why)).into())
}

fn id_of(text: &str) -> Result<CaseId, Trouble> {
    text.parse().map_err(|_| Trouble::not_found())
}

/// What deciding a case locks: the company, whoever is to be its administrator, and those who are.
async fn turn_of(portal: &Portal, id: CaseId) -> Result<Locks, Trouble> {
    let db = portal.db.reader();
    let case = admin_case::store::find(db, id).await?.ok_or_else(Trouble::not_found)?;
    let present = profile::store::list_administrators(db, case.company).await?;
    let people = present.iter().map(|present| present.id).chain([case.proposed]);
    Ok(Locks::of_company(case.company).and(people))
}
