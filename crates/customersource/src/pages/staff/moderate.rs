//! Looking after newsgroups: hiding a post, closing a thread, each with a reason.
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
use serde_json::json;

use super::{
    begin, done_of,
    given::{self, Given, Pressed, Undone},
};
use crate::{
    Portal,
    acting::{Adding, Duty, Locks},
    audit::{self, Actor, Deed},
    newsgroup::{Newsgroup, Post, PostId, Thread, ThreadId, actions, store},
    visitor::Staff,
};

/// A post as moderators see it.
pub struct Seen {
    id: String,
    thread: String,
    name: Option<String>,
    at: String,
    body: String,
    is_hidden: bool,
}

#[derive(Template)]
#[template(path = "staff/newsgroups.html")]
pub struct ModeratePage {
    shell: Shell,
    /// The one thread that is looked at: id, subject, closed.
    thread: Option<(String, String, bool)>,
    posts: Vec<Seen>,
    /// The addresses of the pages beside this one.
    pages: (Option<String>, Option<String>),
    /// For editors: all newsgroups.
    groups: Vec<Newsgroup>,
    is_editor: bool,
    given: Given,
    done: Option<&'static str>,
}

#[cfg(test)]
impl platform::web::page::Samples for ModeratePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let post = |is_hidden| Seen {
            id: if is_hidden { "1" } else { "2" }.into(),
            thread: "1".into(),
            name: (!is_hidden).then(|| "Maria Silva".into()),
            at: "2026-11-01 10:00 UTC".into(),
            body: "How is it done?".into(),
            is_hidden,
        };
        let page = |thread: Option<_>, posts, done| Self {
            shell: shell.clone(),
            pages: (None, thread.is_some().then(|| "/staff/newsgroups?after=1".into())),
            groups: vec![crate::pages::newsgroups::sample_group()],
            is_editor: thread.is_none(),
            given: Given::sample("reason-thread", shell.t("staff-reason-wrong")),
            thread,
            posts,
            done,
        };
        vec![
            page(None, vec![], None),
            page(
                Some(("1".into(), "Journals".into(), false)),
                vec![post(false), post(true)],
                Some("staff-done"),
            ),
            page(Some(("1".into(), "Journals".into(), true)), vec![], None),
        ]
    }
}

#[derive(Deserialize)]
pub struct Asked {
    thread: Option<String>,
    /// Posts of the thread stand in their order, those of all with the newest first.
    #[serde(flatten)]
    turned: Turned,
}

/// So many of the newest posts are on a page.
const MOST: u64 = 50;

pub async fn list(
    State(portal): State<Portal>,
    visitor: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let db = portal.db.reader();
    let found = match asked.thread.as_deref().map(str::parse::<ThreadId>) {
        Some(Ok(id)) => Some(store::find_thread(db, id).await?.ok_or_else(Trouble::not_found)?),
        Some(Err(_)) => return Err(Trouble::not_found()),
        None => None,
    };
    let (leaf, query) = match &found {
        Some((thread, _)) => {
            let leaf = store::list_posts(db, thread.id, asked.turned.turn()).await?;
            (leaf, format!("thread={}&", thread.id))
        }
        None => (store::list_newest(db, asked.turned.turn(), MOST).await?, String::new()),
    };
    let (first, last) = leaf.ends(|post| post.id);
    let pages = (
        first.map(|first| format!("/staff/newsgroups?{query}before={first}")),
        last.map(|last| format!("/staff/newsgroups?{query}after={last}")),
    );
    let groups = if found.is_none() && visitor.member.may_edit() { store::list(db).await? } else { vec![] };
    let page = ModeratePage {
        shell: visitor.shell(),
        thread: found.map(|(thread, _)| of_thread(&thread)),
        posts: leaf.rows.into_iter().map(|post| seen(&visitor, post)).collect(),
        pages,
        groups,
        is_editor: visitor.member.may_edit(),
        given: Given::default(),
        done: done_of(&visitor.visit),
    };
    given::page(&visitor.visit, StatusCode::OK, &page.given, &page)
}

fn seen(visitor: &Staff, post: Post) -> Seen {
    Seen {
        id: post.id.to_string(),
        thread: post.thread.to_string(),
        name: post.name,
        at: visitor.shell().moment(&post.posted_at),
        body: post.body,
        is_hidden: post.is_hidden,
    }
}

fn of_thread(thread: &Thread) -> (String, String, bool) {
    (thread.id.to_string(), thread.subject.written().to_owned(), thread.is_locked)
}

/// The thread, and the post that was judged, if it was one.
async fn again(
    portal: &Portal,
    visitor: &Staff,
    (thread, post): (ThreadId, Option<Post>),
    pressed: Pressed,
) -> Result<Response, Trouble> {
    let given = match pressed {
        Ok(response) => return Ok(response),
        Err(Undone::Trouble(trouble)) => return Err(trouble),
        Err(Undone::Back(given)) => given,
    };
    let found = store::find_thread(portal.db.reader(), thread).await?;
    let (thread, _) = found.ok_or_else(Trouble::not_found)?;
    let status = given.status();
    let page = ModeratePage {
        shell: visitor.shell(),
        thread: Some(of_thread(&thread)),
        posts: post.into_iter().map(|post| seen(visitor, post)).collect(),
        pages: (None, Some(format!("/staff/newsgroups?thread={}", thread.id))),
        groups: Vec::new(),
        is_editor: visitor.member.may_edit(),
        given,
        done: None,
    };
    given::page(&visitor.visit, status, &page.given, &page)
}

#[derive(Deserialize)]
pub struct Act {
    #[serde(default)]
    reason: String,
    /// `yes`: hide or close; anything else: the opposite.
    #[serde(default)]
    so: String,
}

pub async fn judge_post(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    Checked(act): Checked<Act>,
) -> Result<Response, Trouble> {
    let id: PostId = id.parse().map_err(|_| Trouble::not_found())?;
    let post = store::find_post(portal.db.reader(), id).await?.ok_or_else(Trouble::not_found)?;
    let pressed = hide(&portal, &visitor, id, &act).await;
    again(&portal, &visitor, (post.thread, Some(post)), pressed).await
}

async fn hide(portal: &Portal, visitor: &Staff, id: PostId, act: &Act) -> Pressed {
    let (given, is_hidden) = (Given::at(format!("reason-{id}"), &act.reason), act.so == "yes");
    let (tx, reason) = begin(portal, visitor, &given, &Locks::default()).await?;
    let post = store::find_post(&tx, id).await?.ok_or_else(Trouble::not_found)?;
    let (thread, group) = store::find_thread(&tx, post.thread).await?.ok_or_else(Trouble::not_found)?;
    let done = actions::set_hidden(&tx, (&thread, &group), id, is_hidden).await?;
    let action = if is_hidden { "post.hidden" } else { "post.shown" };
    let what = (action, format!("post:{id}"), reason);
    finish(tx, portal, visitor, (done, given), what, (&thread, &group)).await
}

pub async fn judge_thread(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    Checked(act): Checked<Act>,
) -> Result<Response, Trouble> {
    let id: ThreadId = id.parse().map_err(|_| Trouble::not_found())?;
    let pressed = close(&portal, &visitor, id, &act).await;
    again(&portal, &visitor, (id, None), pressed).await
}

async fn close(portal: &Portal, visitor: &Staff, id: ThreadId, act: &Act) -> Pressed {
    let (given, is_locked) = (Given::at("reason-thread", &act.reason), act.so == "yes");
    let (tx, reason) = begin(portal, visitor, &given, &Locks::default()).await?;
    let (thread, group) = store::find_thread(&tx, id).await?.ok_or_else(Trouble::not_found)?;
    let done = store::set_locked(&tx, id, is_locked).await?;
    let action = if is_locked { "thread.closed" } else { "thread.opened" };
    let what = (action, format!("thread:{id}"), reason);
    finish(tx, portal, visitor, (done, given), what, (&thread, &group)).await
}

async fn finish(
    tx: Adding<Duty>,
    portal: &Portal,
    visitor: &Staff,
    (is_done, given): (bool, Given),
    (action, target, reason): (&'static str, String, String),
    (thread, group): (&Thread, &Newsgroup),
) -> Pressed {
    if !is_done {
        tx.tried().await?;
        return Err(given.nothing_left(&visitor.visit).into());
    }
    let deed = Deed {
        actor: Actor::Staff(visitor.member.subject()),
        company: None,
        action,
        target,
        detail: json!({ "newsgroup": group.slug, "subject": thread.subject.written(), "reason": reason }),
    };
    let now = visitor.visit.now;
    audit::store::append(&tx, now, &portal.audit_mac, &deed).await?;
    let place = format!("/staff/newsgroups?thread={}&done=done", thread.id);
    Ok(see_other(&tx.commit(now, place).await?))
}
