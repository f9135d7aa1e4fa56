//! What follows when another system, or the operator's file, says that a profile or a company changed: the same
//! as when an administrator does it (portal rules 13 and 15). Knows no file.
//!
//! The lines for the audit are answered, not written: several profiles change in one transaction, and whoever
//! writes waits for every other writer.
use platform::{Fault, clock::Moment, db::Tx};
use serde_json::json;

use super::{remove::let_go, save::address_changed};
use crate::{
    association::actions::{Desk, Ending},
    audit::{Actor, Deed},
    notice::What,
    organization::{self, Organization, OrganizationId},
    profile::{self, AdminSource, Profile, ProfileId},
};

type Found = (Profile, Organization);

/// A profile that was there `before` has been described anew.
pub async fn described(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    before: &Found,
) -> Result<Vec<Deed<'static>>, Fault> {
    let Some(after) = profile::store::find(tx, before.0.id).await? else { return Ok(vec![]) };
    if !before.0.is_active {
        return Ok(vec![]);
    }
    if !after.0.is_active {
        return gone(tx, now, desk, before).await;
    }
    if before.0.organization != after.0.organization {
        return moved(tx, now, desk, before, &after).await;
    }
    if before.0.email_key == after.0.email_key {
        return Ok(vec![]);
    }
    address_changed(tx, now, desk, before, &after).await?;
    let detail = json!({ "before": { "email": before.0.email }, "after": { "email": after.0.email } });
    Ok(vec![deed(before, "profile.saved", detail)])
}

/// A profile is not on file any more.
pub async fn gone(tx: &Tx, now: Moment, desk: &Desk<'_>, found: &Found) -> Result<Vec<Deed<'static>>, Fault> {
    profile::store::set_removed(tx, found.0.id).await?;
    let ending = Ending { actor: Actor::Operator, what: What::Removed, reason: "not on file any more" };
    let mut deeds: Vec<_> = let_go(tx, now, desk, found, &ending).await?.into_iter().collect();
    let detail = json!({ "name": found.0.name(), "email": found.0.email });
    deeds.push(deed(found, "profile.removed", detail));
    Ok(deeds)
}

/// Somebody belongs to another company now: what was proven and granted was proven to and granted by the
/// former one.
async fn moved(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    before: &Found,
    after: &Found,
) -> Result<Vec<Deed<'static>>, Fault> {
    if before.0.is_admin {
        profile::store::set_administrator(tx, before.0.id, None).await?;
    }
    let ending = Ending { actor: Actor::Operator, what: What::Ended, reason: "moved to another company" };
    let mut deeds: Vec<_> = let_go(tx, now, desk, before, &ending).await?.into_iter().collect();
    deeds.push(deed(before, "profile.moved", json!({ "to": after.0.organization })));
    Ok(deeds)
}

/// A company is closed: the associations, sessions, links and subscriptions of its people end. Call it when the
/// row says so.
pub async fn closed(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    id: OrganizationId,
) -> Result<Vec<Deed<'static>>, Fault> {
    organization::store::lock(tx, id).await?;
    let people = profile::store::list_of_organization(tx, id, u64::MAX >> 1).await?;
    let Some(company) = organization::store::find(tx, id).await? else { return Ok(vec![]) };
    let mut deeds = Vec::new();
    for person in people.iter().filter(|person| person.is_active) {
        profile::store::lock(tx, person.id).await?;
        let found = (person.clone(), company.clone());
        let ending = Ending { actor: Actor::Operator, what: What::Ended, reason: "the company was closed" };
        deeds.extend(let_go(tx, now, desk, &found, &ending).await?);
    }
    deeds.push(Deed {
        actor: Actor::Operator,
        organization: Some(id),
        action: "company.closed",
        target: format!("company:{id}"),
        detail: json!({ "name": company.name }),
    });
    Ok(deeds)
}

/// The main contact of a company that never had an administrator is its first one (CS-41); afterwards
/// administrators are the portal's business (CS-42).
pub async fn appoint_first(tx: &Tx, id: ProfileId) -> Result<(), Fault> {
    let Some((profile, company)) = profile::store::find(tx, id).await? else { return Ok(()) };
    if !profile.is_active || !(profile.is_bill_to || profile.is_admin) {
        return Ok(());
    }
    if organization::store::spend_first_administrator(tx, company.id).await? && !profile.is_admin {
        profile::store::set_administrator(tx, id, Some(AdminSource::BillTo)).await?;
    }
    Ok(())
}

fn deed((profile, company): &Found, action: &'static str, detail: serde_json::Value) -> Deed<'static> {
    let target = format!("profile:{}", profile.id);
    Deed { actor: Actor::Operator, organization: Some(company.id), action, target, detail }
}
