//! Queries on staff.
use platform::{Fault, db::Tx};
use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait as _, IntoActiveModel as _, QueryOrder as _, QuerySelect as _,
    sea_query::OnConflict,
};

use super::{
    Listed, Member, Role,
    entity::{Column, Entity, Model},
};
use crate::rp::Subject;

/// This Passport's role as it is now.
pub async fn find(db: &impl ConnectionTrait, subject: &Subject) -> Result<Option<Listed>, Fault> {
    Ok(Entity::find_by_id((subject.iss.clone(), subject.sub.clone())).one(db).await?.and_then(of_row))
}

/// `None` for a role that this program does not know.
pub fn of_row(row: Model) -> Option<Listed> {
    Some(Listed { role: Role::of_text(&row.role)?, subject: Subject { iss: row.iss, sub: row.sub } })
}

/// The same, held until the transaction ends: nobody takes the role meanwhile.
pub async fn hold(tx: &Tx, subject: &Subject) -> Result<Option<Listed>, Fault> {
    let mut query = Entity::find_by_id((subject.iss.clone(), subject.sub.clone()));
    if tx.get_database_backend() == DbBackend::Postgres {
        query = query.lock_exclusive();
    }
    Ok(query.one(tx).await?.and_then(of_row))
}

/// Adds a person, or gives one who is there this name and role. True when that changed anything.
pub async fn set(
    db: &impl ConnectionTrait,
    subject: &Subject,
    role: Role,
    name: &str,
) -> Result<bool, Fault> {
    let row = Model {
        iss: subject.iss.clone(),
        sub: subject.sub.clone(),
        name: name.to_owned(),
        role: role.text().to_owned(),
    };
    let known = Entity::find_by_id((subject.iss.clone(), subject.sub.clone())).one(db).await?;
    if known.as_ref() == Some(&row) {
        return Ok(false);
    }
    let replace = OnConflict::columns([Column::Iss, Column::Sub])
        .update_columns([Column::Name, Column::Role])
        .to_owned();
    Entity::insert(row.into_active_model()).on_conflict(replace).exec_without_returning(db).await?;
    Ok(true)
}

/// Takes the role of whoever has one; true when there was one.
pub async fn remove(db: &impl ConnectionTrait, subject: &Subject) -> Result<bool, Fault> {
    let removed = Entity::delete_by_id((subject.iss.clone(), subject.sub.clone())).exec(db).await?;
    Ok(removed.rows_affected == 1)
}

pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Member>, Fault> {
    let rows = Entity::find().order_by_asc(Column::Iss).order_by_asc(Column::Sub).all(db).await?;
    let members = rows.into_iter().filter_map(|row| {
        let role = Role::of_text(&row.role)?;
        Some(Member { issuer: row.iss, subject: row.sub, role, name: row.name })
    });
    Ok(members.collect())
}
