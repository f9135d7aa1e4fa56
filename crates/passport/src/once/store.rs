//! Queries on used names: the primary key decides who was first.
use platform::{Fault, clock::Moment};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, sea_query::OnConflict,
};

use super::{
    Once,
    entity::{ActiveModel, Column, Entity},
};

/// Uses a name up; true for exactly one caller, ever.
pub async fn spend(db: &impl ConnectionTrait, name: &Once) -> Result<bool, Fault> {
    let row = ActiveModel { id: Set(name.digest.clone()), ends_at: Set(name.ends_at) };
    let added = Entity::insert(row)
        .on_conflict(OnConflict::column(Column::Id).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(added == 1)
}

pub async fn is_spent(db: &impl ConnectionTrait, name: &Once) -> Result<bool, Fault> {
    Ok(Entity::find_by_id(name.digest.clone()).count(db).await? > 0)
}

/// Forgets names whose time is over.
pub async fn drop_expired(db: &impl ConnectionTrait, before: Moment) -> Result<u64, Fault> {
    Ok(Entity::delete_many().filter(Column::EndsAt.lt(before)).exec(db).await?.rows_affected)
}
