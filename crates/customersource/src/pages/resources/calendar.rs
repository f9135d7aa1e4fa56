//! Dates of a course as a file for calendars: one, or all that are ahead.
use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use platform::web::Trouble;

use super::{item::find, path_of};
use crate::{
    Portal,
    resource::{self, Resource, Section, attachment, words_for},
    training::{
        self, CourseDate, CourseDateId,
        calendar::{Course, file},
    },
    visitor::reading::Reading,
};

pub async fn all(
    State(portal): State<Portal>,
    reading: Reading,
    Path(slug): Path<String>,
) -> Result<Response, Trouble> {
    let course = find(&portal, &reading, Section::Training, &slug).await?;
    let (db, now) = (portal.db.reader(), reading.visit().now);
    let offers = training::store::list_offers(db, now, course.id, reading.profile()?.id).await?;
    let dates: Vec<_> = offers.into_iter().map(|offer| offer.date).collect();
    answer(&portal, &reading, &course, &dates).await
}

pub async fn one(
    State(portal): State<Portal>,
    reading: Reading,
    Path((slug, date)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let course = find(&portal, &reading, Section::Training, &slug).await?;
    let id: CourseDateId = date.parse().map_err(|_| Trouble::not_found())?;
    let date = training::store::find_date(portal.db.reader(), course.id, id).await?;
    answer(&portal, &reading, &course, &[date.ok_or_else(Trouble::not_found)?]).await
}

async fn answer(
    portal: &Portal,
    reading: &Reading,
    course: &Resource,
    dates: &[CourseDate],
) -> Result<Response, Trouble> {
    let visit = reading.visit();
    let words = resource::store::list_words(portal.db.reader(), course.id).await?;
    let words = words_for(words, visit.language).ok_or_else(Trouble::not_found)?;
    let about = Course {
        title: &words.title,
        summary: &words.summary,
        url: &portal.site.url(&path_of(course, None)),
        host: portal.site.public_url.host_str().unwrap_or("localhost"),
    };
    let mut response = file(visit.now, &about, dates).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
    let named = HeaderValue::from_str(&attachment(&format!("{}.ics", course.slug))).map_err(Trouble::bug)?;
    headers.insert(header::CONTENT_DISPOSITION, named);
    Ok(response)
}
