//! How strongly whoever acts here must have been proven, by what they are: lists of contexts (`acr`), and marks that say
//! that somebody was. A right of the staff or of administrators asks for its mark, and marks are made here alone. Knows
//! neither visits nor people.
use std::time::Duration;

use platform::clock::Moment;
use serde::Deserialize;

/// A re-proof asks the provider for one that is no older (`max_age`): what was proven there a moment ago will do, and is
/// recent here long enough to press a button.
pub const RECENT: Duration = Duration::from_secs(120);

/// Of whom more than an ordinary sign-in is demanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    Staff,
    Administrator,
    /// Of everybody who acts for a company that asks for it.
    Company,
}

impl Demand {
    /// As an address names it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Administrator => "administrator",
            Self::Company => "company",
        }
    }
}

/// The contexts of which one must have been proven; where there are none, whatever the provider's sign-in proves will
/// do (`[portal] staff_acr`, `administrators_acr`, `companies_acr`).
#[derive(Clone, Debug, Default)]
pub struct Demands {
    pub staff: Vec<String>,
    pub administrators: Vec<String>,
    /// What companies may ask of their people. Empty: nothing.
    pub companies: Vec<String>,
}

/// The sign-in was as strong as the staff's must be.
#[derive(Clone, Copy, Debug)]
pub struct AsStaff(());

/// The sign-in was as strong as an administrator's must be.
#[derive(Clone, Copy, Debug)]
pub struct AsAdministrator(());

impl Demands {
    pub fn contexts(&self, demand: Demand) -> &[String] {
        match demand {
            Demand::Staff => &self.staff,
            Demand::Administrator => &self.administrators,
            Demand::Company => &self.companies,
        }
    }

    /// Whether a sign-in of this `acr` will do.
    pub fn are_met(&self, demand: Demand, acr: &str) -> bool {
        let contexts = self.contexts(demand);
        contexts.is_empty() || contexts.iter().any(|context| context == acr)
    }

    pub fn staff(&self, acr: &str) -> Result<AsStaff, Demand> {
        if self.are_met(Demand::Staff, acr) { Ok(AsStaff(())) } else { Err(Demand::Staff) }
    }

    /// Of somebody who acts for a company that asks for more since this moment.
    pub fn company(&self, now: Moment, since: Option<Moment>, acr: &str) -> Result<(), Demand> {
        let is_due = since.is_some_and(|since| since <= now);
        if !is_due || self.are_met(Demand::Company, acr) { Ok(()) } else { Err(Demand::Company) }
    }

    pub fn administrator(&self, acr: &str) -> Result<AsAdministrator, Demand> {
        let demand = Demand::Administrator;
        if self.are_met(demand, acr) { Ok(AsAdministrator(())) } else { Err(demand) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_given_for_one_of_the_contexts_and_where_none_is_demanded() {
        let demands = Demands {
            staff: vec!["phr".into(), "mfa".into()],
            administrators: vec![],
            companies: vec!["mfa".into()],
        };
        assert!(demands.staff("mfa").is_ok() && demands.staff("phr").is_ok());
        for weak in ["", "pwd", "MFA", "phr mfa"] {
            assert!(demands.staff(weak).is_err(), "{weak:?}");
            assert!(demands.administrator(weak).is_ok(), "{weak:?}");
        }
        let at = Moment::from_unix_seconds;
        assert!(
            demands.company(at(9), Some(at(10)), "pwd").is_ok() && demands.company(at(9), None, "").is_ok()
        );
        assert!(demands.company(at(10), Some(at(10)), "pwd").is_err());
        assert!(demands.company(at(10), Some(at(10)), "mfa").is_ok());
    }
}
