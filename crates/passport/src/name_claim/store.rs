//! Queries on claims of names. An account has at most one; whoever frees the name of the row that is due carries it
//! out, and whoever deletes that row takes the name.
use platform::{Fault, clock::Moment, db::rows, sweep::Over};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};

use super::{
    NameClaim,
    entity::{ActiveModel, Column, Entity, Model},
};
use crate::account::{AccountId, acting::Acting};

/// Names that waited long enough for whoever claimed them.
pub const OVER: Over = Over::of("name_claim", "free_until").key("account_id");

fn claim(row: Model) -> NameClaim {
    NameClaim { account: row.account_id, new_name: row.new_name, ready_at: row.ready_at }
}

/// Claims of names that their accounts have still.
fn open() -> Select<Entity> {
    Entity::find().filter(Column::FreeUntil.is_null())
}

/// Adds a claim; false when the account has one already, whose time goes on.
pub async fn add(db: &Acting, now: Moment, new: &NameClaim, email_key: &str) -> Result<bool, Fault> {
    // The account has the name by now, whoever waited for it.
    end_waiting(db, email_key).await?;
    let row = ActiveModel {
        account_id: Set(new.account),
        email_key: Set(email_key.to_owned()),
        new_name: Set(new.new_name.clone()),
        created_at: Set(now),
        ready_at: Set(new.ready_at),
        free_until: Set(None),
    };
    rows::add_once(db, row).await
}

/// The claim of the name that an account has.
pub async fn find(db: &impl ConnectionTrait, account: AccountId) -> Result<Option<NameClaim>, Fault> {
    Ok(open().filter(Column::AccountId.eq(account)).one(db).await?.map(claim))
}

/// The claim of a name whose time has come.
pub async fn find_due(
    db: &impl ConnectionTrait,
    now: Moment,
    email_key: &str,
) -> Result<Option<NameClaim>, Fault> {
    let due = open().filter(Column::EmailKey.eq(email_key)).filter(Column::ReadyAt.lte(now));
    Ok(due.one(db).await?.map(claim))
}

/// The account that gave a name up which waits for whoever claimed it.
pub async fn find_waiting(
    db: &impl ConnectionTrait,
    now: Moment,
    email_key: &str,
) -> Result<Option<AccountId>, Fault> {
    let waits = Entity::find().filter(Column::EmailKey.eq(email_key)).filter(Column::FreeUntil.gt(now));
    Ok(waits.one(db).await?.map(|row| row.account_id))
}

/// At most `limit` claims whose time has come.
pub async fn list_due(db: &impl ConnectionTrait, now: Moment, limit: u64) -> Result<Vec<NameClaim>, Fault> {
    let due = open().filter(Column::ReadyAt.lte(now)).order_by_asc(Column::ReadyAt).limit(limit);
    Ok(due.all(db).await?.into_iter().map(claim).collect())
}

/// Uses a claim up that was due by `due`, if a time is said; its name waits from then on. True for exactly one caller.
pub async fn spend(
    db: &Acting,
    account: AccountId,
    due: Option<Moment>,
    free_until: Moment,
) -> Result<bool, Fault> {
    let mut spent = Entity::update_many()
        .col_expr(Column::FreeUntil, free_until.into())
        .filter(Column::AccountId.eq(account))
        .filter(Column::FreeUntil.is_null());
    if let Some(due) = due {
        spent = spent.filter(Column::ReadyAt.lte(due));
    }
    Ok(spent.exec(db).await?.rows_affected == 1)
}

/// Ends a claim: the account proved its name.
pub async fn end(db: &Acting, account: AccountId) -> Result<(), Fault> {
    Entity::delete_by_id(account).filter(Column::FreeUntil.is_null()).exec(db).await?;
    Ok(())
}

/// Forgets a claim that came to nothing.
pub async fn drop_claim(db: &Acting, account: AccountId) -> Result<(), Fault> {
    Entity::delete_by_id(account).exec(db).await?;
    Ok(())
}

/// A name waits for nobody any more: an account has it.
pub async fn end_waiting(db: &Acting, email_key: &str) -> Result<(), Fault> {
    let waits = Entity::delete_many().filter(Column::EmailKey.eq(email_key));
    waits.filter(Column::FreeUntil.is_not_null()).exec(db).await?;
    Ok(())
}
