//! Queries on portal sessions. A session ends by its row; a cookie alone is nothing.
pub mod refresh;

use platform::{Fault, backup::Ends, clock::Moment, db::Tx, sweep::Over};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, DbBackend, EntityTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, sea_query::Expr,
};
use uuid::Uuid;

use super::{Lifetime, MOST, Session, entity};
use crate::{
    ids::AssociationId,
    rp::Subject,
    staff::{self, Listed},
};

/// Sessions whose absolute end has come.
pub const OVER: Over = Over::of("portal_session", "ends_at").key("digest");

/// When an older copy of the table comes back.
pub const ENDS: Ends = Ends { table: "portal_session", sql: "DELETE FROM portal_session" };

/// A session about to begin.
pub struct Begin<'a> {
    pub digest: [u8; 32],
    pub subject: &'a Subject,
    pub op_sid: Option<&'a str>,
    pub label: &'a str,
    pub email: Option<&'a str>,
    pub tokens: Sealed,
    pub association: Option<AssociationId>,
    pub proven_for: Option<Uuid>,
    pub auth_time: Moment,
    pub acr: &'a str,
}

/// The provider's tokens of a session, sealed to its digest.
pub struct Sealed {
    pub id_token: Vec<u8>,
    /// None: the provider is not asked again.
    pub refresh_token: Option<Vec<u8>>,
}

pub async fn add(
    db: &impl ConnectionTrait,
    now: Moment,
    lifetime: Lifetime,
    begin: Begin<'_>,
) -> Result<(), Fault> {
    let row = entity::ActiveModel {
        digest: Set(begin.digest.to_vec()),
        iss: Set(begin.subject.iss.clone()),
        sub: Set(begin.subject.sub.clone()),
        op_sid: Set(begin.op_sid.map(str::to_owned)),
        label: Set(begin.label.to_owned()),
        email: Set(begin.email.map(str::to_owned)),
        refreshed_at: Set(begin.tokens.refresh_token.is_some().then_some(now)),
        id_token: Set(begin.tokens.id_token.clone()),
        refresh_token: Set(begin.tokens.refresh_token.clone()),
        association_id: Set(begin.association),
        proven_for: Set(begin.proven_for),
        auth_time: Set(begin.auth_time),
        acr: Set(begin.acr.to_owned()),
        created_at: Set(now),
        seen_at: Set(now),
        ends_at: Set(now + lifetime.absolute),
    };
    entity::Entity::insert(row).exec_without_returning(db).await?;
    end_beyond(db, &begin).await
}

/// Ends the visits of a Passport that were used longest ago, when it has too many with the one that begins.
async fn end_beyond(db: &impl ConnectionTrait, begun: &Begin<'_>) -> Result<(), Fault> {
    let beyond: Vec<Vec<u8>> = entity::Entity::find()
        .select_only()
        .column(entity::Column::Digest)
        .filter(entity::Column::Iss.eq(&begun.subject.iss))
        .filter(entity::Column::Sub.eq(&begun.subject.sub))
        .filter(entity::Column::Digest.ne(begun.digest.to_vec()))
        .order_by_desc(entity::Column::SeenAt)
        .order_by_desc(entity::Column::CreatedAt)
        .offset(MOST - 1)
        .limit(MOST)
        .into_tuple()
        .all(db)
        .await?;
    if !beyond.is_empty() {
        entity::Entity::delete_many().filter(entity::Column::Digest.is_in(beyond)).exec(db).await?;
    }
    Ok(())
}

/// The live session of this digest, and the role of whoever it is of. Idle and overdue ones are not found, whether
/// swept or not.
pub async fn find_live(
    db: &impl ConnectionTrait,
    now: Moment,
    lifetime: Lifetime,
    digest: [u8; 32],
) -> Result<Option<(Session, Option<Listed>)>, Fault> {
    let found =
        entity::Entity::find_by_id(digest.to_vec()).find_also_related(staff::entity::Entity).one(db).await?;
    let of_rows = |(row, member): (entity::Model, Option<staff::entity::Model>)| {
        Some((live(row, now, lifetime, digest)?, member.and_then(staff::store::of_row)))
    };
    Ok(found.and_then(of_rows))
}

/// The same with its row locked: nobody ends it before the transaction is over.
pub async fn lock_live(
    tx: &Tx,
    now: Moment,
    lifetime: Lifetime,
    digest: [u8; 32],
) -> Result<Option<Session>, Fault> {
    let mut query = entity::Entity::find_by_id(digest.to_vec());
    if tx.get_database_backend() == DbBackend::Postgres {
        query = query.lock_exclusive();
    }
    Ok(query.one(tx).await?.and_then(|row| live(row, now, lifetime, digest)))
}

/// What a row is worth now.
pub(crate) fn live(row: entity::Model, now: Moment, lifetime: Lifetime, digest: [u8; 32]) -> Option<Session> {
    let is_live = now < row.ends_at && now.since(row.seen_at) < lifetime.idle;
    is_live.then_some(Session {
        digest,
        subject: Subject { iss: row.iss, sub: row.sub },
        label: row.label,
        email: row.email,
        association: row.association_id,
        proven_for: row.proven_for,
        auth_time: row.auth_time,
        acr: row.acr,
        seen_at: row.seen_at,
    })
}

/// The tokens of a session.
pub async fn find_tokens(db: &impl ConnectionTrait, digest: [u8; 32]) -> Result<Option<Sealed>, Fault> {
    let row = entity::Entity::find_by_id(digest.to_vec()).one(db).await?;
    Ok(row.map(|row| Sealed { id_token: row.id_token, refresh_token: row.refresh_token }))
}

pub async fn set_seen(db: &impl ConnectionTrait, now: Moment, digest: [u8; 32]) -> Result<(), Fault> {
    entity::Entity::update_many()
        .col_expr(entity::Column::SeenAt, now.into())
        .filter(entity::Column::Digest.eq(digest.to_vec()))
        .exec(db)
        .await?;
    Ok(())
}

/// Chooses the profile of a visit; true for the first choice only (CS-32).
pub async fn spend_choice(
    db: &impl ConnectionTrait,
    digest: [u8; 32],
    association: AssociationId,
) -> Result<bool, Fault> {
    let updated = entity::Entity::update_many()
        .col_expr(entity::Column::AssociationId, Expr::value(association.0))
        .filter(entity::Column::Digest.eq(digest.to_vec()))
        .filter(entity::Column::AssociationId.is_null())
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// What the visit of this session uses.
pub async fn find_choice(
    db: &impl ConnectionTrait,
    digest: [u8; 32],
) -> Result<Option<AssociationId>, Fault> {
    let row = entity::Entity::find().filter(entity::Column::Digest.eq(digest.to_vec())).one(db).await?;
    Ok(row.and_then(|row| row.association_id))
}

/// Sets or takes back the choice, when the person's associations changed in this visit.
pub async fn set_choice(
    db: &impl ConnectionTrait,
    digest: [u8; 32],
    association: Option<AssociationId>,
) -> Result<(), Fault> {
    entity::Entity::update_many()
        .col_expr(entity::Column::AssociationId, Expr::value(association.map(|id| id.0)))
        .filter(entity::Column::Digest.eq(digest.to_vec()))
        .exec(db)
        .await?;
    Ok(())
}

/// Gives a session a new name and another profile (CS-34); true for the one caller who did.
pub async fn spend_switch(
    db: &impl ConnectionTrait,
    old: [u8; 32],
    new: [u8; 32],
    tokens: Sealed,
    association: AssociationId,
) -> Result<bool, Fault> {
    let updated = entity::Entity::update_many()
        .col_expr(entity::Column::Digest, Expr::value(new.to_vec()))
        .col_expr(entity::Column::IdToken, Expr::value(tokens.id_token))
        .col_expr(entity::Column::RefreshToken, Expr::value(tokens.refresh_token))
        .col_expr(entity::Column::AssociationId, Expr::value(association.0))
        .filter(entity::Column::Digest.eq(old.to_vec()))
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Ends one session.
pub async fn end(db: &impl ConnectionTrait, digest: [u8; 32]) -> Result<(), Fault> {
    entity::Entity::delete_by_id(digest.to_vec()).exec(db).await?;
    Ok(())
}

/// Ends the sessions that act as this association; answers how many.
pub async fn end_of_association(db: &impl ConnectionTrait, id: AssociationId) -> Result<u64, Fault> {
    let ended = entity::Entity::delete_many().filter(entity::Column::AssociationId.eq(id)).exec(db).await?;
    Ok(ended.rows_affected)
}

/// Ends sessions by the provider's word: those of its session `sid`, else all of its subject (BL-02).
pub async fn end_by_provider(
    db: &impl ConnectionTrait,
    iss: &str,
    sid: Option<&str>,
    sub: Option<&str>,
) -> Result<u64, Fault> {
    let mut which = Condition::all().add(entity::Column::Iss.eq(iss));
    which = match (sid, sub) {
        (Some(sid), _) => which.add(entity::Column::OpSid.eq(sid)),
        (None, Some(sub)) => which.add(entity::Column::Sub.eq(sub)),
        (None, None) => return Ok(0),
    };
    if let (Some(_), Some(sub)) = (sid, sub) {
        which = which.add(entity::Column::Sub.eq(sub));
    }
    Ok(entity::Entity::delete_many().filter(which).exec(db).await?.rows_affected)
}
