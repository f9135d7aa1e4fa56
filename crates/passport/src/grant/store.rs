//! Queries on grants.
use platform::{Fault, backup::Ends, clock::Moment, sweep::Over};
use sea_orm::{
    ActiveEnum as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, UpdateMany, sea_query::Expr,
};

mod gates;

pub use gates::{COLUMNS, add, find, read, spend_code, spend_refresh};

use super::{
    GrantId,
    entity::{Column, Entity, Stored},
};
use crate::{
    account::{AccountId, acting::Acting},
    session::SessionId,
};

/// Grants that ended.
pub const OVER: Over = Over::of("grants", "ends_at");

/// When an older copy of the table comes back.
pub const ENDS: Ends =
    Ends { table: "grants", sql: "UPDATE grants SET state = 'revoked' WHERE state <> 'revoked'" };

fn revoking() -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(Stored::Revoked))
        .filter(Column::State.ne(Stored::Revoked))
}

/// Ends a grant with every token issued from it.
pub async fn revoke(db: &Acting, id: GrantId) -> Result<(), Fault> {
    revoking().filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// Ends the access tokens that were issued before `not_before`; the mark never goes back.
pub async fn set_not_before(db: &Acting, id: GrantId, not_before: Moment) -> Result<(), Fault> {
    Entity::update_many()
        .col_expr(Column::NotBefore, not_before.into())
        .filter(Column::Id.eq(id))
        .filter(Column::NotBefore.lt(not_before))
        .exec(db)
        .await?;
    Ok(())
}

/// The same for every grant of a client, whoever it is of.
pub async fn set_not_before_of_client(
    db: &impl ConnectionTrait,
    client_id: &str,
    not_before: Moment,
) -> Result<(), Fault> {
    Entity::update_many()
        .col_expr(Column::NotBefore, not_before.into())
        .filter(Column::ClientId.eq(client_id))
        .filter(Column::State.eq(Stored::Live))
        .filter(Column::NotBefore.lt(not_before))
        .exec(db)
        .await?;
    Ok(())
}

/// Ends every grant of a client, whoever it is of.
pub async fn revoke_of_every_account(db: &impl ConnectionTrait, client_id: &str) -> Result<(), Fault> {
    revoking().filter(Column::ClientId.eq(client_id)).exec(db).await?;
    Ok(())
}

/// Ends the grants that live only as long as their session, and codes not yet redeemed.
pub async fn revoke_of_session(db: &Acting, id: SessionId) -> Result<(), Fault> {
    let tied = Condition::any().add(Column::Offline.eq(false)).add(Column::State.eq(Stored::Code));
    revoking().filter(Column::SessionId.eq(id)).filter(tied).exec(db).await?;
    Ok(())
}

/// The same for every session of an account but `kept`.
pub async fn revoke_of_other_sessions(
    db: &Acting,
    account: AccountId,
    kept: Option<SessionId>,
) -> Result<(), Fault> {
    let tied = Condition::any().add(Column::Offline.eq(false)).add(Column::State.eq(Stored::Code));
    let mut others = revoking().filter(Column::AccountId.eq(account)).filter(tied);
    others = match kept {
        Some(kept) => others.filter(Column::SessionId.ne(kept)),
        None => others.filter(Column::SessionId.is_not_null()),
    };
    others.exec(db).await?;
    Ok(())
}

/// Ends every grant of an account, those for offline use too.
pub async fn revoke_of_account(db: &Acting, account: AccountId) -> Result<u64, Fault> {
    Ok(revoking().filter(Column::AccountId.eq(account)).exec(db).await?.rows_affected)
}

/// Ends every grant of an account at one client, those for offline use too; answers how many.
pub async fn revoke_of_client(db: &Acting, account: AccountId, client_id: &str) -> Result<u64, Fault> {
    let of = revoking().filter(Column::AccountId.eq(account)).filter(Column::ClientId.eq(client_id));
    Ok(of.exec(db).await?.rows_affected)
}

/// The sessions in which an account was given tokens at one client, each once.
pub async fn list_sessions_at_client(
    db: &impl ConnectionTrait,
    account: AccountId,
    client_id: &str,
) -> Result<Vec<SessionId>, Fault> {
    let ids = Entity::find()
        .select_only()
        .column(Column::SessionId)
        .distinct()
        .filter(Column::AccountId.eq(account))
        .filter(Column::ClientId.eq(client_id))
        .filter(Column::State.ne(Stored::Revoked))
        .into_tuple::<Option<SessionId>>()
        .all(db)
        .await?;
    Ok(ids.into_iter().flatten().collect())
}

/// Ends every grant of an account but those of one session.
pub async fn revoke_of_account_but(db: &Acting, account: AccountId, but: SessionId) -> Result<u64, Fault> {
    let others = Condition::any().add(Column::SessionId.ne(but)).add(Column::SessionId.is_null());
    Ok(revoking().filter(Column::AccountId.eq(account)).filter(others).exec(db).await?.rows_affected)
}

/// The clients that were given tokens in a session, each once.
pub async fn list_clients_of_session(db: &impl ConnectionTrait, id: SessionId) -> Result<Vec<String>, Fault> {
    let ids = Entity::find()
        .select_only()
        .column(Column::ClientId)
        .distinct()
        .filter(Column::SessionId.eq(id))
        .into_tuple::<String>()
        .all(db)
        .await?;
    Ok(ids)
}

/// The clients that were given tokens in the sessions of an account, each once for each.
pub async fn list_clients_of_sessions(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Vec<(String, SessionId)>, Fault> {
    let found = Entity::find()
        .select_only()
        .columns([Column::ClientId, Column::SessionId])
        .distinct()
        .filter(Column::AccountId.eq(account))
        .filter(Column::SessionId.is_not_null())
        .order_by_asc(Column::ClientId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(found)
}

/// The clients at which an account holds a live grant, each once.
pub async fn list_clients_of_account(
    db: &impl ConnectionTrait,
    now: Moment,
    account: AccountId,
) -> Result<Vec<String>, Fault> {
    let ids = Entity::find()
        .select_only()
        .column(Column::ClientId)
        .distinct()
        .filter(Column::AccountId.eq(account))
        .filter(Column::State.eq(Stored::Live))
        .filter(Column::EndsAt.gt(now))
        .into_tuple::<String>()
        .all(db)
        .await?;
    Ok(ids)
}

/// Every grant for `passport dump`: ids and times, nothing that a token could be made of.
pub async fn dump(db: &impl ConnectionTrait) -> Result<Vec<serde_json::Value>, Fault> {
    let rows = Entity::find().order_by_asc(Column::Id).all(db).await?;
    let shown = rows.into_iter().map(|row| {
        serde_json::json!({
            "id": row.id, "client_id": row.client_id, "account": row.account_id, "session": row.session_id,
            "scope": row.scope, "state": row.state.to_value(), "generation": row.generation,
            "created_at": row.created_at.rfc3339(), "ends_at": row.ends_at.rfc3339(),
        })
    });
    Ok(shown.collect())
}
