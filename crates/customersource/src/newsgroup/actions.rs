//! Writing in a newsgroup: the post, the search, and the order to tell whoever watches the thread.
use platform::{Fault, clock::Moment, db::Tx, outbox::Job};
use serde::{Deserialize, Serialize};

use super::{
    Newsgroup, Post, PostId, Thread, ThreadId, Topic,
    store::{self, Parent},
};
use crate::{
    acting::{Acting, Adding, Duty, Own},
    bulletin::Press,
    profile::ProfileId,
    search::{self, Entry, Kind},
};

/// What somebody writes.
pub struct Written {
    pub body: String,
    /// They want mails about replies.
    pub watches: bool,
}

/// Begins a thread.
pub async fn start(
    tx: &Adding<Own>,
    now: Moment,
    press: &Press<'_>,
    group: &Newsgroup,
    subject: String,
    written: Written,
) -> Result<ThreadId, Fault> {
    let tx: &Acting<Own> = tx;
    let id = ThreadId::new(now, press.random);
    let subject = Topic::new(subject);
    let thread = Thread { id, newsgroup: group.id, subject, is_locked: false, started_at: now, last_at: now };
    store::add_thread(tx, &thread).await?;
    add(tx, now, press, &thread, group, Parent::default(), written).await?;
    Ok(id)
}

/// The mails about a reply, to those who watch after one of them.
#[derive(Serialize, Deserialize)]
pub struct TellWatchers {
    pub thread: ThreadId,
    pub post: PostId,
    pub author: ProfileId,
    pub after: Option<ProfileId>,
    /// How often it found too many letters waiting.
    #[serde(default)]
    pub waited: u32,
}

impl Job for TellWatchers {
    const KIND: &'static str = "reply";
}

/// Replies in a thread; whoever watches it is told. `None` when it is closed or gone.
pub async fn reply(
    tx: &Adding<Own>,
    now: Moment,
    press: &Press<'_>,
    (id, group): (ThreadId, &Newsgroup),
    written: Written,
) -> Result<Option<PostId>, Fault> {
    let tx: &Acting<Own> = tx;
    let Some(thread) = store::lock_thread(tx, id).await?.filter(|thread| !thread.is_locked) else {
        return Ok(None);
    };
    let author = tx.profile().id;
    let parent = store::find_parent(tx, id).await?;
    let post = add(tx, now, press, &thread, group, parent, written).await?;
    store::set_last(tx, id, now).await?;
    press.outbox.add(tx, now, &TellWatchers { thread: id, post, author, after: None, waited: 0 }).await?;
    Ok(Some(post))
}

async fn add(
    tx: &Acting<Own>,
    now: Moment,
    press: &Press<'_>,
    thread: &Thread,
    group: &Newsgroup,
    parent: Parent,
    written: Written,
) -> Result<PostId, Fault> {
    let id = PostId::new(now, press.random);
    let post = Post {
        id,
        thread: thread.id,
        author: tx.profile().id,
        name: None,
        body: written.body,
        is_hidden: false,
        posted_at: now,
    };
    let host = press.site.public_url.host_str().unwrap_or("localhost");
    store::add_post(tx, &post, parent, &format!("<{id}@{host}>")).await?;
    store::set_read(tx, thread.id, tx.profile().id, now).await?;
    if written.watches {
        store::watch(tx, thread.id, tx.profile().id).await?;
    }
    index(tx, thread.id, &group.language).await?;
    Ok(id)
}

/// The same when the newsgroup has another language than it had.
pub async fn index_anew(tx: &Tx, id: ThreadId, language: &str) -> Result<(), Fault> {
    search::store::drop_entry(tx, Kind::Thread, id.0).await?;
    index(tx, id, language).await
}

/// Brings the search up to what of a thread is visible now.
pub async fn index(tx: &Tx, id: ThreadId, language: &str) -> Result<(), Fault> {
    let subject = store::find_topic(tx, id).await?;
    let subject = subject.as_ref().and_then(Topic::shown).unwrap_or_default();
    let body = store::read_visible(tx, id).await?;
    if body.is_empty() {
        return search::store::drop_entry(tx, Kind::Thread, id.0).await;
    }
    search::store::set_entry(tx, Kind::Thread, id.0, &Entry::new(language, subject, "", &body)).await
}

/// Hides a post or shows it again, also in the search; false when it was so before.
pub async fn set_hidden(
    tx: &Acting<Duty>,
    (thread, group): (&Thread, &Newsgroup),
    post: PostId,
    is_hidden: bool,
) -> Result<bool, Fault> {
    if !store::set_hidden(tx, post, is_hidden).await? {
        return Ok(false);
    }
    index(tx, thread.id, &group.language).await?;
    Ok(true)
}
