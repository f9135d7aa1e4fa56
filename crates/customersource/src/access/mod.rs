//! Who may read what: kind, place and plan against a rule, decided from current rows. Knows no page.

use crate::{
    organization::{Kind, Organization},
    plan::{self, Entitlement},
};

/// What something asks of a reader; empty lists ask nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// The lowest rank of plan that suffices; partners and employees need no plan (CS-04).
    pub min_rank: Option<i32>,
    /// `service`, `support`, `enhancement`: one of these plans must run.
    pub categories: Vec<String>,
    /// Whom it is for.
    pub kinds: Vec<Kind>,
    /// Where it is available (CS-03).
    pub regions: Vec<String>,
}

/// What the portal knows of a reader's company today.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    pub organization: &'a Organization,
    pub entitlements: &'a [Entitlement],
    /// ISO 8601.
    pub today: &'a str,
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
    /// For partners or employees, and this is neither.
    OtherAudience,
}

impl Access {
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed(_))
    }
}

/// Regions compare without ASCII case; employees work everywhere.
pub fn is_available(regions: &[String], organization: &Organization) -> bool {
    regions.is_empty()
        || organization.kind == Kind::Employee
        || regions.iter().any(|region| region.trim().eq_ignore_ascii_case(organization.region.trim()))
}

/// Decides for a reader, or for nobody.
pub fn decide(rule: &Rule, reader: Option<&Reader<'_>>) -> Access {
    let Some(reader) = reader else { return Access::Anonymous };
    let organization = reader.organization;
    if !rule.kinds.is_empty()
        && organization.kind != Kind::Employee
        && !rule.kinds.contains(&organization.kind)
    {
        return Access::OtherAudience;
    }
    if !is_available(&rule.regions, organization) {
        return Access::Elsewhere;
    }
    // The site's own question first: does any plan run at all?
    let running = match plan::decide(organization.kind, reader.entitlements, reader.today) {
        plan::Access::Granted(running) => running,
        plan::Access::Lapsed(last) => return Access::PlanInsufficient(last),
    };
    if organization.kind != Kind::Customer {
        return Access::Allowed(running);
    }
    let runs = |plan: &&Entitlement| {
        plan.is_active && plan.starts_on.as_str() <= reader.today && reader.today <= plan.ends_on.as_str()
    };
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
