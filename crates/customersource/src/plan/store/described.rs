//! Entitlements as another system describes them: found and kept by the id that they have there.
use std::collections::{BTreeMap, HashMap};

use platform::{Fault, db::described};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, sea_query::Expr};

use super::super::{
    EntitlementId,
    entity::{
        entitlement::{Column, Entity, Model, Stored},
        plan,
    },
};
use crate::company::CompanyId;

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

/// Entitlements as another system describes them.
pub type Rows = described::Rows<Entity>;

impl described::Described for Entity {
    type Id = EntitlementId;
    const ID: Column = Column::Id;
    const SOURCE: Column = Column::Source;
    const EXTERNAL_ID: Column = Column::ExternalId;

    fn id(row: &Model) -> EntitlementId {
        row.id
    }

    fn external_id(row: &Model) -> Option<&str> {
        row.external_id.as_deref()
    }
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
