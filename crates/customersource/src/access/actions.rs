//! Deciding for a profile from its company's rows as they are now.
use platform::{Fault, clock::Moment};
use sea_orm::ConnectionTrait;

use super::{Access, Places, Reader, Rule, decide};
use crate::{
    company::Company,
    plan::{self, Entitlement},
    profile::Profile,
};

/// What somebody who acts as this profile may do with something that has this rule.
pub async fn face(
    db: &impl ConnectionTrait,
    places: &Places,
    now: Moment,
    (profile, company): (&Profile, &Company),
    rule: &Rule,
) -> Result<Access, Fault> {
    let entitlements = plan::store::list_entitlements(db, company.id).await?;
    Ok(judge(places, now, (profile, company), &entitlements, rule))
}

/// The same with the company's entitlements at hand.
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
