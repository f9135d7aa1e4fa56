//! The dates of a course: adding one, changing one, calling one off; whoever has a seat is told.
use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use platform::{
    db::Tx,
    web::{Errors, Recoverable, Shell, Trouble, page::Samples, see_other},
};
use serde::Deserialize;
use serde_json::json;

use super::{done_of, edit, only, spend};
use crate::{
    Portal, association,
    audit::{self, Actor, Deed},
    bulletin::{Bulletin, What},
    maintenance::{field_minute, minute, parse_minute},
    pages::{resources::path_of, signed_in_page},
    profile::{self, ProfileId},
    resource::{self, Resource, Section, is_title, words_for},
    staff,
    training::{CourseDate, CourseDateId, MOST_SEATS, store},
    visitor::{
        Staff,
        editor::{Desk, Editor},
    },
};

pub fn router() -> Router<Portal> {
    Router::new()
        .route("/staff/content/{id}/dates", get(show).post(add))
        .route("/staff/content/{id}/dates/{date}", get(show_one).post(save))
        .route("/staff/content/{id}/dates/{date}/cancel", post(cancel))
}

/// The form as it is sent. Times are UTC.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    starts_at: String,
    ends_at: String,
    place: String,
    seats: String,
    revision: i32,
    reason: String,
}

/// A date in the list.
pub struct Held {
    id: String,
    when: String,
    until: String,
    place: String,
    taken: u64,
    seats: i32,
    is_cancelled: bool,
}

#[derive(Template)]
#[template(path = "staff/dates.html")]
pub struct DatesPage {
    shell: Shell,
    /// Of the course.
    id: String,
    title: String,
    dates: Vec<Held>,
    /// The date that is being changed; none: a new one.
    date: Option<String>,
    fields: Fields,
    errors: Errors,
    is_late: bool,
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

impl Samples for DatesPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let held = |is_cancelled| Held {
            id: "1".into(),
            when: "2026-12-01 09:00 UTC".into(),
            until: "2026-12-01 17:00 UTC".into(),
            place: "São Paulo".into(),
            taken: 3,
            seats: 12,
            is_cancelled,
        };
        let page = |dates, date: Option<&str>, errors, done| Self {
            shell: shell.clone(),
            id: "1".into(),
            title: "Closing the month".into(),
            dates,
            is_late: date.is_some(),
            date: date.map(str::to_owned),
            fields: Fields::default(),
            errors,
            done,
        };
        let mut errors = Errors::default();
        for (field, key) in [
            ("starts_at", "window-moment-wrong"),
            ("ends_at", "date-end-wrong"),
            ("place", "date-place-wrong"),
        ] {
            errors.add(field, shell.t(key));
        }
        errors.add("place", shell.t("date-there"));
        errors.add("seats", shell.t1("date-seats-wrong", "taken", "3"));
        errors.add("reason", shell.t("staff-reason-text"));
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

async fn title(portal: &Portal, desk: &Desk, course: &Resource) -> Result<String, Trouble> {
    let words = resource::store::list_words(portal.db.reader(), course.id).await?;
    Ok(words_for(words, desk.visit.language).map_or_else(|| course.slug.clone(), |words| words.title))
}

async fn page(
    portal: &Portal,
    desk: &Desk,
    (course, date): (&Resource, Option<CourseDateId>),
    status: StatusCode,
    (fields, errors): (Fields, Errors),
) -> Result<Response, Trouble> {
    let known = store::list_dates(portal.db.reader(), desk.visit.now, course.id).await?;
    let held = |(date, taken): (CourseDate, u64)| Held {
        id: date.id.to_string(),
        when: minute(date.starts_at),
        until: minute(date.ends_at),
        place: date.place,
        taken,
        seats: date.seats,
        is_cancelled: date.is_cancelled,
    };
    let page = DatesPage {
        shell: desk.shell.clone(),
        id: course.id.to_string(),
        title: title(portal, desk, course).await?,
        dates: known.into_iter().map(held).collect(),
        date: date.map(|date| date.to_string()),
        fields,
        errors,
        is_late: desk.is_late,
        done: done_of(&desk.visit),
    };
    signed_in_page(&desk.visit, status, &page)
}

async fn show(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_edit())?;
    let course = find(&portal, &id).await?;
    let empty = (Fields::default(), Errors::default());
    page(&portal, &Desk::of(&visitor), (&course, None), StatusCode::OK, empty).await
}

async fn show_one(
    State(portal): State<Portal>,
    visitor: Staff,
    Path((id, date)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_edit())?;
    let course = find(&portal, &id).await?;
    let known = store::list_dates(portal.db.reader(), visitor.visit.now, course.id).await?;
    let found = known.into_iter().find(|(known, _)| known.id.to_string() == date && !known.is_cancelled);
    let (known, _) = found.ok_or_else(Trouble::not_found)?;
    let fields = Fields {
        starts_at: field_minute(known.starts_at),
        ends_at: field_minute(known.ends_at),
        place: known.place,
        seats: known.seats.to_string(),
        revision: known.revision,
        reason: String::new(),
    };
    let of = (&course, Some(known.id));
    page(&portal, &Desk::of(&visitor), of, StatusCode::OK, (fields, Errors::default())).await
}

/// What the fields say of a date with so many taken seats, or what is wrong with them.
fn read(
    visitor: &Staff,
    fields: &Fields,
    taken: usize,
    known: CourseDate,
) -> Result<(CourseDate, String), Errors> {
    let now = visitor.visit.now;
    let say = |key| visitor.visit.t(key);
    let mut errors = Errors::default();
    let starts_at = parse_minute(&fields.starts_at).filter(|at| *at > now);
    if starts_at.is_none() {
        errors.add("starts_at", say("window-moment-wrong"));
    }
    let ends_at = parse_minute(&fields.ends_at).filter(|end| starts_at.is_none_or(|start| start < *end));
    if ends_at.is_none() {
        errors.add("ends_at", say("date-end-wrong"));
    }
    if !is_title(&fields.place) {
        errors.add("place", say("date-place-wrong"));
    }
    let enough = |seats: &i32| usize::try_from(*seats).is_ok_and(|seats| seats >= taken.max(1));
    let seats = fields.seats.trim().parse().ok().filter(|seats| *seats <= MOST_SEATS).filter(enough);
    if seats.is_none() {
        errors.add("seats", visitor.shell().t1("date-seats-wrong", "taken", &taken.to_string()));
    }
    let reason = staff::reason(&fields.reason);
    if reason.is_none() {
        errors.add("reason", say("staff-reason-text"));
    }
    match (starts_at, ends_at, seats, reason) {
        (Some(starts_at), Some(ends_at), Some(seats), Some(reason)) if errors.is_empty() => {
            let place = fields.place.trim().to_owned();
            Ok((CourseDate { starts_at, ends_at, place, seats, ..known }, reason))
        }
        _ => Err(errors),
    }
}

/// An editor with proof, and the form checked; otherwise the page again.
async fn enter(
    portal: &Portal,
    editor: Editor,
    of: (&Resource, Option<CourseDateId>),
    sent: Recoverable<Fields>,
) -> Result<(Box<Staff>, Fields), Trouble> {
    let (desk, fields, errors) = match (editor, sent) {
        (Editor::Proven(visitor), Recoverable::Checked(fields)) => return Ok((visitor, fields)),
        (Editor::Late(desk), Recoverable::Checked(fields) | Recoverable::Stale(fields)) => {
            (*desk, fields, Errors::default())
        }
        (Editor::Proven(visitor), Recoverable::Stale(fields)) => {
            let errors = Errors::whole(visitor.visit.t("error-form-stale-text"));
            (Desk::of(&visitor), fields, errors)
        }
    };
    Err(page(portal, &desk, of, StatusCode::FORBIDDEN, (fields, errors)).await?.into())
}

async fn add(
    State(portal): State<Portal>,
    editor: Editor,
    Path(id): Path<String>,
    sent: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    let course = find(&portal, &id).await?;
    let (visitor, fields) = enter(&portal, editor, (&course, None), sent).await?;
    let now = visitor.visit.now;
    let blank = CourseDate {
        id: CourseDateId::new(now, &portal.random),
        course: course.id,
        starts_at: now,
        ends_at: now,
        place: String::new(),
        seats: 0,
        is_cancelled: false,
        revision: 1,
    };
    let (status, errors) = match read(&visitor, &fields, 0, blank) {
        Err(errors) => (StatusCode::UNPROCESSABLE_ENTITY, errors),
        Ok((date, reason)) => {
            let tx = portal.db.begin().await?;
            spend(&tx, &portal, &visitor).await?;
            resource::store::set_updated(&tx, now, course.id).await?;
            if store::is_taken(&tx, &date).await? {
                let mut errors = Errors::default();
                errors.add("place", visitor.visit.t("date-there"));
                (StatusCode::UNPROCESSABLE_ENTITY, errors)
            } else {
                store::add_date(&tx, &date).await?;
                record(&tx, &portal, &visitor, "course.date_added", &course, (&date, &reason)).await?;
                tx.commit().await?;
                return Ok(see_other(&format!("/staff/content/{}/dates?done=done", course.id)));
            }
        }
    };
    page(&portal, &Desk::of(&visitor), (&course, None), status, (fields, errors)).await
}

async fn save(
    State(portal): State<Portal>,
    editor: Editor,
    Path((id, date)): Path<(String, String)>,
    sent: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    let course = find(&portal, &id).await?;
    let date: CourseDateId = date.parse().map_err(|_| Trouble::not_found())?;
    let (visitor, fields) = enter(&portal, editor, (&course, Some(date)), sent).await?;
    let now = visitor.visit.now;
    let tx = portal.db.begin().await?;
    resource::store::set_updated(&tx, now, course.id).await?;
    let found = store::lock_date(&tx, course.id, date).await?.filter(|(known, _)| !known.is_cancelled);
    let (known, seats) = found.ok_or_else(Trouble::not_found)?;
    let (status, errors) = match read(&visitor, &fields, seats.len(), known.clone()) {
        Err(errors) => (StatusCode::UNPROCESSABLE_ENTITY, errors),
        Ok(_) if fields.revision != known.revision => {
            (StatusCode::CONFLICT, Errors::whole(visitor.visit.t("content-changed-meanwhile")))
        }
        Ok((wanted, _)) if store::is_taken(&tx, &wanted).await? => {
            let mut errors = Errors::default();
            errors.add("place", visitor.visit.t("date-there"));
            (StatusCode::UNPROCESSABLE_ENTITY, errors)
        }
        Ok((wanted, reason)) => {
            spend(&tx, &portal, &visitor).await?;
            store::save_date(&tx, &wanted).await?;
            let was = (known.starts_at, known.ends_at, &known.place);
            if was != (wanted.starts_at, wanted.ends_at, &wanted.place) {
                tell(&tx, &portal, &visitor, &course, (&wanted, &seats), false).await?;
            }
            record(&tx, &portal, &visitor, "course.date_saved", &course, (&wanted, &reason)).await?;
            tx.commit().await?;
            return Ok(see_other(&format!("/staff/content/{}/dates?done=done", course.id)));
        }
    };
    drop(tx);
    page(&portal, &Desk::of(&visitor), (&course, Some(date)), status, (fields, errors)).await
}

async fn cancel(
    State(portal): State<Portal>,
    editor: Editor,
    Path((id, date)): Path<(String, String)>,
    sent: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    let course = find(&portal, &id).await?;
    let date: CourseDateId = date.parse().map_err(|_| Trouble::not_found())?;
    let (visitor, fields) = enter(&portal, editor, (&course, None), sent).await?;
    let (now, reason) = (visitor.visit.now, super::reason(&fields.reason)?);
    let tx = portal.db.begin().await?;
    spend(&tx, &portal, &visitor).await?;
    resource::store::set_updated(&tx, now, course.id).await?;
    let (known, seats) = store::lock_date(&tx, course.id, date).await?.ok_or_else(Trouble::not_found)?;
    if known.starts_at <= now || !store::spend_date(&tx, now, date).await? {
        return Ok(see_other(&format!("/staff/content/{}/dates?done=nothing", course.id)));
    }
    tell(&tx, &portal, &visitor, &course, (&known, &seats), true).await?;
    record(&tx, &portal, &visitor, "course.date_cancelled", &course, (&known, &reason)).await?;
    tx.commit().await?;
    Ok(see_other(&format!("/staff/content/{}/dates?done=done", course.id)))
}

/// A letter to everybody with a seat, in the language in which they last used the portal.
async fn tell(
    tx: &Tx,
    portal: &Portal,
    visitor: &Staff,
    course: &Resource,
    (date, seats): (&CourseDate, &[ProfileId]),
    is_off: bool,
) -> Result<(), Trouble> {
    let words = resource::store::list_words(tx, course.id).await?;
    let (when, place) = (minute(date.starts_at), date.place.as_str());
    for seat in seats {
        let Some((person, _)) = profile::store::find(tx, *seat).await? else { continue };
        let last = association::store::find_current(tx, *seat).await?;
        let language = last.and_then(|last| last.language).unwrap_or(portal.site.default_language);
        let title = words_for(words.clone(), language).map(|words| words.title).unwrap_or_default();
        let bulletin = Bulletin {
            what: if is_off {
                What::CourseCancelled { course: &title, when: &when, place }
            } else {
                What::CourseMoved { course: &title, when: &when, place }
            },
            language,
            to: &person.email,
            person: &person.name(),
            link: &portal.site.url(&path_of(course, None)),
            unsubscribe: None,
        };
        portal.press().send(tx, visitor.visit.now, &bulletin).await?;
    }
    Ok(())
}

async fn record(
    tx: &Tx,
    portal: &Portal,
    visitor: &Staff,
    action: &'static str,
    course: &Resource,
    (date, reason): (&CourseDate, &str),
) -> Result<(), Trouble> {
    let deed = Deed {
        actor: Actor::Staff(visitor.member.subject()),
        organization: None,
        action,
        target: format!("course_date:{}", date.id),
        detail: json!({
            "course": course.slug, "starts_at": date.starts_at.rfc3339(), "ends_at": date.ends_at.rfc3339(),
            "place": date.place, "seats": date.seats, "reason": reason,
        }),
    };
    Ok(audit::store::append(tx, visitor.visit.now, &portal.audit_mac, &deed).await?)
}
