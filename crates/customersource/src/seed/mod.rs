//! Seed data: companies, plans, entitlements and profiles from one JSON file, as `docs/SEED.md` describes it.
//! Knows no Passport: people associate themselves.
pub mod actions;

use serde::{Deserialize, Serialize};

use crate::{organization::Kind, staff::Role};

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
    #[serde(default = "customer")]
    pub kind: Kind,
    #[serde(default)]
    pub region: String,
    /// What the company runs; content may ask for it.
    #[serde(default)]
    pub products: Vec<String>,
    /// `active` or `closed`.
    #[serde(default = "active")]
    pub state: String,
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
    /// `active`, `draft`, `cancelled`, `expired` or `waiting`.
    #[serde(default = "active")]
    pub state: String,
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
    #[serde(default)]
    pub bill_to: bool,
    /// Wants no newsletters and other bulk mail; default: as it was.
    #[serde(default)]
    pub no_bulk_mail: Option<bool>,
    /// `active` or `removed`.
    #[serde(default = "active")]
    pub state: String,
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

fn active() -> String {
    "active".into()
}

fn customer() -> Kind {
    Kind::Customer
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
            if !["active", "closed"].contains(&company.state.as_str()) {
                return bad(format!("company {}: state is active or closed", company.external_id));
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
            let who = format!("entitlement of {} to {}", entitlement.company, entitlement.plan);
            let days = [&entitlement.starts_on, &entitlement.ends_on];
            if !days.iter().all(|day| is_day(day)) || entitlement.starts_on > entitlement.ends_on {
                return bad(format!("{who}: days are like 2026-01-31, the first not after the last"));
            }
            if !["draft", "active", "cancelled", "expired", "waiting"].contains(&entitlement.state.as_str()) {
                return bad(format!("{who}: unknown state {}", entitlement.state));
            }
        }
        for profile in &self.profiles {
            if !["active", "removed"].contains(&profile.state.as_str()) {
                return bad(format!("profile {}: state is active or removed", profile.external_id));
            }
            if !is_one_line(&profile.first_name) || !is_one_line(&profile.last_name) {
                return bad(format!("profile {}: names are one line of text", profile.external_id));
            }
        }
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
}

/// Names come into mail subjects: no line may break.
fn is_one_line(text: &str) -> bool {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    !text.trim().is_empty() && text.len() <= 200 && !text.contains(breaks)
}

/// `2026-01-31`: ten characters, so that days compare as text.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let within = |part: &str, length: usize, from: u32, to: u32| {
        part.len() == length
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && part.parse::<u32>().is_ok_and(|number| (from..=to).contains(&number))
    };
    within(year, 4, 1900, 9999) && within(month, 2, 1, 12) && within(day, 2, 1, 31)
}

#[cfg(test)]
mod tests;
