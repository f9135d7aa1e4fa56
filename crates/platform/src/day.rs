//! A day of the calendar, however a system writes it, and which day it is somewhere; knows no plan.
use std::fmt;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::clock::Moment;

/// A day that exists, from the year 1 to the year 9999. Written as `2026-01-31`, such days compare as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// The order in which a day is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    #[default]
    Ymd,
    Dmy,
    Mdy,
}

impl Day {
    /// Where nothing says when something began.
    pub const FIRST: Self = Self(Date::constant(1, 1, 1));
    /// Where nothing says when something ends.
    pub const LAST: Self = Self(Date::constant(9999, 12, 31));

    /// Ten characters, year, month and day: the way in which days are stored and exchanged.
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text, Order::Ymd).filter(|day| day.to_string() == text)
    }

    /// A day as tables write it: four digits of the year, `-`, `/` or `.` between the parts. A time of day after it
    /// is dropped. What is none, like 2026-02-31, is refused.
    pub fn read(text: &str, order: Order) -> Option<Self> {
        let text = text.trim().split([' ', 'T']).next()?;
        let mark = text.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
        let mut parts = text.split(mark);
        let [a, b, c] = [parts.next()?, parts.next()?, parts.next()?];
        let (year, month, day) = match order {
            Order::Ymd => (a, b, c),
            Order::Dmy => (c, b, a),
            Order::Mdy => (c, a, b),
        };
        let digits = |part: &str, most: usize| {
            (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if parts.next().is_some()
            || year.len() != 4
            || !digits(year, 4)
            || !digits(month, 2)
            || !digits(day, 2)
        {
            return None;
        }
        let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
        (date.year() > 0).then_some(Self(date))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

/// A time zone by its IANA name. The rules are part of the program: a container without any file of them knows the
/// same days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// `America/Sao_Paulo`, `UTC`, …; `None` for what is no zone.
    pub fn named(name: &str) -> Option<Self> {
        TimeZone::get(name.trim()).ok().map(Self)
    }

    pub const fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The day that it is there then.
    pub fn day_of(&self, at: Moment) -> Day {
        let at = Timestamp::from_millisecond(at.unix_millis()).unwrap_or_default();
        Day(self.0.to_datetime(at).date())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_the_declared_order_alone() {
        let read = |text, order| Day::read(text, order).map(|day| day.to_string());
        for (order, text) in [
            (Order::Ymd, "2026-01-31"),
            (Order::Dmy, "31/01/2026"),
            (Order::Dmy, "31.1.2026 00:00:00"),
            (Order::Mdy, "1/31/2026 12:00 AM"),
        ] {
            assert_eq!(read(text, order).as_deref(), Some("2026-01-31"), "{text}");
        }
        for (order, bad) in [
            (Order::Mdy, "31/01/2026"),
            (Order::Ymd, "31-01-2026"),
            (Order::Dmy, "31/01/26"),
            (Order::Dmy, "31.01-2026"),
            (Order::Ymd, "2026-02-30"),
            (Order::Ymd, "2026-02-31"),
            (Order::Ymd, "+026-02-01"),
            (Order::Ymd, "2026-01-31-01"),
            (Order::Ymd, "0000-01-01"),
            (Order::Dmy, "soon"),
            (Order::Dmy, ""),
        ] {
            assert_eq!(read(bad, order), None, "{bad}");
        }
    }

    #[test]
    fn stored_days_have_ten_characters_and_compare_as_text() {
        for day in ["0001-01-01", "1753-01-01", "1998-04-01", "2026-01-31", "9999-12-31"] {
            assert_eq!(Day::parse(day).unwrap().to_string(), day);
        }
        for bad in ["2026-1-31", "2026-13-01", "2026-00-10", "2026-01-32", "2026-01-01T00", " 2026-01-01", ""]
        {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
        assert!(Day::FIRST < Day::LAST && Day::FIRST.to_string() < Day::LAST.to_string());
    }

    #[test]
    fn a_day_ends_when_it_ends_there() {
        // 2026-11-18T23:30Z
        let at = Moment::from_unix_seconds(1_795_044_600);
        for (zone, day) in [
            ("UTC", "2026-11-18"),
            ("America/Los_Angeles", "2026-11-18"),
            ("America/Sao_Paulo", "2026-11-18"),
            ("Europe/Berlin", "2026-11-19"),
            ("Asia/Kolkata", "2026-11-19"),
        ] {
            assert_eq!(Zone::named(zone).unwrap().day_of(at).to_string(), day, "{zone}");
        }
        assert!(Zone::named("Mars/Olympus").is_none() && Zone::named("").is_none());
    }
}
