//! What follows when another system, or the operator's file, says that a profile or a company changed: the same
//! as when an administrator does it (portal rules 13 and 15). Knows no file.
//!
//! The lines for the audit are answered, not written: several profiles change in one transaction, and whoever
//! writes waits for every other writer.
use platform::{Fault, clock::Moment, db::Tx};
use serde_json::json;

use super::{
    remove::let_go,
    save::{address_changed, facts},
};
use crate::{
    association::actions::{Desk, Ending},
    audit::{Actor, Deed, told::because},
    company::{self, Company, CompanyId},
    notice::What,
    people::store::attached,
    profile::{self, AdminSource, Profile, ProfileId},
};

pub(super) type Found = (Profile, Company);

/// A profile that was there `before` has been described anew.
pub async fn described<'a>(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    actor: Actor<'a>,
    before: &Found,
) -> Result<Vec<Deed<'a>>, Fault> {
    let Some(after) = profile::store::find(tx, before.0.id).await? else { return Ok(vec![]) };
    match (before.0.is_active, after.0.is_active) {
        (false, false) => return Ok(vec![]),
        (false, true) => {
            let detail = json!({ "name": after.0.name(), "email": after.0.email });
            return Ok(vec![deed(actor, &after, "profile.reactivated", detail)]);
        }
        (true, false) => return gone(tx, now, desk, actor, before, false).await,
        (true, true) => {}
    }
    if before.0.company != after.0.company {
        return moved(tx, now, desk, actor, before, &after).await;
    }
    let (was, is) = (facts(&before.0), facts(&after.0));
    if was == is {
        return Ok(vec![]);
    }
    if before.0.email_key != after.0.email_key {
        address_changed(tx, now, desk, before, &after).await?;
    }
    Ok(vec![deed(actor, before, "profile.saved", json!({ "before": was, "after": is }))])
}

/// A profile is not on file any more; `left_out` when a full file just does not list it.
pub async fn gone<'a>(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    actor: Actor<'a>,
    found: &Found,
    left_out: bool,
) -> Result<Vec<Deed<'a>>, Fault> {
    profile::store::set_gone(tx, found.0.id, left_out).await?;
    let ending = Ending { actor, what: What::Removed, reason: because::NOT_ON_FILE };
    let mut deeds: Vec<_> = let_go(tx, now, desk, found, &ending).await?.into_iter().collect();
    let detail = json!({ "name": found.0.name(), "email": found.0.email });
    deeds.push(deed(actor, found, "profile.removed", detail));
    Ok(deeds)
}

/// Somebody belongs to another company now: what was proven and granted was proven to and granted by the
/// former one.
async fn moved<'a>(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    actor: Actor<'a>,
    before: &Found,
    after: &Found,
) -> Result<Vec<Deed<'a>>, Fault> {
    if before.0.is_admin {
        profile::store::set_administrator(tx, before.0.id, None).await?;
    }
    let ending = Ending { actor, what: What::Ended, reason: because::MOVED };
    let mut deeds: Vec<_> = let_go(tx, now, desk, before, &ending).await?.into_iter().collect();
    deeds.push(deed(actor, before, "profile.moved", json!({ "to": after.0.company })));
    Ok(deeds)
}

/// A company is closed: the associations, sessions, links and subscriptions of its people end. Call it when the
/// row says so; a company with many people is let go piece by piece before ([`detach`]).
pub async fn closed(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    id: CompanyId,
) -> Result<Vec<Deed<'static>>, Fault> {
    let mut deeds = detach(tx, now, desk, id, u64::MAX >> 1).await?.1;
    let Some(company) = company::store::find(tx, id).await? else { return Ok(deeds) };
    deeds.push(Deed {
        actor: Actor::Operator,
        company: Some(id),
        action: "company.closed",
        target: format!("company:{id}"),
        detail: json!({ "name": company.name }),
    });
    Ok(deeds)
}

/// Lets go of so many people of a company that closes; answers how many there were.
pub async fn detach(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    id: CompanyId,
    most: u64,
) -> Result<(usize, Vec<Deed<'static>>), Fault> {
    company::store::lock(tx, id).await?;
    let people = attached::list(tx, id, most).await?;
    let ids: Vec<ProfileId> = people.iter().map(|person| person.id).collect();
    profile::store::Rows::lock_many(tx, &ids).await?;
    let Some(company) = company::store::find(tx, id).await? else { return Ok((0, vec![])) };
    let mut deeds = Vec::new();
    for person in &people {
        let found = (person.clone(), company.clone());
        let ending = Ending { actor: Actor::Operator, what: What::Ended, reason: because::CLOSED };
        deeds.extend(let_go(tx, now, desk, &found, &ending).await?);
    }
    Ok((people.len(), deeds))
}

/// The main contact of a company that never had an administrator is its first one (CS-41); afterwards
/// administrators are the portal's business (CS-42).
pub async fn appoint_first(tx: &Tx, id: ProfileId) -> Result<(), Fault> {
    let Some((profile, company)) = profile::store::find(tx, id).await? else { return Ok(()) };
    if !profile.is_active || !(profile.is_bill_to || profile.is_admin) {
        return Ok(());
    }
    if company::store::spend_first_administrator(tx, company.id).await? && !profile.is_admin {
        profile::store::set_administrator(tx, id, Some(AdminSource::BillTo)).await?;
    }
    Ok(())
}

fn deed<'a>(
    actor: Actor<'a>,
    (profile, company): &Found,
    action: &'static str,
    detail: serde_json::Value,
) -> Deed<'a> {
    let target = format!("profile:{}", profile.id);
    Deed { actor, company: Some(company.id), action, target, detail }
}
