//! Queries on profiles.
use platform::{Fault, db::Tx};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
    sea_query::{Expr, ExprTrait as _},
};

use super::{Profile, ProfileId, entity};
use crate::organization::{self, Organization, OrganizationId};

fn of_row(row: entity::Model) -> Profile {
    Profile {
        id: row.id,
        organization: row.organization_id,
        first_name: row.first_name,
        last_name: row.last_name,
        email: row.email,
        email_key: row.email_key,
        is_admin: row.is_admin,
        is_bill_to: row.is_bill_to,
        is_active: row.state == "active",
    }
}

fn with_organization(
    (row, organization): (entity::Model, Option<organization::entity::Model>),
) -> Option<(Profile, Organization)> {
    Some((of_row(row), organization::store::of_row(organization?)))
}

pub async fn find(
    db: &impl ConnectionTrait,
    id: ProfileId,
) -> Result<Option<(Profile, Organization)>, Fault> {
    let row = entity::Entity::find_by_id(id).find_also_related(organization::entity::Entity).one(db).await?;
    Ok(row.and_then(with_organization))
}

/// Locks the profile's row until the transaction ends: whatever concerns its association waits its turn.
/// SQLite has one writer and needs no lock.
pub async fn lock(tx: &Tx, id: ProfileId) -> Result<(), Fault> {
    if tx.get_database_backend() == DbBackend::Postgres {
        entity::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    }
    Ok(())
}

/// The active profiles of active companies with this address, at most `most`, oldest first.
pub async fn list_by_email(
    db: &impl ConnectionTrait,
    email_key: &str,
    most: u64,
) -> Result<Vec<(Profile, Organization)>, Fault> {
    let rows = entity::Entity::find()
        .find_also_related(organization::entity::Entity)
        .filter(entity::Column::EmailKey.eq(email_key))
        .filter(entity::Column::State.eq("active"))
        .filter(organization::entity::Column::State.eq("active"))
        .order_by_asc(entity::Column::Id)
        .limit(most)
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(with_organization).collect())
}

/// The active administrators of a company.
pub async fn list_administrators(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Vec<Profile>, Fault> {
    let rows = entity::Entity::find()
        .filter(entity::Column::OrganizationId.eq(organization))
        .filter(entity::Column::IsAdmin.eq(true))
        .filter(entity::Column::State.eq("active"))
        .order_by_asc(entity::Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(of_row).collect())
}

/// A profile as another system describes it.
pub struct Described<'a> {
    pub organization: OrganizationId,
    pub source: &'a str,
    pub external_id: &'a str,
    pub first_name: &'a str,
    pub last_name: &'a str,
    pub email: &'a str,
    pub email_key: &'a str,
    pub is_bill_to: bool,
    /// Counts only when the profile is added: afterwards administrators are the portal's business (CS-42).
    pub is_admin: bool,
    pub is_active: bool,
}

/// Adds a profile, or brings the one of the same external id up to date.
pub async fn set_described(
    db: &impl ConnectionTrait,
    new: ProfileId,
    about: &Described<'_>,
) -> Result<ProfileId, Fault> {
    let known = entity::Entity::find()
        .filter(entity::Column::Source.eq(about.source))
        .filter(entity::Column::ExternalId.eq(about.external_id))
        .one(db)
        .await?;
    let state = if about.is_active { "active" } else { "removed" };
    let mut row = entity::ActiveModel {
        organization_id: Set(about.organization),
        source: Set(about.source.to_owned()),
        external_id: Set(Some(about.external_id.to_owned())),
        first_name: Set(about.first_name.to_owned()),
        last_name: Set(about.last_name.to_owned()),
        email: Set(about.email.to_owned()),
        email_key: Set(about.email_key.to_owned()),
        is_bill_to: Set(about.is_bill_to),
        state: Set(state.to_owned()),
        ..Default::default()
    };
    if let Some(known) = known {
        row.id = Set(known.id);
        row.version = Set(known.version + 1);
        let unchanged = known.organization_id == about.organization
            && known.first_name == about.first_name
            && known.last_name == about.last_name
            && known.email == about.email
            && known.is_bill_to == about.is_bill_to
            && known.state == state;
        if !unchanged {
            entity::Entity::update(row).exec(db).await?;
        }
        return Ok(known.id);
    }
    row.id = Set(new);
    row.version = Set(1);
    row.is_admin = Set(about.is_admin || about.is_bill_to);
    row.admin_source = Set(match (about.is_bill_to, about.is_admin) {
        (true, _) => Some("bill_to".to_owned()),
        (false, true) => Some("granted".to_owned()),
        (false, false) => None,
    });
    entity::Entity::insert(row).exec_without_returning(db).await?;
    Ok(new)
}

/// Marks a profile as removed; associations, sessions and links find it gone at their next use.
pub async fn set_removed(db: &impl ConnectionTrait, id: ProfileId) -> Result<(), Fault> {
    entity::Entity::update_many()
        .col_expr(entity::Column::State, Expr::value("removed"))
        .col_expr(entity::Column::Version, Expr::col(entity::Column::Version).add(1))
        .filter(entity::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}
