//! The queries of the dump. What a row may not tell (digests, sealed tokens) its entity leaves out.
use platform::Fault;
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder as _, Select};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{claim, organization, profile, session};

/// Every table by name, its rows in the order of what identifies them.
pub async fn all(db: &impl ConnectionTrait) -> Result<Value, Fault> {
    let mut tables = Map::new();
    let mut add = |name: &str, rows: Vec<Value>| tables.insert(name.to_owned(), Value::Array(rows));
    {
        use organization::entity::{Column, Entity};
        add("organization", rows(db, Entity::find().order_by_asc(Column::Id)).await?);
    }
    {
        use crate::plan::entity::{entitlement, plan};
        add("plan", rows(db, plan::Entity::find().order_by_asc(plan::Column::Code)).await?);
        let found = entitlement::Entity::find().order_by_asc(entitlement::Column::Id);
        add("entitlement", rows(db, found).await?);
    }
    {
        use profile::entity::{Column, Entity};
        add("profile", rows(db, Entity::find().order_by_asc(Column::Id)).await?);
    }
    {
        use crate::association::entity::{association, invitation};
        let found = invitation::Entity::find().order_by_asc(invitation::Column::Id);
        add("invitation", rows(db, found).await?);
        let found = association::Entity::find().order_by_asc(association::Column::Id);
        add("association", rows(db, found).await?);
    }
    {
        use claim::entity::{Column, Entity};
        add("claim", rows(db, Entity::find().order_by_asc(Column::Id)).await?);
    }
    {
        use crate::admin_case::entity::{Column, Entity};
        add("admin_case", rows(db, Entity::find().order_by_asc(Column::Id)).await?);
    }
    {
        use crate::maintenance::entity::{Column, Entity};
        add("maintenance", rows(db, Entity::find().order_by_asc(Column::Id)).await?);
    }
    {
        use crate::audit::entity::{Column, Entity};
        add("audit", rows(db, Entity::find().order_by_asc(Column::Seq)).await?);
    }
    {
        use session::entity::{Column, Entity};
        let found = Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::Sub);
        add("portal_session", rows(db, found).await?);
    }
    {
        use crate::staff::entity::{Column, Entity};
        add("staff", rows(db, Entity::find().order_by_asc(Column::Iss).order_by_asc(Column::Sub)).await?);
    }
    Ok(Value::Object(tables))
}

async fn rows<E>(db: &impl ConnectionTrait, select: Select<E>) -> Result<Vec<Value>, Fault>
where
    E: EntityTrait,
    E::Model: Serialize,
{
    let rows = select.all(db).await?;
    rows.iter().map(|row| serde_json::to_value(row).map_err(Fault::bug)).collect()
}
