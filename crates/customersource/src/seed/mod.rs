//! Seed data: companies, plans, entitlements and profiles from one JSON file, as `docs/SEED.md` describes it.
//! Knows no Passport: people associate themselves.
pub mod actions;

use std::collections::HashSet;

use platform::day::{Day, Zone};
use serde::{Deserialize, Serialize};

use crate::{
    company::{self, Kind},
    plan::{self, entity::entitlement},
    profile,
    staff::Role,
};

pub use actions::apply;

/// The whole file. Unknown keys are refused.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seed {
    pub companies: Vec<Company>,
    pub plans: Vec<Plan>,
    pub entitlements: Vec<Entitlement>,
    pub profiles: Vec<Profile>,
    pub staff: Vec<Staff>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    /// The system that the external id belongs to.
    #[serde(default = "seed")]
    pub source: String,
    pub external_id: String,
    pub name: String,
    /// Left out: as it was; a new company is a customer.
    #[serde(default)]
    pub kind: Option<Kind>,
    #[serde(default)]
    pub region: Option<String>,
    /// What the company runs; content may ask for it.
    #[serde(default)]
    pub products: Option<Vec<String>>,
    /// `America/Sao_Paulo`; its plans begin and end by the days there. Empty: what the settings say.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// `active` or `closed`; `None`, which no seed file says: as it was.
    #[serde(default = "active")]
    pub state: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub code: String,
    /// `service`, `support` or `enhancement`.
    pub category: String,
    pub name: String,
    /// Higher is better.
    #[serde(default)]
    pub rank: i32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entitlement {
    /// Default: company, plan and first day, so that a changed last day is a renewal.
    #[serde(default)]
    pub external_id: Option<String>,
    #[serde(default = "seed")]
    pub source: String,
    /// The company's external id.
    pub company: String,
    /// The plan's code.
    pub plan: String,
    /// `2026-01-31`; both days are inclusive.
    pub starts_on: String,
    pub ends_on: String,
    /// `active`, `draft`, `cancelled`, `expired` or `waiting`; `None`, which no seed file says: as it was.
    #[serde(default = "active")]
    pub state: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub external_id: String,
    #[serde(default = "seed")]
    pub source: String,
    /// The company's external id.
    pub company: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    #[serde(default)]
    pub administrator: bool,
    /// Left out: as it was.
    #[serde(default)]
    pub bill_to: Option<bool>,
    /// Wants no newsletters and other bulk mail; default: as it was.
    #[serde(default)]
    pub no_bulk_mail: Option<bool>,
    /// `active` or `removed`; `None`, which no seed file says: as it was.
    #[serde(default = "active")]
    pub state: Option<String>,
}

/// A Passport of somebody who works here.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staff {
    /// Default: the issuer of the settings.
    #[serde(default)]
    pub issuer: Option<String>,
    /// The `sub` of the Passport.
    pub subject: String,
    pub name: String,
    /// `support`, `approver` or `editor`.
    pub role: Role,
}

fn seed() -> String {
    "seed".into()
}

#[expect(clippy::unnecessary_wraps, reason = "a default has the type of its field")]
fn active() -> Option<String> {
    Some("active".into())
}

/// Why seed data is not taken. Nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// What is wrong with which entry.
    #[error("{0}")]
    Entry(String),
    #[error(transparent)]
    Fault(#[from] platform::Fault),
}

impl Seed {
    pub fn parse(json: &str) -> Result<Self, Unfit> {
        serde_json::from_str(json).map_err(|error| Unfit::Entry(error.to_string()))
    }

    /// What can be said without the database.
    pub fn check(&self) -> Result<(), Unfit> {
        let bad = |what: String| Err(Unfit::Entry(what));
        for company in &self.companies {
            if company.state.as_deref().is_some_and(|state| company::entity::Stored::of_text(state).is_none())
            {
                return bad(format!("company {}: state is active or closed", company.external_id));
            }
            let zone = company.time_zone.as_deref().unwrap_or_default();
            if !zone.is_empty() && Zone::named(zone).is_none() {
                return bad(format!("company {}: there is no time zone {zone}", company.external_id));
            }
            if !is_one_line(&company.name) {
                return bad(format!("company {}: a name is one line of text", company.external_id));
            }
        }
        for plan in &self.plans {
            if !["service", "support", "enhancement"].contains(&plan.category.as_str()) {
                return bad(format!("plan {}: category is service, support or enhancement", plan.code));
            }
        }
        for entitlement in &self.entitlements {
            let days = [&entitlement.starts_on, &entitlement.ends_on];
            if !days.iter().all(|day| Day::parse(day).is_some())
                || entitlement.starts_on > entitlement.ends_on
            {
                let text = "days are like 2026-01-31, the first not after the last";
                return Err(entitlement.unfit(text));
            }
            let is_unknown = |state: &&str| entitlement::Stored::of_text(state).is_none();
            if let Some(state) = entitlement.state.as_deref().filter(is_unknown) {
                return Err(entitlement.unfit(&format!("unknown state {state}")));
            }
        }
        for profile in &self.profiles {
            if profile.state.as_deref().is_some_and(|state| profile::entity::Stored::of_text(state).is_none())
            {
                return Err(profile.unfit("state is active or removed"));
            }
            if !is_one_line(&profile.first_name) || !is_one_line(&profile.last_name) {
                return Err(profile.unfit("names are one line of text"));
            }
        }
        self.check_once()?;
        for person in &self.staff {
            if person.subject.is_empty() || person.subject.len() > 255 || !is_one_line(&person.name) {
                return bad(format!(
                    "staff {}: needs a subject of at most 255 characters, and a name of one line",
                    person.subject
                ));
            }
        }
        Ok(())
    }

    /// Who stands there twice is refused: which of both is meant?
    pub fn extend(&mut self, other: Self) {
        self.companies.extend(other.companies);
        self.plans.extend(other.plans);
        self.entitlements.extend(other.entitlements);
        self.profiles.extend(other.profiles);
        self.staff.extend(other.staff);
    }

    fn check_once(&self) -> Result<(), Unfit> {
        let (mut companies, mut profiles) = (HashSet::new(), HashSet::new());
        for about in &self.companies {
            if !companies.insert((&about.source, &about.external_id)) {
                return Err(Unfit::Entry(format!("company {} stands there twice", about.external_id)));
            }
        }
        for about in &self.profiles {
            if !profiles.insert((&about.source, &about.external_id)) {
                return Err(about.unfit("stands there twice"));
            }
        }
        let mut entitlements = HashSet::new();
        for about in &self.entitlements {
            let id = about.external_id.clone().unwrap_or_else(|| about.default_id());
            if !entitlements.insert((&about.source, id)) {
                return Err(about.unfit("stands there twice"));
            }
        }
        Ok(())
    }
}

impl Plan {
    pub fn to_row(&self) -> plan::entity::plan::Model {
        plan::entity::plan::Model {
            code: self.code.clone(),
            category: self.category.clone(),
            name: self.name.clone(),
            rank: self.rank.into(),
        }
    }
}

impl Entitlement {
    /// Its external id unless it has one: a changed last day is a renewal.
    pub fn default_id(&self) -> String {
        format!("{}/{}/{}", self.company, self.plan, self.starts_on)
    }

    fn unfit(&self, text: &str) -> Unfit {
        Unfit::Entry(format!("entitlement of {} to {}: {text}", self.company, self.plan))
    }
}

impl Profile {
    fn unfit(&self, text: &str) -> Unfit {
        Unfit::Entry(format!("profile {}: {text}", self.external_id))
    }
}

/// Names come into mail subjects: no line may break.
fn is_one_line(text: &str) -> bool {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    !text.trim().is_empty() && text.len() <= 200 && !text.contains(breaks)
}

#[cfg(test)]
mod tests;
