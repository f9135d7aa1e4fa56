//! Queries on newsgroups, threads and who watches what; posts stand beside.
mod posts;
mod reads;

use std::sync::LazyLock;

use platform::{
    Fault,
    clock::Moment,
    db::{
        Tx,
        joined::{columns, joined},
        rows,
    },
    turn::{Leaf, Turn},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, DbBackend, EntityTrait as _, Order,
    QueryFilter as _, QueryOrder as _, QueryResult, QuerySelect as _, Statement, sea_query::Expr,
};

use super::{
    Newsgroup, NewsgroupId, Thread, ThreadId, Topic,
    entity::{newsgroup, thread, watch},
};
use crate::{access::Rule, profile::ProfileId};

pub use posts::{
    Parent, add_post, count_visible, find_parent, find_post, find_refs, list_newest, list_posts,
    list_visible, read_visible, set_hidden,
};
pub use reads::{Interest, find_interest, set_read};

fn group_of(row: newsgroup::Model) -> Option<Newsgroup> {
    Some(Newsgroup {
        id: row.id,
        rule: Rule::of_text(&row.rule)?,
        slug: row.slug,
        language: row.language,
        name: row.name,
        about: row.about,
        is_readonly: row.is_readonly,
        is_open: row.state == newsgroup::Stored::Open,
        revision: row.revision.into(),
    })
}

/// Rows as threads; where a moderator hid the post that began one, its subject is hidden.
async fn threads_of(db: &impl ConnectionTrait, rows: Vec<thread::Model>) -> Result<Vec<Thread>, Fault> {
    let hidden = posts::list_hidden_beginnings(db, rows.iter().map(|row| row.id)).await?;
    let thread = |row: thread::Model| {
        let is_hidden = hidden.contains(&row.id);
        thread_of(row, is_hidden)
    };
    Ok(rows.into_iter().map(thread).collect())
}

/// How many posts that began a thread `t` a moderator hid.
pub(crate) const HIDDEN_BEGINNINGS: &str = "(SELECT COUNT(*) FROM post WHERE post.thread_id = t.id AND \
     post.parent_id IS NULL AND post.state = 'hidden')";

static WITH_GROUP: LazyLock<String> = LazyLock::new(|| {
    let (thread, group) = (columns::<thread::Entity>("t"), columns::<newsgroup::Entity>("g"));
    format!(
        "SELECT {thread}, {group}, {HIDDEN_BEGINNINGS} AS hidden FROM thread AS t \
         JOIN newsgroup AS g ON g.id = t.newsgroup_id WHERE t.id = $1"
    )
});

/// The thread `t` of a row and its newsgroup `g`, where it has them.
pub(crate) fn of_joined(row: &QueryResult) -> Result<Option<(Thread, Newsgroup)>, Fault> {
    let (Some(thread), Some(group)) =
        (joined::<thread::Model>(row, "t")?, joined(row, "g")?.and_then(group_of))
    else {
        return Ok(None);
    };
    let is_hidden = row.try_get::<i64>("", "hidden")? > 0;
    Ok(Some((thread_of(thread, is_hidden), group)))
}

fn thread_of(row: thread::Model, is_hidden: bool) -> Thread {
    Thread {
        subject: Topic { is_hidden, text: row.subject },
        id: row.id,
        newsgroup: row.newsgroup_id,
        is_locked: row.is_locked,
        started_at: row.started_at,
        last_at: row.last_at,
    }
}

/// Which threads of a newsgroup are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Those with a post that readers see.
    Readable,
    Everything,
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

/// The newsgroup as it is now and stays until the transaction ends: for what is written in it.
pub async fn hold(tx: &Tx, id: NewsgroupId) -> Result<Option<Newsgroup>, Fault> {
    Ok(newsgroup::Entity::find_by_id(id).lock_shared().one(tx).await?.and_then(group_of))
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
        state: Set(newsgroup::Stored::of(about.is_open)),
        revision: Set(about.revision.into()),
    }
}

/// Adds a newsgroup that is not there yet; false when somebody else took the name a moment ago.
pub async fn add(db: &impl ConnectionTrait, about: &Newsgroup) -> Result<bool, Fault> {
    rows::add_once(db, active(about)).await
}

/// Stores a change of the revision that was read; false when somebody else changed it meanwhile.
pub async fn spend_revision(db: &impl ConnectionTrait, about: &Newsgroup) -> Result<bool, Fault> {
    rows::spend_revision(db, active(about), (newsgroup::Column::Id, newsgroup::Column::Revision)).await
}

/// Adds a newsgroup, or brings the one of this slug up to date; whether it is open stays.
pub async fn set(db: &impl ConnectionTrait, about: &Newsgroup) -> Result<(), Fault> {
    let Some(known) = find_slug(db, &about.slug).await? else { return add(db, about).await.map(drop) };
    let wanted =
        Newsgroup { id: known.id, is_open: known.is_open, revision: known.revision, ..about.clone() };
    if wanted != known {
        spend_revision(db, &wanted).await?;
    }
    Ok(())
}

/// Where a thread stands among those of its newsgroup, as addresses say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered(Moment, ThreadId);

impl Answered {
    pub fn of(thread: &Thread) -> Self {
        Self(thread.last_at, thread.id)
    }
}

impl std::fmt::Display for Answered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}_{}", self.0.unix_millis(), self.1)
    }
}

impl std::str::FromStr for Answered {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, id) = text.split_once('_').ok_or(())?;
        Ok(Self(Moment::from_unix_millis(at.parse().map_err(|_| ())?), id.parse().map_err(|_| ())?))
    }
}

/// A page of the threads of a newsgroup, the last answered first; beside the page stands one by when it was answered.
pub async fn list_threads(
    db: &impl ConnectionTrait,
    newsgroup: NewsgroupId,
    turn: Turn<Answered>,
    (most, seen): (u64, Seen),
) -> Result<Leaf<Thread>, Fault> {
    let mut query = thread::Entity::find().filter(thread::Column::NewsgroupId.eq(newsgroup));
    if seen == Seen::Readable {
        query = query.filter(posts::are_readable());
    }
    let same = |at: Moment, id: Expr| Condition::all().add(thread::Column::LastAt.eq(at)).add(id);
    query = match turn {
        Turn::After(Answered(at, id)) => query.filter(
            Condition::any().add(thread::Column::LastAt.lt(at)).add(same(at, thread::Column::Id.lt(id))),
        ),
        Turn::Before(Answered(at, id)) => query.filter(
            Condition::any().add(thread::Column::LastAt.gt(at)).add(same(at, thread::Column::Id.gt(id))),
        ),
        Turn::First | Turn::Last => query,
    };
    let order = if turn.is_backwards() { Order::Asc } else { Order::Desc };
    query = query.order_by(thread::Column::LastAt, order.clone()).order_by(thread::Column::Id, order);
    let leaf = turn.leaf(query.limit(most.saturating_add(1)).all(db).await?, most);
    let (has_before, has_after) = (leaf.has_before, leaf.has_after);
    Ok(Leaf { rows: threads_of(db, leaf.rows).await?, has_before, has_after })
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
    threads_of(db, rows).await
}

/// A thread with its newsgroup.
pub async fn find_thread(
    db: &impl ConnectionTrait,
    id: ThreadId,
) -> Result<Option<(Thread, Newsgroup)>, Fault> {
    let values = [id.0.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), WITH_GROUP.as_str(), values);
    db.query_one_raw(statement).await?.as_ref().map_or(Ok(None), of_joined)
}

async fn find_only(db: &impl ConnectionTrait, id: ThreadId) -> Result<Option<Thread>, Fault> {
    let row = thread::Entity::find_by_id(id).one(db).await?;
    Ok(threads_of(db, row.into_iter().collect()).await?.pop())
}

/// What a thread is about, as it is now.
pub async fn find_topic(db: &impl ConnectionTrait, id: ThreadId) -> Result<Option<Topic>, Fault> {
    Ok(find_only(db, id).await?.map(|thread| thread.subject))
}

/// The thread as it is now, locked until the transaction ends. SQLite has one writer.
pub async fn lock_thread(tx: &Tx, id: ThreadId) -> Result<Option<Thread>, Fault> {
    let mut query = thread::Entity::find_by_id(id);
    if tx.get_database_backend() == DbBackend::Postgres {
        query = query.lock_exclusive();
    }
    let row = query.one(tx).await?;
    Ok(threads_of(tx, row.into_iter().collect()).await?.pop())
}

pub async fn add_thread(db: &impl ConnectionTrait, about: &Thread) -> Result<(), Fault> {
    let row = thread::ActiveModel {
        id: Set(about.id),
        newsgroup_id: Set(about.newsgroup),
        subject: Set(about.subject.written().to_owned()),
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

/// Mails about a thread's replies from now on.
pub async fn watch(db: &impl ConnectionTrait, thread: ThreadId, profile: ProfileId) -> Result<(), Fault> {
    let row = watch::ActiveModel { thread_id: Set(thread), profile_id: Set(profile) };
    rows::add_once(db, row).await.map(drop)
}

/// No mails any more; true when there were.
pub async fn unwatch(db: &impl ConnectionTrait, thread: ThreadId, profile: ProfileId) -> Result<bool, Fault> {
    Ok(watch::Entity::delete_by_id((thread, profile)).exec(db).await?.rows_affected == 1)
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
    reads::drop_reads(db, profile).await?;
    let gone = watch::Entity::delete_many().filter(watch::Column::ProfileId.eq(profile)).exec(db).await?;
    Ok(gone.rows_affected)
}
