//! Plans, what a company is entitled to, and whether that lets its people in today. Knows no profile.
pub mod entity;
pub mod store;

use std::{collections::HashMap, time::Duration};

use platform::{
    clock::Moment,
    day::{Day, Zone},
};

use crate::company::{CompanyId, Kind};

platform::id!(EntitlementId);

/// A plan that a company has or had: facts for pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entitlement {
    pub plan_name: String,
    /// `service`, `support` or `enhancement`.
    pub category: String,
    pub rank: i32,
    pub is_active: bool,
    /// First and last day, ISO 8601, both inclusive, where the company is.
    pub starts_on: String,
    pub ends_on: String,
}

/// What several companies have and had.
#[derive(Clone, Debug, Default)]
pub struct Entitlements(pub(crate) HashMap<CompanyId, Vec<Entitlement>>);

impl Entitlements {
    /// One company's.
    pub fn of(&self, company: CompanyId) -> &[Entitlement] {
        self.0.get(&company).map(Vec::as_slice).unwrap_or_default()
    }
}

/// A plan opens for so long after its last day: business systems shift days by a time zone, and renew late.
pub const GRACE: Duration = Duration::from_secs(24 * 3600);

/// Which day it is where a company is, as far as its plans are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Today {
    day: String,
    /// Whatever ended on this day or later still runs.
    graced: String,
}

impl Today {
    pub fn at(zone: &Zone, now: Moment) -> Self {
        Self { day: zone.day_of(now).to_string(), graced: zone.day_of(now - GRACE).to_string() }
    }

    /// The day itself, ISO 8601.
    pub fn day(&self) -> &str {
        &self.day
    }
}

/// How it stands with a plan today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Runs,
    /// It begins later.
    Begins,
    Ended,
    /// The business system switched it off.
    Inactive,
}

impl Entitlement {
    pub fn standing(&self, today: &Today) -> Phase {
        match self.is_active {
            _ if self.runs(today) => Phase::Runs,
            true if self.starts_on > today.day => Phase::Begins,
            true => Phase::Ended,
            false => Phase::Inactive,
        }
    }

    /// Whether it opens anything today. ISO 8601 days compare as text.
    pub fn runs(&self, today: &Today) -> bool {
        self.is_active && self.starts_on <= today.day && today.graced <= self.ends_on
    }

    /// Nothing says when it ends.
    pub fn is_open_ended(&self) -> bool {
        self.ends_on == Day::LAST.to_string()
    }
}

/// Whether a company's people may come in now, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// By the best plan that runs today; `None` for partners and employees, who need none (CS-04).
    Granted(Option<Entitlement>),
    /// The plan that ended last, begins later, or was cancelled; `None` when there never was one.
    Lapsed(Option<Entitlement>),
}

/// Decides on the day itself, from current rows (CS-02).
pub fn decide(kind: Kind, entitlements: &[Entitlement], today: &Today) -> Coverage {
    let running = entitlements.iter().filter(|plan| plan.runs(today));
    let best = running.max_by(|a, b| (a.rank, &a.ends_on).cmp(&(b.rank, &b.ends_on)));
    match (kind, best) {
        (Kind::Partner | Kind::Employee, best) => Coverage::Granted(best.cloned()),
        (Kind::Customer, Some(best)) => Coverage::Granted(Some(best.clone())),
        (Kind::Customer, None) => {
            Coverage::Lapsed(entitlements.iter().max_by(|a, b| a.ends_on.cmp(&b.ends_on)).cloned())
        }
    }
}

#[cfg(test)]
mod tests;
