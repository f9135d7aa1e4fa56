//! Queries on course dates and enrolments.
use std::sync::LazyLock;

use platform::{
    Fault,
    clock::Moment,
    db::{
        Tx,
        joined::{columns, joined},
    },
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QueryResult, QuerySelect as _, Statement,
    sea_query::{Expr, ExprTrait as _},
};

use super::{
    CourseDate, CourseDateId, Offer, Seated,
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
        time_zone: row.time_zone,
        seats: row.seats.into(),
        is_cancelled: row.cancelled_at.is_some(),
        revision: row.revision.into(),
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

/// The dates of a course that are not over, each with how many seats are taken, in all and by one profile.
static OFFERS: LazyLock<String> = LazyLock::new(|| {
    let taken = "SELECT COUNT(*) FROM enrolment WHERE enrolment.course_date_id = d.id";
    format!(
        "SELECT {}, ({taken}) AS taken, ({taken} AND enrolment.profile_id = $3) AS own FROM course_date AS d \
         WHERE d.resource_id = $1 AND d.ends_at > $2",
        columns::<course_date::Entity>("d"),
    )
});

fn offer_of(row: &QueryResult) -> Result<Offer, Fault> {
    let date = joined(row, "d")?.map(of_row).ok_or_else(|| Fault::bug("a row without its date"))?;
    let count = |name: &str| row.try_get::<i64>("", name);
    let taken = u64::try_from(count("taken")?).unwrap_or_default();
    Ok(Offer { date, taken, is_own: count("own")? > 0 })
}

/// A date of this course.
pub async fn find_date(
    db: &impl ConnectionTrait,
    course: ResourceId,
    id: CourseDateId,
) -> Result<Option<CourseDate>, Fault> {
    let found = course_date::Entity::find_by_id(id).filter(course_date::Column::ResourceId.eq(course));
    Ok(found.one(db).await?.map(of_row))
}

/// Dates of a course that are not over, the next one first.
pub async fn list_offers(
    db: &impl ConnectionTrait,
    now: Moment,
    course: ResourceId,
    profile: ProfileId,
) -> Result<Vec<Offer>, Fault> {
    let sql = format!("{} ORDER BY d.starts_at LIMIT 50", OFFERS.as_str());
    let values = [course.0.into(), now.into(), profile.0.into()];
    let rows =
        db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    rows.iter().map(offer_of).collect()
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

/// Every date of a course that is not over, with how many seats are taken, the next one first: for staff.
pub async fn list_dates(
    db: &impl ConnectionTrait,
    now: Moment,
    course: ResourceId,
) -> Result<Vec<(CourseDate, u64)>, Fault> {
    let sql = format!("{} ORDER BY d.starts_at LIMIT 200", OFFERS.as_str());
    // Nobody in particular asks.
    let values = [course.0.into(), now.into(), Option::<uuid::Uuid>::None.into()];
    let rows =
        db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    rows.iter().map(offer_of).map(|offer| offer.map(|offer| (offer.date, offer.taken))).collect()
}

/// Who has a seat on a date, in the order of their names: for staff.
pub async fn list_seated(db: &impl ConnectionTrait, id: CourseDateId) -> Result<Vec<Seated>, Fault> {
    let sql = "SELECT profile.first_name, profile.last_name, company.name AS company FROM enrolment \
               JOIN profile ON profile.id = enrolment.profile_id \
               JOIN organization AS company ON company.id = profile.organization_id \
               WHERE enrolment.course_date_id = $1 \
               ORDER BY profile.last_name, profile.first_name, profile.id";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [id.into()]);
    let seated = |row: QueryResult| {
        let text = |name: &str| row.try_get::<String>("", name);
        let name = format!("{} {}", text("first_name")?, text("last_name")?);
        Ok(Seated { name: name.trim().to_owned(), company: text("company")? })
    };
    db.query_all_raw(statement).await?.into_iter().map(seated).collect()
}

/// A date of this course as it is now with everybody who has a seat, locked until the transaction ends.
pub async fn lock_date(
    tx: &Tx,
    course: ResourceId,
    id: CourseDateId,
) -> Result<Option<(CourseDate, Vec<ProfileId>)>, Fault> {
    let mut query = course_date::Entity::find_by_id(id).filter(course_date::Column::ResourceId.eq(course));
    if tx.get_database_backend() == DbBackend::Postgres {
        query = query.lock_exclusive();
    }
    let Some(row) = query.one(tx).await? else { return Ok(None) };
    let seats = enrolment::Entity::find()
        .filter(enrolment::Column::CourseDateId.eq(id))
        .order_by_asc(enrolment::Column::ProfileId)
        .all(tx)
        .await?;
    Ok(Some((of_row(row), seats.into_iter().map(|seat| seat.profile_id).collect())))
}

/// True when the course has another date that begins then and there.
pub async fn is_taken(db: &impl ConnectionTrait, about: &CourseDate) -> Result<bool, Fault> {
    let same = course_date::Entity::find()
        .filter(course_date::Column::ResourceId.eq(about.course))
        .filter(course_date::Column::StartsAt.eq(about.starts_at))
        .filter(course_date::Column::Place.eq(&about.place))
        .filter(course_date::Column::Id.ne(about.id));
    Ok(same.count(db).await? > 0)
}

fn active(about: &CourseDate) -> course_date::ActiveModel {
    course_date::ActiveModel {
        id: Set(about.id),
        resource_id: Set(about.course),
        starts_at: Set(about.starts_at),
        ends_at: Set(about.ends_at),
        place: Set(about.place.clone()),
        time_zone: Set(about.time_zone.clone()),
        seats: Set(about.seats.into()),
        cancelled_at: NotSet,
        revision: Set(about.revision.into()),
    }
}

pub async fn add_date(db: &impl ConnectionTrait, about: &CourseDate) -> Result<(), Fault> {
    course_date::Entity::insert(active(about)).exec_without_returning(db).await?;
    Ok(())
}

/// Stores a change of a date whose row is locked.
pub async fn save_date(db: &impl ConnectionTrait, about: &CourseDate) -> Result<(), Fault> {
    let row =
        course_date::ActiveModel { revision: Set(about.revision.saturating_add(1).into()), ..active(about) };
    course_date::Entity::update(row).exec(db).await?;
    Ok(())
}

/// Calls a date off; who enrolled stays on the list. False when it was called off before.
pub async fn spend_date(db: &impl ConnectionTrait, now: Moment, id: CourseDateId) -> Result<bool, Fault> {
    let off = course_date::Entity::update_many()
        .col_expr(course_date::Column::CancelledAt, Expr::value(now))
        // Calendars take what is newer than what they hold.
        .col_expr(course_date::Column::Revision, Expr::col(course_date::Column::Revision).add(1))
        .filter(course_date::Column::Id.eq(id))
        .filter(course_date::Column::CancelledAt.is_null())
        .exec(db)
        .await?;
    Ok(off.rows_affected == 1)
}

/// Adds a date, or brings the one of this course, beginning and place up to date.
pub async fn set_date(db: &impl ConnectionTrait, about: &CourseDate) -> Result<(), Fault> {
    let known = course_date::Entity::find()
        .filter(course_date::Column::ResourceId.eq(about.course))
        .filter(course_date::Column::StartsAt.eq(about.starts_at))
        .filter(course_date::Column::Place.eq(&about.place))
        .one(db)
        .await?;
    let Some(known) = known.map(of_row) else { return add_date(db, about).await };
    if (known.ends_at, known.seats, &known.time_zone) != (about.ends_at, about.seats, &about.time_zone) {
        let time_zone = about.time_zone.clone();
        save_date(db, &CourseDate { ends_at: about.ends_at, seats: about.seats, time_zone, ..known }).await?;
    }
    Ok(())
}
