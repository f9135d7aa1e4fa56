//! Queries on sessions. A session ends by its row; a cookie alone is nothing.
use oidc::assurance::Methods;
use platform::{Fault, backup::Ends, clock::Moment, secrets, sweep::Over};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select, sea_query::Expr,
};

mod live;

pub use live::{TIMES, find_person, is_live, read_times};

use super::{BATCH, Browser, Lifetime, Listed, Session, SessionId, Times, entity, proven_by};
use crate::{
    account::{AccountId, acting::Acting},
    history::Source,
};

/// Sessions that are over, once they were ended and their sites told.
pub const OVER: Over = Over::of("session", "ends_at").and("ended_at IS NOT NULL");

/// When an older copy of the table comes back. The sweep ends them as those whose time is over: their sites hear of it.
pub const ENDS: Ends = Ends {
    table: "session",
    sql: "UPDATE session SET ends_at = $now WHERE ended_at IS NULL AND ends_at > $now",
};

/// The live sessions among those that a browser names, each with its secret, in the browser's order; with the
/// time of their last use. Ended, idle and overdue ones are not found.
pub async fn find_live(
    db: &impl ConnectionTrait,
    now: Moment,
    lifetime: Lifetime,
    named: &[(SessionId, String)],
) -> Result<Vec<(Session, Moment)>, Fault> {
    if named.is_empty() {
        return Ok(vec![]);
    }
    let ids = named.iter().map(|(id, _)| *id);
    let rows = entity::Entity::find().filter(entity::Column::Id.is_in(ids)).all(db).await?;
    let find = |(id, secret): &(SessionId, String)| {
        let row = rows.iter().find(|row| row.id == *id)?;
        let good = secrets::same(&row.secret_digest, &secrets::digest(secret.as_bytes()));
        (good && is_alive(row, now, lifetime)).then(|| (session(row), row.seen_at))
    };
    Ok(named.iter().filter_map(find).collect())
}

fn session(row: &entity::Model) -> Session {
    Session {
        id: row.id,
        account: row.account_id,
        auth_time: row.auth_time,
        shared: row.shared,
        methods: proven_by(Methods::parse(&row.methods), row.auth_time, row.methods_at),
    }
}

fn is_alive(row: &entity::Model, now: Moment, lifetime: Lifetime) -> bool {
    let entity::Model { ended_at, ends_at, seen_at, shared, .. } = *row;
    Times { ended_at, ends_at, seen_at, shared }.is_live(now, lifetime)
}

pub async fn add_session(
    db: &Acting,
    now: Moment,
    lifetime: Lifetime,
    session: &Session,
    secret: &str,
    browser: Browser<'_>,
) -> Result<(), Fault> {
    let row = entity::ActiveModel {
        id: Set(session.id),
        secret_digest: Set(secrets::digest(secret.as_bytes()).to_vec()),
        account_id: Set(session.account),
        auth_time: Set(session.auth_time),
        created_at: Set(now),
        seen_at: Set(now),
        ends_at: Set(now + lifetime.absolute),
        ended_at: Set(None),
        agent: Set(browser.source.agent.clone()),
        address_block: Set(browser.source.address_block.clone()),
        shared: Set(browser.shared),
        methods: Set(session.methods.to_string()),
        methods_at: Set(Some(session.auth_time)),
    };
    entity::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Puts a new secret into a session that has not been ended, be it idle or overdue, and begins its time anew;
/// `auth_time` is when the person proved who they are, now or earlier. False when it has ended or is gone.
pub async fn set_renewed(
    db: &Acting,
    now: Moment,
    lifetime: Lifetime,
    session: &Session,
    secret: &str,
    browser: Browser<'_>,
) -> Result<bool, Fault> {
    use entity::Column;
    let renewed = entity::Entity::update_many()
        .col_expr(Column::SecretDigest, secrets::digest(secret.as_bytes()).to_vec().into())
        .col_expr(Column::AuthTime, session.auth_time.into())
        .col_expr(Column::SeenAt, now.into())
        .col_expr(Column::EndsAt, (now + lifetime.absolute).into())
        .col_expr(Column::Agent, browser.source.agent.as_str().into())
        .col_expr(Column::AddressBlock, browser.source.address_block.as_str().into())
        .col_expr(Column::Shared, browser.shared.into())
        .col_expr(Column::Methods, session.methods.to_string().into())
        .col_expr(Column::MethodsAt, session.auth_time.into())
        .filter(Column::Id.eq(session.id))
        .filter(Column::AccountId.eq(session.account))
        .filter(Column::EndedAt.is_null())
        .exec(db)
        .await?;
    Ok(renewed.rows_affected == 1)
}

/// Gives a live session another secret and nothing else; false when it ended meanwhile.
pub async fn set_secret(db: &Acting, id: SessionId, secret: &str) -> Result<bool, Fault> {
    let set = entity::Entity::update_many()
        .col_expr(entity::Column::SecretDigest, secrets::digest(secret.as_bytes()).to_vec().into())
        .filter(entity::Column::Id.eq(id))
        .filter(entity::Column::EndedAt.is_null())
        .exec(db)
        .await?;
    Ok(set.rows_affected == 1)
}

/// Writes down by what the person of a session was proven by now.
pub async fn set_methods(db: &Acting, id: SessionId, methods: Methods) -> Result<(), Fault> {
    entity::Entity::update_many()
        .col_expr(entity::Column::Methods, methods.to_string().into())
        .col_expr(entity::Column::MethodsAt, Expr::col(entity::Column::AuthTime))
        .filter(entity::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn set_seen(db: &Acting, now: Moment, id: SessionId) -> Result<(), Fault> {
    entity::Entity::update_many()
        .col_expr(entity::Column::SeenAt, now.into())
        .filter(entity::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Ends a session; true for the one caller who did.
pub async fn spend_session(db: &Acting, now: Moment, id: SessionId) -> Result<bool, Fault> {
    let ended = entity::Entity::update_many()
        .col_expr(entity::Column::EndedAt, now.into())
        .filter(entity::Column::Id.eq(id))
        .filter(entity::Column::EndedAt.is_null())
        .exec(db)
        .await?;
    Ok(ended.rows_affected == 1)
}

/// The sessions of an account as its owner sees them, the last used first; idle ones are over.
pub async fn list_for_owner(
    db: &impl ConnectionTrait,
    now: Moment,
    lifetime: Lifetime,
    account: AccountId,
) -> Result<Vec<Listed>, Fault> {
    let rows = entity::Entity::find()
        .filter(entity::Column::AccountId.eq(account))
        .filter(entity::Column::EndedAt.is_null())
        .filter(entity::Column::EndsAt.gt(now))
        .order_by_desc(entity::Column::SeenAt)
        .all(db)
        .await?;
    let listed = rows.into_iter().filter(|row| is_alive(row, now, lifetime)).map(|row| Listed {
        id: row.id,
        created_at: row.created_at,
        seen_at: row.seen_at,
        auth_time: row.auth_time,
        shared: row.shared,
        source: Source { address_block: row.address_block, agent: row.agent },
    });
    Ok(listed.collect())
}

/// The sessions of an account that have not been ended, be they idle or overdue.
pub async fn list_open(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<SessionId>, Fault> {
    Ok(open(account).into_tuple().all(db).await?)
}

/// The sessions of whomever that were last proven in this second of Unix time and have not been ended. There is an
/// index of that time.
pub async fn list_proven_in(
    db: &impl ConnectionTrait,
    second: i64,
) -> Result<Vec<(SessionId, AccountId)>, Fault> {
    use entity::Column;
    let from = Moment::from_unix_seconds(second);
    let found = entity::Entity::find()
        .select_only()
        .columns([Column::Id, Column::AccountId])
        .filter(Column::AuthTime.gte(from))
        .filter(Column::AuthTime.lt(from + std::time::Duration::from_secs(1)))
        .filter(Column::EndedAt.is_null());
    Ok(found.into_tuple().all(db).await?)
}

fn open(account: AccountId) -> Select<entity::Entity> {
    entity::Entity::find()
        .select_only()
        .column(entity::Column::Id)
        .filter(entity::Column::AccountId.eq(account))
        .filter(entity::Column::EndedAt.is_null())
}

/// Those beyond the `most` that were used last.
pub async fn list_beyond(
    db: &impl ConnectionTrait,
    account: AccountId,
    most: u64,
) -> Result<Vec<SessionId>, Fault> {
    let newest_first = open(account).order_by_desc(entity::Column::SeenAt).order_by_desc(entity::Column::Id);
    Ok(newest_first.offset(most).limit(BATCH).into_tuple().all(db).await?)
}

/// At most `limit` sessions that have not been ended and whose time is over, with whose they are. Each of the three
/// ways to be over has its index.
pub async fn list_lapsed(
    db: &impl ConnectionTrait,
    now: Moment,
    lifetime: Lifetime,
    limit: u64,
) -> Result<Vec<(AccountId, SessionId)>, Fault> {
    use entity::Column;
    let idle = |shared: bool| {
        let since = now - lifetime.idle(shared);
        Condition::all().add(Column::Shared.eq(shared)).add(Column::SeenAt.lte(since))
    };
    let overdue = Condition::all().add(Column::EndsAt.lte(now));
    let mut lapsed = Vec::new();
    for over in [overdue, idle(false), idle(true)] {
        let found = entity::Entity::find()
            .select_only()
            .columns([Column::AccountId, Column::Id])
            .filter(Column::EndedAt.is_null())
            .filter(over)
            .limit(limit);
        lapsed.extend(found.into_tuple::<(AccountId, SessionId)>().all(db).await?);
    }
    lapsed.sort_unstable();
    lapsed.dedup();
    Ok(lapsed)
}

/// Ends every session of an account but `kept`.
pub async fn spend_others(
    db: &Acting,
    now: Moment,
    account: AccountId,
    kept: Option<SessionId>,
) -> Result<(), Fault> {
    let mut others = entity::Entity::update_many()
        .col_expr(entity::Column::EndedAt, now.into())
        .filter(entity::Column::AccountId.eq(account))
        .filter(entity::Column::EndedAt.is_null());
    if let Some(kept) = kept {
        others = others.filter(entity::Column::Id.ne(kept));
    }
    others.exec(db).await?;
    Ok(())
}

/// Whose session it is, ended or not.
pub async fn find_account(db: &impl ConnectionTrait, id: SessionId) -> Result<Option<AccountId>, Fault> {
    Ok(entity::Entity::find_by_id(id).one(db).await?.map(|row| row.account_id))
}

/// Every session for `passport dump`.
pub async fn dump(db: &impl ConnectionTrait) -> Result<Vec<serde_json::Value>, Fault> {
    let rows = entity::Entity::find().order_by_asc(entity::Column::Id).all(db).await?;
    let shown = rows.into_iter().map(|row| {
        serde_json::json!({
            "id": row.id, "account": row.account_id, "auth_time": row.auth_time.rfc3339(),
            "methods": row.methods,
            "ends_at": row.ends_at.rfc3339(), "ended_at": row.ended_at.map(Moment::rfc3339),
        })
    });
    Ok(shown.collect())
}
