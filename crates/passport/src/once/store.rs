//! Queries on used names: the primary key decides who was first.
use platform::{Fault, sweep::Over};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, sea_query::OnConflict,
};

use super::{
    Once,
    entity::{ActiveModel, Column, Entity},
};

/// Names that nothing valid can have any more, whichever clock is asked.
pub const OVER: Over = Over::uses("used_once", "ends_at");

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
