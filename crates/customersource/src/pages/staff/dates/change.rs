//! Changing dates: what a form says of one, and the letters that follow from it.
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    dates,
    day::Zone,
    web::{Errors, Recoverable, Trouble, see_other},
};
use serde_json::json;

use super::{
    super::{
        begin,
        given::{Given, Pressed, Undone},
        spend,
    },
    Fields, empty, find, page, page_with,
};
use crate::{
    Portal,
    acting::{Acting, Duty, Locks},
    association,
    audit::{self, Actor, Deed},
    bulletin::{Bulletin, DATES, What},
    maintenance::{is_skipped, parse_minute_there},
    pages::resources::path_of,
    profile::{self, ProfileId},
    resource::{self, Resource, is_title, words_for},
    staff,
    training::{CourseDate, CourseDateId, MOST_SEATS, store},
    visitor::{
        Staff,
        editor::{Editor, FormShown},
    },
};

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
    let zone = Zone::named(&fields.time_zone);
    if zone.is_none() {
        errors.add("time_zone", say("date-zone-wrong"));
    }
    let there = zone.clone().unwrap_or_else(Zone::utc);
    let begins = parse_minute_there(&fields.starts_at, &there);
    let starts_at = begins.filter(|at| *at > now);
    if starts_at.is_none() {
        let why = match begins {
            Some(_) => "date-past",
            None if is_skipped(&fields.starts_at, &there) => "date-skipped",
            None => "date-start-wrong",
        };
        errors.add("starts_at", say(why));
    }
    let ends_at =
        parse_minute_there(&fields.ends_at, &there).filter(|end| begins.is_none_or(|start| start < *end));
    if ends_at.is_none() {
        let is_skipped = is_skipped(&fields.ends_at, &there);
        errors.add("ends_at", say(if is_skipped { "date-skipped" } else { "date-end-wrong" }));
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
        errors.add("reason", say("staff-reason-wrong"));
    }
    match (starts_at, ends_at, seats, reason) {
        (Some(starts_at), Some(ends_at), Some(seats), Some(reason)) if errors.is_empty() => {
            let place = fields.place.trim().to_owned();
            let time_zone = there.name().to_owned();
            Ok((CourseDate { starts_at, ends_at, place, time_zone, seats, ..known }, reason))
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
    match editor.enter(sent, |_| Ok(())) {
        Ok((visitor, fields, ())) => Ok((visitor, fields)),
        Err(again) => {
            Err(page(portal, &again.desk, of, again.status, (again.fields, again.errors)).await?.into())
        }
    }
}

pub async fn add(
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
        time_zone: String::new(),
        seats: 0,
        is_cancelled: false,
        revision: 1,
    };
    let (status, errors) = match read(&visitor, &fields, 0, blank) {
        Err(errors) => (StatusCode::UNPROCESSABLE_ENTITY, errors),
        Ok((date, reason)) => {
            let tx = visitor.acts(&portal, &Locks::default()).await?;
            spend(&tx, &portal, &visitor).await?;
            resource::store::set_updated(&tx, now, course.id).await?;
            if store::is_taken(&tx, &date).await? {
                let mut errors = Errors::default();
                errors.add("place", visitor.visit.t("date-there"));
                (StatusCode::UNPROCESSABLE_ENTITY, errors)
            } else {
                store::add_date(&tx, &date).await?;
                record(&tx, &portal, &visitor, "course.date_added", &course, (&date, &reason)).await?;
                let place = format!("/staff/content/{}/dates?done=done", course.id);
                return Ok(see_other(&tx.commit(now, place).await?));
            }
        }
    };
    page(&portal, &FormShown::of(&visitor), (&course, None), status, (fields, errors)).await
}

pub async fn save(
    State(portal): State<Portal>,
    editor: Editor,
    Path((id, date)): Path<(String, String)>,
    sent: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    let course = find(&portal, &id).await?;
    let date: CourseDateId = date.parse().map_err(|_| Trouble::not_found())?;
    let (visitor, fields) = enter(&portal, editor, (&course, Some(date)), sent).await?;
    let now = visitor.visit.now;
    let tx = visitor.acts(&portal, &Locks::default()).await?;
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
            let place = format!("/staff/content/{}/dates?done=done", course.id);
            return Ok(see_other(&tx.commit(now, place).await?));
        }
    };
    drop(tx);
    // Whoever saves once more has seen what is saved now, and decides.
    let fields = Fields { revision: known.revision, ..fields };
    page(&portal, &FormShown::of(&visitor), (&course, Some(date)), status, (fields, errors)).await
}

pub async fn cancel(
    State(portal): State<Portal>,
    editor: Editor,
    Path((id, date)): Path<(String, String)>,
    sent: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    let course = find(&portal, &id).await?;
    let date: CourseDateId = date.parse().map_err(|_| Trouble::not_found())?;
    let given = |fields: &Fields| Given::at(format!("cancel-{date}"), &fields.reason);
    let (desk, pressed) = match (editor, sent) {
        (Editor::Proven(visitor), Recoverable::Checked(fields)) => {
            let given = given(&fields);
            (FormShown::of(&visitor), call_off(&portal, &visitor, (&course, date), &fields, given).await)
        }
        (Editor::Proven(visitor), Recoverable::Refused(fields, why)) => {
            let given = given(&fields).because(why.status(), why.text(&visitor.visit));
            (FormShown::of(&visitor), Err(given.into()))
        }
        (Editor::Late(desk), Recoverable::Checked(fields) | Recoverable::Refused(fields, _)) => {
            let why = desk.visit.t("staff-late-text");
            (*desk, Err(given(&fields).because(StatusCode::FORBIDDEN, why).into()))
        }
    };
    match pressed {
        Ok(response) => Ok(response),
        Err(Undone::Trouble(trouble)) => Err(trouble),
        Err(Undone::Back(given)) => {
            page_with(&portal, &desk, (&course, None), (given.status(), given), empty(&portal)).await
        }
    }
}

async fn call_off(
    portal: &Portal,
    visitor: &Staff,
    (course, date): (&Resource, CourseDateId),
    fields: &Fields,
    given: Given,
) -> Pressed {
    let now = visitor.visit.now;
    let (tx, reason) = begin(portal, visitor, &given, &Locks::default()).await?;
    resource::store::set_updated(&tx, now, course.id).await?;
    let (known, seats) = store::lock_date(&tx, course.id, date).await?.ok_or_else(Trouble::not_found)?;
    let is_over = known.starts_at <= now || known.is_cancelled;
    if !is_over && fields.revision != known.revision {
        let why = visitor.visit.t("content-changed-meanwhile");
        return Err(given.because(StatusCode::CONFLICT, why).into());
    }
    if is_over || !store::spend_date(&tx, now, date).await? {
        return Err(given.nothing_left(&visitor.visit).into());
    }
    tell(&tx, portal, visitor, course, (&known, &seats), true).await?;
    record(&tx, portal, visitor, "course.date_cancelled", course, (&known, &reason)).await?;
    Ok(see_other(&tx.commit(now, format!("/staff/content/{}/dates?done=done", course.id)).await?))
}

/// A letter to everybody with a seat, in the language in which they last used the portal.
async fn tell(
    tx: &Acting<Duty>,
    portal: &Portal,
    visitor: &Staff,
    course: &Resource,
    (date, seats): (&CourseDate, &[ProfileId]),
    is_off: bool,
) -> Result<(), Trouble> {
    let words = resource::store::list_words(tx, course.id).await?;
    let (zone, place) = (date.zone(portal.places.zone()), date.place.as_str());
    for seat in seats {
        let Some((person, _)) = profile::store::find(tx, *seat).await? else { continue };
        let last = association::store::find_current(tx, *seat).await?;
        let language = last.and_then(|last| last.language).unwrap_or(portal.site.default_language);
        let when = dates::moment_there(&portal.site.texts, language, &zone, date.starts_at);
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
        portal.press().send(tx, visitor.visit.now, (*seat, &bulletin), DATES).await?;
    }
    Ok(())
}

async fn record(
    tx: &Acting<Duty>,
    portal: &Portal,
    visitor: &Staff,
    action: &'static str,
    course: &Resource,
    (date, reason): (&CourseDate, &str),
) -> Result<(), Trouble> {
    let deed = Deed {
        actor: Actor::Staff(visitor.member.subject()),
        company: None,
        action,
        target: format!("course_date:{}", date.id),
        detail: json!({
            "course": course.slug, "starts_at": date.starts_at.rfc3339(), "ends_at": date.ends_at.rfc3339(),
            "place": date.place, "time_zone": date.time_zone, "seats": date.seats, "reason": reason,
        }),
    };
    Ok(audit::store::append(tx, visitor.visit.now, &portal.audit_mac, &deed).await?)
}
