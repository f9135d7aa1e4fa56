//! Queries on maintenance windows.
use platform::{Fault, clock::Moment};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::{Window, WindowId, entity};

pub(crate) fn of_row(row: entity::Model) -> Window {
    Window { id: row.id, starts_at: row.starts_at, ends_at: row.ends_at, message: row.message }
}

/// The window that runs now; of several the one that ends last.
pub async fn find_running(db: &impl ConnectionTrait, now: Moment) -> Result<Option<Window>, Fault> {
    let row = entity::Entity::find()
        .filter(entity::Column::EndsAt.gt(now))
        .filter(entity::Column::StartsAt.lte(now))
        .order_by_desc(entity::Column::EndsAt)
        .one(db)
        .await?;
    Ok(row.map(of_row))
}

/// Windows that run or are to come, the next one first.
pub async fn list_ahead(db: &impl ConnectionTrait, now: Moment) -> Result<Vec<Window>, Fault> {
    let rows = entity::Entity::find()
        .filter(entity::Column::EndsAt.gt(now))
        .order_by_asc(entity::Column::StartsAt)
        .limit(50)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(of_row).collect())
}

pub async fn add(db: &impl ConnectionTrait, window: &Window) -> Result<(), Fault> {
    let row = entity::ActiveModel {
        id: Set(window.id),
        starts_at: Set(window.starts_at),
        ends_at: Set(window.ends_at),
        message: Set(window.message.clone()),
    };
    entity::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Calls a window off; answers it, to the one caller who did.
pub async fn remove(db: &impl ConnectionTrait, id: WindowId) -> Result<Option<Window>, Fault> {
    let found = entity::Entity::find_by_id(id).one(db).await?.map(of_row);
    let removed = entity::Entity::delete_by_id(id).exec(db).await?.rows_affected;
    Ok(found.filter(|_| removed == 1))
}
