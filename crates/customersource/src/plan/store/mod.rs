//! Queries on plans and entitlements.
mod described;

use platform::{Fault, db::Tx};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};

use super::{
    Entitlement, Entitlements,
    entity::{entitlement, plan},
};
use crate::company::{self, Company, CompanyId};

pub use described::{Described, Rows, list_names, list_plans, set_left_out};

/// All that a company has or had.
pub async fn list_entitlements(
    db: &impl ConnectionTrait,
    company: CompanyId,
) -> Result<Vec<Entitlement>, Fault> {
    Ok(list_entitlements_of(db, &[company]).await?.0.remove(&company).unwrap_or_default())
}

/// The same of several companies at once.
pub async fn list_entitlements_of(
    db: &impl ConnectionTrait,
    companies: &[CompanyId],
) -> Result<Entitlements, Fault> {
    let rows = entitlement::Entity::find()
        .filter(entitlement::Column::OrganizationId.is_in(companies.iter().copied()))
        .find_also_related(plan::Entity)
        .all(db)
        .await?;
    let mut entitlements = Entitlements::default();
    for (row, plan) in rows {
        let Some(plan) = plan else { continue };
        entitlements.0.entry(row.organization_id).or_default().push(of_rows((row, plan)));
    }
    Ok(entitlements)
}

fn of_rows((row, plan): (entitlement::Model, plan::Model)) -> Entitlement {
    Entitlement {
        plan_name: plan.name,
        category: plan.category,
        rank: plan.rank.into(),
        is_active: row.state == entitlement::Stored::Active,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
    }
}

/// A company with all that it has or had.
pub async fn find_company(
    db: &impl ConnectionTrait,
    id: CompanyId,
) -> Result<Option<(Company, Vec<Entitlement>)>, Fault> {
    let rows = company::entity::Entity::find_by_id(id)
        .find_also_related(entitlement::Entity)
        .and_also_related(plan::Entity)
        .all(db)
        .await?;
    let (mut found, mut entitlements) = (None, Vec::new());
    for (company, row, plan) in rows {
        found = Some(company::store::of_row(company));
        entitlements.extend(row.zip(plan).map(of_rows));
    }
    Ok(found.map(|company| (company, entitlements)))
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
