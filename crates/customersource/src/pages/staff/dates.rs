//! The dates of a course: adding one, changing one, calling one off; whoever has a seat is told.
pub mod change;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{Errors, Shell, Trouble};
use serde::Deserialize;

use super::{
    done_of, edit,
    given::{self, Given},
    only,
};
use crate::{
    Portal,
    maintenance::field_minute,
    resource::{self, Resource, Section, words_for},
    training::{CourseDate, CourseDateId, Seated, store},
    visitor::{Staff, editor::FormShown},
};

/// The form as it is sent. Times are those of the place.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    starts_at: String,
    ends_at: String,
    place: String,
    time_zone: String,
    seats: String,
    revision: i32,
    reason: String,
}

/// A date in the list.
#[derive(Clone)]
pub struct Held {
    id: String,
    when: String,
    until: String,
    place: String,
    taken: u64,
    seats: i32,
    is_cancelled: bool,
    revision: i32,
}

#[derive(Template)]
#[template(path = "staff/dates.html")]
pub struct DatesPage {
    shell: Shell,
    /// Of the course.
    id: String,
    title: String,
    dates: Vec<Held>,
    /// What is saved now of the date that is being changed, where somebody else changed it.
    changed: Option<Held>,
    /// The date that is being changed; none: a new one.
    date: Option<String>,
    /// Who has a seat on it.
    seated: Vec<Seated>,
    fields: Fields,
    errors: Errors,
    is_late: bool,
    given: Given,
    done: Option<&'static str>,
}

impl DatesPage {
    fn action(&self) -> String {
        match &self.date {
            Some(date) => format!("/staff/content/{}/dates/{date}", self.id),
            None => format!("/staff/content/{}/dates", self.id),
        }
    }
}

#[cfg(test)]
impl platform::web::page::Samples for DatesPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let held = |is_cancelled| Held {
            id: "1".into(),
            when: "2026-12-01 09:00 UTC".into(),
            until: "2026-12-01 17:00 UTC".into(),
            place: "São Paulo".into(),
            taken: 3,
            seats: 12,
            is_cancelled,
            revision: 1,
        };
        let page = |dates, date: Option<&str>, errors, done| Self {
            shell: shell.clone(),
            id: "1".into(),
            title: "Closing the month".into(),
            dates,
            is_late: date.is_some(),
            changed: date.map(|_| held(false)),
            date: date.map(str::to_owned),
            seated: vec![Seated { name: "Ana Souza".into(), company: "Contoso Ltd".into() }],
            fields: Fields::default(),
            errors,
            given: Given::sample("cancel-1", shell.t("staff-reason-wrong")),
            done,
        };
        let mut errors = Errors::default();
        for (field, key) in [
            ("starts_at", "date-start-wrong"),
            ("starts_at", "date-past"),
            ("starts_at", "date-skipped"),
            ("ends_at", "date-end-wrong"),
            ("place", "date-place-wrong"),
            ("time_zone", "date-zone-wrong"),
        ] {
            errors.add(field, shell.t(key));
        }
        errors.add("place", shell.t("date-there"));
        errors.add("seats", shell.t1("date-seats-wrong", "taken", "3"));
        errors.add("reason", shell.t("staff-reason-wrong"));
        vec![
            page(vec![], None, Errors::default(), None),
            page(vec![held(false), held(true)], None, errors, Some("staff-done")),
            page(vec![held(false)], Some("1"), Errors::default(), None),
        ]
    }
}

async fn find(portal: &Portal, id: &str) -> Result<Resource, Trouble> {
    let about = edit::find(portal, id).await?;
    if about.section == Section::Training { Ok(about) } else { Err(Trouble::not_found()) }
}

async fn title(portal: &Portal, desk: &FormShown, course: &Resource) -> Result<String, Trouble> {
    let words = resource::store::list_words(portal.db.reader(), course.id).await?;
    Ok(words_for(words, desk.visit.language).map_or_else(|| course.slug.clone(), |words| words.title))
}

async fn page(
    portal: &Portal,
    desk: &FormShown,
    (course, date): (&Resource, Option<CourseDateId>),
    status: StatusCode,
    (fields, errors): (Fields, Errors),
) -> Result<Response, Trouble> {
    page_with(portal, desk, (course, date), (status, Given::default()), (fields, errors)).await
}

/// The same, with what a button of the list was given.
async fn page_with(
    portal: &Portal,
    desk: &FormShown,
    (course, date): (&Resource, Option<CourseDateId>),
    (status, given): (StatusCode, Given),
    (fields, errors): (Fields, Errors),
) -> Result<Response, Trouble> {
    let known = store::list_dates(portal.db.reader(), desk.visit.now, course.id).await?;
    let there = |date: &CourseDate, at| desk.shell.moment_there(&date.zone(portal.places.zone()), at);
    let held = |(date, taken): (CourseDate, u64)| Held {
        id: date.id.to_string(),
        when: there(&date, date.starts_at),
        until: there(&date, date.ends_at),
        place: date.place,
        taken,
        seats: date.seats,
        is_cancelled: date.is_cancelled,
        revision: date.revision,
    };
    let dates: Vec<_> = known.into_iter().map(held).collect();
    let seated = match date {
        Some(date) => store::list_seated(portal.db.reader(), date).await?,
        None => Vec::new(),
    };
    let date = date.map(|date| date.to_string());
    let changed = dates.iter().find(|held| status == StatusCode::CONFLICT && Some(&held.id) == date.as_ref());
    let page = DatesPage {
        shell: desk.shell.clone(),
        id: course.id.to_string(),
        title: title(portal, desk, course).await?,
        changed: changed.cloned(),
        dates,
        date,
        seated,
        fields,
        errors,
        is_late: desk.is_late,
        given,
        done: done_of(&desk.visit),
    };
    given::page(&desk.visit, status, &page.given, &page)
}

pub async fn show(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_edit())?;
    let course = find(&portal, &id).await?;
    page(&portal, &FormShown::of(&visitor), (&course, None), StatusCode::OK, empty(&portal)).await
}

/// The form of a date that is about to be added.
fn empty(portal: &Portal) -> (Fields, Errors) {
    let time_zone = portal.places.zone().name().to_owned();
    (Fields { time_zone, ..Fields::default() }, Errors::default())
}

pub async fn show_one(
    State(portal): State<Portal>,
    visitor: Staff,
    Path((id, date)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_edit())?;
    let course = find(&portal, &id).await?;
    let known = store::list_dates(portal.db.reader(), visitor.visit.now, course.id).await?;
    let found = known.into_iter().find(|(known, _)| known.id.to_string() == date && !known.is_cancelled);
    let (known, _) = found.ok_or_else(Trouble::not_found)?;
    let zone = known.zone(portal.places.zone());
    let fields = Fields {
        starts_at: field_minute(known.starts_at, &zone),
        ends_at: field_minute(known.ends_at, &zone),
        time_zone: zone.name().to_owned(),
        place: known.place,
        seats: known.seats.to_string(),
        revision: known.revision,
        reason: String::new(),
    };
    let of = (&course, Some(known.id));
    page(&portal, &FormShown::of(&visitor), of, StatusCode::OK, (fields, Errors::default())).await
}
