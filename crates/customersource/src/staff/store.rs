//! Queries on staff.
use platform::Fault;
use sea_orm::{ConnectionTrait, EntityTrait as _, IntoActiveModel as _, sea_query::OnConflict};

use super::entity::{Column, Entity, Model};

/// Adds a person, or gives one who is there this name and role.
pub async fn set_staff(db: &impl ConnectionTrait, person: Model) -> Result<(), Fault> {
    let replace = OnConflict::columns([Column::Iss, Column::Sub])
        .update_columns([Column::Name, Column::Role])
        .to_owned();
    Entity::insert(person.into_active_model()).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}
