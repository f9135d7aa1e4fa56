//! The link in an administrator's notice: ends an association that should not be, with one click and without
//! signing in. It counts only while its reader administers the company (INV-7).
use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use platform::web::{OfBrowser, Shell, Trouble};
use serde::Deserialize;

use super::{anybodys_page, link};
use crate::{
    Portal,
    association::{
        Association, Dead, UNDO_LIFETIME,
        actions::{self, Ending},
        store,
        undo::Undo,
    },
    audit::Actor,
    notice::What,
    organization::Organization,
    profile::{self, Profile},
    visitor::{Acting, Anybody},
};

/// What a link leads to.
type Found = (Undo, (Profile, Organization));

pub fn router() -> Router<Portal> {
    Router::new().route("/undo/{secret}", get(ask).post(undo))
}

#[derive(Template)]
#[template(path = "undo.html")]
pub struct UndoPage {
    shell: Shell,
    found: Acting,
    action: String,
    /// It has happened.
    is_done: bool,
}

#[cfg(test)]
impl platform::web::page::Samples for UndoPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |is_done| Self {
            shell: shell.clone(),
            found: Acting { company: "Contoso Ltda".into(), person: "Maria Silva".into() },
            action: "/undo/AAAA".into(),
            is_done,
        };
        vec![page(false), page(true)]
    }
}

/// The association that a secret names, if it is in force and the reader may end it now.
async fn find(portal: &Portal, visitor: &Anybody, secret: &str) -> Result<Result<Found, Response>, Trouble> {
    visitor.visit.is_untold();
    let Some(undo) = portal.undo.read(secret) else {
        return Ok(Err(link::unknown(portal, visitor).await?));
    };
    let db = portal.db.reader();
    let gone = || link::dead(visitor, Some(Dead::Withdrawn)).map(Err);
    let in_time = |found: &Association| visitor.visit.now.is_within(UNDO_LIFETIME, found.since);
    let Some(association) = store::find_active(db, undo.association).await?.filter(in_time) else {
        return gone();
    };
    let reader = profile::store::find(db, undo.administrator).await?;
    let Some(acts) = reader.and_then(|(reader, _)| profile::Administrator::of(&reader)) else {
        return gone();
    };
    match profile::store::find_own(db, &acts, association.profile).await? {
        Some(found) => Ok(Ok((undo, found))),
        None => gone(),
    }
}

fn page(visitor: &Anybody, found: &Found, secret: &str, is_done: bool) -> Result<Response, Trouble> {
    let (_, (profile, organization)) = found;
    let page = UndoPage {
        shell: visitor.shell(),
        found: Acting { company: organization.name.clone(), person: profile.name() },
        action: format!("/undo/{secret}"),
        is_done,
    };
    anybodys_page(visitor, StatusCode::OK, &page)
}

async fn ask(
    State(portal): State<Portal>,
    visitor: Anybody,
    Path(secret): Path<String>,
) -> Result<Response, Trouble> {
    match find(&portal, &visitor, &secret).await? {
        Ok(found) => page(&visitor, &found, &secret, false),
        Err(response) => Ok(response),
    }
}

#[derive(Deserialize)]
struct Nothing {}

async fn undo(
    State(portal): State<Portal>,
    visitor: Anybody,
    Path(secret): Path<String>,
    form: OfBrowser<Nothing>,
) -> Result<Response, Trouble> {
    let Nothing {} = form.checked()?;
    let found = match find(&portal, &visitor, &secret).await? {
        Ok(found) => found,
        Err(response) => return Ok(response),
    };
    let (undo, about) = &found;
    let tx = portal.db.begin().await?;
    profile::store::lock(&tx, about.0.id).await?;
    // Another association may have taken its place.
    let is_same = store::find_current(&tx, about.0.id).await?.is_some_and(|now| now.id == undo.association);
    if !is_same {
        return link::dead(&visitor, Some(Dead::Withdrawn));
    }
    let actor = Actor::Mailbox(undo.administrator);
    let ending = Ending { actor, what: What::Ended, reason: "the link in an administrator's notice" };
    actions::end(&tx, visitor.visit.now, &portal.desk(), about, &ending).await?;
    tx.commit().await?;
    page(&visitor, &found, &secret, true)
}
