//! Queries on claims of names. An account has at most one; whoever deletes the row that is due carries it out.
use platform::{Fault, clock::Moment};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, sea_query::OnConflict,
};

use super::{
    NameClaim,
    entity::{ActiveModel, Column, Entity, Model},
};
use crate::account::{AccountId, acting::Acting};

fn claim(row: Model) -> NameClaim {
    NameClaim { account: row.account_id, new_name: row.new_name, ready_at: row.ready_at }
}

/// Adds a claim; false when the account has one already, whose time goes on.
pub async fn add(db: &Acting, now: Moment, new: &NameClaim, email_key: &str) -> Result<bool, Fault> {
    let row = ActiveModel {
        account_id: Set(new.account),
        email_key: Set(email_key.to_owned()),
        new_name: Set(new.new_name.clone()),
        created_at: Set(now),
        ready_at: Set(new.ready_at),
    };
    let once = OnConflict::new().do_nothing().to_owned();
    match Entity::insert(row).on_conflict(once).exec_without_returning(db).await {
        Ok(added) => Ok(added == 1),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub async fn find(db: &impl ConnectionTrait, account: AccountId) -> Result<Option<NameClaim>, Fault> {
    Ok(Entity::find_by_id(account).one(db).await?.map(claim))
}

/// The claim of a name whose time has come.
pub async fn find_due(
    db: &impl ConnectionTrait,
    now: Moment,
    email_key: &str,
) -> Result<Option<NameClaim>, Fault> {
    let due = Entity::find().filter(Column::EmailKey.eq(email_key)).filter(Column::ReadyAt.lte(now));
    Ok(due.one(db).await?.map(claim))
}

/// At most `limit` claims whose time has come.
pub async fn list_due(db: &impl ConnectionTrait, now: Moment, limit: u64) -> Result<Vec<NameClaim>, Fault> {
    let due = Entity::find().filter(Column::ReadyAt.lte(now)).order_by_asc(Column::ReadyAt).limit(limit);
    Ok(due.all(db).await?.into_iter().map(claim).collect())
}

/// Uses a claim up whose time has come; true for exactly one caller.
pub async fn spend(db: &Acting, now: Moment, account: AccountId) -> Result<bool, Fault> {
    let gone = Entity::delete_by_id(account).filter(Column::ReadyAt.lte(now)).exec(db).await?;
    Ok(gone.rows_affected == 1)
}

/// Ends a claim: the account proved its name, or has another one now. True when there was one.
pub async fn end(db: &Acting, account: AccountId) -> Result<bool, Fault> {
    Ok(Entity::delete_by_id(account).exec(db).await?.rows_affected == 1)
}
