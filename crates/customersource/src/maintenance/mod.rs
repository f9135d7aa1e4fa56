//! Maintenance windows: when the portal is closed, and what visitors are told meanwhile. Knows no page.
pub mod entity;
pub mod store;

use std::time::Duration;

use platform::{clock::Moment, day::Zone};

platform::id!(WindowId);

/// A window, in the past, running or planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    pub id: WindowId,
    pub starts_at: Moment,
    /// The portal is open again from this moment on.
    pub ends_at: Moment,
    /// What staff say about it; may be empty.
    pub message: String,
}

/// The longest window, and how far ahead it may be planned.
pub const LONGEST: Duration = Duration::from_secs(7 * 86_400);
pub const FARTHEST: Duration = Duration::from_secs(366 * 86_400);
/// So long before it begins a window is announced to everybody.
pub const ANNOUNCED: Duration = Duration::from_secs(7 * 86_400);

impl Window {
    pub fn is_running(&self, now: Moment) -> bool {
        self.starts_at <= now && now < self.ends_at
    }

    /// Seconds after which to try again (`Retry-After`), at least one.
    pub fn retry_after(&self, now: Moment) -> u64 {
        self.ends_at.since(now).as_secs().max(1)
    }
}

/// `2026-11-22T15:45`, as a form's `datetime-local` field holds it, by a clock in this zone.
pub fn field_minute(at: Moment, zone: &Zone) -> String {
    zone.to_local(at).rfc3339().chars().take(16).collect()
}

/// A moment as a form's `datetime-local` field holds it, by a clock in this zone; `None` also for what no clock there
/// reads.
pub fn parse_minute_there(text: &str, zone: &Zone) -> Option<Moment> {
    zone.from_local(parse_minute(text)?)
}

/// A clock there never shows this minute, because it is put forward; otherwise the text is no minute at all.
pub fn is_skipped(text: &str, zone: &Zone) -> bool {
    parse_minute(text).is_some_and(|local| zone.from_local(local).is_none())
}

/// The same (`2026-11-22T15:45`) in UTC.
pub fn parse_minute(text: &str) -> Option<Moment> {
    let (day, time) = text.trim().split_once(['T', ' '])?;
    let mut days = day.splitn(3, '-');
    let (year, month, day) =
        (days.next()?.parse().ok()?, days.next()?.parse().ok()?, days.next()?.parse().ok()?);
    let mut times = time.split(':').map(str::parse);
    let (hour, minute) = (times.next()?.ok()?, times.next()?.ok()?);
    let second = times.next().map_or(Some(0), Result::ok)?;
    if !(2000..3000).contains(&year) {
        return None;
    }
    Moment::of_calendar((year, month, day), (hour, minute, second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_form_says_is_what_the_page_shows() {
        for text in ["2026-11-22T15:45", "2028-02-29T00:00", "2000-03-01T23:59", "2999-12-31T12:30"] {
            for zone in ["UTC", "America/Sao_Paulo", "Asia/Kolkata"] {
                let zone = Zone::named(zone).unwrap();
                assert_eq!(field_minute(parse_minute_there(text, &zone).unwrap(), &zone), text);
            }
        }
        assert_eq!(parse_minute("2026-11-22T15:45:30"), parse_minute("2026-11-22 15:45:30"));
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in
            ["", "2026-11-22", "2026-02-29T10:00", "2026-13-01T10:00", "2026-01-01T24:00", "T", "x-y-zTa:b"]
        {
            assert_eq!(parse_minute(text), None, "{text}");
        }
    }

    #[test]
    fn a_window_runs_from_its_start_until_just_before_its_end() {
        let at = Moment::from_unix_seconds;
        let window = Window {
            id: WindowId(uuid::Uuid::nil()),
            starts_at: at(100),
            ends_at: at(200),
            message: String::new(),
        };
        assert!(!window.is_running(at(99)) && window.is_running(at(100)));
        assert!(window.is_running(at(199)) && !window.is_running(at(200)));
        assert_eq!(window.retry_after(at(140)), 60);
        assert_eq!(window.retry_after(at(200)), 1);
    }
}
