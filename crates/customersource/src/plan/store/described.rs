//! Entitlements as another system describes them: found and kept by the id that they have there.
use std::collections::{BTreeMap, HashMap};

use platform::Fault;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, sea_query::Expr,
};

use super::super::{
    EntitlementId,
    entity::{
        entitlement::{Column, Entity, Model, Stored},
        plan,
    },
};
use crate::company::{CompanyId, store::AT_ONCE};

/// An entitlement as another system describes it.
#[derive(Clone, Debug)]
pub struct Described<'a> {
    pub company: CompanyId,
    pub plan_code: &'a str,
    pub source: &'a str,
    pub external_id: &'a str,
    /// `None`: not said, and left as it is.
    pub state: Option<Stored>,
    pub starts_on: &'a str,
    pub ends_on: &'a str,
}

impl Described<'_> {
    /// The row of an entitlement that is new.
    pub fn added(&self, id: EntitlementId) -> Model {
        Model {
            id,
            organization_id: self.company,
            plan_code: self.plan_code.to_owned(),
            source: self.source.to_owned(),
            external_id: Some(self.external_id.to_owned()),
            state: self.state.unwrap_or(Stored::Active),
            starts_on: self.starts_on.to_owned(),
            ends_on: self.ends_on.to_owned(),
            left_out: false,
        }
    }

    /// The row as it will be.
    pub fn onto(&self, known: &Model) -> Model {
        // What is listed again, and was cancelled for nothing but not being listed, is in force.
        let state = self.state.or(known.left_out.then_some(Stored::Active)).unwrap_or(known.state);
        Model { state, ..self.added(known.id) }
    }
}

/// The entitlements of these external ids.
pub async fn list_described(
    db: &impl ConnectionTrait,
    source: &str,
    external_ids: &[&str],
) -> Result<HashMap<String, Model>, Fault> {
    let mut found = HashMap::new();
    for ids in external_ids.chunks(AT_ONCE) {
        let rows = Entity::find()
            .filter(Column::Source.eq(source))
            .filter(Column::ExternalId.is_in(ids.iter().copied()))
            .all(db)
            .await?;
        found.extend(rows.into_iter().filter_map(|row| Some((row.external_id.clone()?, row))));
    }
    Ok(found)
}

/// Every entitlement of a source by its external id, read piece by piece.
pub async fn all_described(
    db: &impl ConnectionTrait,
    source: &str,
) -> Result<BTreeMap<String, Model>, Fault> {
    let mut found = BTreeMap::new();
    let mut last: Option<EntitlementId> = None;
    loop {
        let mut query = Entity::find().filter(Column::Source.eq(source));
        if let Some(last) = last {
            query = query.filter(Column::Id.gt(last));
        }
        let rows = query.order_by_asc(Column::Id).limit(1000).all(db).await?;
        let Some(row) = rows.last() else { return Ok(found) };
        last = Some(row.id);
        found.extend(rows.into_iter().filter_map(|row| Some((row.external_id.clone()?, row))));
    }
}

/// Adds entitlements that are new.
pub async fn add_many(db: &impl ConnectionTrait, rows: Vec<Model>) -> Result<(), Fault> {
    for rows in rows.chunks(AT_ONCE) {
        let rows = rows.iter().map(|row| row.clone().into_active_model().reset_all());
        Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Brings an entitlement up to date.
pub async fn update(db: &impl ConnectionTrait, row: &Model) -> Result<(), Fault> {
    Entity::update(row.clone().into_active_model().reset_all()).exec(db).await?;
    Ok(())
}

/// Cancels an entitlement that a full file left out.
pub async fn set_left_out(db: &impl ConnectionTrait, id: EntitlementId) -> Result<(), Fault> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(Stored::Cancelled))
        .col_expr(Column::LeftOut, Expr::value(true))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// The name of every plan by its code.
pub async fn list_names(db: &impl ConnectionTrait) -> Result<HashMap<String, String>, Fault> {
    let rows = plan::Entity::find().all(db).await?;
    Ok(rows.into_iter().map(|row| (row.code, row.name)).collect())
}

/// Every plan by its code.
pub async fn list_plans(db: &impl ConnectionTrait) -> Result<BTreeMap<String, plan::Model>, Fault> {
    let rows = plan::Entity::find().all(db).await?;
    Ok(rows.into_iter().map(|row| (row.code.clone(), row)).collect())
}
