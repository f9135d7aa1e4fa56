//! Where the business system and the portal say different things of a person: both values, and whose stays.
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    turn::Turned,
    web::{Checked, Shell, Trouble, see_other},
};
use serde::Deserialize;

use super::{
    begin, done_of,
    given::{self, Given, Pressed, Undone},
    mend, only,
};
use crate::{
    Portal,
    acting::Locks,
    difference::{DifferenceId, store},
    people::actions::{Settled, Shown, accept, keep},
    profile::{self, held::Field},
    visitor::Staff,
};

const PAGE: u64 = 50;

/// One difference as the page shows it.
pub struct ConflictRow {
    id: String,
    person: String,
    person_id: String,
    company: String,
    company_id: String,
    /// Catalogue key.
    field: &'static str,
    ours: String,
    theirs: String,
    /// True where the values are words of the program, not of a person.
    is_state: bool,
    seen_at: String,
}

impl ConflictRow {
    /// How a value is shown.
    pub fn said(&self, shell: &Shell, value: &str) -> String {
        match (self.is_state, value) {
            (true, "active") => shell.t("conflict-on-file"),
            (true, _) => shell.t("conflict-removed"),
            (false, value) => value.to_owned(),
        }
    }
}

const fn key_of(field: Field) -> &'static str {
    match field {
        Field::Email => "csv-email",
        Field::FirstName => "csv-first-name",
        Field::LastName => "csv-last-name",
        Field::State => "conflict-state",
    }
}

#[derive(Template)]
#[template(path = "staff/conflicts.html")]
pub struct ConflictsPage {
    shell: Shell,
    rows: Vec<ConflictRow>,
    pages: (Option<String>, Option<String>),
    given: Given,
    done: Option<&'static str>,
}

#[cfg(test)]
impl platform::web::page::Samples for ConflictsPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let row = |field, ours: &str, theirs: &str| ConflictRow {
            id: "1".into(),
            person: "Maria Silva".into(),
            person_id: "1".into(),
            company: "Contoso Ltda".into(),
            company_id: "1".into(),
            field: key_of(field),
            ours: ours.into(),
            theirs: theirs.into(),
            is_state: field == Field::State,
            seen_at: "2026-11-18 10:00 UTC".into(),
        };
        let rows = vec![
            row(Field::Email, "maria@contoso.example", "<m@contoso.example>"),
            row(Field::State, "removed", "active"),
        ];
        let given = || Given::sample("settle-1", shell.t("staff-reason-wrong"));
        let page =
            |rows, next, done| Self { shell: shell.clone(), rows, pages: (None, next), given: given(), done };
        vec![
            page(vec![], None, Some("staff-done")),
            page(rows, Some("/staff/conflicts?after=1".into()), Some("staff-conflict-changed")),
        ]
    }
}

pub async fn show(
    State(portal): State<Portal>,
    visitor: Staff,
    Query(turned): Query<Turned>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let waiting = store::list_open(portal.db.reader(), turned.turn(), PAGE).await?;
    let (first, last) = waiting.ends(|(difference, ..)| difference.id);
    let pages = (
        first.map(|first| format!("/staff/conflicts?before={first}")),
        last.map(|last| format!("/staff/conflicts?after={last}")),
    );
    let rows = waiting.rows.into_iter().map(|waiting| row(&visitor, waiting)).collect();
    let (given, done) = (Given::default(), done_of(&visitor.visit));
    let page = ConflictsPage { rows, pages, given, done, shell: visitor.shell() };
    given::page(&visitor.visit, StatusCode::OK, &page.given, &page)
}

fn row(visitor: &Staff, (difference, profile, company): store::Waiting) -> ConflictRow {
    ConflictRow {
        id: difference.id.to_string(),
        ours: difference.ours(&profile),
        person: profile.name(),
        person_id: profile.id.to_string(),
        company: company.name,
        company_id: company.id.to_string(),
        field: key_of(difference.field),
        is_state: difference.field == Field::State,
        theirs: difference.theirs,
        seen_at: visitor.shell().moment(&difference.seen_at),
    }
}

/// What the page showed, and which of both it shall be.
#[derive(Deserialize)]
pub struct Choice {
    #[serde(default)]
    ours: String,
    #[serde(default)]
    theirs: String,
    #[serde(default)]
    take: String,
    #[serde(default)]
    reason: String,
}

pub async fn settle(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    Checked(choice): Checked<Choice>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let id: DifferenceId = id.parse().map_err(|_| Trouble::not_found())?;
    let given = match carry_out(&portal, &visitor, id, choice).await {
        Ok(response) => return Ok(response),
        Err(Undone::Trouble(trouble)) => return Err(trouble),
        Err(Undone::Back(given)) => given,
    };
    // The one that was pressed: the list may have moved on.
    let db = portal.db.reader();
    let known = store::find_open(db, id).await?.ok_or_else(Trouble::not_found)?;
    let found = profile::store::find(db, known.profile).await?;
    let (profile, company) = found.ok_or_else(Trouble::not_found)?;
    let rows = vec![row(&visitor, (known, profile, company))];
    let status = given.status();
    let page = ConflictsPage { rows, pages: (None, None), given, done: None, shell: visitor.shell() };
    given::page(&visitor.visit, status, &page.given, &page)
}

async fn carry_out(portal: &Portal, visitor: &Staff, id: DifferenceId, choice: Choice) -> Pressed {
    let db = portal.db.reader();
    let known = store::find_open(db, id).await?.ok_or_else(Trouble::not_found)?;
    let found = profile::store::find(db, known.profile).await?;
    let (profile, company) = found.ok_or_else(Trouble::not_found)?;
    let locks = Locks::of_company(company.id).and([profile.id]);
    let given = Given::at(format!("settle-{id}"), &choice.reason);
    let (tx, reason) = begin(portal, visitor, &given, &locks).await?;
    let shown = Shown { ours: &choice.ours, theirs: &choice.theirs };
    let (now, desk) = (visitor.visit.now, portal.desk());
    let settled = match choice.take.as_str() {
        "theirs" => accept(&tx, now, &desk, id, (&shown, &reason)).await?,
        "ours" => keep(&tx, now, &desk, id, (&shown, &reason)).await?,
        _ => return Err(Trouble::not_found().into()),
    };
    match settled {
        Settled::NotFound => Err(Trouble::not_found().into()),
        Settled::Done => Ok(see_other(&tx.commit(now, "/staff/conflicts?done=done".into()).await?)),
        Settled::Bound(bound) => {
            // What was loosened for it goes back.
            drop(tx);
            Err(given.because(StatusCode::CONFLICT, visitor.visit.t(mend::key_of(bound))).into())
        }
        Settled::Changed => {
            tx.tried().await?;
            Err(given.because(StatusCode::CONFLICT, visitor.visit.t("staff-conflict-changed")).into())
        }
    }
}
