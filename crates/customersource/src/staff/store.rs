//! Queries on staff.
use platform::{Fault, clock::Moment};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    sea_query::OnConflict,
};

use super::{Member, Role, Staff, entity};
use crate::rp::Subject;

/// This Passport's roles as they are now.
pub async fn find(db: &impl ConnectionTrait, subject: &Subject) -> Result<Option<Staff>, Fault> {
    let rows = entity::Entity::find()
        .filter(entity::Column::Iss.eq(subject.iss.as_str()))
        .filter(entity::Column::Sub.eq(subject.sub.as_str()))
        .all(db)
        .await?;
    Ok(Staff::of(subject, rows.iter().filter_map(|row| Role::of_text(&row.role)).collect()))
}

/// Gives a role; true when it is new.
pub async fn add(
    db: &impl ConnectionTrait,
    now: Moment,
    subject: &Subject,
    role: Role,
    email: &str,
) -> Result<bool, Fault> {
    let row = entity::ActiveModel {
        iss: Set(subject.iss.clone()),
        sub: Set(subject.sub.clone()),
        role: Set(role.text().into()),
        email: Set(email.into()),
        added_at: Set(now),
    };
    let key = [entity::Column::Iss, entity::Column::Sub, entity::Column::Role];
    let added = entity::Entity::insert(row)
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(db)
        .await;
    match added {
        Ok(rows) => Ok(rows == 1),
        Err(sea_orm::DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Takes a role, or all of them; answers how many there were.
pub async fn remove(db: &impl ConnectionTrait, subject: &Subject, role: Option<Role>) -> Result<u64, Fault> {
    let mut statement = entity::Entity::delete_many()
        .filter(entity::Column::Iss.eq(subject.iss.as_str()))
        .filter(entity::Column::Sub.eq(subject.sub.as_str()));
    if let Some(role) = role {
        statement = statement.filter(entity::Column::Role.eq(role.text()));
    }
    Ok(statement.exec(db).await?.rows_affected)
}

pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Member>, Fault> {
    let rows = entity::Entity::find()
        .order_by_asc(entity::Column::Iss)
        .order_by_asc(entity::Column::Sub)
        .order_by_asc(entity::Column::Role)
        .all(db)
        .await?;
    let members = rows.into_iter().filter_map(|row| {
        let role = Role::of_text(&row.role)?;
        Some(Member { issuer: row.iss, subject: row.sub, role, email: row.email })
    });
    Ok(members.collect())
}
