//! The gate itself: a primary key that exactly one insert wins, on any node.
use platform::{Fault, clock::Moment, secrets};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    sea_query::OnConflict,
};

use super::entity;

/// Spends `name` for `purpose`; true for exactly one caller, ever. The row may be dropped after `ends_at`,
/// when the name is refused for its age.
pub async fn spend(
    db: &impl ConnectionTrait,
    purpose: &str,
    name: &str,
    ends_at: Moment,
) -> Result<bool, Fault> {
    let digest = secrets::digest(format!("{purpose}\0{name}").as_bytes()).to_vec();
    let row = entity::ActiveModel { name: Set(digest), ends_at: Set(ends_at) };
    let added = entity::Entity::insert(row)
        .on_conflict(OnConflict::column(entity::Column::Name).do_nothing().to_owned())
        .exec_without_returning(db)
        .await;
    match added {
        Ok(rows) => Ok(rows == 1),
        Err(sea_orm::DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub async fn drop_expired(db: &impl ConnectionTrait, now: Moment) -> Result<u64, Fault> {
    let dropped = entity::Entity::delete_many().filter(entity::Column::EndsAt.lt(now)).exec(db).await?;
    Ok(dropped.rows_affected)
}
