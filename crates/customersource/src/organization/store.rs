//! Queries on companies.
use platform::{Fault, db::Tx};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, Func, LikeExpr},
};

use super::{Kind, Organization, OrganizationId, entity};

/// A company as another system describes it.
pub struct Described<'a> {
    pub source: &'a str,
    pub external_id: &'a str,
    pub name: &'a str,
    pub kind: Kind,
    pub region: &'a str,
    /// `None` leaves them as they are.
    pub products: Option<&'a str>,
    pub is_active: bool,
}

pub(crate) fn of_row(row: entity::Model) -> Organization {
    Organization {
        id: row.id,
        kind: Kind::of_text(&row.kind),
        is_active: row.state == "active",
        products: super::products_of(&row.products),
        name: row.name,
        region: row.region,
    }
}

pub async fn find(db: &impl ConnectionTrait, id: OrganizationId) -> Result<Option<Organization>, Fault> {
    Ok(entity::Entity::find_by_id(id).one(db).await?.map(of_row))
}

/// Locks the company's row until the transaction ends: whoever changes who administers it waits their turn.
/// SQLite has one writer and needs no lock. Taken before any profile's.
pub async fn lock(tx: &Tx, id: OrganizationId) -> Result<(), Fault> {
    if tx.get_database_backend() == DbBackend::Postgres {
        entity::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    }
    Ok(())
}

/// Companies whose name or external id holds `text`: for staff.
pub async fn search(db: &impl ConnectionTrait, text: &str, most: u64) -> Result<Vec<Organization>, Fault> {
    let escaped = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let like = |column| {
        Expr::expr(Func::lower(Expr::col(column))).like(LikeExpr::new(format!("%{escaped}%")).escape('\\'))
    };
    let rows = entity::Entity::find()
        .filter(like(entity::Column::Name).or(like(entity::Column::ExternalId)))
        .order_by_asc(entity::Column::Name)
        .limit(most)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(of_row).collect())
}

pub async fn find_external(
    db: &impl ConnectionTrait,
    source: &str,
    external_id: &str,
) -> Result<Option<OrganizationId>, Fault> {
    Ok(find_described(db, source, external_id).await?.map(|company| company.id))
}

/// The company of this external id.
pub async fn find_described(
    db: &impl ConnectionTrait,
    source: &str,
    external_id: &str,
) -> Result<Option<Organization>, Fault> {
    let found = entity::Entity::find()
        .filter(entity::Column::Source.eq(source))
        .filter(entity::Column::ExternalId.eq(external_id))
        .one(db)
        .await?;
    Ok(found.map(of_row))
}

/// Closes a company: nobody comes in for it any more.
pub async fn set_closed(db: &impl ConnectionTrait, id: OrganizationId) -> Result<(), Fault> {
    entity::Entity::update_many()
        .col_expr(entity::Column::State, Expr::value("closed"))
        .filter(entity::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Notes that a company has an administrator; true for the first time (CS-41).
pub async fn spend_first_administrator(db: &impl ConnectionTrait, id: OrganizationId) -> Result<bool, Fault> {
    let updated = entity::Entity::update_many()
        .col_expr(entity::Column::Administered, Expr::value(true))
        .filter(entity::Column::Id.eq(id))
        .filter(entity::Column::Administered.eq(false))
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Adds a company, or brings the one of the same external id up to date. `new` is used when it is added.
pub async fn set_described(
    db: &impl ConnectionTrait,
    new: OrganizationId,
    about: &Described<'_>,
) -> Result<OrganizationId, Fault> {
    let mut row = entity::ActiveModel {
        source: Set(about.source.to_owned()),
        external_id: Set(Some(about.external_id.to_owned())),
        name: Set(about.name.to_owned()),
        kind: Set(about.kind.text().to_owned()),
        region: Set(about.region.to_owned()),
        state: Set(if about.is_active { "active" } else { "closed" }.to_owned()),
        ..Default::default()
    };
    if let Some(products) = about.products {
        row.products = Set(products.to_owned());
    }
    if let Some(id) = find_external(db, about.source, about.external_id).await? {
        row.id = Set(id);
        entity::Entity::update(row).exec(db).await?;
        return Ok(id);
    }
    row.id = Set(new);
    row.administered = Set(false);
    entity::Entity::insert(row).exec_without_returning(db).await?;
    Ok(new)
}
