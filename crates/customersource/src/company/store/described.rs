//! Companies as another system describes them: found and kept by the id that they have there.
use std::collections::{BTreeMap, HashMap};

use platform::{Fault, db::Tx, fold::fold};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::{
    super::{CompanyId, Kind, entity},
    AT_ONCE,
};

/// A company as another system describes it. What it does not say stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Described<'a> {
    pub source: &'a str,
    pub external_id: &'a str,
    pub name: &'a str,
    pub kind: Option<Kind>,
    pub region: Option<&'a str>,
    pub products: Option<String>,
    pub time_zone: Option<&'a str>,
    pub is_active: Option<bool>,
}

impl Described<'_> {
    /// The row of a company that is new.
    pub fn added(&self, id: CompanyId) -> entity::Model {
        let blank = entity::Model {
            id,
            source: self.source.to_owned(),
            external_id: Some(self.external_id.to_owned()),
            name: String::new(),
            kind: Kind::Customer.text().to_owned(),
            region: String::new(),
            products: String::new(),
            state: entity::Stored::Active,
            crm_etag: None,
            synced_at: None,
            administered: false,
            left_out: false,
            time_zone: String::new(),
            folded: None,
        };
        self.onto(&blank)
    }

    /// The row as it will be.
    pub fn onto(&self, known: &entity::Model) -> entity::Model {
        let mut row = known.clone();
        row.name = self.name.to_owned();
        if let Some(kind) = self.kind {
            row.kind = kind.text().to_owned();
        }
        if let Some(region) = self.region {
            row.region = region.to_owned();
        }
        if let Some(products) = &self.products {
            row.products.clone_from(products);
        }
        if let Some(time_zone) = self.time_zone {
            row.time_zone = time_zone.to_owned();
        }
        // Who is listed again, and was closed for nothing but not being listed, is open.
        if let Some(is_active) = self.is_active.or(known.left_out.then_some(true)) {
            row.state = if is_active { entity::Stored::Active } else { entity::Stored::Closed };
        }
        row.left_out = false;
        if row.name != known.name {
            row.folded = Some(fold(&format!("{} {}", row.name, self.external_id)));
        }
        row
    }
}

/// The companies of these external ids.
pub async fn list_described(
    db: &impl ConnectionTrait,
    source: &str,
    external_ids: &[&str],
) -> Result<HashMap<String, entity::Model>, Fault> {
    let mut found = HashMap::new();
    for ids in external_ids.chunks(AT_ONCE) {
        let rows = entity::Entity::find()
            .filter(entity::Column::Source.eq(source))
            .filter(entity::Column::ExternalId.is_in(ids.iter().copied()))
            .all(db)
            .await?;
        found.extend(rows.into_iter().filter_map(|row| Some((row.external_id.clone()?, row))));
    }
    Ok(found)
}

/// Every company of a source by its external id, read piece by piece.
pub async fn all_described(
    db: &impl ConnectionTrait,
    source: &str,
) -> Result<BTreeMap<String, entity::Model>, Fault> {
    let mut found = BTreeMap::new();
    let mut last: Option<CompanyId> = None;
    loop {
        let mut query = entity::Entity::find().filter(entity::Column::Source.eq(source));
        if let Some(last) = last {
            query = query.filter(entity::Column::Id.gt(last));
        }
        let rows = query.order_by_asc(entity::Column::Id).limit(1000).all(db).await?;
        let Some(row) = rows.last() else { return Ok(found) };
        last = Some(row.id);
        found.extend(rows.into_iter().filter_map(|row| Some((row.external_id.clone()?, row))));
    }
}

/// The rows of these companies.
pub async fn list(
    db: &impl ConnectionTrait,
    ids: &[CompanyId],
) -> Result<HashMap<CompanyId, entity::Model>, Fault> {
    let mut found = HashMap::new();
    for ids in ids.chunks(AT_ONCE) {
        let rows =
            entity::Entity::find().filter(entity::Column::Id.is_in(ids.iter().copied())).all(db).await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

/// Locks several companies, the oldest first; true when what was read before may be old. SQLite has one writer and
/// needs no lock.
pub async fn lock_many(tx: &Tx, ids: &[CompanyId]) -> Result<bool, Fault> {
    if tx.get_database_backend() != DbBackend::Postgres {
        return Ok(false);
    }
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    for ids in ids.chunks(AT_ONCE) {
        let locked = entity::Entity::find()
            .filter(entity::Column::Id.is_in(ids.iter().copied()))
            .order_by_asc(entity::Column::Id)
            .lock_exclusive();
        locked.all(tx).await?;
    }
    Ok(true)
}

/// Adds companies that are new.
pub async fn add_many(db: &impl ConnectionTrait, rows: Vec<entity::Model>) -> Result<(), Fault> {
    for rows in rows.chunks(AT_ONCE) {
        let rows = rows.iter().map(|row| row.clone().into_active_model().reset_all());
        entity::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Brings a company up to date; whether it ever was administered is not for a file to say.
pub async fn update(db: &impl ConnectionTrait, row: &entity::Model) -> Result<(), Fault> {
    let mut row = row.clone().into_active_model().reset_all();
    row.administered = sea_orm::ActiveValue::NotSet;
    entity::Entity::update(row).exec(db).await?;
    Ok(())
}
