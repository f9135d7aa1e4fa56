//! Profiles as another system describes them: found and kept by the id that they have there, each field decided by
//! its owner.
use platform::{Fault, db::described};
use sea_orm::{ConnectionTrait, EntityTrait as _};

use super::{
    super::held::{Field, Held},
    AdminSource, CompanyId, ProfileId,
    entity::{self, Stored},
    folded,
};

/// A profile as another system describes it. What it does not say stays as it is.
#[derive(Clone, Debug)]
pub struct Described<'a> {
    pub company: CompanyId,
    pub source: &'a str,
    pub external_id: &'a str,
    pub first_name: &'a str,
    pub last_name: &'a str,
    pub email: &'a str,
    pub email_key: &'a str,
    pub is_bill_to: Option<bool>,
    /// Counts only when the profile is added: afterwards administrators are the portal's business (CS-42).
    /// That a main contact is a company's first administrator is decided elsewhere (CS-41).
    pub is_admin: bool,
    pub is_active: Option<bool>,
    pub no_bulk_mail: Option<bool>,
}

/// What becomes of a row that another system describes anew.
#[derive(Clone, Debug)]
pub struct Merged {
    pub after: entity::Model,
    /// Fields that the portal decides, and what the other system says instead.
    pub differs: Vec<(Field, String)>,
}

impl Described<'_> {
    /// The row of a profile that is new.
    pub fn added(&self, id: ProfileId) -> entity::Model {
        let is_bill_to = self.is_bill_to.unwrap_or(false);
        let source = if is_bill_to { AdminSource::BillTo } else { AdminSource::Granted };
        entity::Model {
            id,
            organization_id: self.company,
            source: self.source.to_owned(),
            external_id: Some(self.external_id.to_owned()),
            first_name: self.first_name.to_owned(),
            last_name: self.last_name.to_owned(),
            email: self.email.to_owned(),
            email_key: self.email_key.to_owned(),
            is_bill_to,
            is_admin: self.is_admin,
            admin_source: self.is_admin.then(|| source.text().to_owned()),
            state: Stored::of(self.is_active != Some(false)),
            version: 1.into(),
            crm_etag: None,
            synced_at: None,
            no_bulk_mail: self.no_bulk_mail.unwrap_or(false),
            held: String::new(),
            left_out: false,
            folded: Some(folded::of(self.first_name, self.last_name, self.email)),
        }
    }

    /// The row as it will be. What somebody changed in the portal stays until somebody accepts the difference; where
    /// both say the same, the field is the business system's again.
    pub fn onto(&self, known: &entity::Model) -> Merged {
        let (mut after, mut held) = (known.clone(), Held::of_text(&known.held));
        let mut differs = Vec::new();
        let mut is_theirs = |field, theirs: &str, is_same: bool| {
            let is_held = held.has(field);
            if is_held && is_same {
                held.release(field);
            } else if is_held {
                differs.push((field, theirs.to_owned()));
            }
            !is_held
        };
        if is_theirs(Field::FirstName, self.first_name, known.first_name == self.first_name) {
            self.first_name.clone_into(&mut after.first_name);
        }
        if is_theirs(Field::LastName, self.last_name, known.last_name == self.last_name) {
            self.last_name.clone_into(&mut after.last_name);
        }
        if is_theirs(Field::Email, self.email, known.email_key == self.email_key) {
            self.email.clone_into(&mut after.email);
        }
        if let Some(state) = self.listed(known).map(Stored::of)
            && is_theirs(Field::State, state.text(), known.state == state)
        {
            after.state = state;
        }
        if after.email != known.email {
            self.email_key.clone_into(&mut after.email_key);
        }
        after.organization_id = self.company;
        after.is_bill_to = self.is_bill_to.unwrap_or(known.is_bill_to);
        after.no_bulk_mail = self.no_bulk_mail.unwrap_or(known.no_bulk_mail);
        after.left_out = false;
        after.held = held.to_text();
        let searched = |row: &entity::Model| folded::of(&row.first_name, &row.last_name, &row.email);
        if searched(&after) != searched(known) {
            after.folded = Some(searched(&after));
        }
        if after != *known {
            after.version.0 += 1;
        }
        Merged { after, differs }
    }

    /// What a row says of the state. Who is listed without a word about it is on file: that is news of somebody who
    /// was gone because a full file left them out, and a difference from a removal in the portal.
    fn listed(&self, known: &entity::Model) -> Option<bool> {
        let by_being_there = known.left_out || Held::of_text(&known.held).has(Field::State);
        self.is_active.or(by_being_there.then_some(true))
    }
}

/// Profiles as another system describes them.
pub type Rows = described::Rows<entity::Entity>;

impl described::Described for entity::Entity {
    type Id = ProfileId;
    const ID: entity::Column = entity::Column::Id;
    const SOURCE: entity::Column = entity::Column::Source;
    const EXTERNAL_ID: entity::Column = entity::Column::ExternalId;

    fn id(row: &entity::Model) -> ProfileId {
        row.id
    }

    fn external_id(row: &entity::Model) -> Option<&str> {
        row.external_id.as_deref()
    }
}

/// Brings a profile up to date.
pub async fn update(db: &impl ConnectionTrait, row: &entity::Model) -> Result<(), Fault> {
    Rows::update(db, row, &[]).await
}

/// Takes the business system's word for one field, which is its own again; `key` comes with an address.
pub async fn take_theirs(
    db: &impl ConnectionTrait,
    id: ProfileId,
    field: Field,
    theirs: &str,
    key: Option<&str>,
) -> Result<(), Fault> {
    let Some(mut row) = entity::Entity::find_by_id(id).one(db).await? else { return Ok(()) };
    match field {
        Field::Email => theirs.clone_into(&mut row.email),
        Field::FirstName => theirs.clone_into(&mut row.first_name),
        Field::LastName => theirs.clone_into(&mut row.last_name),
        Field::State => row.state = Stored::of_text(theirs).unwrap_or(row.state),
    }
    if let Some(key) = key {
        key.clone_into(&mut row.email_key);
    }
    let mut held = Held::of_text(&row.held);
    held.release(field);
    row.held = held.to_text();
    row.folded = Some(folded::of(&row.first_name, &row.last_name, &row.email));
    row.version.0 += 1;
    update(db, &row).await
}

#[cfg(test)]
mod tests;
