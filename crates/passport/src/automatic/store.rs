//! Queries on automatic sign-ins: the gate through which a token goes once.
use oidc::assurance::{Method, Methods};
use platform::{Fault, backup::Ends, clock::Moment, secrets::digest, sweep::Over};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, sea_query::Expr,
};

use super::{
    Automatic, AutomaticId,
    entity::{ActiveModel, Column, Entity, Model},
};
use crate::{
    account::{AccountId, acting::Acting},
    history::Source,
    session::{Session, SessionId, proven_by},
};

/// Those that are over; ended ones stay as long, so that a copied token is refused as what it is.
pub const OVER: Over = Over::of("automatic_sign_in", "ends_at");

/// When an older copy of the table comes back.
pub const ENDS: Ends = Ends {
    table: "automatic_sign_in",
    sql: "UPDATE automatic_sign_in SET ended_at = $now WHERE ended_at IS NULL",
};

fn automatic(row: Model) -> Automatic {
    let predecessor = row.predecessor.filter(|_| row.successor == Some(row.generation));
    Automatic {
        predecessor: predecessor.map_or_else(|| row.generation.0.saturating_sub(1), i32::from),
        id: row.id,
        account: row.account_id,
        digest: row.digest,
        generation: row.generation.into(),
        session: row.session_id,
        auth_time: row.auth_time,
        methods: proven_by(Methods::parse(&row.methods), row.auth_time, row.methods_at),
        created_at: row.created_at,
        rotated_at: row.rotated_at,
        ends_at: row.ends_at,
        ended_at: row.ended_at,
        source: Source { address_block: row.address_block, agent: row.agent },
    }
}

pub async fn add_automatic(db: &Acting, new: Automatic) -> Result<(), Fault> {
    let row = ActiveModel {
        id: Set(new.id),
        account_id: Set(new.account),
        digest: Set(new.digest),
        generation: Set(new.generation.into()),
        session_id: Set(new.session),
        auth_time: Set(new.auth_time),
        methods: Set(new.methods.to_string()),
        methods_at: Set(Some(new.auth_time)),
        created_at: Set(new.created_at),
        rotated_at: Set(new.rotated_at),
        ends_at: Set(new.ends_at),
        ended_at: Set(new.ended_at),
        predecessor: Set(Some(new.predecessor.into())),
        successor: Set(Some(new.generation.into())),
        agent: Set(new.source.agent),
        address_block: Set(new.source.address_block),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

pub async fn find(db: &impl ConnectionTrait, id: AutomaticId) -> Result<Option<Automatic>, Fault> {
    Ok(Entity::find_by_id(id).one(db).await?.map(automatic))
}

/// Those of `ids` that are there.
pub async fn list(db: &impl ConnectionTrait, ids: &[AutomaticId]) -> Result<Vec<Automatic>, Fault> {
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(automatic).collect())
}

/// The live ones of an account, the last used first.
pub async fn list_of_account(
    db: &impl ConnectionTrait,
    now: Moment,
    account: AccountId,
) -> Result<Vec<Automatic>, Fault> {
    let query = Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::EndedAt.is_null())
        .filter(Column::EndsAt.gt(now))
        .order_by_desc(Column::RotatedAt);
    Ok(query.all(db).await?.into_iter().map(automatic).collect())
}

/// What a use changes.
pub struct Use<'a> {
    /// The generation that was presented.
    pub presented: i32,
    pub token: &'a str,
    pub session: SessionId,
    pub ends_at: Moment,
    pub source: &'a Source,
}

/// Raises the generation by one; true for one caller who found it at `generation`.
pub async fn spend_token(
    db: &Acting,
    now: Moment,
    (id, generation): (AutomaticId, i32),
    next: Use<'_>,
) -> Result<bool, Fault> {
    let rotated = Entity::update_many()
        .col_expr(Column::Generation, generation.saturating_add(1).into())
        .col_expr(Column::Predecessor, next.presented.into())
        .col_expr(Column::Successor, generation.saturating_add(1).into())
        .col_expr(Column::Digest, digest(next.token.as_bytes()).to_vec().into())
        .col_expr(Column::SessionId, next.session.0.into())
        .col_expr(Column::RotatedAt, now.into())
        .col_expr(Column::EndsAt, next.ends_at.into())
        .col_expr(Column::Agent, next.source.agent.as_str().into())
        .col_expr(Column::AddressBlock, next.source.address_block.as_str().into())
        .filter(Column::Id.eq(id))
        .filter(Column::Generation.eq(generation))
        .filter(Column::EndedAt.is_null())
        .exec(db)
        .await?;
    Ok(rotated.rows_affected == 1)
}

/// The person was proved again on this computer, in this session.
pub async fn set_proved(db: &Acting, id: AutomaticId, session: &Session) -> Result<(), Fault> {
    Entity::update_many()
        .col_expr(Column::AuthTime, session.auth_time.into())
        .col_expr(Column::Methods, session.methods.without(Method::Waived).to_string().into())
        .col_expr(Column::MethodsAt, session.auth_time.into())
        .col_expr(Column::SessionId, session.id.0.into())
        .filter(Column::Id.eq(id))
        .filter(Column::EndedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// The person of this session proved more: those that lead into it keep that.
pub async fn set_methods(db: &Acting, session: SessionId, methods: Methods) -> Result<(), Fault> {
    Entity::update_many()
        .col_expr(Column::Methods, methods.without(Method::Waived).to_string().into())
        .col_expr(Column::MethodsAt, Expr::col(Column::AuthTime))
        .filter(Column::AccountId.eq(db.id()))
        .filter(Column::SessionId.eq(session))
        .filter(Column::EndedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Live ones of an account beyond the `most` that were used last.
pub async fn list_beyond(
    db: &impl ConnectionTrait,
    account: AccountId,
    most: u64,
) -> Result<Vec<AutomaticId>, Fault> {
    let query = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::AccountId.eq(account))
        .filter(Column::EndedAt.is_null())
        .order_by_desc(Column::RotatedAt)
        .order_by_desc(Column::Id)
        .offset(most)
        .limit(crate::session::BATCH);
    Ok(query.into_tuple().all(db).await?)
}

/// Those that lead into a session.
pub async fn list_of_session(
    db: &impl ConnectionTrait,
    now: Moment,
    account: AccountId,
    session: SessionId,
) -> Result<Vec<AutomaticId>, Fault> {
    let live = list_of_account(db, now, account).await?;
    Ok(live.into_iter().filter(|found| found.session == session).map(|found| found.id).collect())
}

/// Ends one; true for the one caller who did.
pub async fn end(db: &Acting, now: Moment, id: AutomaticId) -> Result<bool, Fault> {
    let ended = Entity::update_many()
        .col_expr(Column::EndedAt, now.into())
        .filter(Column::Id.eq(id))
        .filter(Column::EndedAt.is_null())
        .exec(db)
        .await?;
    Ok(ended.rows_affected == 1)
}

/// Ends all of an account; answers how many there were.
pub async fn end_of_account(db: &Acting, now: Moment, account: AccountId) -> Result<u64, Fault> {
    let ended = Entity::update_many()
        .col_expr(Column::EndedAt, now.into())
        .filter(Column::AccountId.eq(account))
        .filter(Column::EndedAt.is_null())
        .exec(db)
        .await?;
    Ok(ended.rows_affected)
}
