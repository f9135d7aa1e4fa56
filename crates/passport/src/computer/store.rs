//! Queries on the computers of accounts.
use platform::{Fault, backup::Ends, clock::Moment, db::rows, sweep::Over};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, sea_query::OnConflict,
};

use super::{
    Computer, ComputerId, Offer,
    entity::{ActiveModel, Column, Entity},
};
use crate::account::{AccountId, acting::Acting};

/// Computers that were not used for so long that their cookie is gone.
pub const OVER: Over = Over::of("computer", "seen_at").kept(super::LASTS_FOR);

/// When an older copy of the table comes back: a change of the password may have made them strange since.
pub const ENDS: Ends = Ends { table: "computer", sql: "DELETE FROM computer" };

/// The computer with this digest, if the account was used on it. The id lasts as long as the computer is known.
pub async fn find_id(
    db: &impl ConnectionTrait,
    account: AccountId,
    digest: &[u8],
) -> Result<Option<ComputerId>, Fault> {
    let of_both = Entity::find().filter(Column::AccountId.eq(account)).filter(Column::Digest.eq(digest));
    Ok(of_both.select_only().column(Column::Id).into_tuple().one(db).await?)
}

/// The computer with this digest and since when the account knows it.
pub async fn find_known(
    db: &impl ConnectionTrait,
    account: AccountId,
    digest: &[u8],
) -> Result<Option<(ComputerId, Moment)>, Fault> {
    let of_both = Entity::find().filter(Column::AccountId.eq(account)).filter(Column::Digest.eq(digest));
    Ok(of_both.one(db).await?.map(|row| (row.id, row.created_at)))
}

/// True when the account was used on the computer with this digest.
pub async fn knows(db: &impl ConnectionTrait, account: AccountId, digest: &[u8]) -> Result<bool, Fault> {
    let found =
        Entity::find().filter(Column::AccountId.eq(account)).filter(Column::Digest.eq(digest)).count(db);
    Ok(found.await? > 0)
}

/// Notes that the account is used on a computer, for the first time or again.
pub async fn add_computer(
    db: &Acting,
    now: Moment,
    id: ComputerId,
    account: AccountId,
    digest: &[u8],
    agent: &str,
) -> Result<(), Fault> {
    let row = ActiveModel {
        id: Set(id),
        account_id: Set(account),
        digest: Set(digest.to_vec()),
        created_at: Set(now),
        seen_at: Set(now),
        agent: Set(agent.to_owned()),
        passkey_asked_at: Set(None),
        passkey_never: Set(false),
    };
    let again = OnConflict::columns([Column::AccountId, Column::Digest])
        .update_columns([Column::SeenAt, Column::Agent])
        .to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}

/// What an account said on this computer to the offer of a passkey.
pub async fn find_offer(
    db: &impl ConnectionTrait,
    account: AccountId,
    digest: &[u8],
) -> Result<Offer, Fault> {
    let of_both = Entity::find().filter(Column::AccountId.eq(account)).filter(Column::Digest.eq(digest));
    let row = of_both.one(db).await?;
    Ok(row.map(|row| Offer { asked_at: row.passkey_asked_at, never: row.passkey_never }).unwrap_or_default())
}

pub async fn set_offer(db: &Acting, digest: &[u8], said: Offer) -> Result<(), Fault> {
    Entity::update_many()
        .col_expr(Column::PasskeyAskedAt, said.asked_at.into())
        .col_expr(Column::PasskeyNever, said.never.into())
        .filter(Column::AccountId.eq(db.id()))
        .filter(Column::Digest.eq(digest))
        .exec(db)
        .await?;
    Ok(())
}

/// Forgets the computers of an account beyond the `most` that were used last.
pub async fn drop_beyond(db: &Acting, account: AccountId, most: u64) -> Result<(), Fault> {
    let all = Entity::find()
        .filter(Column::AccountId.eq(account))
        .order_by_desc(Column::SeenAt)
        .order_by_desc(Column::Id);
    rows::drop_beyond::<_, ComputerId>(db, all, Column::Id, (most, crate::session::BATCH)).await
}

/// Forgets every computer of an account; answers how many there were.
pub async fn drop_of_account(db: &Acting, account: AccountId) -> Result<u64, Fault> {
    Ok(Entity::delete_many().filter(Column::AccountId.eq(account)).exec(db).await?.rows_affected)
}

/// Gives a computer another digest, for every account that was used on it: so that a cookie that was planted
/// or copied is worth nothing after the next sign-in.
pub async fn set_digest(db: &impl ConnectionTrait, older: &[u8], digest: &[u8]) -> Result<(), Fault> {
    Entity::update_many()
        .col_expr(Column::Digest, digest.to_vec().into())
        .filter(Column::Digest.eq(older))
        .exec(db)
        .await?;
    Ok(())
}

/// At most `limit` accounts that were used on the computer with this digest, the last one first.
pub async fn list_of_digest(
    db: &impl ConnectionTrait,
    digest: &[u8],
    limit: u64,
) -> Result<Vec<Computer>, Fault> {
    let query = Entity::find().filter(Column::Digest.eq(digest));
    let rows = query.order_by_desc(Column::SeenAt).order_by_desc(Column::Id).limit(limit).all(db).await?;
    Ok(rows.into_iter().map(Computer::from).collect())
}

/// The computers of an account, the last used first.
pub async fn list_of_account(
    db: &impl ConnectionTrait,
    account: AccountId,
    limit: u64,
) -> Result<Vec<Computer>, Fault> {
    let query = Entity::find().filter(Column::AccountId.eq(account));
    let rows = query.order_by_desc(Column::SeenAt).order_by_desc(Column::Id).limit(limit).all(db).await?;
    Ok(rows.into_iter().map(Computer::from).collect())
}

/// Which account is named on the computer with this digest. Nobody else's can be.
pub async fn find_of_digest(
    db: &impl ConnectionTrait,
    digest: &[u8],
    id: ComputerId,
) -> Result<Option<AccountId>, Fault> {
    let row = Entity::find_by_id(id).filter(Column::Digest.eq(digest)).one(db).await?;
    Ok(row.map(|row| row.account_id))
}

/// Forgets one computer of an account; false when it has no such computer.
pub async fn drop_computer(db: &Acting, account: AccountId, id: ComputerId) -> Result<bool, Fault> {
    let gone = Entity::delete_by_id(id).filter(Column::AccountId.eq(account)).exec(db).await?;
    Ok(gone.rows_affected == 1)
}

/// Forgets the computers of an account but the one with the digest `but`.
pub async fn drop_others(db: &Acting, account: AccountId, but: Option<&[u8]>) -> Result<u64, Fault> {
    let mut others = Entity::delete_many().filter(Column::AccountId.eq(account));
    if let Some(digest) = but {
        others = others.filter(Column::Digest.ne(digest));
    }
    Ok(others.exec(db).await?.rows_affected)
}
