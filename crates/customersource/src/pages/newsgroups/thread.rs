//! One thread with its posts, and the form for a reply.
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    turn::{Turn, Turned},
    web::{Errors, Shell, Trouble},
};

use crate::{
    Portal,
    newsgroup::{Newsgroup, PostId, Thread, ThreadId, store},
    pages::anybodys_page,
    resource::markdown::{self, Html},
    visitor::{self, reading::Reading},
};

/// A post as the page shows it.
pub struct Shown {
    id: String,
    /// `None`: a former member.
    name: Option<String>,
    at: String,
    /// `None`: hidden.
    body: Option<Html>,
}

#[derive(Template)]
#[template(path = "newsgroups/thread.html")]
pub struct ThreadPage {
    shell: Shell,
    group: Newsgroup,
    thread: Thread,
    posts: Vec<Shown>,
    may_write: bool,
    moderates: bool,
    is_watched: bool,
    /// Their company's records say so: no mails come although they watch.
    no_bulk_mail: bool,
    /// The posts beside which the pages before and after lie.
    pages: (Option<PostId>, Option<PostId>),
    body: String,
    errors: Errors,
}

impl ThreadPage {
    /// The heading: what it is about, for whoever may see it.
    fn subject(&self) -> String {
        match self.thread.subject.shown() {
            Some(subject) => subject.to_owned(),
            None if self.moderates => self.thread.subject.written().to_owned(),
            None => self.shell.t("thread-subject-hidden"),
        }
    }
}

#[cfg(test)]
impl platform::web::page::Samples for ThreadPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let post_id = PostId(uuid::Uuid::nil());
        let post = |name: Option<&str>, body: Option<&str>| Shown {
            id: "1".into(),
            name: name.map(str::to_owned),
            at: "2026-11-01 10:00 UTC".into(),
            body: body.map(markdown::post),
        };
        let page = |is_locked, may_write, moderates, errors| Self {
            shell: shell.clone(),
            group: super::sample_group(),
            thread: Thread {
                id: ThreadId(uuid::Uuid::nil()),
                newsgroup: super::sample_group().id,
                subject: crate::newsgroup::Topic::new("Posting to a closed year".into()),
                is_locked,
                started_at: Default::default(),
                last_at: Default::default(),
            },
            posts: vec![
                post(Some("Maria Silva"), Some("How *is* it done?")),
                post(None, Some("So.")),
                post(None, None),
            ],
            may_write,
            moderates,
            is_watched: may_write,
            no_bulk_mail: moderates || may_write,
            pages: if moderates { (Some(post_id), Some(post_id)) } else { (None, None) },
            body: String::new(),
            errors,
        };
        let mut errors = Errors::default();
        errors.add("body", shell.t("post-wrong"));
        vec![
            page(false, true, false, Errors::default()),
            page(true, false, true, Errors::default()),
            page(false, true, false, errors),
        ]
    }
}

/// A thread of this newsgroup that this visitor may read.
pub async fn find(
    portal: &Portal,
    reading: &Reading,
    slug: &str,
    thread: &str,
) -> Result<(Thread, Newsgroup), Trouble> {
    let group = super::find(portal, reading, slug).await?;
    let id: ThreadId = thread.parse().map_err(|_| Trouble::not_found())?;
    let db = portal.db.reader();
    let found = store::find_thread(db, id).await?.filter(|(_, own)| own.id == group.id);
    found.ok_or_else(Trouble::not_found)
}

pub async fn show(
    State(portal): State<Portal>,
    reading: Reading,
    Path((slug, thread)): Path<(String, String)>,
    Query(turned): Query<Turned>,
) -> Result<Response, Trouble> {
    let found = find(&portal, &reading, &slug, &thread).await?;
    let kept = (String::new(), Errors::default());
    page(&portal, &reading, found, StatusCode::OK, turned.turn(), kept).await
}

/// A page of a thread.
pub async fn page(
    portal: &Portal,
    reading: &Reading,
    (thread, group): (Thread, Newsgroup),
    status: StatusCode,
    turn: Turn<PostId>,
    (body, errors): (String, Errors),
) -> Result<Response, Trouble> {
    let (db, shell) = (portal.db.reader(), reading.shell());
    let shown = |post: crate::newsgroup::Post| Shown {
        id: post.id.to_string(),
        name: post.name,
        at: shell.moment(&post.posted_at),
        body: (!post.is_hidden).then(|| markdown::post(&post.body)),
    };
    let leaf = store::list_posts(db, thread.id, turn).await?;
    let interest = store::find_interest(db, thread.id, reading.profile()?.id).await?;
    // Whoever sees the end of a thread has read it.
    if !leaf.has_after && interest.read_until.is_none_or(|until| until < thread.last_at) {
        visitor::note("read", note_read(portal, reading, &thread)).await;
    }
    let page = ThreadPage {
        shell: reading.shell(),
        may_write: !thread.is_locked && super::offers(reading, &group),
        moderates: reading.moderates(),
        is_watched: interest.is_watched,
        no_bulk_mail: reading.profile()?.no_bulk_mail,
        pages: leaf.ends(|post| post.id),
        group,
        thread,
        posts: leaf.rows.into_iter().map(shown).collect(),
        body,
        errors,
    };
    anybodys_page(&reading.visitor, status, &page)
}

async fn note_read(portal: &Portal, reading: &Reading, thread: &Thread) -> Result<(), Trouble> {
    let profile = reading.profile()?.id;
    let tx = reading.acts(portal).await?;
    store::set_read(&tx, thread.id, profile, thread.last_at).await?;
    Ok(tx.commit().await?)
}
