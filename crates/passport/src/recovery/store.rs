//! Queries on recoveries. A new password is set by whoever turns the row from open to done, and by nobody else.
use std::time::Duration;

use platform::{Fault, backup::Ends, clock::Moment, secrets, sweep::Over};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, UpdateMany,
    sea_query::Expr,
};

use super::{
    Recovery, RecoveryId, State, Way,
    entity::{ActiveModel, Column, Entity, Model, Stored},
};
use crate::account::{AccountId, acting::Acting};

/// Recoveries that ended.
pub const OVER: Over = Over::of("recovery", "ends_at");

/// When an older copy of the table comes back.
pub const ENDS: Ends =
    Ends { table: "recovery", sql: "UPDATE recovery SET state = 'ended' WHERE state = 'open'" };

/// The two columns of a way: one that the CHECK knows, and which it is if that is another.
pub(super) const fn columns(way: Way) -> (&'static str, Option<&'static str>) {
    match way {
        Way::Alternate | Way::Answer | Way::Billing => (way.as_str(), None),
        Way::Email => (Way::Alternate.as_str(), Some(way.as_str())),
        Way::Support => (Way::Answer.as_str(), Some(way.as_str())),
    }
}

/// A proof that was accepted.
pub struct NewRecovery<'a> {
    pub id: RecoveryId,
    pub account: AccountId,
    pub way: Way,
    pub code: &'a str,
    pub wait: Duration,
    pub lasts: Duration,
}

pub async fn add_recovery(db: &Acting, now: Moment, new: NewRecovery<'_>) -> Result<Recovery, Fault> {
    let ready_at = now + new.wait;
    let ends_at = ready_at + new.lasts;
    let (way, means) = columns(new.way);
    let row = ActiveModel {
        id: Set(new.id),
        account_id: Set(new.account),
        way: Set(way.to_owned()),
        means: Set(means.map(str::to_owned)),
        digest: Set(secrets::digest(new.code.as_bytes()).to_vec()),
        state: Set(Stored::Open),
        created_at: Set(now),
        ready_at: Set(ready_at),
        ends_at: Set(ends_at),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(Recovery { id: new.id, account: new.account, way: new.way, state: State::Open, ready_at, ends_at })
}

fn recovery(row: Model) -> Option<Recovery> {
    let state = match row.state {
        Stored::Open => State::Open,
        Stored::Vetoed => State::Vetoed,
        Stored::Done => State::Done,
        Stored::Ended => State::Ended,
    };
    Some(Recovery {
        id: row.id,
        account: row.account_id,
        way: Way::parse(row.means.as_deref().unwrap_or(&row.way))?,
        state,
        ready_at: row.ready_at,
        ends_at: row.ends_at,
    })
}

/// The recovery that a code opens, in whatever state.
pub async fn find_by_code(db: &impl ConnectionTrait, code: &str) -> Result<Option<Recovery>, Fault> {
    let digest = secrets::digest(code.as_bytes()).to_vec();
    Ok(Entity::find().filter(Column::Digest.eq(digest)).one(db).await?.and_then(recovery))
}

fn closing(state: Stored) -> UpdateMany<Entity> {
    Entity::update_many().col_expr(Column::State, Expr::value(state)).filter(Column::State.eq(Stored::Open))
}

/// Uses a recovery up; true for exactly one caller, and only while it counts.
pub async fn spend_recovery(db: &Acting, now: Moment, id: RecoveryId) -> Result<bool, Fault> {
    let spent = closing(Stored::Done)
        .filter(Column::Id.eq(id))
        .filter(Column::ReadyAt.lte(now))
        .filter(Column::EndsAt.gt(now))
        .exec(db)
        .await?;
    Ok(spent.rows_affected == 1)
}

/// Stops a recovery; false when it was over.
pub async fn set_vetoed(db: &Acting, account: AccountId, id: RecoveryId) -> Result<bool, Fault> {
    let vetoed =
        closing(Stored::Vetoed).filter(Column::Id.eq(id)).filter(Column::AccountId.eq(account)).exec(db);
    Ok(vetoed.await?.rows_affected == 1)
}

/// Ends whatever recoveries of an account are open.
pub async fn end_open(db: &Acting, account: AccountId) -> Result<(), Fault> {
    closing(Stored::Ended).filter(Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}

/// Ends what was proven in one way and is still open: what it went by is another by now.
pub async fn end_open_by(db: &Acting, account: AccountId, way: Way) -> Result<(), Fault> {
    let (way, means) = columns(way);
    let is_so = match means {
        Some(means) => Column::Means.eq(means),
        None => Column::Means.is_null(),
    };
    closing(Stored::Ended)
        .filter(Column::AccountId.eq(account))
        .filter(Column::Way.eq(way))
        .filter(is_so)
        .exec(db)
        .await?;
    Ok(())
}
