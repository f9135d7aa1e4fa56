//! Seats in courses: taking one and giving it back, with a letter for each.
use axum::{
    extract::{Path, State},
    response::Response,
};
use platform::{
    dates,
    web::{About, Recoverable, Trouble, see_other, shown::Why},
};
use serde::Deserialize;

use super::item::{find, thing};
use crate::{
    Portal,
    acting::{Acting, Own},
    bulletin::{Bulletin, SEATS, What},
    pages::account::too_many_letters,
    quota,
    resource::{self, Resource, Section, words_for},
    training::{self, CourseDate, CourseDateId, Verdict},
    visitor::reading::{Reading, closed_meanwhile},
};

#[derive(Deserialize)]
pub struct Chosen {
    date: String,
}

pub async fn enrol(
    State(portal): State<Portal>,
    reading: Reading,
    Path(slug): Path<String>,
    chosen: About<Chosen>,
) -> Result<Response, Trouble> {
    let course = find(&portal, &reading, Section::Training, &slug).await?;
    let id: CourseDateId = chosen.names().date.parse().map_err(|_| Trouble::not_found())?;
    let tx = reading.acts(&portal).await?;
    let (now, profile) = (reading.visit().now, tx.profile().id);
    // The course before its date, as whoever changes them.
    let held = resource::store::hold(&tx, course.id).await?;
    let held = held.filter(|held| resource::store::is_out(held, now)).ok_or_else(closed_meanwhile)?;
    let offer = training::store::lock_offer(&tx, course.id, id, profile).await?;
    let offer = offer.ok_or_else(Trouble::not_found)?;
    let verdict = training::decide(&offer, now);
    if verdict == Verdict::Enrolled || !chosen.is_of_browser() {
        if !is_shown(chosen, &offer.date)? {
            return Ok(see_other(&format!("/resources/training/{slug}?done=changed")));
        }
        reading.holds(&tx, &held.rule).await?;
        let (by, scale) = ((profile, tx.company().id), portal.limits_scale);
        if let Err(full) = quota::spend(&tx, now, scale, by, &tx.profile().email_key).await? {
            return Err(too_many_letters(full));
        }
        training::store::add_enrolment(&tx, now, id, profile).await?;
        tell(&tx, &portal, &reading, &course, &offer.date, true).await?;
        tx.commit().await?;
    }
    let done = match verdict {
        Verdict::Enrolled | Verdict::Already => "enrolled",
        Verdict::Full => "full",
        Verdict::Past => "past",
    };
    Ok(see_other(&format!("/resources/training/{slug}?done={done}")))
}

pub async fn cancel(
    State(portal): State<Portal>,
    reading: Reading,
    Path(slug): Path<String>,
    chosen: About<Chosen>,
) -> Result<Response, Trouble> {
    let course = find(&portal, &reading, Section::Training, &slug).await?;
    let id: CourseDateId = chosen.names().date.parse().map_err(|_| Trouble::not_found())?;
    let tx = reading.acts(&portal).await?;
    let (now, profile) = (reading.visit().now, tx.profile().id);
    let offer = training::store::lock_offer(&tx, course.id, id, profile).await?;
    let offer = offer.ok_or_else(Trouble::not_found)?;
    if offer.date.starts_at <= now {
        return Ok(see_other(&format!("/resources/training/{slug}?done=past")));
    }
    // Given back before, or by another press: nothing is left to be done.
    if (offer.is_own || !chosen.is_of_browser()) && !is_shown(chosen, &offer.date)? {
        return Ok(see_other(&format!("/resources/training/{slug}?done=changed")));
    }
    if training::store::drop_enrolment(&tx, id, profile).await? {
        tell(&tx, &portal, &reading, &course, &offer.date, false).await?;
        tx.commit().await?;
    }
    Ok(see_other(&format!("/resources/training/{slug}?done=cancelled")))
}

/// Whether the date is still what the page showed beside the button.
fn is_shown(chosen: About<Chosen>, date: &CourseDate) -> Result<bool, Trouble> {
    match chosen.shown(&thing(date)) {
        Recoverable::Refused(_, Why::Thing) => Ok(false),
        other => other.checked().map(|_| true),
    }
}

/// A letter to the profile's address on file.
async fn tell(
    tx: &Acting<Own>,
    portal: &Portal,
    reading: &Reading,
    course: &Resource,
    date: &CourseDate,
    is_enrolled: bool,
) -> Result<(), Trouble> {
    let (visit, profile) = (reading.visit(), tx.profile());
    let words = words_for(resource::store::list_words(tx, course.id).await?, visit.language);
    let title = words.map(|words| words.title).unwrap_or_default();
    let zone = date.zone(portal.places.zone());
    let when = dates::moment_there(&portal.site.texts, visit.language, &zone, date.starts_at);
    let (when, place) = (when, date.place.as_str());
    let what = if is_enrolled {
        What::Enrolled { course: &title, when: &when, place }
    } else {
        What::EnrolmentEnded { course: &title, when: &when, place }
    };
    let bulletin = Bulletin {
        what,
        language: visit.language,
        to: &profile.email,
        person: &profile.name(),
        link: &portal.site.url(&super::path_of(course, None)),
        unsubscribe: None,
    };
    Ok(portal.press().send(tx, visit.now, (profile.id, &bulletin), SEATS).await?)
}
