//! Writing: a new thread, a reply, and mails about replies.
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    limits,
    turn::Turn,
    web::{Errors, Recoverable, Shell, Trouble, see_other},
};
use serde::Deserialize;

use super::thread;
use crate::{
    Portal,
    acting::{Acting, Own},
    newsgroup::{Newsgroup, POSTS, actions, body_of, store, subject_of},
    pages::{anybodys_page, once},
    visitor::{
        reading::{Reading, closed_meanwhile},
        sign_in::{self, Lacking},
    },
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    subject: String,
    body: String,
    watch: String,
}

#[derive(Template)]
#[template(path = "newsgroups/new.html")]
pub struct NewThreadPage {
    shell: Shell,
    group: Newsgroup,
    fields: Fields,
    errors: Errors,
}

#[cfg(test)]
impl platform::web::page::Samples for NewThreadPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |errors| Self {
            shell: shell.clone(),
            group: super::sample_group(),
            fields: Fields::default(),
            errors,
        };
        let mut errors = Errors::default();
        errors.add("subject", shell.t("subject-wrong"));
        errors.add("body", shell.t("post-wrong"));
        vec![page(Errors::default()), page(errors)]
    }
}

fn form(
    reading: &Reading,
    status: StatusCode,
    group: Newsgroup,
    fields: Fields,
    errors: Errors,
) -> Result<Response, Trouble> {
    let page = NewThreadPage { shell: reading.shell(), group, fields, errors };
    anybodys_page(&reading.visitor, status, &page)
}

/// 403 where only staff write, and where nobody does any more; staff prove first who they are.
fn writes(portal: &Portal, reading: &Reading, group: &Newsgroup) -> Result<(), Trouble> {
    if !group.is_open {
        return Err(Trouble::page(StatusCode::FORBIDDEN, "newsgroup-closed"));
    }
    match reading.demanded() {
        _ if !group.is_readonly || reading.moderates() => Ok(()),
        Some(demand) => Err(sign_in::prove(portal, reading.visit(), Lacking::strength(demand))),
        None => Err(Trouble::page(StatusCode::FORBIDDEN, "newsgroup-readonly")),
    }
}

/// The same inside the transaction that writes: nobody closes the newsgroup, or takes the plan or a role, until it ends.
async fn still_writes(
    portal: &Portal,
    reading: &Reading,
    tx: &Acting<Own>,
    read: &Newsgroup,
) -> Result<(), Trouble> {
    if reading.moderates() {
        reading.still_moderates(tx).await?;
    }
    let group = store::hold(tx, read.id).await?.ok_or_else(closed_meanwhile)?;
    writes(portal, reading, &group)?;
    reading.holds(tx, &group.rule).await
}

pub async fn ask(
    State(portal): State<Portal>,
    reading: Reading,
    Path(slug): Path<String>,
) -> Result<Response, Trouble> {
    let group = super::find(&portal, &reading, &slug).await?;
    writes(&portal, &reading, &group)?;
    form(&reading, StatusCode::OK, group, Fields::default(), Errors::default())
}

/// One of the posts that a profile may write in an hour.
async fn spend(tx: &Acting<Own>, portal: &Portal, reading: &Reading) -> Result<(), Trouble> {
    let limit = POSTS.scaled(portal.limits_scale);
    let who = tx.profile().id.to_string();
    limits::spend_or_wait(tx, reading.visit().now, limit, &who).await?.map_err(Trouble::too_many)
}

pub async fn start(
    State(portal): State<Portal>,
    reading: Reading,
    Path(slug): Path<String>,
    fields: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    let group = super::find(&portal, &reading, &slug).await?;
    writes(&portal, &reading, &group)?;
    let again = |status, fields, errors| form(&reading, status, group.clone(), fields, errors);
    let fields = fields.or_again(reading.visit(), again)?;
    let (Some(subject), Some(body)) = (subject_of(&fields.subject), body_of(&fields.body)) else {
        let mut errors = Errors::default();
        if subject_of(&fields.subject).is_none() {
            errors.add("subject", reading.visit().t("subject-wrong"));
        }
        if body_of(&fields.body).is_none() {
            errors.add("body", reading.visit().t("post-wrong"));
        }
        return form(&reading, StatusCode::UNPROCESSABLE_ENTITY, group, fields, errors);
    };
    let tx = once(reading.acts(&portal).await?, reading.visit()).await?;
    still_writes(&portal, &reading, &tx, &group).await?;
    spend(&tx, &portal, &reading).await?;
    let written = actions::Written { body, watches: !fields.watch.is_empty() };
    let id = actions::start(&tx, reading.visit().now, &portal.press(), &group, subject, written).await?;
    Ok(see_other(&tx.commit(reading.visit().now, format!("/newsgroups/{slug}/{id}")).await?))
}

pub async fn reply(
    State(portal): State<Portal>,
    reading: Reading,
    Path((slug, id)): Path<(String, String)>,
    fields: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    let found = thread::find(&portal, &reading, &slug, &id).await?;
    writes(&portal, &reading, &found.1)?;
    let fields = match fields {
        Recoverable::Checked(fields) => fields,
        Recoverable::Refused(fields, why) => {
            let errors = Errors::whole(why.text(reading.visit()));
            let kept = (fields.body, errors);
            return thread::page(&portal, &reading, found, why.status(), Turn::Last, kept).await;
        }
    };
    let Some(body) = body_of(&fields.body) else {
        let mut errors = Errors::default();
        errors.add("body", reading.visit().t("post-wrong"));
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return thread::page(&portal, &reading, found, status, Turn::Last, (fields.body, errors)).await;
    };
    let (thread, group) = &found;
    let tx = once(reading.acts(&portal).await?, reading.visit()).await?;
    still_writes(&portal, &reading, &tx, group).await?;
    spend(&tx, &portal, &reading).await?;
    let written = actions::Written { body, watches: !fields.watch.is_empty() };
    let about = (thread.id, group);
    let Some(post) = actions::reply(&tx, reading.visit().now, &portal.press(), about, written).await? else {
        drop(tx);
        return Err(Trouble::page(StatusCode::CONFLICT, "thread-locked"));
    };
    let has_more = store::list_posts(&**tx, thread.id, Turn::Last).await?.has_before;
    let page = if has_more { "?before=end" } else { "" };
    let place = format!("/newsgroups/{slug}/{}{page}#post-{post}", thread.id);
    Ok(see_other(&tx.commit(reading.visit().now, place).await?))
}

#[derive(Deserialize)]
pub struct Wish {
    #[serde(default)]
    wish: String,
    /// A reply that is being written: the button stands in its form, and nothing of it is lost.
    #[serde(default)]
    body: String,
}

pub async fn watch(
    State(portal): State<Portal>,
    reading: Reading,
    Path((slug, id)): Path<(String, String)>,
    wish: Recoverable<Wish>,
) -> Result<Response, Trouble> {
    let found = thread::find(&portal, &reading, &slug, &id).await?;
    let wish = match wish {
        Recoverable::Checked(wish) => wish,
        Recoverable::Refused(wish, why) => {
            let kept = (wish.body, Errors::whole(why.text(reading.visit())));
            return thread::page(&portal, &reading, found, why.status(), Turn::Last, kept).await;
        }
    };
    let thread = &found.0;
    let tx = reading.acts(&portal).await?;
    let profile = tx.profile().id;
    if wish.wish != "on" {
        store::unwatch(&tx, thread.id, profile).await?;
    } else {
        store::watch(&tx, thread.id, profile).await?;
    }
    tx.commit().await?;
    if wish.body.trim().is_empty() {
        return Ok(see_other(&format!("/newsgroups/{slug}/{}", thread.id)));
    }
    thread::page(&portal, &reading, found, StatusCode::OK, Turn::Last, (wish.body, Errors::default())).await
}
