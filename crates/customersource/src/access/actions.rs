//! Deciding for a profile from its company's rows as they are now.
use platform::clock::Moment;

use super::{Access, Places, Reader, Rule, decide};
use crate::{company::Company, plan::Entitlement, profile::Profile};

/// What somebody who acts as this profile may do with something that has this rule, by what their company is entitled
/// to.
pub fn judge(
    places: &Places,
    now: Moment,
    (profile, company): (&Profile, &Company),
    entitlements: &[Entitlement],
    rule: &Rule,
) -> Access {
    if !places.are_open_to(company) {
        return Access::Elsewhere;
    }
    let today = places.today(company, now);
    let is_administrator = profile.is_active && profile.is_admin;
    decide(rule, Some(&Reader { company, entitlements, is_administrator, today: &today }))
}
