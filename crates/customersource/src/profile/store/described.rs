//! Profiles as another system describes them: found and kept by the id that they have there, each field decided by
//! its owner.
use std::collections::{BTreeMap, HashMap};

use platform::{Fault, db::Tx};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::{
    super::held::{Field, Held},
    AdminSource, CompanyId, ProfileId,
    entity::{self, Stored},
    folded,
};
use crate::company::store::AT_ONCE;

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

/// The profiles of these external ids, whatever their state.
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

/// Every profile of a source by its external id, read piece by piece.
pub async fn all_described(
    db: &impl ConnectionTrait,
    source: &str,
) -> Result<BTreeMap<String, entity::Model>, Fault> {
    let mut found = BTreeMap::new();
    let mut last: Option<ProfileId> = None;
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

/// Locks several profiles, the oldest first; true when what was read before may be old. SQLite has one writer and
/// needs no lock.
pub async fn lock_many(tx: &Tx, ids: &[ProfileId]) -> Result<bool, Fault> {
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

/// Adds profiles that are new.
pub async fn add_many(db: &impl ConnectionTrait, rows: Vec<entity::Model>) -> Result<(), Fault> {
    for rows in rows.chunks(AT_ONCE) {
        let rows = rows.iter().map(|row| row.clone().into_active_model().reset_all());
        entity::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Brings a profile up to date.
pub async fn update(db: &impl ConnectionTrait, row: &entity::Model) -> Result<(), Fault> {
    entity::Entity::update(row.clone().into_active_model().reset_all()).exec(db).await?;
    Ok(())
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
