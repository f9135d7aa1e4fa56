//! Queries on accounts that are to be erased.
use platform::{Fault, clock::Moment, secrets::digest};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, sea_query::OnConflict,
};

use super::{
    Closing,
    entity::{ActiveModel, Column, Entity, Model},
};
use crate::account::{self, AccountId, acting::Acting};

fn closing(row: Model) -> Closing {
    Closing { account: row.account_id, asked_at: row.asked_at, erases_at: row.erases_at }
}

/// Adds a closing, or replaces an earlier one.
pub async fn set(db: &Acting, new: &Closing, undo_secret: &str) -> Result<(), Fault> {
    let row = ActiveModel {
        account_id: Set(new.account),
        undo_digest: Set(digest(undo_secret.as_bytes()).to_vec()),
        asked_at: Set(new.asked_at),
        erases_at: Set(new.erases_at),
    };
    let replace = OnConflict::column(Column::AccountId)
        .update_columns([Column::UndoDigest, Column::AskedAt, Column::ErasesAt])
        .to_owned();
    Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

/// The closing that a letter's link names, while it can be taken back.
pub async fn find_by_secret(
    db: &impl ConnectionTrait,
    now: Moment,
    secret: &str,
) -> Result<Option<Closing>, Fault> {
    let named = Column::UndoDigest.eq(digest(secret.as_bytes()).to_vec());
    Ok(Entity::find().filter(named).filter(Column::ErasesAt.gt(now)).one(db).await?.map(closing))
}

/// Takes a closing back; true for the one caller who did, while there is time.
pub async fn spend_closing(db: &Acting, now: Moment, account: AccountId) -> Result<bool, Fault> {
    let gone = Entity::delete_by_id(account).filter(Column::ErasesAt.gt(now)).exec(db).await?;
    Ok(gone.rows_affected == 1)
}

/// At most `limit` accounts whose time is over.
pub async fn list_due(db: &impl ConnectionTrait, now: Moment, limit: u64) -> Result<Vec<Closing>, Fault> {
    let due = Entity::find().filter(Column::ErasesAt.lte(now)).order_by_asc(Column::ErasesAt).limit(limit);
    Ok(due.all(db).await?.into_iter().map(closing).collect())
}

/// True when the account's time is over, swept or not: it is as good as gone.
pub async fn is_due(db: &impl ConnectionTrait, now: Moment, account: AccountId) -> Result<bool, Fault> {
    let row = Entity::find_by_id(account).filter(Column::ErasesAt.lte(now)).one(db).await?;
    Ok(row.is_some())
}

/// Erases an account with everything that refers to it.
pub async fn drop_account(db: &Acting, account: AccountId) -> Result<(), Fault> {
    account::entity::Entity::delete_by_id(account).exec(db).await?;
    Ok(())
}
