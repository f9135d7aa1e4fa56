//! What is known of a source, to compare a file with.
use std::collections::BTreeMap;

use platform::Fault;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, sea_query::Expr};

use crate::{
    organization,
    plan::entity::{entitlement, plan},
    profile,
};

/// An entry by its external id: its fields in the order of the file's, and whether it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub fields: Vec<(&'static str, String)>,
    pub is_active: bool,
}

pub type All = BTreeMap<String, Known>;

pub async fn companies(db: &impl ConnectionTrait, source: &str) -> Result<All, Fault> {
    use organization::entity::{Column, Entity};
    let rows = Entity::find().filter(Column::Source.eq(source)).all(db).await?;
    let known = rows.into_iter().filter_map(|row| {
        let is_active = row.state == "active";
        let fields = vec![
            ("name", row.name),
            ("kind", row.kind),
            ("region", row.region),
            ("products", row.products),
            ("state", row.state),
        ];
        Some((row.external_id?, Known { fields, is_active }))
    });
    Ok(known.collect())
}

/// External id of each company of the source, by id.
async fn names(
    db: &impl ConnectionTrait,
    source: &str,
) -> Result<BTreeMap<organization::OrganizationId, String>, Fault> {
    use organization::entity::{Column, Entity};
    let rows = Entity::find().filter(Column::Source.eq(source)).all(db).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.id, row.external_id?))).collect())
}

pub async fn profiles(db: &impl ConnectionTrait, source: &str) -> Result<All, Fault> {
    use profile::entity::{Column, Entity};
    let companies = names(db, source).await?;
    let rows = Entity::find().filter(Column::Source.eq(source)).all(db).await?;
    let known = rows.into_iter().filter_map(|row| {
        let is_active = row.state == "active";
        let fields = vec![
            ("company", companies.get(&row.organization_id).cloned().unwrap_or_default()),
            ("first_name", row.first_name),
            ("last_name", row.last_name),
            ("email", row.email),
            ("bill_to", row.is_bill_to.to_string()),
            ("state", row.state),
            ("no_bulk_mail", row.no_bulk_mail.to_string()),
        ];
        Some((row.external_id?, Known { fields, is_active }))
    });
    Ok(known.collect())
}

pub async fn entitlements(db: &impl ConnectionTrait, source: &str) -> Result<All, Fault> {
    let companies = names(db, source).await?;
    let rows = entitlement::Entity::find().filter(entitlement::Column::Source.eq(source)).all(db).await?;
    let known = rows.into_iter().filter_map(|row| {
        let is_active = row.state == "active";
        let fields = vec![
            ("company", companies.get(&row.organization_id).cloned().unwrap_or_default()),
            ("plan", row.plan_code),
            ("starts_on", row.starts_on),
            ("ends_on", row.ends_on),
            ("state", row.state),
        ];
        Some((row.external_id?, Known { fields, is_active }))
    });
    Ok(known.collect())
}

/// Every plan by its code.
pub async fn plans(db: &impl ConnectionTrait) -> Result<BTreeMap<String, plan::Model>, Fault> {
    let rows = plan::Entity::find().all(db).await?;
    Ok(rows.into_iter().map(|row| (row.code.clone(), row)).collect())
}

pub async fn cancel_entitlement(
    db: &impl ConnectionTrait,
    source: &str,
    external_id: &str,
) -> Result<(), Fault> {
    use entitlement::{Column, Entity};
    Entity::update_many()
        .col_expr(Column::State, Expr::value("cancelled"))
        .filter(Column::Source.eq(source))
        .filter(Column::ExternalId.eq(external_id))
        .exec(db)
        .await?;
    Ok(())
}
