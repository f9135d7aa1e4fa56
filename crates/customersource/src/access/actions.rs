//! Deciding for a profile from its company's rows as they are now.
use platform::{Fault, clock::Moment};
use sea_orm::ConnectionTrait;

use super::{Access, Places, Reader, Rule, decide};
use crate::{
    organization::Organization,
    plan::{self, Entitlement},
    profile::Profile,
};

/// What somebody who acts as this profile may do with something that has this rule.
pub async fn face(
    db: &impl ConnectionTrait,
    places: &Places,
    now: Moment,
    (profile, organization): (&Profile, &Organization),
    rule: &Rule,
) -> Result<Access, Fault> {
    let entitlements = plan::store::list_entitlements(db, organization.id).await?;
    Ok(judge(places, now, (profile, organization), &entitlements, rule))
}

/// The same with the company's entitlements at hand.
pub fn judge(
    places: &Places,
    now: Moment,
    (profile, organization): (&Profile, &Organization),
    entitlements: &[Entitlement],
    rule: &Rule,
) -> Access {
    if !places.are_open_to(organization) {
        return Access::Elsewhere;
    }
    let today = places.today(organization, now);
    let is_administrator = profile.is_active && profile.is_admin;
    decide(rule, Some(&Reader { organization, entitlements, is_administrator, today: &today }))
}
