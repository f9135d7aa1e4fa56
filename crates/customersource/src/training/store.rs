//! Queries on course dates and enrolments.
use platform::{Fault, clock::Moment, db::Tx};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::{
    CourseDate, CourseDateId, Offer,
    entity::{course_date, enrolment},
};
use crate::{profile::ProfileId, resource::ResourceId};

fn of_row(row: course_date::Model) -> CourseDate {
    CourseDate {
        id: row.id,
        course: row.resource_id,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        place: row.place,
        seats: row.seats,
    }
}

async fn offer(
    db: &impl ConnectionTrait,
    row: course_date::Model,
    profile: ProfileId,
) -> Result<Offer, Fault> {
    let taken =
        enrolment::Entity::find().filter(enrolment::Column::CourseDateId.eq(row.id)).count(db).await?;
    let is_own = enrolment::Entity::find_by_id((row.id, profile)).one(db).await?.is_some();
    Ok(Offer { date: of_row(row), taken, is_own })
}

/// Dates of a course that are not over, the next one first.
pub async fn list_offers(
    db: &impl ConnectionTrait,
    now: Moment,
    course: ResourceId,
    profile: ProfileId,
) -> Result<Vec<Offer>, Fault> {
    let rows = course_date::Entity::find()
        .filter(course_date::Column::ResourceId.eq(course))
        .filter(course_date::Column::EndsAt.gt(now))
        .order_by_asc(course_date::Column::StartsAt)
        .limit(50)
        .all(db)
        .await?;
    let mut offers = Vec::new();
    for row in rows {
        offers.push(offer(db, row, profile).await?);
    }
    Ok(offers)
}

/// A date of this course as it is now, locked until the transaction ends. SQLite has one writer.
pub async fn lock_offer(
    tx: &Tx,
    course: ResourceId,
    id: CourseDateId,
    profile: ProfileId,
) -> Result<Option<Offer>, Fault> {
    let mut query = course_date::Entity::find_by_id(id).filter(course_date::Column::ResourceId.eq(course));
    if tx.get_database_backend() == DbBackend::Postgres {
        query = query.lock_exclusive();
    }
    match query.one(tx).await? {
        Some(row) => Ok(Some(offer(tx, row, profile).await?)),
        None => Ok(None),
    }
}

/// Gives a seat on a date whose row is locked.
pub async fn add_enrolment(
    db: &impl ConnectionTrait,
    now: Moment,
    id: CourseDateId,
    profile: ProfileId,
) -> Result<(), Fault> {
    let row =
        enrolment::ActiveModel { course_date_id: Set(id), profile_id: Set(profile), enrolled_at: Set(now) };
    enrolment::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Gives a seat back; true when there was one.
pub async fn drop_enrolment(
    db: &impl ConnectionTrait,
    id: CourseDateId,
    profile: ProfileId,
) -> Result<bool, Fault> {
    Ok(enrolment::Entity::delete_by_id((id, profile)).exec(db).await?.rows_affected == 1)
}

/// A removed profile sits nowhere.
pub async fn drop_of_profile(db: &impl ConnectionTrait, profile: ProfileId) -> Result<u64, Fault> {
    let gone = enrolment::Entity::delete_many().filter(enrolment::Column::ProfileId.eq(profile));
    Ok(gone.exec(db).await?.rows_affected)
}

/// Adds a date, or brings the one of this course, beginning and place up to date.
pub async fn set_date(db: &impl ConnectionTrait, about: &CourseDate) -> Result<(), Fault> {
    let known = course_date::Entity::find()
        .filter(course_date::Column::ResourceId.eq(about.course))
        .filter(course_date::Column::StartsAt.eq(about.starts_at))
        .filter(course_date::Column::Place.eq(&about.place))
        .one(db)
        .await?;
    let row = course_date::ActiveModel {
        id: Set(known.as_ref().map_or(about.id, |row| row.id)),
        resource_id: Set(about.course),
        starts_at: Set(about.starts_at),
        ends_at: Set(about.ends_at),
        place: Set(about.place.clone()),
        seats: Set(about.seats),
    };
    if known.is_some() {
        course_date::Entity::update(row).exec(db).await?;
    } else {
        course_date::Entity::insert(row).exec_without_returning(db).await?;
    }
    Ok(())
}
