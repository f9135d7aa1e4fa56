//! Queries on billing facts and on the sites that may supply them.
use platform::{Fault, clock::Moment, db::rows};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, sea_query::OnConflict,
};

use super::{
    Blind,
    entity::{ActiveModel, Column, Entity, supplier},
};
use crate::account::{AccountId, acting::Acting};

/// An account that nobody has, so that asking about no account is a query like any other.
const NOBODY: AccountId = AccountId(uuid::Uuid::nil());

pub async fn is_on_file(db: &impl ConnectionTrait, account: Option<AccountId>) -> Result<bool, Fault> {
    let count = Entity::find().filter(Column::AccountId.eq(account.unwrap_or(NOBODY))).count(db).await?;
    Ok(count > 0)
}

pub async fn list_of_account(
    db: &impl ConnectionTrait,
    account: Option<AccountId>,
) -> Result<Vec<Blind>, Fault> {
    let rows = Entity::find().filter(Column::AccountId.eq(account.unwrap_or(NOBODY))).all(db).await?;
    Ok(rows.into_iter().map(|row| Blind([row.digits, row.expiry, row.postal_code, row.invoice])).collect())
}

/// What one site filed about one account.
pub async fn find(
    db: &impl ConnectionTrait,
    account: AccountId,
    client_id: &str,
) -> Result<Option<Blind>, Fault> {
    let row = Entity::find().filter(Column::AccountId.eq(account)).filter(Column::ClientId.eq(client_id));
    Ok(row.one(db).await?.map(|row| Blind([row.digits, row.expiry, row.postal_code, row.invoice])))
}

/// Files what one site knows about one account; what it said before is forgotten.
pub async fn set(
    db: &Acting,
    now: Moment,
    account: AccountId,
    client_id: &str,
    blind: Blind,
) -> Result<(), Fault> {
    let Blind([digits, expiry, postal_code, invoice]) = blind;
    let row = ActiveModel {
        account_id: Set(account),
        client_id: Set(client_id.to_owned()),
        digits: Set(digits),
        expiry: Set(expiry),
        postal_code: Set(postal_code),
        invoice: Set(invoice),
        updated_at: Set(now),
    };
    let replace = OnConflict::columns([Column::AccountId, Column::ClientId])
        .update_columns([
            Column::Digits,
            Column::Expiry,
            Column::PostalCode,
            Column::Invoice,
            Column::UpdatedAt,
        ])
        .to_owned();
    Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

/// Forgets what one site said; false when it said nothing.
pub async fn drop_facts(db: &Acting, account: AccountId, client_id: &str) -> Result<bool, Fault> {
    let dropped =
        Entity::delete_many().filter(Column::AccountId.eq(account)).filter(Column::ClientId.eq(client_id));
    Ok(dropped.exec(db).await?.rows_affected > 0)
}

/// Whether the operator lets this site supply billing facts; then, whether its names are all written down.
pub async fn find_supplier(db: &impl ConnectionTrait, client_id: &str) -> Result<Option<bool>, Fault> {
    let row = supplier::Entity::find_by_id(client_id.to_owned()).one(db).await?;
    Ok(row.map(|row| row.named_at.is_some()))
}

/// Sites of which not every name is written down.
pub async fn list_unnamed_suppliers(db: &impl ConnectionTrait) -> Result<Vec<String>, Fault> {
    let rows = supplier::Entity::find().filter(supplier::Column::NamedAt.is_null()).all(db).await?;
    Ok(rows.into_iter().map(|row| row.client_id).collect())
}

pub async fn set_supplier_named(
    db: &impl ConnectionTrait,
    now: Moment,
    client_id: &str,
) -> Result<(), Fault> {
    supplier::Entity::update_many()
        .col_expr(supplier::Column::NamedAt, now.into())
        .filter(supplier::Column::ClientId.eq(client_id))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn add_supplier(db: &impl ConnectionTrait, now: Moment, client_id: &str) -> Result<(), Fault> {
    let row = supplier::ActiveModel {
        client_id: Set(client_id.to_owned()),
        created_at: Set(now),
        named_at: Set(None),
    };
    rows::add_once(db, row).await.map(drop)
}

pub async fn drop_supplier(db: &impl ConnectionTrait, client_id: &str) -> Result<(), Fault> {
    supplier::Entity::delete_by_id(client_id.to_owned()).exec(db).await?;
    Ok(())
}
