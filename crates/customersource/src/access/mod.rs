//! Who may read what: kind, place and plan against a rule, decided from current rows. Knows no page.
pub mod actions;
mod places;

use serde::{Deserialize, Serialize};

use crate::{
    company::{Company, Kind},
    plan::{self, Entitlement, Today},
};

pub use places::Places;

/// What something asks of a reader; empty lists ask nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// The lowest rank of plan that suffices; partners and employees need no plan (CS-04).
    pub min_rank: Option<i32>,
    /// `service`, `support`, `enhancement`: one of these plans must run.
    pub categories: Vec<String>,
    /// Whom it is for.
    pub kinds: Vec<Kind>,
    /// Where it is available (CS-03).
    pub regions: Vec<String>,
    /// The company must have one of these, as the business system says; partners and employees need not.
    pub products: Vec<String>,
    /// For a company's administrators alone.
    pub administrators: bool,
    /// Of an issue: what its newsletter asks besides. Read with every issue, never stored with it.
    #[serde(skip)]
    pub newsletter: Option<Box<Rule>>,
}

impl Rule {
    /// The rule of an issue of a newsletter: whoever reads it may read both.
    #[must_use]
    pub fn under(self, newsletter: Self) -> Self {
        Self { newsletter: Some(Box::new(newsletter)), ..self }
    }

    /// As a column holds it.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What a column holds. `None` for what cannot be read: nobody is let in by a broken rule.
    pub fn of_text(text: &str) -> Option<Self> {
        // A sequence would do for a struct, too.
        text.starts_with('{').then(|| serde_json::from_str(text).ok()).flatten()
    }
}

/// What the portal knows of a reader's company today.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    pub company: &'a Company,
    pub entitlements: &'a [Entitlement],
    /// The acting profile administers the company.
    pub is_administrator: bool,
    /// They were proven as strongly as an administrator must be.
    pub is_proven: bool,
    pub today: &'a Today,
}

/// The faces of a locked thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// By the plan that opens it; `None` for those who need none.
    Allowed(Option<Entitlement>),
    /// Nobody is signed in: the lock box that says so.
    Anonymous,
    /// No plan runs that suffices: the lock box that names the best one there is, or the last.
    PlanInsufficient(Option<Entitlement>),
    /// Not available where the company is.
    Elsewhere,
    /// For another kind of company, product or role.
    OtherAudience,
    /// For administrators, and this one was proven less strongly than they must be.
    Unproven,
}

impl Access {
    /// Lists show it, with a lock: a better plan, a current one or a stronger proof opens it.
    pub fn is_listed(&self) -> bool {
        matches!(self, Self::Allowed(_) | Self::PlanInsufficient(_) | Self::Unproven)
    }

    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed(_))
    }
}

/// Decides for a reader, or for nobody.
pub fn decide(rule: &Rule, reader: Option<&Reader<'_>>) -> Access {
    let Some(reader) = reader else { return Access::Anonymous };
    if let Some(newsletter) = &rule.newsletter {
        let face = decide(newsletter, Some(reader));
        if !face.is_allowed() {
            return face;
        }
    }
    let company = reader.company;
    if !rule.kinds.is_empty() && company.kind != Kind::Employee && !rule.kinds.contains(&company.kind) {
        return Access::OtherAudience;
    }
    if rule.administrators && !reader.is_administrator && company.kind != Kind::Employee {
        return Access::OtherAudience;
    }
    let has = |product: &String| company.products.iter().any(|own| own.eq_ignore_ascii_case(product));
    if !rule.products.is_empty() && company.kind == Kind::Customer && !rule.products.iter().any(has) {
        return Access::OtherAudience;
    }
    let is_here = |region: &String| region.trim().eq_ignore_ascii_case(company.region.trim());
    if !rule.regions.is_empty() && company.kind != Kind::Employee && !rule.regions.iter().any(is_here) {
        return Access::Elsewhere;
    }
    // The site's own question first: does any plan run at all?
    let running = match plan::decide(company.kind, reader.entitlements, reader.today) {
        plan::Coverage::Granted(running) => running,
        plan::Coverage::Lapsed(last) => return Access::PlanInsufficient(last),
    };
    if rule.administrators && reader.is_administrator && !reader.is_proven {
        return Access::Unproven;
    }
    if company.kind != Kind::Customer {
        return Access::Allowed(running);
    }
    let runs = |plan: &&Entitlement| plan.runs(reader.today);
    let suffices = |plan: &&Entitlement| {
        rule.min_rank.is_none_or(|rank| plan.rank >= rank)
            && (rule.categories.is_empty() || rule.categories.contains(&plan.category))
    };
    let opening = reader.entitlements.iter().filter(runs).filter(suffices).max_by_key(|plan| plan.rank);
    match opening {
        Some(opening) => Access::Allowed(Some(opening.clone())),
        None => Access::PlanInsufficient(running),
    }
}

#[cfg(test)]
mod tests;
