//! The gate itself: a primary key that exactly one insert wins, on any node.
use platform::{Fault, clock::Moment, secrets, sweep::Over};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _, sea_query::OnConflict};

use super::entity;

/// Names that are refused for their age, whichever clock is asked.
pub const OVER: Over = Over::uses("spent", "ends_at").key("name");

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
