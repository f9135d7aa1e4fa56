//! Queries on plans and entitlements.
mod described;

use platform::{Fault, db::Tx};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};

use super::{
    Entitlement,
    entity::{entitlement, plan},
};
use crate::company::CompanyId;

pub use described::{Described, Rows, list_names, list_plans, set_left_out};

/// All that a company has or had.
pub async fn list_entitlements(
    db: &impl ConnectionTrait,
    company: CompanyId,
) -> Result<Vec<Entitlement>, Fault> {
    let rows = entitlement::Entity::find()
        .filter(entitlement::Column::OrganizationId.eq(company))
        .find_also_related(plan::Entity)
        .all(db)
        .await?;
    let entitlements = rows.into_iter().filter_map(|(row, plan)| {
        let plan = plan?;
        Some(Entitlement {
            plan_name: plan.name,
            category: plan.category,
            rank: plan.rank.into(),
            is_active: row.state == entitlement::Stored::Active,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
        })
    });
    Ok(entitlements.collect())
}

/// The same, and nobody changes or takes away any of them until the transaction ends.
pub async fn hold_entitlements(tx: &Tx, company: CompanyId) -> Result<Vec<Entitlement>, Fault> {
    let own = entitlement::Entity::find().filter(entitlement::Column::OrganizationId.eq(company));
    own.lock_shared().all(tx).await?;
    list_entitlements(tx, company).await
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
