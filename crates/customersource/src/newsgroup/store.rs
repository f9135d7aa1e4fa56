//! Queries on newsgroups, threads, posts and who watches what.
use std::collections::HashMap;

use platform::{Fault, clock::Moment, db::Tx};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, Condition, ConnectionTrait, DbBackend, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, OnConflict},
};

use super::{
    Newsgroup, NewsgroupId, POSTS_A_PAGE, Post, PostId, Thread, ThreadId,
    entity::{newsgroup, post, thread, watch},
};
use crate::{
    access::Rule,
    profile::{self, ProfileId},
};

fn group_of(row: newsgroup::Model) -> Option<Newsgroup> {
    Some(Newsgroup {
        id: row.id,
        rule: Rule::of_text(&row.rule)?,
        slug: row.slug,
        language: row.language,
        name: row.name,
        about: row.about,
        is_readonly: row.is_readonly,
        is_open: row.state == "open",
        revision: row.revision,
    })
}

fn thread_of(row: thread::Model) -> Thread {
    Thread {
        id: row.id,
        newsgroup: row.newsgroup_id,
        subject: row.subject,
        is_locked: row.is_locked,
        started_at: row.started_at,
        last_at: row.last_at,
    }
}

pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Newsgroup>, Fault> {
    let rows = newsgroup::Entity::find().order_by_asc(newsgroup::Column::Slug).all(db).await?;
    Ok(rows.into_iter().filter_map(group_of).collect())
}

pub async fn find_slug(db: &impl ConnectionTrait, slug: &str) -> Result<Option<Newsgroup>, Fault> {
    let row = newsgroup::Entity::find().filter(newsgroup::Column::Slug.eq(slug)).one(db).await?;
    Ok(row.and_then(group_of))
}

pub async fn find(db: &impl ConnectionTrait, id: NewsgroupId) -> Result<Option<Newsgroup>, Fault> {
    Ok(newsgroup::Entity::find_by_id(id).one(db).await?.and_then(group_of))
}

fn active(about: &Newsgroup) -> newsgroup::ActiveModel {
    newsgroup::ActiveModel {
        id: Set(about.id),
        slug: Set(about.slug.clone()),
        language: Set(about.language.clone()),
        name: Set(about.name.clone()),
        about: Set(about.about.clone()),
        rule: Set(about.rule.to_text()),
        is_readonly: Set(about.is_readonly),
        state: Set(if about.is_open { "open" } else { "closed" }.into()),
        revision: Set(about.revision),
    }
}

/// Adds a newsgroup that is not there yet.
pub async fn add(db: &impl ConnectionTrait, about: &Newsgroup) -> Result<(), Fault> {
    newsgroup::Entity::insert(active(about)).exec_without_returning(db).await?;
    Ok(())
}

/// Stores a change of the revision that was read; false when somebody else changed it meanwhile.
pub async fn spend_revision(db: &impl ConnectionTrait, about: &Newsgroup) -> Result<bool, Fault> {
    let mut row = active(about);
    row.revision = Set(about.revision.saturating_add(1));
    row.id = sea_orm::ActiveValue::NotSet;
    let changed = newsgroup::Entity::update_many()
        .set(row)
        .filter(newsgroup::Column::Id.eq(about.id))
        .filter(newsgroup::Column::Revision.eq(about.revision))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Adds a newsgroup, or brings the one of this slug up to date; whether it is open stays.
pub async fn set(db: &impl ConnectionTrait, about: &Newsgroup) -> Result<(), Fault> {
    let Some(known) = find_slug(db, &about.slug).await? else { return add(db, about).await };
    let wanted =
        Newsgroup { id: known.id, is_open: known.is_open, revision: known.revision, ..about.clone() };
    if wanted != known {
        spend_revision(db, &wanted).await?;
    }
    Ok(())
}

/// Threads of a newsgroup, the last answered first, beginning after one of them.
pub async fn list_threads(
    db: &impl ConnectionTrait,
    newsgroup: NewsgroupId,
    after: Option<(Moment, ThreadId)>,
    most: u64,
) -> Result<Vec<Thread>, Fault> {
    let mut query = thread::Entity::find().filter(thread::Column::NewsgroupId.eq(newsgroup));
    if let Some((at, id)) = after {
        let same = Condition::all().add(thread::Column::LastAt.eq(at)).add(thread::Column::Id.lt(id));
        query = query.filter(Condition::any().add(thread::Column::LastAt.lt(at)).add(same));
    }
    let newest = query.order_by_desc(thread::Column::LastAt).order_by_desc(thread::Column::Id);
    Ok(newest.limit(most).all(db).await?.into_iter().map(thread_of).collect())
}

/// All threads, in the order of their ids, beginning after one of them.
pub async fn list_threads_after(
    db: &impl ConnectionTrait,
    after: Option<ThreadId>,
    most: u64,
) -> Result<Vec<Thread>, Fault> {
    let mut query = thread::Entity::find();
    if let Some(after) = after {
        query = query.filter(thread::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(thread::Column::Id).limit(most).all(db).await?;
    Ok(rows.into_iter().map(thread_of).collect())
}

/// A thread with its newsgroup.
pub async fn find_thread(
    db: &impl ConnectionTrait,
    id: ThreadId,
) -> Result<Option<(Thread, Newsgroup)>, Fault> {
    let Some(row) = thread::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let group = newsgroup::Entity::find_by_id(row.newsgroup_id).one(db).await?.and_then(group_of);
    Ok(group.map(|group| (thread_of(row), group)))
}

/// The thread as it is now, locked until the transaction ends. SQLite has one writer.
pub async fn lock_thread(tx: &Tx, id: ThreadId) -> Result<Option<Thread>, Fault> {
    let mut query = thread::Entity::find_by_id(id);
    if tx.get_database_backend() == DbBackend::Postgres {
        query = query.lock_exclusive();
    }
    Ok(query.one(tx).await?.map(thread_of))
}

pub async fn add_thread(db: &impl ConnectionTrait, about: &Thread) -> Result<(), Fault> {
    let row = thread::ActiveModel {
        id: Set(about.id),
        newsgroup_id: Set(about.newsgroup),
        subject: Set(about.subject.clone()),
        is_locked: Set(about.is_locked),
        started_at: Set(about.started_at),
        last_at: Set(about.last_at),
    };
    thread::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

pub async fn set_last(db: &impl ConnectionTrait, id: ThreadId, at: Moment) -> Result<(), Fault> {
    thread::Entity::update_many()
        .col_expr(thread::Column::LastAt, Expr::value(at))
        .filter(thread::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Closes a thread, or opens it again; false when it was so before.
pub async fn set_locked(db: &impl ConnectionTrait, id: ThreadId, is_locked: bool) -> Result<bool, Fault> {
    let changed = thread::Entity::update_many()
        .col_expr(thread::Column::IsLocked, Expr::value(is_locked))
        .filter(thread::Column::Id.eq(id))
        .filter(thread::Column::IsLocked.eq(!is_locked))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

async fn with_names(db: &impl ConnectionTrait, rows: Vec<post::Model>) -> Result<Vec<Post>, Fault> {
    let authors: Vec<ProfileId> = rows.iter().map(|row| row.author_profile_id).collect();
    let names = profile::store::list_names(db, &authors).await?;
    let post = |row: post::Model| Post {
        id: row.id,
        thread: row.thread_id,
        author: row.author_profile_id,
        name: names.get(&row.author_profile_id).cloned(),
        body: row.body,
        is_hidden: row.state == "hidden",
        posted_at: row.posted_at,
    };
    Ok(rows.into_iter().map(post).collect())
}

/// A page of the posts of a thread, the first one first. Pages count from 0.
pub async fn list_posts(db: &impl ConnectionTrait, id: ThreadId, page: u64) -> Result<Vec<Post>, Fault> {
    let rows = post::Entity::find()
        .filter(post::Column::ThreadId.eq(id))
        .order_by_asc(post::Column::PostedAt)
        .order_by_asc(post::Column::Id)
        .offset(page.saturating_mul(POSTS_A_PAGE))
        .limit(POSTS_A_PAGE)
        .all(db)
        .await?;
    with_names(db, rows).await
}

/// How many pages a thread has, at least one.
pub async fn count_pages(db: &impl ConnectionTrait, id: ThreadId) -> Result<u64, Fault> {
    let all = post::Entity::find().filter(post::Column::ThreadId.eq(id)).count(db).await?;
    Ok(all.div_ceil(POSTS_A_PAGE).max(1))
}

/// So much of a thread is in the search, in bytes.
const SEARCHED: usize = 100_000;

/// What is visible of a thread, for the search.
pub async fn read_visible(db: &impl ConnectionTrait, id: ThreadId) -> Result<String, Fault> {
    let bodies: Vec<String> = post::Entity::find()
        .select_only()
        .column(post::Column::Body)
        .filter(post::Column::ThreadId.eq(id))
        .filter(post::Column::State.eq("visible"))
        .order_by_asc(post::Column::PostedAt)
        .order_by_asc(post::Column::Id)
        .limit(500)
        .into_tuple()
        .all(db)
        .await?;
    let mut text = String::new();
    for body in bodies {
        if text.len() < SEARCHED {
            text.push_str(&body);
            text.push('\n');
        }
    }
    Ok(text)
}

/// The newest posts everywhere, before one of them: for moderators.
pub async fn list_newest(
    db: &impl ConnectionTrait,
    before: Option<PostId>,
    most: u64,
) -> Result<Vec<Post>, Fault> {
    let mut query = post::Entity::find();
    if let Some(before) = before {
        query = query.filter(post::Column::Id.lt(before));
    }
    // Ids are ordered by time.
    let rows = query.order_by_desc(post::Column::Id).limit(most).all(db).await?;
    with_names(db, rows).await
}

pub async fn find_post(db: &impl ConnectionTrait, id: PostId) -> Result<Option<Post>, Fault> {
    let row = post::Entity::find_by_id(id).one(db).await?;
    Ok(with_names(db, row.into_iter().collect()).await?.pop())
}

/// What a reply answers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parent {
    pub id: Option<PostId>,
    /// Message ids of the thread so far, the first one first (RFC 5536 §3.2.10).
    pub refs: String,
}

/// So many message ids are in a reply's references: the first and the newest (RFC 5537 §3.4.4).
const MOST_REFS: usize = 21;

/// The last post of a thread, with what a reply to it refers to.
pub async fn find_parent(db: &impl ConnectionTrait, id: ThreadId) -> Result<Parent, Fault> {
    let row = post::Entity::find()
        .filter(post::Column::ThreadId.eq(id))
        .order_by_desc(post::Column::PostedAt)
        .order_by_desc(post::Column::Id)
        .one(db)
        .await?;
    let Some(row) = row else { return Ok(Parent::default()) };
    let mut refs: Vec<&str> = row.refs.split_whitespace().chain([row.message_id.as_str()]).collect();
    if refs.len() > MOST_REFS {
        refs.drain(1..refs.len() - MOST_REFS + 1);
    }
    Ok(Parent { id: Some(row.id), refs: refs.join(" ") })
}

/// How many posts of each thread are visible.
pub async fn count_visible(
    db: &impl ConnectionTrait,
    ids: &[ThreadId],
) -> Result<HashMap<ThreadId, i64>, Fault> {
    let counts: Vec<(ThreadId, i64)> = post::Entity::find()
        .select_only()
        .column(post::Column::ThreadId)
        .column_as(post::Column::Id.count(), "posts")
        .filter(post::Column::ThreadId.is_in(ids.iter().copied()))
        .filter(post::Column::State.eq("visible"))
        .group_by(post::Column::ThreadId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(counts.into_iter().collect())
}

pub async fn add_post(
    db: &impl ConnectionTrait,
    about: &Post,
    parent: Parent,
    message_id: &str,
) -> Result<(), Fault> {
    let row = post::ActiveModel {
        id: Set(about.id),
        thread_id: Set(about.thread),
        parent_id: Set(parent.id),
        message_id: Set(message_id.to_owned()),
        refs: Set(parent.refs),
        author_profile_id: Set(about.author),
        body: Set(about.body.clone()),
        state: Set("visible".into()),
        posted_at: Set(about.posted_at),
    };
    post::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Hides a post, or shows it again; false when it was so before.
pub async fn set_hidden(db: &impl ConnectionTrait, id: PostId, is_hidden: bool) -> Result<bool, Fault> {
    let state = |hidden| if hidden { "hidden" } else { "visible" };
    let changed = post::Entity::update_many()
        .col_expr(post::Column::State, Expr::value(state(is_hidden)))
        .filter(post::Column::Id.eq(id))
        .filter(post::Column::State.eq(state(!is_hidden)))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Mails about a thread's replies from now on.
pub async fn watch(db: &impl ConnectionTrait, thread: ThreadId, profile: ProfileId) -> Result<(), Fault> {
    let row = watch::ActiveModel { thread_id: Set(thread), profile_id: Set(profile) };
    let key = [watch::Column::ThreadId, watch::Column::ProfileId];
    let stays = OnConflict::columns(key).do_nothing().to_owned();
    match watch::Entity::insert(row).on_conflict(stays).exec_without_returning(db).await {
        Ok(_) | Err(sea_orm::DbErr::RecordNotInserted) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// No mails any more; true when there were.
pub async fn unwatch(db: &impl ConnectionTrait, thread: ThreadId, profile: ProfileId) -> Result<bool, Fault> {
    Ok(watch::Entity::delete_by_id((thread, profile)).exec(db).await?.rows_affected == 1)
}

pub async fn is_watched(
    db: &impl ConnectionTrait,
    thread: ThreadId,
    profile: ProfileId,
) -> Result<bool, Fault> {
    Ok(watch::Entity::find_by_id((thread, profile)).one(db).await?.is_some())
}

/// Who watches a thread, in the order of their ids, beginning after one of them.
pub async fn list_watchers(
    db: &impl ConnectionTrait,
    thread: ThreadId,
    after: Option<ProfileId>,
    most: u64,
) -> Result<Vec<ProfileId>, Fault> {
    let mut query = watch::Entity::find().filter(watch::Column::ThreadId.eq(thread));
    if let Some(after) = after {
        query = query.filter(watch::Column::ProfileId.gt(after));
    }
    let rows = query.order_by_asc(watch::Column::ProfileId).limit(most).all(db).await?;
    Ok(rows.into_iter().map(|row| row.profile_id).collect())
}

/// A removed profile watches nothing.
pub async fn drop_of_profile(db: &impl ConnectionTrait, profile: ProfileId) -> Result<u64, Fault> {
    let gone = watch::Entity::delete_many().filter(watch::Column::ProfileId.eq(profile)).exec(db).await?;
    Ok(gone.rows_affected)
}
