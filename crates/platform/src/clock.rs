//! Time as a value: the only file that reads the system clock; knows nothing of what is timed.
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A point in time: milliseconds since the Unix epoch, stored as BIGINT on every engine.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    sea_orm::DeriveValueType,
)]
#[serde(transparent)]
pub struct Moment(i64);

impl Moment {
    pub const fn from_unix_millis(millis: i64) -> Self {
        Self(millis)
    }

    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down (the unit of JWT NumericDate, RFC 7519 §2).
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// A second of the calendar, in UTC; `None` when there is no such day or time of day.
    pub fn of_calendar(
        (year, month, day): (i32, u8, u8),
        (hour, minute, second): (u8, u8, u8),
    ) -> Option<Self> {
        let month = time::Month::try_from(month).ok()?;
        let date = time::Date::from_calendar_date(year, month, day).ok()?;
        let at = date.with_hms(hour, minute, second).ok()?.assume_utc();
        Some(Self::from_unix_seconds(at.unix_timestamp()))
    }

    /// The time from `earlier` to `self`; zero when `earlier` is later (the clock may step back).
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Whether `earlier` lies less than `span` back. What is dated later than now was dated by a clock that was wrong,
    /// and is as old as can be: a negative age is no grace. As much as nodes may differ is forgiven.
    pub fn is_within(self, span: Duration, earlier: Self) -> bool {
        earlier <= self + MOST_AHEAD && self.since(earlier) < span
    }

    /// RFC 3339 in UTC, for logs, dumps and exports.
    pub fn rfc3339(self) -> String {
        OffsetDateTime::from_unix_timestamp(self.unix_seconds())
            .ok()
            .and_then(|moment| moment.format(&Rfc3339).ok())
            .unwrap_or_else(|| self.0.to_string())
    }

    /// Year, month and day in UTC, for dates on pages and plans.
    pub fn date(self) -> time::Date {
        OffsetDateTime::from_unix_timestamp(self.unix_seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH).date()
    }
}

impl std::ops::Add<Duration> for Moment {
    type Output = Self;
    fn add(self, by: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl std::ops::Sub<Duration> for Moment {
    type Output = Self;
    fn sub(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// How far the clock of another node may be ahead of ours.
pub const MOST_AHEAD: Duration = Duration::from_secs(60);

/// How far a system's clock may be wrong for a while, ahead or behind, without reviving anything: rows that say
/// that something was used are kept for so long after it would have ended by itself.
pub const LARGEST_STEP: Duration = Duration::from_secs(4 * 24 * 3600);

/// Where `now` comes from: the system, or a hand that a test moves.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still until [`Clock::advance`] moves it.
    pub fn settable(start: Moment) -> Self {
        Self(Some(Arc::new(AtomicI64::new(start.0))))
    }

    /// Moves a settable clock forward; does nothing to the system's.
    pub fn advance(&self, by: Duration) {
        if let Some(hand) = &self.0 {
            hand.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }

    /// Moves a settable clock back, as an operator's correction of the system time would.
    pub fn step_back(&self, by: Duration) {
        if let Some(hand) = &self.0 {
            hand.fetch_sub(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system clock")]
    pub fn now(&self) -> Moment {
        match &self.0 {
            Some(hand) => Moment(hand.load(Ordering::SeqCst)),
            None => Moment(
                std::time::SystemTime::now()
                    .duration_since(std::time::UNIX_EPOCH)
                    .ok()
                    .and_then(|since| i64::try_from(since.as_millis()).ok())
                    .unwrap_or(0),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_steps_back_gives_no_negative_duration() {
        let clock = Clock::settable(Moment::from_unix_seconds(1_000));
        let before = clock.now();
        clock.step_back(Duration::from_secs(60));
        assert_eq!(clock.now().since(before), Duration::ZERO);
        assert!(clock.now() < before);
    }

    #[test]
    fn far_moments_saturate_instead_of_wrapping() {
        let far = Moment::from_unix_millis(i64::MAX) + Duration::from_secs(1);
        assert_eq!(far.unix_millis(), i64::MAX);
        assert_eq!(Moment::from_unix_seconds(0).rfc3339(), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn what_is_dated_in_the_future_is_no_news() {
        let (now, span) = (Moment::from_unix_seconds(1_000_000), Duration::from_secs(300));
        let within = |earlier: i64| now.is_within(span, Moment::from_unix_seconds(1_000_000 + earlier));
        assert!(within(0) && within(-299) && within(60), "nodes differ a little");
        assert!(!within(-300) && !within(61) && !within(48 * 3600));
    }
}
