//! Queries on passkeys. That a credential is one account's is decided by the table.
use platform::{Fault, clock::Moment, db::rows};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, sea_query::Expr,
};

use super::{
    Passkey, PasskeyId,
    entity::{ActiveModel, Column, Entity, Model},
    webauthn::assertion::Proven,
};
use crate::account::{AccountId, acting::Acting};

fn passkey(row: Model) -> Passkey {
    Passkey {
        id: row.id,
        account: row.account_id,
        credential_id: row.credential_id,
        user_handle: row.user_handle,
        public_key: row.public_key,
        aaguid: row.aaguid,
        backup_eligible: row.backup_eligible,
        backed_up: row.backed_up,
        transports: row.transports.split_whitespace().map(str::to_owned).collect(),
        sign_count: row.sign_count,
        name: row.name,
        agent: row.agent,
        created_at: row.created_at,
        used_at: row.used_at,
    }
}

/// Adds a passkey; false when somebody has the credential already, this account or another.
pub async fn add(db: &Acting, new: &Passkey) -> Result<bool, Fault> {
    let row = ActiveModel {
        id: Set(new.id),
        account_id: Set(db.id()),
        credential_id: Set(new.credential_id.clone()),
        user_handle: Set(new.user_handle),
        public_key: Set(new.public_key.clone()),
        aaguid: Set(new.aaguid),
        backup_eligible: Set(new.backup_eligible),
        backed_up: Set(new.backed_up),
        transports: Set(new.transports.join(" ")),
        sign_count: Set(new.sign_count),
        name: Set(new.name.clone()),
        agent: Set(new.agent.clone()),
        created_at: Set(new.created_at),
        used_at: Set(new.used_at),
    };
    rows::add_once(db, row).await
}

/// Those of an account, the newest first.
pub async fn list_of_account(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<Passkey>, Fault> {
    let rows = Entity::find().filter(Column::AccountId.eq(account)).order_by_desc(Column::Id).all(db).await?;
    Ok(rows.into_iter().map(passkey).collect())
}

pub async fn count_of_account(db: &impl ConnectionTrait, account: AccountId) -> Result<u64, Fault> {
    Ok(Entity::find().filter(Column::AccountId.eq(account)).count(db).await?)
}

/// One of an account; those of others are not found.
pub async fn find(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: PasskeyId,
) -> Result<Option<Passkey>, Fault> {
    let row = Entity::find_by_id(id).filter(Column::AccountId.eq(account)).one(db).await?;
    Ok(row.map(passkey))
}

/// The one with this credential, whoever it is of.
pub async fn find_credential(
    db: &impl ConnectionTrait,
    credential_id: &[u8],
) -> Result<Option<Passkey>, Fault> {
    Ok(Entity::find().filter(Column::CredentialId.eq(credential_id)).one(db).await?.map(passkey))
}

/// Notes that it was used, and the count that it said: one that went back is told once, not at every use from then on.
pub async fn set_used(db: &Acting, now: Moment, id: PasskeyId, proven: Proven) -> Result<(), Fault> {
    let used = Entity::update_many()
        .col_expr(Column::SignCount, Expr::value(proven.sign_count))
        .col_expr(Column::BackedUp, Expr::value(proven.backed_up))
        .col_expr(Column::UsedAt, now.into())
        .filter(Column::AccountId.eq(db.id()))
        .filter(Column::Id.eq(id));
    used.exec(db).await?;
    Ok(())
}

/// False when the account has no such passkey.
pub async fn set_name(db: &Acting, id: PasskeyId, name: &str) -> Result<bool, Fault> {
    let named = Entity::update_many()
        .col_expr(Column::Name, Expr::value(name))
        .filter(Column::AccountId.eq(db.id()))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(named.rows_affected == 1)
}

/// False when the account has no such passkey.
pub async fn drop_passkey(db: &Acting, id: PasskeyId) -> Result<bool, Fault> {
    let gone = Entity::delete_by_id(id).filter(Column::AccountId.eq(db.id())).exec(db).await?;
    Ok(gone.rows_affected == 1)
}

/// Every passkey for `passport dump`: nothing that names it to anybody.
pub async fn dump(db: &impl ConnectionTrait) -> Result<Vec<serde_json::Value>, Fault> {
    let rows = Entity::find().order_by_asc(Column::Id).all(db).await?;
    Ok(rows.into_iter().map(|row| passkey(row).as_json()).collect())
}
