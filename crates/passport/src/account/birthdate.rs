//! A birth date as the claim of OpenID Connect holds it: a day, a year alone, or a day without its year. Pure.
use time::{Date, Month};

/// Nobody who signs up was born before.
const EARLIEST: u16 = 1850;

/// What is known of it, by value: however it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Birthdate {
    year: Option<u16>,
    /// Month and day of the month.
    day: Option<(u8, u8)>,
}

impl Birthdate {
    /// `YYYY-MM-DD`, `0000-MM-DD` where the year is not told, or `YYYY` (OIDC Core §5.1). From 1850 on.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('-');
        let (year, month, day) = (parts.next()?, parts.next(), parts.next());
        if parts.next().is_some() || year.len() != 4 {
            return None;
        }
        match (month, day) {
            (None, None) => Self::of(Some(number(year)?), None),
            (Some(month), Some(day)) if month.len() == 2 && day.len() == 2 => {
                let (month, day) = (u8::try_from(number(month)?).ok()?, u8::try_from(number(day)?).ok()?);
                Self::of(Some(number(year)?).filter(|year| *year != 0), Some((month, day)))
            }
            _ => None,
        }
    }

    /// From three fields; what is empty was not said. `None` where that is no date.
    pub fn of_fields(year: &str, month: &str, day: &str) -> Option<Self> {
        let [year, month, day] = [year, month, day].map(str::trim);
        let year = match year {
            "" => None,
            year => Some(number(year)?),
        };
        let day = match (month, day) {
            ("", "") => None,
            (month, day) => Some((u8::try_from(number(month)?).ok()?, u8::try_from(number(day)?).ok()?)),
        };
        Self::of(year, day)
    }

    fn of(year: Option<u16>, day: Option<(u8, u8)>) -> Option<Self> {
        let in_time = year.is_none_or(|year| (EARLIEST..=9999).contains(&year));
        let date = Self { year, day };
        // In a leap year everybody's day exists.
        let exists = day.is_none() || date.in_year(year.unwrap_or(1904)).is_some();
        (in_time && exists && (year.is_some() || day.is_some())).then_some(date)
    }

    fn in_year(self, year: u16) -> Option<Date> {
        let (month, day) = self.day?;
        Date::from_calendar_date(year.into(), Month::try_from(month).ok()?, day).ok()
    }

    /// The day, where all of it is known.
    pub fn date(self) -> Option<Date> {
        self.in_year(self.year?)
    }

    /// It is not in the future, so far as it is known.
    pub fn is_past(self, today: Date) -> bool {
        match self.date() {
            Some(date) => date <= today,
            None => self.year.is_none_or(|year| i32::from(year) <= today.year()),
        }
    }

    /// Whatever is known here was said there; more may be said than is known.
    pub fn is_confirmed_by(self, said: Self) -> bool {
        let year = self.year.is_none() || self.year == said.year;
        let day = self.day.is_none() || self.day == said.day;
        year && day
    }

    /// As the claim holds it.
    pub fn claim(self) -> String {
        match (self.year, self.day) {
            (year, Some((month, day))) => format!("{:04}-{month:02}-{day:02}", year.unwrap_or_default()),
            (year, None) => format!("{:04}", year.unwrap_or_default()),
        }
    }
}

fn number(text: &str) -> Option<u16> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birth_date_is_a_day_of_the_calendar_or_a_part_of_one() {
        for good in ["1970-01-02", "2000-02-29", "1904-12-31", "1980", "0000-02-29"] {
            assert_eq!(Birthdate::parse(good).map(Birthdate::claim).as_deref(), Some(good));
        }
        for bad in [
            "",
            "1970-1-2",
            "1900-02-29",
            "1970-13-01",
            "02/01/1970",
            "1970-01-32",
            "0070-01-01",
            "19७0-01-01",
            "1849",
            "0000",
            "1970-01",
            "1970-01-02-03",
            "+970",
        ] {
            assert_eq!(Birthdate::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn three_fields_say_what_one_text_says() {
        let of = |year, month, day| Birthdate::of_fields(year, month, day).map(Birthdate::claim);
        assert_eq!(of("1970", "1", " 2 ").as_deref(), Some("1970-01-02"));
        assert_eq!(of("1970", "01", "02").as_deref(), Some("1970-01-02"));
        assert_eq!(of("1970", "", "").as_deref(), Some("1970"));
        assert_eq!(of("", "2", "29").as_deref(), Some("0000-02-29"));
        for (year, month, day) in
            [("", "", ""), ("1970", "2", ""), ("70", "1", "2"), ("1970", "2", "30"), ("x", "1", "2")]
        {
            assert_eq!(of(year, month, day), None, "{year} {month} {day}");
        }
    }

    #[test]
    fn what_is_known_must_be_said_and_more_may_be() {
        let confirmed = |known: &str, said: &str| {
            Birthdate::parse(known).unwrap().is_confirmed_by(Birthdate::parse(said).unwrap())
        };
        assert!(confirmed("1970-01-02", "1970-01-02") && confirmed("1970", "1970-01-02"));
        assert!(confirmed("0000-01-02", "1970-01-02"));
        assert!(!confirmed("1970-01-02", "1970") && !confirmed("1970-01-02", "0000-01-02"));
        assert!(!confirmed("1970", "1971") && !confirmed("1970-01-02", "1970-02-01"));
    }

    #[test]
    fn nobody_is_born_tomorrow() {
        let today = Date::from_calendar_date(2026, Month::November, 22).unwrap();
        let past = |text: &str| Birthdate::parse(text).unwrap().is_past(today);
        assert!(past("2026-11-22") && past("2026") && past("0000-12-31"));
        assert!(!past("2026-11-23") && !past("2027"));
    }
}
