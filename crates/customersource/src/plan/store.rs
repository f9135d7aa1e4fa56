//! Queries on plans and entitlements.
use platform::Fault;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use super::{
    Entitlement, EntitlementId,
    entity::{entitlement, plan},
};
use crate::organization::OrganizationId;

/// All that a company has or had.
pub async fn list_entitlements(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Vec<Entitlement>, Fault> {
    let rows = entitlement::Entity::find()
        .filter(entitlement::Column::OrganizationId.eq(organization))
        .find_also_related(plan::Entity)
        .all(db)
        .await?;
    let entitlements = rows.into_iter().filter_map(|(row, plan)| {
        let plan = plan?;
        Some(Entitlement {
            plan_name: plan.name,
            category: plan.category,
            rank: plan.rank,
            is_active: row.state == "active",
            starts_on: row.starts_on,
            ends_on: row.ends_on,
        })
    });
    Ok(entitlements.collect())
}

/// Adds a plan or brings it up to date.
pub async fn set_plan(db: &impl ConnectionTrait, about: plan::Model) -> Result<(), Fault> {
    let known = plan::Entity::find_by_id(about.code.clone()).one(db).await?.is_some();
    let row = plan::ActiveModel {
        code: Set(about.code),
        category: Set(about.category),
        name: Set(about.name),
        rank: Set(about.rank),
    };
    if known {
        plan::Entity::update(row).exec(db).await?;
    } else {
        plan::Entity::insert(row).exec_without_returning(db).await?;
    }
    Ok(())
}

/// True when the plan exists.
pub async fn has_plan(db: &impl ConnectionTrait, code: &str) -> Result<bool, Fault> {
    Ok(plan::Entity::find_by_id(code.to_owned()).one(db).await?.is_some())
}

/// An entitlement as another system describes it.
pub struct Described<'a> {
    pub organization: OrganizationId,
    pub plan_code: &'a str,
    pub source: &'a str,
    pub external_id: &'a str,
    pub state: &'a str,
    pub starts_on: &'a str,
    pub ends_on: &'a str,
}

/// Adds an entitlement, or brings the one of the same external id up to date.
pub async fn set_entitlement(
    db: &impl ConnectionTrait,
    new: EntitlementId,
    about: &Described<'_>,
) -> Result<(), Fault> {
    let known = entitlement::Entity::find()
        .filter(entitlement::Column::Source.eq(about.source))
        .filter(entitlement::Column::ExternalId.eq(about.external_id))
        .one(db)
        .await?;
    let row = entitlement::ActiveModel {
        id: Set(known.as_ref().map_or(new, |row| row.id)),
        organization_id: Set(about.organization),
        plan_code: Set(about.plan_code.to_owned()),
        source: Set(about.source.to_owned()),
        external_id: Set(Some(about.external_id.to_owned())),
        state: Set(about.state.to_owned()),
        starts_on: Set(about.starts_on.to_owned()),
        ends_on: Set(about.ends_on.to_owned()),
    };
    if known.is_some() {
        entitlement::Entity::update(row).exec(db).await?;
    } else {
        entitlement::Entity::insert(row).exec_without_returning(db).await?;
    }
    Ok(())
}
