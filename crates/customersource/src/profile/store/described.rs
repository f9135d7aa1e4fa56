//! Profiles as another system describes them: found and kept by the id that they have there.
use platform::Fault;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use super::{AdminSource, Organization, OrganizationId, Profile, ProfileId, entity, with_organization};
use crate::organization;

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
    /// That a main contact is a company's first administrator is decided elsewhere (CS-41).
    pub is_admin: bool,
    pub is_active: bool,
    /// `None`: not said, and left as it is.
    pub no_bulk_mail: Option<bool>,
}

/// The profile of this external id, whatever its state.
pub async fn find_described(
    db: &impl ConnectionTrait,
    source: &str,
    external_id: &str,
) -> Result<Option<(Profile, Organization)>, Fault> {
    let row = entity::Entity::find()
        .find_also_related(organization::entity::Entity)
        .filter(entity::Column::Source.eq(source))
        .filter(entity::Column::ExternalId.eq(external_id))
        .one(db)
        .await?;
    Ok(row.and_then(with_organization))
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
    if let Some(no_bulk_mail) = about.no_bulk_mail {
        row.no_bulk_mail = Set(no_bulk_mail);
    }
    if let Some(known) = known {
        row.id = Set(known.id);
        row.version = Set(known.version + 1);
        let unchanged = known.organization_id == about.organization
            && known.first_name == about.first_name
            && known.last_name == about.last_name
            && known.email == about.email
            && known.is_bill_to == about.is_bill_to
            && known.state == state
            && about.no_bulk_mail.is_none_or(|said| said == known.no_bulk_mail);
        if !unchanged {
            entity::Entity::update(row).exec(db).await?;
        }
        return Ok(known.id);
    }
    row.id = Set(new);
    row.no_bulk_mail = Set(about.no_bulk_mail.unwrap_or(false));
    row.version = Set(1);
    let source = if about.is_bill_to { AdminSource::BillTo } else { AdminSource::Granted };
    row.is_admin = Set(about.is_admin);
    row.admin_source = Set(about.is_admin.then(|| source.text().to_owned()));
    entity::Entity::insert(row).exec_without_returning(db).await?;
    Ok(new)
}
