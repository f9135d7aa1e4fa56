//! Companies as another system describes them: found and kept by the id that they have there.
use platform::{Fault, db::described, fold::fold};
use sea_orm::ConnectionTrait;

use super::super::{CompanyId, Kind, entity};

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
            second_step_from: None,
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

/// Companies as another system describes them.
pub type Rows = described::Rows<entity::Entity>;

impl described::Described for entity::Entity {
    type Id = CompanyId;
    const ID: entity::Column = entity::Column::Id;
    const SOURCE: entity::Column = entity::Column::Source;
    const EXTERNAL_ID: entity::Column = entity::Column::ExternalId;

    fn id(row: &entity::Model) -> CompanyId {
        row.id
    }

    fn external_id(row: &entity::Model) -> Option<&str> {
        row.external_id.as_deref()
    }
}

/// Brings a company up to date; whether it ever was administered is not for a file to say.
pub async fn update(db: &impl ConnectionTrait, row: &entity::Model) -> Result<(), Fault> {
    Rows::update(db, row, &[entity::Column::Administered]).await
}
