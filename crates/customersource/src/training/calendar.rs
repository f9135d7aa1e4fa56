//! Dates of courses for calendars (RFC 5545). Times are UTC in the file: every calendar shows them where its reader is.
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus};
use platform::clock::Moment;

use super::CourseDate;

/// What a calendar says of a course besides its dates.
pub struct Course<'a> {
    pub title: &'a str,
    pub summary: &'a str,
    pub url: &'a str,
    /// The portal's.
    pub host: &'a str,
}

/// A file with these dates. A calendar that has one of them already changes it, or takes it out when it was called
/// off.
pub fn file(now: Moment, course: &Course<'_>, dates: &[CourseDate]) -> String {
    let mut calendar = Calendar::new();
    calendar.name(course.title);
    calendar.append_property(("METHOD", "PUBLISH"));
    for date in dates {
        let state = if date.is_cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed };
        let mut event = Event::new();
        event
            .uid(&format!("{}@{}", date.id, course.host))
            .summary(course.title)
            .description(course.summary)
            .location(&date.place)
            .url(course.url)
            .status(state)
            .sequence(u32::try_from(date.revision).unwrap_or(0))
            .add_property("DTSTAMP", stamp(now))
            .add_property("DTSTART", stamp(date.starts_at))
            .add_property("DTEND", stamp(date.ends_at));
        calendar.push(event.done());
    }
    calendar.done().to_string()
}

/// `20261201T120000Z`
fn stamp(at: Moment) -> String {
    at.rfc3339().chars().take(19).filter(|c| !matches!(c, '-' | ':')).chain(['Z']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{resource::ResourceId, training::CourseDateId};

    #[test]
    fn a_calendar_gets_every_date_with_its_place_and_what_became_of_it() {
        let at = |hour| Moment::of_calendar((2026, 12, 1), (hour, 0, 0)).unwrap();
        let date = |is_cancelled| CourseDate {
            id: CourseDateId(uuid::Uuid::nil()),
            course: ResourceId(uuid::Uuid::nil()),
            starts_at: at(12),
            ends_at: at(20),
            place: "Rua A, 1; São Paulo\nFloor 2".into(),
            time_zone: "America/Sao_Paulo".into(),
            seats: 2,
            is_cancelled,
            revision: 3,
        };
        let course = Course {
            title: "Closing, the month",
            summary: &"long ".repeat(40),
            url: "https://portal.example/x",
            host: "portal.example",
        };
        let text = file(at(9), &course, &[date(false), date(true)]);
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"), "{text}");
        for line in [
            "METHOD:PUBLISH",
            "DTSTAMP:20261201T090000Z",
            "DTSTART:20261201T120000Z",
            "DTEND:20261201T200000Z",
            "UID:00000000-0000-0000-0000-000000000000@portal.example",
            "SUMMARY:Closing\\, the month",
            "LOCATION:Rua A\\, 1\\; São Paulo\\nFloor 2",
            "STATUS:CONFIRMED",
            "STATUS:CANCELLED",
            "SEQUENCE:3",
        ] {
            assert!(text.contains(&format!("\r\n{line}\r\n")), "no {line} in {text}");
        }
        // RFC 5545 §3.1: no line of more than 75 octets.
        assert!(text.lines().all(|line| line.len() <= 75), "{text}");
    }
}
