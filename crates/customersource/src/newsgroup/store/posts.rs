//! Queries on posts.
use std::collections::{HashMap, HashSet};

use platform::{
    Fault,
    turn::{Leaf, Turn},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _, SelectTwo,
    sea_query::{Expr, ExprTrait as _},
};

use super::super::{
    POSTS_A_PAGE, Post, PostId, ThreadId,
    entity::{post, thread},
};
use crate::profile;

/// A post with its author, who may be removed.
fn of_pair((row, author): (post::Model, Option<profile::entity::Model>)) -> Post {
    let author = author.map(profile::store::of_row).filter(|author| author.is_active);
    Post {
        id: row.id,
        thread: row.thread_id,
        author: row.author_profile_id,
        name: author.map(|author| author.name()),
        body: row.body,
        is_hidden: row.state == post::Stored::Hidden,
        posted_at: row.posted_at,
    }
}

fn with_authors() -> SelectTwo<post::Entity, profile::entity::Entity> {
    post::Entity::find().find_also_related(profile::entity::Entity)
}

/// A page of the posts of a thread, the first one first. Ids are ordered by time.
pub async fn list_posts(
    db: &impl ConnectionTrait,
    id: ThreadId,
    turn: Turn<PostId>,
) -> Result<Leaf<Post>, Fault> {
    let mut query = with_authors().filter(post::Column::ThreadId.eq(id));
    query = match turn {
        Turn::After(key) => query.filter(post::Column::Id.gt(key)),
        Turn::Before(key) => query.filter(post::Column::Id.lt(key)),
        Turn::First | Turn::Last => query,
    };
    query = match turn.is_backwards() {
        true => query.order_by_desc(post::Column::Id),
        false => query.order_by_asc(post::Column::Id),
    };
    let rows = query.limit(POSTS_A_PAGE + 1).all(db).await?;
    Ok(turn.leaf(rows, POSTS_A_PAGE).map(of_pair))
}

/// Threads with a post that readers see.
pub(super) fn are_readable() -> Expr {
    let visible = post::Entity::find()
        .select_only()
        .column(post::Column::Id)
        .filter(post::Column::State.eq(post::Stored::Visible))
        .filter(
            Expr::col((post::Entity, post::Column::ThreadId)).equals((thread::Entity, thread::Column::Id)),
        );
    Expr::exists(visible.into_query())
}

/// Those of these threads whose first post is hidden.
pub(super) async fn list_hidden_beginnings(
    db: &impl ConnectionTrait,
    ids: impl Iterator<Item = ThreadId>,
) -> Result<HashSet<ThreadId>, Fault> {
    let hidden: Vec<ThreadId> = post::Entity::find()
        .select_only()
        .column(post::Column::ThreadId)
        .filter(post::Column::ThreadId.is_in(ids))
        .filter(post::Column::ParentId.is_null())
        .filter(post::Column::State.eq(post::Stored::Hidden))
        .into_tuple()
        .all(db)
        .await?;
    Ok(hidden.into_iter().collect())
}

/// So much of a thread is in the search, in bytes.
const SEARCHED: usize = 100_000;

/// What is visible of a thread, for the search.
pub async fn read_visible(db: &impl ConnectionTrait, id: ThreadId) -> Result<String, Fault> {
    let bodies: Vec<String> = post::Entity::find()
        .select_only()
        .column(post::Column::Body)
        .filter(post::Column::ThreadId.eq(id))
        .filter(post::Column::State.eq(post::Stored::Visible))
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

/// So many posts are read for the places that answer a question.
const MOST_READ: u64 = 1_000;

/// What is visible of several threads, as far as it is read.
pub async fn list_visible(
    db: &impl ConnectionTrait,
    ids: &[ThreadId],
) -> Result<HashMap<ThreadId, String>, Fault> {
    let bodies: Vec<(ThreadId, String)> = post::Entity::find()
        .select_only()
        .column(post::Column::ThreadId)
        .column(post::Column::Body)
        .filter(post::Column::ThreadId.is_in(ids.iter().copied()))
        .filter(post::Column::State.eq(post::Stored::Visible))
        .order_by_asc(post::Column::Id)
        .limit(MOST_READ)
        .into_tuple()
        .all(db)
        .await?;
    let mut texts = HashMap::<ThreadId, String>::new();
    for (id, body) in bodies {
        let text = texts.entry(id).or_default();
        if text.len() < SEARCHED {
            text.push_str(&body);
            text.push('\n');
        }
    }
    Ok(texts)
}

/// A page of the posts everywhere, the newest first: for moderators.
pub async fn list_newest(
    db: &impl ConnectionTrait,
    turn: Turn<PostId>,
    most: u64,
) -> Result<Leaf<Post>, Fault> {
    let mut query = with_authors();
    query = match turn {
        Turn::After(key) => query.filter(post::Column::Id.lt(key)),
        Turn::Before(key) => query.filter(post::Column::Id.gt(key)),
        Turn::First | Turn::Last => query,
    };
    // Ids are ordered by time.
    query = match turn.is_backwards() {
        true => query.order_by_asc(post::Column::Id),
        false => query.order_by_desc(post::Column::Id),
    };
    Ok(turn.leaf(query.limit(most.saturating_add(1)).all(db).await?, most).map(of_pair))
}

pub async fn find_post(db: &impl ConnectionTrait, id: PostId) -> Result<Option<Post>, Fault> {
    Ok(with_authors().filter(post::Column::Id.eq(id)).one(db).await?.map(of_pair))
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

/// The message id of a post, and those that it refers to, the first one first.
pub async fn find_refs(db: &impl ConnectionTrait, id: PostId) -> Result<(String, String), Fault> {
    let row = post::Entity::find_by_id(id).one(db).await?;
    Ok(row.map(|row| (row.message_id, row.refs)).unwrap_or_default())
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
        .filter(post::Column::State.eq(post::Stored::Visible))
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
        state: Set(post::Stored::Visible),
        posted_at: Set(about.posted_at),
    };
    post::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Hides a post, or shows it again; false when it was so before.
pub async fn set_hidden(db: &impl ConnectionTrait, id: PostId, is_hidden: bool) -> Result<bool, Fault> {
    let state = |hidden| if hidden { post::Stored::Hidden } else { post::Stored::Visible };
    let changed = post::Entity::update_many()
        .col_expr(post::Column::State, Expr::value(state(is_hidden)))
        .filter(post::Column::Id.eq(id))
        .filter(post::Column::State.eq(state(!is_hidden)))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}
