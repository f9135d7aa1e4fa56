//! Queries on who read what.
use platform::{Fault, clock::Moment};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, ExprTrait as _, QueryFilter as _, Statement,
    sea_query::{Expr, OnConflict},
};

use super::super::{ThreadId, entity::read};
use crate::profile::ProfileId;

/// What a thread is to a profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interest {
    /// Mails about its replies are wanted.
    pub is_watched: bool,
    /// Up to when it was read.
    pub read_until: Option<Moment>,
}

/// Whether a profile watches a thread, and up to when it has read it.
pub async fn find_interest(
    db: &impl ConnectionTrait,
    thread: ThreadId,
    profile: ProfileId,
) -> Result<Interest, Fault> {
    let sql = "SELECT (SELECT COUNT(*) FROM thread_watch WHERE thread_id = $1 AND profile_id = $2) AS watched, \
               (SELECT read_at FROM thread_read WHERE thread_id = $1 AND profile_id = $2) AS read_at";
    let values = [thread.0.into(), profile.0.into()];
    let row =
        db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    let row = row.ok_or_else(|| Fault::bug("a question without an answer"))?;
    Ok(Interest {
        is_watched: row.try_get::<i64>("", "watched")? > 0,
        read_until: row.try_get::<Option<i64>>("", "read_at")?.map(Moment::from_unix_millis),
    })
}

/// A profile has read a thread up to a moment; what was read later stays read.
pub async fn set_read(
    db: &impl ConnectionTrait,
    thread: ThreadId,
    profile: ProfileId,
    until: Moment,
) -> Result<(), Fault> {
    let row = read::ActiveModel { profile_id: Set(profile), thread_id: Set(thread), read_at: Set(until) };
    let later = OnConflict::columns([read::Column::ProfileId, read::Column::ThreadId])
        .update_column(read::Column::ReadAt)
        .action_and_where(Expr::col((read::Entity, read::Column::ReadAt)).lt(until))
        .to_owned();
    match read::Entity::insert(row).on_conflict(later).exec_without_returning(db).await {
        Ok(_) | Err(DbErr::RecordNotInserted) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// A removed profile has read nothing.
pub async fn drop_reads(db: &impl ConnectionTrait, profile: ProfileId) -> Result<(), Fault> {
    read::Entity::delete_many().filter(read::Column::ProfileId.eq(profile)).exec(db).await?;
    Ok(())
}
