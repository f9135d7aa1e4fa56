//! Queries on an account's history. Lines are added and grow old; none is ever changed.
use platform::{
    Fault,
    clock::Moment,
    db::rows,
    sweep::Over,
    turn::{Leaf, Turn},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::{
    Event, EventId, Kind, NewEvent, Source,
    entity::{ActiveModel, Column, Entity, Model},
};
use crate::account::{AccountId, acting::Acting};

/// Lines that are older than a history is.
pub const OVER: Over = Over::of("event", "at").kept(super::KEPT);

/// Lines that go at once, beyond those that are kept.
const AT_ONCE: u64 = 500;
/// Longest detail, in characters.
const LONGEST: usize = 300;

pub async fn add_event(db: &Acting, now: Moment, id: EventId, event: NewEvent<'_>) -> Result<(), Fault> {
    let row = ActiveModel {
        id: Set(id),
        account_id: Set(event.account),
        kind: Set(event.kind.as_str().to_owned()),
        at: Set(now),
        address_block: Set(event.source.address_block.clone()),
        agent: Set(event.source.agent.clone()),
        detail: Set(event.detail.chars().take(LONGEST).collect()),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Forgets the lines of a kind beyond the `most` newest.
pub async fn drop_beyond(db: &Acting, kind: Kind, most: u64) -> Result<(), Fault> {
    let all = Entity::find()
        .filter(Column::AccountId.eq(db.id()))
        .filter(Column::Kind.eq(kind.as_str()))
        .order_by_desc(Column::Id);
    rows::drop_beyond::<_, EventId>(db, all, Column::Id, (most, AT_ONCE)).await
}

/// `None` for a kind that only a later version knows.
fn event(row: Model) -> Option<Event> {
    Some(Event {
        id: row.id,
        kind: Kind::parse(&row.kind)?,
        at: row.at,
        source: Source { address_block: row.address_block, agent: row.agent },
        detail: row.detail,
    })
}

/// A page of at most `most` lines of an account, the newest first.
pub async fn list_events(
    db: &impl ConnectionTrait,
    account: AccountId,
    turn: Turn<EventId>,
    most: u64,
) -> Result<Leaf<Event>, Fault> {
    let mut query = Entity::find().filter(Column::AccountId.eq(account));
    query = match turn {
        Turn::After(key) => query.filter(Column::Id.lt(key)),
        Turn::Before(key) => query.filter(Column::Id.gt(key)),
        Turn::First | Turn::Last => query,
    };
    query = match turn.is_backwards() {
        true => query.order_by_asc(Column::Id),
        false => query.order_by_desc(Column::Id),
    };
    let leaf = turn.leaf(query.limit(most.saturating_add(1)).all(db).await?, most);
    let (has_before, has_after) = (leaf.has_before, leaf.has_after);
    Ok(Leaf { rows: leaf.rows.into_iter().filter_map(event).collect(), has_before, has_after })
}

/// One line of an account; those of others are not found.
pub async fn find_event(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: EventId,
) -> Result<Option<Event>, Fault> {
    let row = Entity::find_by_id(id).filter(Column::AccountId.eq(account)).one(db).await?;
    Ok(row.and_then(event))
}

/// The newest line of an account among these kinds.
pub async fn find_newest(
    db: &impl ConnectionTrait,
    account: AccountId,
    kinds: &[Kind],
) -> Result<Option<Kind>, Fault> {
    let row = Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())))
        .order_by_desc(Column::Id)
        .one(db)
        .await?;
    Ok(row.and_then(event).map(|event| event.kind))
}
