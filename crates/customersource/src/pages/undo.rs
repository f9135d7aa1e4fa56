//! The link in an administrator's notice: ends an association that should not be, with one click and without
//! signing in. It counts only while its reader administers the company (INV-7).
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{OfBrowser, Shell, Trouble, page::ActingAs};
use serde::Deserialize;

use super::{anybodys_page, link};
use crate::{
    Portal,
    acting::Locks,
    association::{
        actions::{self, Ending},
        store,
        undo::Undo,
    },
    audit::{Actor, told::because},
    company::Company,
    notice::What,
    profile::Profile,
    visitor::Anybody,
};

#[derive(Template)]
#[template(path = "undo.html")]
pub struct UndoPage {
    shell: Shell,
    found: ActingAs,
    action: String,
    /// It has happened.
    is_done: bool,
}

#[cfg(test)]
impl platform::web::page::Samples for UndoPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |is_done| Self {
            shell: shell.clone(),
            found: ActingAs { company: "Contoso Ltda".into(), person: "Maria Silva".into() },
            action: "/undo/AAAA".into(),
            is_done,
        };
        vec![page(false), page(true)]
    }
}

/// What the secret names, whatever has become of it.
async fn read(portal: &Portal, visitor: &Anybody, secret: &str) -> Result<Result<Undo, Response>, Trouble> {
    visitor.visit.is_untold();
    match portal.undo.read(secret) {
        Some(undo) => Ok(Ok(undo)),
        None => Ok(Err(link::unknown(portal, visitor).await?)),
    }
}

fn page(
    visitor: &Anybody,
    (profile, company): &(Profile, Company),
    secret: &str,
    is_done: bool,
) -> Result<Response, Trouble> {
    let page = UndoPage {
        shell: visitor.shell(),
        found: ActingAs { company: company.name.clone(), person: profile.name() },
        action: format!("/undo/{secret}"),
        is_done,
    };
    anybodys_page(visitor, StatusCode::OK, &page)
}

pub async fn ask(
    State(portal): State<Portal>,
    visitor: Anybody,
    Path(secret): Path<String>,
) -> Result<Response, Trouble> {
    let undo = match read(&portal, &visitor, &secret).await? {
        Ok(undo) => undo,
        Err(response) => return Ok(response),
    };
    match store::find_undoable(portal.db.reader(), visitor.visit.now, &undo).await? {
        Some(found) => page(&visitor, &found, &secret, false),
        None => link::past_undoing(&visitor),
    }
}

#[derive(Deserialize)]
pub struct Nothing {}

pub async fn end(
    State(portal): State<Portal>,
    visitor: Anybody,
    Path(secret): Path<String>,
    form: OfBrowser<Nothing>,
) -> Result<Response, Trouble> {
    let Nothing {} = form.checked()?;
    let undo = match read(&portal, &visitor, &secret).await? {
        Ok(undo) => undo,
        Err(response) => return Ok(response),
    };
    let dead = || link::past_undoing(&visitor);
    let Some((person, company)) = store::find_undoable(portal.db.reader(), visitor.visit.now, &undo).await?
    else {
        return dead();
    };
    // Whoever has just lost their rights ends nothing: they are read again under the locks of both.
    let tx = portal.db.begin().await?;
    Locks::of_company(company.id).and([undo.administrator, person.id]).take(&tx).await?;
    let Some(found) = store::find_undoable(&tx, visitor.visit.now, &undo).await? else { return dead() };
    let actor = Actor::Mailbox(undo.administrator);
    let ending = Ending { actor, what: What::Ended, reason: because::UNDONE };
    actions::end(&tx, visitor.visit.now, &portal.desk(), &found, &ending).await?;
    tx.commit().await?;
    page(&visitor, &found, &secret, true)
}
