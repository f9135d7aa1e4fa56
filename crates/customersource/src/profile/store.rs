//! Queries on profiles.
mod described;
mod folded;
mod listed;
mod names;

use std::collections::HashSet;

use platform::{Fault, db::Tx, email::EmailAddress};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _},
};

use super::{
    AdminSource, Administrator, Profile, ProfileId, entity,
    held::{Field, Held},
};
use crate::company::{self, Company, CompanyId};

pub use described::{Described, Merged, Rows, take_theirs, update};
pub use folded::fold_missing;
pub use listed::{list_own, page, search};
pub use names::list_names;

pub(crate) fn of_row(row: entity::Model) -> Profile {
    Profile {
        id: row.id,
        company: row.organization_id,
        first_name: row.first_name,
        last_name: row.last_name,
        email: row.email,
        email_key: row.email_key,
        is_admin: row.is_admin,
        is_bill_to: row.is_bill_to,
        version: row.version.into(),
        is_active: row.state == entity::Stored::Active,
        no_bulk_mail: row.no_bulk_mail,
    }
}

fn with_company(
    (row, company): (entity::Model, Option<company::entity::Model>),
) -> Option<(Profile, Company)> {
    Some((of_row(row), company::store::of_row(company?)))
}

pub async fn find(db: &impl ConnectionTrait, id: ProfileId) -> Result<Option<(Profile, Company)>, Fault> {
    let row = entity::Entity::find_by_id(id).find_also_related(company::entity::Entity).one(db).await?;
    Ok(row.and_then(with_company))
}

/// Locks the profile's row until the transaction ends: whatever concerns its association waits its turn.
/// SQLite has one writer and needs no lock.
pub async fn lock(tx: &Tx, id: ProfileId) -> Result<(), Fault> {
    if tx.get_database_backend() == DbBackend::Postgres {
        entity::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    }
    Ok(())
}

/// The active profiles of active companies with this address, at most `most`, oldest first.
pub async fn list_by_email(
    db: &impl ConnectionTrait,
    email_key: &str,
    most: u64,
) -> Result<Vec<(Profile, Company)>, Fault> {
    let rows = entity::Entity::find()
        .find_also_related(company::entity::Entity)
        .filter(entity::Column::EmailKey.eq(email_key))
        .filter(entity::Column::State.eq(entity::Stored::Active))
        .filter(company::entity::Column::State.eq(company::entity::Stored::Active))
        .order_by_asc(entity::Column::Id)
        .limit(most)
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(with_company).collect())
}

/// The active administrators of a company.
pub async fn list_administrators(
    db: &impl ConnectionTrait,
    company: CompanyId,
) -> Result<Vec<Profile>, Fault> {
    let rows = entity::Entity::find()
        .filter(entity::Column::OrganizationId.eq(company))
        .filter(entity::Column::IsAdmin.eq(true))
        .filter(entity::Column::State.eq(entity::Stored::Active))
        .order_by_asc(entity::Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(of_row).collect())
}

/// How many active administrators a company has besides one profile.
pub async fn count_other_administrators(
    db: &impl ConnectionTrait,
    company: CompanyId,
    but: ProfileId,
) -> Result<u64, Fault> {
    let others = entity::Entity::find()
        .filter(entity::Column::OrganizationId.eq(company))
        .filter(entity::Column::IsAdmin.eq(true))
        .filter(entity::Column::State.eq(entity::Stored::Active))
        .filter(entity::Column::Id.ne(but));
    Ok(others.count(db).await?)
}

/// One of the administrator's own company. Another company's, a removed one and one that never was are
/// all `None` (portal rule 12).
pub async fn find_own(
    db: &impl ConnectionTrait,
    by: &Administrator,
    id: ProfileId,
) -> Result<Option<(Profile, Company)>, Fault> {
    let row = entity::Entity::find_by_id(id)
        .find_also_related(company::entity::Entity)
        .filter(entity::Column::OrganizationId.eq(by.company()))
        .filter(entity::Column::State.eq(entity::Stored::Active))
        .filter(company::entity::Column::State.eq(company::entity::Stored::Active))
        .one(db)
        .await?;
    Ok(row.and_then(with_company))
}

/// The names of others in the company with the same address.
pub async fn list_same_address(db: &impl ConnectionTrait, profile: &Profile) -> Result<Vec<Profile>, Fault> {
    let rows = entity::Entity::find()
        .filter(entity::Column::EmailKey.eq(profile.email_key.as_str()))
        .filter(entity::Column::State.eq(entity::Stored::Active))
        .filter(entity::Column::OrganizationId.eq(profile.company))
        .filter(entity::Column::Id.ne(profile.id))
        .order_by_asc(entity::Column::Id)
        .limit(20)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(of_row).collect())
}

/// Whether the administrator's company has somebody of this address.
pub async fn has_address(
    db: &impl ConnectionTrait,
    by: &Administrator,
    email_key: &str,
) -> Result<bool, Fault> {
    let found = entity::Entity::find()
        .filter(entity::Column::EmailKey.eq(email_key))
        .filter(entity::Column::OrganizationId.eq(by.company()))
        .filter(entity::Column::State.eq(entity::Stored::Active));
    Ok(found.one(db).await?.is_some())
}

/// The keys of all addresses of the administrator's company.
pub async fn list_addresses(db: &impl ConnectionTrait, by: &Administrator) -> Result<HashSet<String>, Fault> {
    let keys: Vec<String> = entity::Entity::find()
        .select_only()
        .column(entity::Column::EmailKey)
        .filter(entity::Column::OrganizationId.eq(by.company()))
        .filter(entity::Column::State.eq(entity::Stored::Active))
        .into_tuple()
        .all(db)
        .await?;
    Ok(keys.into_iter().collect())
}

/// The main contacts of a company (the “Bill To” contact).
pub async fn list_bill_to(db: &impl ConnectionTrait, company: CompanyId) -> Result<Vec<Profile>, Fault> {
    let rows = entity::Entity::find()
        .filter(entity::Column::OrganizationId.eq(company))
        .filter(entity::Column::IsBillTo.eq(true))
        .filter(entity::Column::State.eq(entity::Stored::Active))
        .order_by_asc(entity::Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(of_row).collect())
}

/// People of one company whose name or address holds `text`, those who are gone among them.
pub async fn search_own(
    db: &impl ConnectionTrait,
    by: &Administrator,
    text: &str,
    most: u64,
) -> Result<Vec<ProfileId>, Fault> {
    let rows = entity::Entity::find()
        .filter(entity::Column::OrganizationId.eq(by.company()))
        .filter(listed::holds(text))
        .order_by_asc(entity::Column::Id)
        .limit(most)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// These profiles with their companies, in no order; what is gone is left out.
pub async fn list_by_id(
    db: &impl ConnectionTrait,
    ids: &[ProfileId],
) -> Result<Vec<(Profile, Company)>, Fault> {
    let rows = entity::Entity::find()
        .find_also_related(company::entity::Entity)
        .filter(entity::Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(with_company).collect())
}

/// Everybody with this address, removed people too: for staff.
pub async fn list_of_address(
    db: &impl ConnectionTrait,
    email_key: &str,
    most: u64,
) -> Result<Vec<(Profile, Company)>, Fault> {
    let rows = entity::Entity::find()
        .find_also_related(company::entity::Entity)
        .filter(entity::Column::EmailKey.eq(email_key))
        .order_by_asc(entity::Column::Id)
        .limit(most)
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(with_company).collect())
}

/// What a form says of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    pub first_name: String,
    pub last_name: String,
    pub email: EmailAddress,
}

/// Adds a profile that the business system does not know yet.
pub async fn add(
    db: &impl ConnectionTrait,
    id: ProfileId,
    company: CompanyId,
    details: &Details,
    is_admin: bool,
) -> Result<(), Fault> {
    let row = entity::ActiveModel {
        id: Set(id),
        organization_id: Set(company),
        source: Set(super::OWN_SOURCE.to_owned()),
        external_id: Set(None),
        first_name: Set(details.first_name.clone()),
        last_name: Set(details.last_name.clone()),
        email: Set(details.email.as_str().to_owned()),
        email_key: Set(details.email.key().to_owned()),
        is_bill_to: Set(false),
        is_admin: Set(is_admin),
        admin_source: Set(is_admin.then(|| AdminSource::Granted.text().to_owned())),
        state: Set(entity::Stored::Active),
        version: Set(1.into()),
        crm_etag: Set(None),
        synced_at: Set(None),
        no_bulk_mail: Set(false),
        held: Set(String::new()),
        left_out: Set(false),
        folded: Set(Some(folded::of(&details.first_name, &details.last_name, details.email.as_str()))),
    };
    entity::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Saves what a form says, if nobody saved since `version`; true for the one caller who did. Without `email` the address
/// stays. What it changes is the
/// portal's from now on: no file changes it back.
pub async fn spend_version(
    db: &impl ConnectionTrait,
    id: ProfileId,
    version: i32,
    details: &Details,
    email: Option<&EmailAddress>,
) -> Result<bool, Fault> {
    let Some(row) = entity::Entity::find_by_id(id).one(db).await? else { return Ok(false) };
    let mut held = Held::of_text(&row.held);
    let (email, key) =
        email.map_or((row.email.as_str(), row.email_key.as_str()), |new| (new.as_str(), new.key()));
    for (field, ours, new) in [
        (Field::FirstName, &row.first_name, details.first_name.as_str()),
        (Field::LastName, &row.last_name, details.last_name.as_str()),
        (Field::Email, &row.email, email),
    ] {
        if ours != new {
            held.hold(field);
        }
    }
    let folded = folded::of(&details.first_name, &details.last_name, email);
    let updated = entity::Entity::update_many()
        .col_expr(entity::Column::Held, Expr::value(held.to_text()))
        .col_expr(entity::Column::Folded, Expr::value(folded))
        .col_expr(entity::Column::FirstName, Expr::value(details.first_name.as_str()))
        .col_expr(entity::Column::LastName, Expr::value(details.last_name.as_str()))
        .col_expr(entity::Column::Email, Expr::value(email))
        .col_expr(entity::Column::EmailKey, Expr::value(key))
        .col_expr(entity::Column::Version, Expr::col(entity::Column::Version).add(1))
        .filter(entity::Column::Id.eq(id))
        .filter(entity::Column::Version.eq(version))
        .filter(entity::Column::State.eq(entity::Stored::Active))
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Makes a profile an administrator's, or no longer.
pub async fn set_administrator(
    db: &impl ConnectionTrait,
    id: ProfileId,
    source: Option<AdminSource>,
) -> Result<(), Fault> {
    entity::Entity::update_many()
        .col_expr(entity::Column::IsAdmin, Expr::value(source.is_some()))
        .col_expr(entity::Column::AdminSource, Expr::value(source.map(AdminSource::text)))
        .filter(entity::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Marks a profile as removed by the portal, whose word that is from now on, and takes its rights.
pub async fn set_removed(db: &impl ConnectionTrait, id: ProfileId) -> Result<(), Fault> {
    let Some(row) = entity::Entity::find_by_id(id).one(db).await? else { return Ok(()) };
    let mut held = Held::of_text(&row.held);
    held.hold(Field::State);
    let mark = Expr::value(held.to_text());
    entity::Entity::update_many()
        .col_expr(entity::Column::Held, mark)
        .filter(entity::Column::Id.eq(id))
        .exec(db)
        .await?;
    set_gone(db, id, false).await
}

/// Marks a profile as removed by the business system, and takes its rights; `left_out` when a full file just does not
/// list it any more.
pub async fn set_gone(db: &impl ConnectionTrait, id: ProfileId, left_out: bool) -> Result<(), Fault> {
    entity::Entity::update_many()
        .col_expr(entity::Column::State, Expr::value(entity::Stored::Removed))
        .col_expr(entity::Column::LeftOut, Expr::value(left_out))
        .col_expr(entity::Column::IsAdmin, Expr::value(false))
        .col_expr(entity::Column::AdminSource, Expr::value(Option::<String>::None))
        .col_expr(entity::Column::Version, Expr::col(entity::Column::Version).add(1))
        .filter(entity::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}
