//! A day of the calendar, however a system writes it, and which day it is somewhere; knows no plan.
use std::fmt;

use jiff::{
    Timestamp,
    civil::Date,
    tz::{self, AmbiguousOffset, TimeZone},
};
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

/// What names of places begin with in the IANA database.
const PARTS_OF_THE_WORLD: [&str; 10] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
];

/// A time zone by its IANA name. The rules are part of the program: a container without any file of them knows the
/// same days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// Places whose names have lost their accents on the way into the list of zones, where our pages are read most.
const PLACES: [(&str, &str); 9] = [
    ("Araguaina", "Araguaína"),
    ("Belem", "Belém"),
    ("Cuiaba", "Cuiabá"),
    ("Eirunepe", "Eirunepé"),
    ("Maceio", "Maceió"),
    ("Noronha", "Fernando de Noronha"),
    ("Santarem", "Santarém"),
    ("Sao_Paulo", "São Paulo"),
    ("Bogota", "Bogotá"),
];

impl Zone {
    /// `America/Sao_Paulo`, `UTC`, …; `None` for what is no zone.
    pub fn named(name: &str) -> Option<Self> {
        TimeZone::get(name.trim()).ok().map(Self)
    }

    pub const fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The place that it is named after, as people write it.
    pub fn place(&self) -> String {
        let last = self.name().rsplit('/').next().unwrap_or_default();
        let known = PLACES.iter().find(|(place, _)| *place == last);
        known.map_or_else(|| last.replace('_', " "), |(_, written)| (*written).to_owned())
    }

    /// The names that people choose from, in the order of the alphabet: places by their part of the world, and UTC.
    /// The others (`GMT0`, `W-SU`, `US/Pacific`) are old names of these, and still read.
    pub fn names() -> Vec<String> {
        let is_place = |name: &String| {
            name == "UTC" || name.split_once('/').is_some_and(|(part, _)| PARTS_OF_THE_WORLD.contains(&part))
        };
        let mut names: Vec<_> = tz::db().available().map(|name| name.to_string()).filter(is_place).collect();
        names.sort();
        names
    }

    /// The moment that reads in UTC what a clock there reads then: for forms and pages.
    pub fn to_local(&self, at: Moment) -> Moment {
        let offset = self.0.to_offset(timestamp(at)).seconds();
        Moment::from_unix_millis(at.unix_millis().saturating_add(i64::from(offset).saturating_mul(1000)))
    }

    /// The way back. `None` for what no clock there ever reads, because it was put forward; the earlier of two
    /// moments where it was put back.
    pub fn from_local(&self, local: Moment) -> Option<Moment> {
        let local = TimeZone::UTC.to_datetime(timestamp(local));
        let moment = self.0.to_ambiguous_timestamp(local);
        if matches!(moment.offset(), AmbiguousOffset::Gap { .. }) {
            return None;
        }
        moment.earlier().ok().map(|at| Moment::from_unix_millis(at.as_millisecond()))
    }

    /// The day that it is there then.
    pub fn day_of(&self, at: Moment) -> Day {
        Day(self.0.to_datetime(timestamp(at)).date())
    }
}

fn timestamp(at: Moment) -> Timestamp {
    Timestamp::from_millisecond(at.unix_millis()).unwrap_or_default()
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
    fn clocks_are_read_both_ways_also_where_they_are_put_forward_or_back() {
        let utc = |text: &str| {
            let part = |from: usize| text.get(from..from + 2).unwrap().parse::<u8>().unwrap();
            Moment::of_calendar((2026, part(5), part(8)), (part(11), part(14), 0)).unwrap()
        };
        let berlin = Zone::named("europe/berlin").unwrap();
        assert_eq!(berlin.name(), "Europe/Berlin");
        for (there, then) in [
            ("2026-07-01T10:00:00Z", Some("2026-07-01T08:00:00Z")),
            ("2026-12-01T10:00:00Z", Some("2026-12-01T09:00:00Z")),
            // Put forward: half past two is no time; put back: the first half past two.
            ("2026-03-29T02:30:00Z", None),
            ("2026-10-25T02:30:00Z", Some("2026-10-25T00:30:00Z")),
        ] {
            let found = berlin.from_local(utc(there));
            assert_eq!(found, then.map(utc), "{there}");
            if let Some(found) = found {
                assert_eq!(berlin.to_local(found), utc(there));
            }
        }
        let names = Zone::names();
        let has = |wanted: &str| names.iter().any(|name| name == wanted);
        assert!(names.len() > 300 && has("America/Sao_Paulo") && has("UTC"));
        for old in ["Factory", "W-SU", "GMT0", "ROC", "US/Pacific", "Etc/GMT+5"] {
            assert!(!has(old), "{old}");
        }
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
