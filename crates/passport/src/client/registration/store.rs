//! Queries on registration. How often an initial token serves is decided by its row, not by reading it first.
use platform::{Fault, backup::Ends, clock::Moment, db::Asks, secrets, sweep::Over};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, ExprTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, OnConflict, Query},
};

use super::{
    InitialToken, InitialTokenId,
    entity::{client_document, initial_token, registration},
};
use crate::{client::entity as client, consent::entity as consents, grant::entity as grants};

pub async fn add_initial_token(
    db: &impl ConnectionTrait,
    token: &InitialToken,
    secret: &str,
) -> Result<(), Fault> {
    let row = initial_token::ActiveModel {
        id: Set(token.id),
        digest: Set(secrets::digest(secret.as_bytes()).to_vec()),
        note: Set(token.note.clone()),
        uses_left: Set(token.uses_left.into()),
        created_at: Set(token.created_at),
        ends_at: Set(token.ends_at),
    };
    initial_token::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

pub async fn list_initial_tokens(db: &impl ConnectionTrait) -> Result<Vec<InitialToken>, Fault> {
    let rows = initial_token::Entity::find().order_by_asc(initial_token::Column::Id).all(db).await?;
    let tokens = rows.into_iter().map(|row| InitialToken {
        id: row.id,
        note: row.note,
        uses_left: row.uses_left.into(),
        created_at: row.created_at,
        ends_at: row.ends_at,
    });
    Ok(tokens.collect())
}

/// Removes an initial token; false when there was none.
pub async fn drop_initial_token(db: &impl ConnectionTrait, id: InitialTokenId) -> Result<bool, Fault> {
    Ok(initial_token::Entity::delete_by_id(id).exec(db).await?.rows_affected == 1)
}

/// Whether an initial token could be used now; [`spend_initial_token`] decides.
pub async fn is_usable_initial_token(
    db: &impl ConnectionTrait,
    now: Moment,
    secret: &str,
) -> Result<bool, Fault> {
    use initial_token::Column;
    let digest = secrets::digest(secret.as_bytes()).to_vec();
    let row = initial_token::Entity::find().filter(Column::Digest.eq(digest)).one(db).await?;
    Ok(row.is_some_and(|row| row.uses_left.0 > 0 && now < row.ends_at))
}

/// Uses an initial token once; true as often as it may be used, for whoever presents it.
pub async fn spend_initial_token(
    db: &impl ConnectionTrait,
    now: Moment,
    secret: &str,
) -> Result<bool, Fault> {
    use initial_token::Column;
    let spent = initial_token::Entity::update_many()
        .col_expr(Column::UsesLeft, Expr::col(Column::UsesLeft).sub(1))
        .filter(Column::Digest.eq(secrets::digest(secret.as_bytes()).to_vec()))
        .filter(Column::UsesLeft.gt(0))
        .filter(Column::EndsAt.gt(now))
        .exec(db)
        .await?;
    Ok(spent.rows_affected == 1)
}

/// Keeps the proof of a client's owner: the digest of its registration access token.
pub async fn add_registration(
    db: &impl ConnectionTrait,
    now: Moment,
    client_id: &str,
    secret: &str,
) -> Result<(), Fault> {
    let row = registration::ActiveModel {
        client_id: Set(client_id.to_owned()),
        token_digest: Set(secrets::digest(secret.as_bytes()).to_vec()),
        created_at: Set(now),
    };
    registration::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Whether `secret` is the registration access token of this client, and when the client registered.
pub async fn find_registration(
    db: &impl ConnectionTrait,
    client_id: &str,
    secret: &str,
) -> Result<Option<Moment>, Fault> {
    let row = registration::Entity::find_by_id(client_id.to_owned()).one(db).await?;
    let own = row.filter(|row| secrets::same(&row.token_digest, &secrets::digest(secret.as_bytes())));
    Ok(own.map(|row| row.created_at))
}

/// How many clients registered by themselves.
pub async fn count_registrations(db: &impl ConnectionTrait) -> Result<u64, Fault> {
    Ok(registration::Entity::find().count(db).await?)
}

/// When the document of this client was read last.
pub async fn find_document(db: &impl ConnectionTrait, client_id: &str) -> Result<Option<Moment>, Fault> {
    let row = client_document::Entity::find_by_id(client_id.to_owned()).one(db).await?;
    Ok(row.map(|row| row.read_at))
}

/// Whether this client says of itself what it is: it registered itself, or is read from its document.
pub async fn speaks_for_itself(db: &impl ConnectionTrait, client_id: &str) -> Result<bool, Fault> {
    let registered = registration::Entity::find_by_id(client_id.to_owned()).one(db).await?;
    Ok(registered.is_some() || find_document(db, client_id).await?.is_some())
}

pub async fn set_document(db: &impl ConnectionTrait, now: Moment, client_id: &str) -> Result<(), Fault> {
    use client_document::{ActiveModel, Column, Entity};
    let row = ActiveModel { client_id: Set(client_id.to_owned()), read_at: Set(now) };
    let again = OnConflict::column(Column::ClientId).update_column(Column::ReadAt).to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}

/// Initial tokens that ended.
pub const OVER: Over = Over::of("initial_token", "ends_at");

/// When an older copy of the table comes back: what was used or taken back meanwhile is not good again.
pub const ENDS: Ends = Ends { table: "initial_token", sql: "DELETE FROM initial_token" };

/// Clients from documents that were not read for a day and hold no grant.
pub const DOCUMENTS_OVER: Over = Over::of("client", "read_at")
    .by("client_document", "client_id")
    .and("NOT EXISTS (SELECT 1 FROM grants WHERE grants.client_id = client_document.client_id)");

/// Removes up to `most` clients that registered by themselves before `before`, that nobody vouched for and that
/// nobody used since then; answers how many.
pub async fn drop_unused(db: &impl Asks, before: Moment, most: u64) -> Result<u64, Fault> {
    let in_use = Query::select().column(grants::Column::ClientId).from(grants::Entity).to_owned();
    let used = Query::select()
        .column(consents::Column::ClientId)
        .from(consents::Entity)
        .and_where(consents::Column::UsedAt.gte(before))
        .to_owned();
    let old = registration::Entity::find()
        .select_only()
        .column(registration::Column::ClientId)
        .filter(registration::Column::CreatedAt.lt(before))
        .filter(registration::Column::ClientId.not_in_subquery(in_use))
        .filter(registration::Column::ClientId.not_in_subquery(used))
        .order_by_asc(registration::Column::CreatedAt)
        .into_tuple::<String>()
        .all(db)
        .await?;
    let mut removed = 0;
    for id in old {
        let found = crate::client::store::find(db, &id).await?;
        if removed < most && found.is_some_and(|found| !found.client.vouched) {
            removed += client::Entity::delete_by_id(id).exec(db).await?.rows_affected;
        }
    }
    Ok(removed)
}
