//! Queries on who read what.
use platform::{Fault, clock::Moment};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    sea_query::{Expr, OnConflict},
};

use super::super::{ThreadId, entity::read};
use crate::profile::ProfileId;

/// Whether a profile has read a thread up to a moment.
pub async fn is_read(
    db: &impl ConnectionTrait,
    thread: ThreadId,
    profile: ProfileId,
    until: Moment,
) -> Result<bool, Fault> {
    let row = read::Entity::find_by_id((profile, thread)).one(db).await?;
    Ok(row.is_some_and(|row| row.read_at >= until))
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
