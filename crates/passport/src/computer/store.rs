//! Queries on the computers of accounts.
use platform::{Fault, clock::Moment};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, sea_query::OnConflict,
};

use super::{
    ComputerId,
    entity::{ActiveModel, Column, Entity},
};
use crate::account::AccountId;

/// True when the account was used on the computer with this digest.
pub async fn knows(db: &impl ConnectionTrait, account: AccountId, digest: &[u8]) -> Result<bool, Fault> {
    let found =
        Entity::find().filter(Column::AccountId.eq(account)).filter(Column::Digest.eq(digest)).count(db);
    Ok(found.await? > 0)
}

/// Notes that the account is used on a computer, for the first time or again.
pub async fn add_computer(
    db: &impl ConnectionTrait,
    now: Moment,
    id: ComputerId,
    account: AccountId,
    digest: &[u8],
) -> Result<(), Fault> {
    let row = ActiveModel {
        id: Set(id),
        account_id: Set(account),
        digest: Set(digest.to_vec()),
        created_at: Set(now),
        seen_at: Set(now),
    };
    let again =
        OnConflict::columns([Column::AccountId, Column::Digest]).update_column(Column::SeenAt).to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}

/// Forgets every computer of an account; answers how many there were.
pub async fn drop_of_account(db: &impl ConnectionTrait, account: AccountId) -> Result<u64, Fault> {
    Ok(Entity::delete_many().filter(Column::AccountId.eq(account)).exec(db).await?.rows_affected)
}

/// Forgets the computers of an account but the one with the digest `but`.
pub async fn drop_others(
    db: &impl ConnectionTrait,
    account: AccountId,
    but: Option<&[u8]>,
) -> Result<u64, Fault> {
    let mut others = Entity::delete_many().filter(Column::AccountId.eq(account));
    if let Some(digest) = but {
        others = others.filter(Column::Digest.ne(digest));
    }
    Ok(others.exec(db).await?.rows_affected)
}
