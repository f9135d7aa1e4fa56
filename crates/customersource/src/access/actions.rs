//! Deciding for a profile from its company's rows as they are now.
use platform::clock::Moment;

use super::{Access, Places, Reader, Rule, decide};
use crate::{company::Company, plan::Entitlement, profile::Profile, strength::AsAdministrator};

/// What this profile may read of something that has this rule, by what its company is entitled to: for letters, and for
/// rules that ask for no administrator.
pub fn judge(
    places: &Places,
    now: Moment,
    about: (&Profile, &Company),
    entitlements: &[Entitlement],
    rule: &Rule,
) -> Access {
    judge_by(places, now, about, (entitlements, true), rule)
}

/// The same for somebody who visits as this profile, proven as an administrator must be or not.
pub fn judge_visit(
    places: &Places,
    now: Moment,
    about: (&Profile, &Company),
    (entitlements, mark): (&[Entitlement], Option<AsAdministrator>),
    rule: &Rule,
) -> Access {
    judge_by(places, now, about, (entitlements, mark.is_some()), rule)
}

fn judge_by(
    places: &Places,
    now: Moment,
    (profile, company): (&Profile, &Company),
    (entitlements, is_proven): (&[Entitlement], bool),
    rule: &Rule,
) -> Access {
    if !places.are_open_to(company) {
        return Access::Elsewhere;
    }
    let today = places.today(company, now);
    let is_administrator = profile.is_active && profile.is_admin;
    decide(rule, Some(&Reader { company, entitlements, is_administrator, is_proven, today: &today }))
}
