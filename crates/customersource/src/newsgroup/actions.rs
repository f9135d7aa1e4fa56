//! Writing in a newsgroup: the post, the search, and the mails to whoever watches the thread.
use platform::{Fault, clock::Moment, db::Tx, language::Language};

use super::{Newsgroup, Post, PostId, Thread, ThreadId, store};
use crate::{
    access,
    bulletin::{Bulletin, Press, What},
    profile::{self, Profile, ProfileId},
    search::{self, Entry, Kind},
    unsubscribe::{List, Unsubscribe},
};

/// What somebody writes.
pub struct Written<'a> {
    pub author: &'a Profile,
    pub body: String,
    /// They want mails about replies.
    pub watches: bool,
}

/// Begins a thread.
pub async fn start(
    tx: &Tx,
    now: Moment,
    press: &Press<'_>,
    group: &Newsgroup,
    subject: String,
    written: Written<'_>,
) -> Result<ThreadId, Fault> {
    let id = ThreadId::new(now, press.random);
    let thread = Thread { id, newsgroup: group.id, subject, is_locked: false, started_at: now, last_at: now };
    store::add_thread(tx, &thread).await?;
    add(tx, now, press, &thread, group, None, written).await?;
    Ok(id)
}

/// Replies in a thread and tells whoever watches it. `None` when it is closed or gone.
pub async fn reply(
    tx: &Tx,
    now: Moment,
    press: &Press<'_>,
    (id, group): (ThreadId, &Newsgroup),
    written: Written<'_>,
) -> Result<Option<PostId>, Fault> {
    let Some(thread) = store::lock_thread(tx, id).await?.filter(|thread| !thread.is_locked) else {
        return Ok(None);
    };
    let author = written.author.id;
    let parent = store::find_last_post(tx, id).await?;
    let post = add(tx, now, press, &thread, group, parent, written).await?;
    store::set_last(tx, id, now).await?;
    tell_watchers(tx, now, press, &thread, group, author).await?;
    Ok(Some(post))
}

async fn add(
    tx: &Tx,
    now: Moment,
    press: &Press<'_>,
    thread: &Thread,
    group: &Newsgroup,
    parent: Option<PostId>,
    written: Written<'_>,
) -> Result<PostId, Fault> {
    let id = PostId::new(now, press.random);
    let post = Post {
        id,
        thread: thread.id,
        author: written.author.id,
        name: None,
        body: written.body,
        is_hidden: false,
        posted_at: now,
    };
    let host = press.site.public_url.host_str().unwrap_or("localhost");
    store::add_post(tx, &post, parent, &format!("<{id}@{host}>")).await?;
    if written.watches {
        store::watch(tx, thread.id, written.author.id).await?;
    }
    index(tx, thread.id, &thread.subject, &group.language).await?;
    Ok(id)
}

/// Brings the search up to what of a thread is visible now.
pub async fn index(tx: &Tx, id: ThreadId, subject: &str, language: &str) -> Result<(), Fault> {
    let body = store::read_visible(tx, id).await?;
    if body.is_empty() {
        return search::store::drop_entry(tx, Kind::Thread, id.0).await;
    }
    search::store::set_entry(tx, Kind::Thread, id.0, &Entry::new(language, subject, "", &body)).await
}

/// A mail to each who watches and may still read; not to the author.
async fn tell_watchers(
    tx: &Tx,
    now: Moment,
    press: &Press<'_>,
    thread: &Thread,
    group: &Newsgroup,
    author: ProfileId,
) -> Result<(), Fault> {
    let link = press.site.url(&format!("/newsgroups/{}/{}", group.slug, thread.id));
    let language = Language::of_tag(&group.language).unwrap_or(press.site.default_language);
    for watcher in store::list_watchers(tx, thread.id).await? {
        let Some((person, company)) = profile::store::find(tx, watcher).await? else { continue };
        if watcher == author || !person.is_active || !company.is_active {
            continue;
        }
        let face = access::actions::face(tx, press.regions, now, (&person, &company), &group.rule).await?;
        if !face.is_allowed() {
            continue;
        }
        let stop = Unsubscribe { list: List::Thread(thread.id), profile: watcher }.sign(press.unsubscribe);
        let bulletin = Bulletin {
            what: What::Reply { newsgroup: &group.name, subject: &thread.subject },
            language,
            to: &person.email,
            person: &person.name(),
            link: &link,
            unsubscribe: Some(&press.site.url(&format!("/unsubscribe/{stop}"))),
        };
        press.send(tx, now, &bulletin).await?;
    }
    Ok(())
}

/// Hides a post or shows it again, also in the search; false when it was so before.
pub async fn set_hidden(
    tx: &Tx,
    (thread, group): (&Thread, &Newsgroup),
    post: PostId,
    is_hidden: bool,
) -> Result<bool, Fault> {
    if !store::set_hidden(tx, post, is_hidden).await? {
        return Ok(false);
    }
    index(tx, thread.id, &thread.subject, &group.language).await?;
    Ok(true)
}
