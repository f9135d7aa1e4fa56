//! Plans, what a company is entitled to, and whether that lets its people in today. Knows no profile.
pub mod entity;
pub mod store;

use crate::organization::Kind;

platform::id!(EntitlementId);

/// A plan that a company has or had: facts for pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entitlement {
    pub plan_name: String,
    /// `service`, `support` or `enhancement`.
    pub category: String,
    pub rank: i32,
    pub is_active: bool,
    /// First and last day, ISO 8601, both inclusive, in UTC.
    pub starts_on: String,
    pub ends_on: String,
}

/// Whether a company's people may come in now, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// By the best plan that runs today; `None` for partners and employees, who need none (CS-04).
    Granted(Option<Entitlement>),
    /// The plan that ended last, begins later, or was cancelled; `None` when there never was one.
    Lapsed(Option<Entitlement>),
}

/// Decides on the day itself, from current rows (CS-02). `today` is ISO 8601: such days compare as text.
pub fn decide(kind: Kind, entitlements: &[Entitlement], today: &str) -> Access {
    let runs = |plan: &&Entitlement| {
        plan.is_active && plan.starts_on.as_str() <= today && today <= plan.ends_on.as_str()
    };
    let best =
        entitlements.iter().filter(runs).max_by(|a, b| (a.rank, &a.ends_on).cmp(&(b.rank, &b.ends_on)));
    match (kind, best) {
        (Kind::Partner | Kind::Employee, best) => Access::Granted(best.cloned()),
        (Kind::Customer, Some(best)) => Access::Granted(Some(best.clone())),
        (Kind::Customer, None) => {
            Access::Lapsed(entitlements.iter().max_by(|a, b| a.ends_on.cmp(&b.ends_on)).cloned())
        }
    }
}

#[cfg(test)]
mod tests;
