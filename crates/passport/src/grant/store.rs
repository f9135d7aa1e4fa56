//! Queries on grants: the gates through which a code or a refresh token goes exactly once.
use oidc::{
    scope::{OFFLINE_ACCESS, Scopes},
    token::{GrantState, binding::Binding},
};
use platform::{Fault, clock::Moment, db::rows, sweep::Over};
use sea_orm::{
    ActiveEnum as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    ExprTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, UpdateMany, sea_query::Expr,
};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    Grant, GrantId, MOST_OF_SESSION, NewGrant,
    entity::{ActiveModel, Column, Entity, Model, Stored},
};
use crate::{
    account::{AccountId, acting::Acting},
    session::SessionId,
};

/// Grants that ended.
pub const OVER: Over = Over::of("grants", "ends_at");

/// Adds a grant; those of its session, client and kind beyond [`MOST_OF_SESSION`] go, with every token of theirs.
pub async fn add(db: &Acting, now: Moment, new: NewGrant) -> Result<(), Fault> {
    let (session, client) = (new.session, new.client_id.clone());
    let offline = new.scope.contains(OFFLINE_ACCESS);
    let row = ActiveModel {
        id: Set(new.id),
        client_id: Set(new.client_id),
        account_id: Set(new.account),
        session_id: Set(Some(new.session)),
        offline: Set(offline),
        scope: Set(new.scope.to_string()),
        redirect_uri: Set(new.redirect_uri),
        nonce: Set(new.nonce),
        code_challenge: Set(new.code_challenge),
        auth_time: Set(new.auth_time),
        state: Set(if new.by_code { Stored::Code } else { Stored::Live }),
        generation: Set(0.into()),
        created_at: Set(now),
        code_ends_at: Set(new.code_ends_at),
        ends_at: Set(if new.by_code { new.code_ends_at } else { new.ends_at }),
        not_before: Set(now),
        refreshed_at: Set(now),
        acr: Set(new.acr),
        claims: Set(json_unless(new.claims.is_empty(), &new.claims)?),
        resource: Set(json_unless(new.resource.is_empty(), &new.resource)?),
        dpop_jkt: Set(new.dpop_jkt),
        bound_to: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    drop_beyond(db, session, &client, offline).await
}

/// What is for offline use is counted apart: a page that renews itself silently must not push out the token with which
/// its site works at night.
async fn drop_beyond(db: &Acting, session: SessionId, client: &str, offline: bool) -> Result<(), Fault> {
    let all = Entity::find()
        .filter(Column::SessionId.eq(session))
        .filter(Column::ClientId.eq(client))
        .filter(Column::Offline.eq(offline))
        .order_by_desc(Column::RefreshedAt)
        .order_by_desc(Column::Id);
    rows::drop_beyond::<_, GrantId>(db, all, Column::Id, (MOST_OF_SESSION, crate::session::BATCH)).await
}

pub async fn find(db: &impl ConnectionTrait, id: GrantId) -> Result<Option<Grant>, Fault> {
    Entity::find_by_id(id).one(db).await?.map(grant).transpose()
}

fn grant(row: Model) -> Result<Grant, Fault> {
    Ok(Grant {
        id: row.id,
        client_id: row.client_id,
        account: row.account_id,
        session: row.session_id,
        scope: Scopes::parse(&row.scope).map_err(Fault::bug)?,
        redirect_uri: row.redirect_uri,
        nonce: row.nonce,
        code_challenge: row.code_challenge,
        auth_time: row.auth_time,
        state: match row.state {
            Stored::Code => GrantState::Code,
            Stored::Live => GrantState::Live,
            Stored::Revoked => GrantState::Revoked,
        },
        generation: row.generation.into(),
        code_ends_at: row.code_ends_at,
        ends_at: row.ends_at,
        not_before: row.not_before,
        refreshed_at: row.refreshed_at,
        acr: row.acr,
        claims: of_json(row.claims.as_deref())?,
        resource: of_json(row.resource.as_deref())?,
        dpop_jkt: row.dpop_jkt,
        bound_to: row.bound_to.as_deref().and_then(Binding::parse),
    })
}

fn json_unless(absent: bool, value: &impl Serialize) -> Result<Option<String>, Fault> {
    if absent {
        return Ok(None);
    }
    serde_json::to_string(value).map(Some).map_err(Fault::bug)
}

fn of_json<T: DeserializeOwned + Default>(text: Option<&str>) -> Result<T, Fault> {
    text.map_or_else(|| Ok(T::default()), |text| serde_json::from_str(text).map_err(Fault::bug))
}

/// Turns a code into a live grant of generation 1 that ends at `ends_at`, its refresh tokens bound to `bound_to`; true
/// for exactly one caller, ever.
pub async fn spend_code(
    db: &Acting,
    now: Moment,
    id: GrantId,
    bound_to: Option<Binding>,
    ends_at: Moment,
) -> Result<bool, Fault> {
    let spent = Entity::update_many()
        .col_expr(Column::BoundTo, bound_to.map(|binding| binding.as_text()).into())
        .col_expr(Column::State, Expr::value(Stored::Live))
        .col_expr(Column::Generation, Expr::value(1))
        .col_expr(Column::RefreshedAt, now.into())
        .col_expr(Column::EndsAt, ends_at.into())
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(Stored::Code))
        .filter(Column::CodeEndsAt.gt(now))
        .exec(db)
        .await?;
    Ok(spent.rows_affected == 1)
}

/// Raises the generation from `generation` by one; true for exactly one caller.
pub async fn spend_refresh(db: &Acting, now: Moment, id: GrantId, generation: i32) -> Result<bool, Fault> {
    let rotated = Entity::update_many()
        .col_expr(Column::Generation, Expr::col(Column::Generation).add(1))
        .col_expr(Column::RefreshedAt, now.into())
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(Stored::Live))
        .filter(Column::Generation.eq(generation))
        .exec(db)
        .await?;
    Ok(rotated.rows_affected == 1)
}

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
