//! Closing the account, and taking that back with the link of the letter.
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{
    Checked, Errors, Shell, Trouble, Visit,
    page::{NoReferrer, Samples},
    see_other,
};
use serde::Deserialize;

use super::sample_shell;
use crate::{
    closing::{actions, letters::UNDO, store},
    state::Passport,
    visitor::{self, RecentlyProven},
};

#[derive(Template)]
#[template(path = "pages/account/close.html")]
pub struct ClosePage {
    shell: Shell,
    days: u32,
    errors: Errors,
}

#[derive(Template)]
#[template(path = "pages/account/close_asked.html")]
pub struct CloseAskedPage {
    shell: Shell,
    days: u32,
}

/// What a letter's link leads to.
#[derive(Template)]
#[template(path = "pages/account/close_undo.html")]
pub struct UndoPage {
    shell: Shell,
    state: Undo,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Undo {
    /// Where the form posts to.
    Asked(String),
    Done,
    /// The link is no good, or no good any more.
    Dead,
}

pub async fn show(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
) -> Result<Response, Trouble> {
    let days = passport.settings.closing.grace_days;
    who.visit.ok(&ClosePage { shell: who.shell(), days, errors: Errors::default() })
}

#[derive(Deserialize)]
pub struct Form {
    sure: Option<String>,
}

pub async fn take(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
    Checked(form): Checked<Form>,
) -> Result<Response, Trouble> {
    if form.sure.is_none() {
        let mut errors = Errors::default();
        errors.add("sure", who.visit.t("close-needs-sure"));
        let page = ClosePage { shell: who.shell(), days: passport.settings.closing.grace_days, errors };
        return who.visit.page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let tx = passport.db.begin().await?;
    actions::ask(&passport, &tx, who.visit.now, &who.account, &who.source()).await?;
    tx.commit().await?;
    Ok(see_other("/account/close/asked"))
}

pub async fn asked(State(passport): State<Passport>, visit: Visit) -> Result<Response, Trouble> {
    visit.ok(&CloseAskedPage { shell: visit.shell(), days: passport.settings.closing.grace_days })
}

fn answer(visit: &Visit, state: Undo) -> Result<Response, Trouble> {
    let status = if state == Undo::Dead { StatusCode::GONE } else { StatusCode::OK };
    let mut response = visit.page(status, &UndoPage { shell: visit.shell(), state })?;
    response.extensions_mut().insert(NoReferrer);
    Ok(response)
}

/// Changes nothing: whoever reads the mail for its owner may look at the link (EM-04).
pub async fn show_undo(
    State(passport): State<Passport>,
    visit: Visit,
    Path(secret): Path<String>,
) -> Result<Response, Trouble> {
    let found = store::find_by_secret(passport.db.reader(), visit.now, &secret).await?;
    answer(&visit, found.map_or(Undo::Dead, |_| Undo::Asked(format!("{UNDO}/{secret}"))))
}

#[derive(Deserialize)]
pub struct Nothing {}

pub async fn undo(
    State(passport): State<Passport>,
    visit: Visit,
    Path(secret): Path<String>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, Trouble> {
    let tx = passport.db.begin().await?;
    let mut done = false;
    if let Some(found) = store::find_by_secret(&tx, visit.now, &secret).await? {
        let source = visitor::source(&visit);
        done = actions::undo(&passport, &tx, visit.now, found.account, &source).await?;
    }
    tx.commit().await?;
    answer(&visit, if done { Undo::Done } else { Undo::Dead })
}

impl Samples for ClosePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let mut errors = Errors::default();
        errors.add("sure", shell.t("close-needs-sure"));
        [Errors::default(), errors].map(|errors| Self { shell: sample_shell(shell), days: 14, errors }).into()
    }
}

impl Samples for CloseAskedPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self { shell: shell.clone(), days: 14 }]
    }
}

impl Samples for UndoPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let states = [Undo::Asked(format!("{UNDO}/secret")), Undo::Done, Undo::Dead];
        states.map(|state| Self { shell: shell.clone(), state }).into()
    }
}
