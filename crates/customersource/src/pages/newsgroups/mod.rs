//! Newsgroups: which there are, and their threads.
pub mod thread;
pub mod write;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use platform::{
    turn::Turned,
    web::{Shell, Trouble},
};

use super::resources::Line;
use crate::{
    Portal,
    access::Rule,
    newsgroup::{Newsgroup, THREADS_A_PAGE, ThreadId, store},
    resource::is_slug,
    visitor::{locked::Place, reading::Reading},
};

#[derive(Template)]
#[template(path = "newsgroups/groups.html")]
pub struct GroupsPage {
    shell: Shell,
    lines: Vec<Line>,
}

#[cfg(test)]
impl platform::web::page::Samples for GroupsPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |lines| Self { shell: shell.clone(), lines };
        vec![page(vec![]), page(vec![Line::sample(false), Line::sample(true)])]
    }
}

pub async fn groups(State(portal): State<Portal>, reading: Reading) -> Result<Response, Trouble> {
    reading.enter(&portal, &Rule::default(), place(&reading)).await?;
    let mut lines = Vec::new();
    for group in store::list(portal.db.reader()).await? {
        let face = reading.face(&group.rule);
        if face.is_listed() {
            lines.push(Line {
                href: format!("/newsgroups/{}", group.slug),
                title: group.name,
                language: group.language,
                summary: group.about,
                facts: String::new(),
                is_locked: !face.is_allowed(),
                snippet: Default::default(),
            });
        }
    }
    reading.page(&GroupsPage { shell: reading.shell(), lines })
}

/// A newsgroup that this visitor may read; otherwise the page that says why not.
async fn find(portal: &Portal, reading: &Reading, slug: &str) -> Result<Newsgroup, Trouble> {
    if !reading.is_known() {
        reading.enter(portal, &Rule::default(), place(reading)).await?;
    }
    if !is_slug(slug) {
        return Err(Trouble::not_found());
    }
    let group = store::find_slug(portal.db.reader(), slug).await?.ok_or_else(Trouble::not_found)?;
    if let Some(lock) = reading.lock(&group.rule) {
        // What no list shows has no name here either.
        let name = if lock.is_listed() { group.name } else { String::new() };
        let place = Place::titled(name).under(reading.visit().t("section-newsgroups"), "/newsgroups");
        return Err(reading.refuse(portal, lock, &group.rule, place).await);
    }
    Ok(group)
}

/// The page of all newsgroups.
fn place(reading: &Reading) -> Place {
    Place::titled(reading.visit().t("section-newsgroups"))
        .under(reading.visit().t("nav-resources"), "/resources")
}

/// Whether a newsgroup that this visitor may read offers them to write: staff must prove first who they are.
fn offers(reading: &Reading, group: &Newsgroup) -> bool {
    group.is_open && (!group.is_readonly || reading.moderates() || reading.demanded().is_some())
}

/// One line of a newsgroup.
pub struct ThreadLine {
    href: String,
    /// `None`: hidden.
    subject: Option<String>,
    posts: i64,
    last_at: String,
    is_locked: bool,
}

#[derive(Template)]
#[template(path = "newsgroups/threads.html")]
pub struct ThreadsPage {
    shell: Shell,
    group: Newsgroup,
    may_write: bool,
    threads: Vec<ThreadLine>,
    /// The addresses of what is newer, and of what is older.
    pages: (Option<String>, Option<String>),
}

#[cfg(test)]
pub fn sample_group() -> Newsgroup {
    Newsgroup {
        id: crate::newsgroup::NewsgroupId(uuid::Uuid::nil()),
        slug: "gp".into(),
        language: "en-US".into(),
        name: "Dynamics GP".into(),
        about: "Questions and answers.".into(),
        rule: Rule::default(),
        is_readonly: false,
        is_open: true,
        revision: 1,
    }
}

#[cfg(test)]
impl platform::web::page::Samples for ThreadsPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let line = |is_locked: bool| ThreadLine {
            href: "/newsgroups/gp/1".into(),
            subject: (!is_locked).then(|| "Posting to a closed year".into()),
            posts: 3,
            last_at: "2026-11-01".into(),
            is_locked,
        };
        let page = |threads, may_write, older| Self {
            shell: shell.clone(),
            group: sample_group(),
            may_write,
            threads,
            pages: (None, older),
        };
        vec![
            page(vec![], true, None),
            page(vec![line(false), line(true)], false, Some("/newsgroups/gp?before=1".into())),
        ]
    }
}

pub async fn threads(
    State(portal): State<Portal>,
    reading: Reading,
    Path(slug): Path<String>,
    Query(turned): Query<Turned>,
) -> Result<Response, Trouble> {
    let group = find(&portal, &reading, &slug).await?;
    let db = portal.db.reader();
    let readable = (THREADS_A_PAGE, store::Seen::Readable);
    let leaf = store::list_threads(db, group.id, turned.turn(), readable).await?;
    let (first, last) = leaf.ends(store::Answered::of);
    let pages = (
        first.map(|first| format!("/newsgroups/{slug}?before={first}")),
        last.map(|last| format!("/newsgroups/{slug}?after={last}")),
    );
    let found = leaf.rows;
    let ids: Vec<ThreadId> = found.iter().map(|thread| thread.id).collect();
    let counts = store::count_visible(db, &ids).await?;
    let threads = found
        .into_iter()
        .map(|thread| ThreadLine {
            href: format!("/newsgroups/{slug}/{}", thread.id),
            posts: counts.get(&thread.id).copied().unwrap_or(0),
            last_at: reading.visit().day_of(thread.last_at),
            subject: thread.subject.shown().map(str::to_owned),
            is_locked: thread.is_locked,
        })
        .collect();
    let may_write = offers(&reading, &group);
    reading.page(&ThreadsPage { shell: reading.shell(), group, may_write, threads, pages })
}
