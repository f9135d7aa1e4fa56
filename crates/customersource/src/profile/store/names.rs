//! How profiles are called, many at once.
use std::collections::HashMap;

use platform::Fault;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use super::{super::entity, ProfileId, of_row};

/// The names of those of these profiles that are active.
pub async fn list_names(
    db: &impl ConnectionTrait,
    ids: &[ProfileId],
) -> Result<HashMap<ProfileId, String>, Fault> {
    let rows = entity::Entity::find()
        .filter(entity::Column::Id.is_in(ids.iter().copied()))
        .filter(entity::Column::State.eq(entity::Stored::Active))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(of_row).map(|profile| (profile.id, profile.name())).collect())
}
