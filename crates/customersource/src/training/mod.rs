//! Dates of courses, and who enrolled. Courses themselves are resources. Knows no page and no letter.
pub mod calendar;
pub mod entity;
pub mod store;

use platform::{clock::Moment, day::Zone};

use crate::resource::ResourceId;

platform::id!(CourseDateId);

/// When and where a course is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CourseDate {
    pub id: CourseDateId,
    pub course: ResourceId,
    pub starts_at: Moment,
    pub ends_at: Moment,
    pub place: String,
    /// IANA name of the zone that the place is in; empty: the portal's own.
    pub time_zone: String,
    pub seats: i32,
    /// It will not be held.
    pub is_cancelled: bool,
    /// Counts every change: who saves an older one is told.
    pub revision: i32,
}

/// The most seats of a date.
pub const MOST_SEATS: i32 = 1000;

/// A date with how full it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub date: CourseDate,
    pub taken: u64,
    /// The asking profile has a seat.
    pub is_own: bool,
}

/// Somebody who has a seat, as staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seated {
    pub name: String,
    pub company: String,
}

impl CourseDate {
    /// The zone of the place, or the portal's.
    pub fn zone(&self, portal: Zone) -> Zone {
        Zone::named(&self.time_zone).unwrap_or(portal)
    }
}

impl Offer {
    /// Seats that are left.
    pub fn left(&self) -> u64 {
        u64::try_from(self.date.seats).unwrap_or(0).saturating_sub(self.taken)
    }
}

/// What became of somebody's wish for a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Enrolled,
    /// They had a seat before.
    Already,
    Full,
    /// It has begun, or was called off.
    Past,
}

/// Decides while the date's row is locked, so that the last seat is given once.
pub fn decide(offer: &Offer, now: Moment) -> Verdict {
    if offer.is_own {
        Verdict::Already
    } else if offer.date.starts_at <= now || offer.date.is_cancelled {
        Verdict::Past
    } else if offer.left() == 0 {
        Verdict::Full
    } else {
        Verdict::Enrolled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_given_while_there_is_one_and_the_course_has_not_begun() {
        let at = Moment::from_unix_seconds;
        let date = CourseDate {
            id: CourseDateId(uuid::Uuid::nil()),
            course: ResourceId(uuid::Uuid::nil()),
            starts_at: at(100),
            ends_at: at(200),
            place: "São Paulo".into(),
            time_zone: String::new(),
            seats: 2,
            is_cancelled: false,
            revision: 1,
        };
        let offer = |taken, is_own| Offer { date: date.clone(), taken, is_own };
        assert_eq!(decide(&offer(1, false), at(99)), Verdict::Enrolled);
        assert_eq!(decide(&offer(2, false), at(99)), Verdict::Full);
        assert_eq!(decide(&offer(3, false), at(99)), Verdict::Full);
        assert_eq!(decide(&offer(1, false), at(100)), Verdict::Past);
        assert_eq!(decide(&offer(2, true), at(150)), Verdict::Already);
        let off = CourseDate { is_cancelled: true, ..date.clone() };
        assert_eq!(decide(&Offer { date: off, taken: 0, is_own: false }, at(99)), Verdict::Past);
    }
}
