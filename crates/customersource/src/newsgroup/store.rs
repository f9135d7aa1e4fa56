//! Queries on newsgroups, threads, posts and who watches what.
use platform::{Fault, clock::Moment, db::Tx};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, OnConflict},
};

use super::{
    Newsgroup, NewsgroupId, Post, PostId, Thread, ThreadId,
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

/// Adds a newsgroup, or brings the one of this slug up to date.
pub async fn set(db: &impl ConnectionTrait, about: &Newsgroup) -> Result<(), Fault> {
    let known = newsgroup::Entity::find().filter(newsgroup::Column::Slug.eq(&about.slug)).one(db).await?;
    let row = newsgroup::ActiveModel {
        id: Set(known.as_ref().map_or(about.id, |row| row.id)),
        slug: Set(about.slug.clone()),
        language: Set(about.language.clone()),
        name: Set(about.name.clone()),
        about: Set(about.about.clone()),
        rule: Set(about.rule.to_text()),
        is_readonly: Set(about.is_readonly),
    };
    if known.is_some() {
        newsgroup::Entity::update(row).exec(db).await?;
    } else {
        newsgroup::Entity::insert(row).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Threads of a newsgroup, the last answered first, beginning before a moment.
pub async fn list_threads(
    db: &impl ConnectionTrait,
    newsgroup: NewsgroupId,
    before: Option<Moment>,
    most: u64,
) -> Result<Vec<Thread>, Fault> {
    let mut query = thread::Entity::find().filter(thread::Column::NewsgroupId.eq(newsgroup));
    if let Some(before) = before {
        query = query.filter(thread::Column::LastAt.lt(before));
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
    let mut posts = Vec::new();
    for row in rows {
        let author = profile::store::find(db, row.author_profile_id).await?;
        let name = author.filter(|(profile, _)| profile.is_active).map(|(profile, _)| profile.name());
        posts.push(Post {
            id: row.id,
            thread: row.thread_id,
            author: row.author_profile_id,
            name,
            body: row.body,
            is_hidden: row.state == "hidden",
            posted_at: row.posted_at,
        });
    }
    Ok(posts)
}

/// The posts of a thread, the first one first.
pub async fn list_posts(db: &impl ConnectionTrait, id: ThreadId) -> Result<Vec<Post>, Fault> {
    let rows = post::Entity::find()
        .filter(post::Column::ThreadId.eq(id))
        .order_by_asc(post::Column::PostedAt)
        .order_by_asc(post::Column::Id)
        .limit(500)
        .all(db)
        .await?;
    with_names(db, rows).await
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

/// The newest posts everywhere, for moderators.
pub async fn list_newest(db: &impl ConnectionTrait, most: u64) -> Result<Vec<Post>, Fault> {
    let rows = post::Entity::find().order_by_desc(post::Column::PostedAt).limit(most).all(db).await?;
    with_names(db, rows).await
}

pub async fn find_post(db: &impl ConnectionTrait, id: PostId) -> Result<Option<Post>, Fault> {
    let row = post::Entity::find_by_id(id).one(db).await?;
    Ok(with_names(db, row.into_iter().collect()).await?.pop())
}

/// The first and the last post of a thread: what a reply refers to.
pub async fn find_last_post(db: &impl ConnectionTrait, id: ThreadId) -> Result<Option<PostId>, Fault> {
    let row = post::Entity::find()
        .filter(post::Column::ThreadId.eq(id))
        .order_by_desc(post::Column::PostedAt)
        .order_by_desc(post::Column::Id)
        .one(db)
        .await?;
    Ok(row.map(|row| row.id))
}

pub async fn count_visible(db: &impl ConnectionTrait, id: ThreadId) -> Result<u64, Fault> {
    let visible =
        post::Entity::find().filter(post::Column::ThreadId.eq(id)).filter(post::Column::State.eq("visible"));
    Ok(visible.count(db).await?)
}

pub async fn add_post(
    db: &impl ConnectionTrait,
    about: &Post,
    parent: Option<PostId>,
    message_id: &str,
) -> Result<(), Fault> {
    let row = post::ActiveModel {
        id: Set(about.id),
        thread_id: Set(about.thread),
        parent_id: Set(parent),
        message_id: Set(message_id.to_owned()),
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

pub async fn list_watchers(db: &impl ConnectionTrait, thread: ThreadId) -> Result<Vec<ProfileId>, Fault> {
    let rows = watch::Entity::find().filter(watch::Column::ThreadId.eq(thread)).limit(500).all(db).await?;
    Ok(rows.into_iter().map(|row| row.profile_id).collect())
}

/// A removed profile watches nothing.
pub async fn drop_of_profile(db: &impl ConnectionTrait, profile: ProfileId) -> Result<u64, Fault> {
    let gone = watch::Entity::delete_many().filter(watch::Column::ProfileId.eq(profile)).exec(db).await?;
    Ok(gone.rows_affected)
}
