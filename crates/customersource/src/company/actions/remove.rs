//! Removing a person, ending an association, and leaving: everything that hangs on it ends in one transaction.
use platform::{Fault, clock::Moment, db::Tx};
use serde_json::json;

use super::is_still;
use crate::{
    association::{
        actions::{Desk, Ending, end, notify_person},
        store::{self, Which},
    },
    audit::{self, Actor, Deed},
    company::Removed,
    notice::What,
    organization,
    profile::{self, Administrator, ProfileId},
    rp::Subject,
};

/// Removes a person of the administrator's company: association, sessions, invitations to and by them, and
/// every right end with the profile (CS-48, portal rule 15).
pub async fn remove(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    (by, subject): (&Administrator, &Subject),
    id: ProfileId,
) -> Result<Removed, Fault> {
    organization::store::lock(tx, by.organization()).await?;
    profile::store::lock(tx, id).await?;
    if !is_still(tx, by).await? {
        return Ok(Removed::NotFound);
    }
    let Some(found) = profile::store::find_own(tx, by, id).await? else { return Ok(Removed::NotFound) };
    if found.0.is_admin && profile::store::count_other_administrators(tx, by.organization(), id).await? == 0 {
        return Ok(Removed::LastAdministrator);
    }
    profile::store::set_removed(tx, id).await?;
    store::revoke_links(tx, Which::Profile(id)).await?;
    store::revoke_links(tx, Which::AskedBy(id)).await?;
    let actor = Actor::Profile(subject, by.profile());
    let ending = Ending { actor, what: What::Removed, reason: "removed" };
    if !end(tx, now, desk, &found, &ending).await? {
        notify_person(tx, now, desk, What::Removed, &found, None).await?;
    }
    let deed = Deed {
        actor,
        organization: Some(by.organization()),
        action: "profile.removed",
        target: format!("profile:{id}"),
        detail: json!({ "name": found.0.name(), "email": found.0.email }),
    };
    audit::store::append(tx, now, desk.audit, &deed).await?;
    Ok(Removed::Done)
}

/// Ends the association of a person of the administrator's company; the profile stays. `None`: no such person.
pub async fn end_own_association(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    (by, subject): (&Administrator, &Subject),
    id: ProfileId,
) -> Result<Option<bool>, Fault> {
    profile::store::lock(tx, id).await?;
    let Some(found) = profile::store::find_own(tx, by, id).await? else { return Ok(None) };
    let actor = Actor::Profile(subject, by.profile());
    let ending = Ending { actor, what: What::Ended, reason: "ended by an administrator" };
    Ok(Some(end(tx, now, desk, &found, &ending).await?))
}

/// Somebody gives their own association up; the profile stays, with whatever rights it has.
pub async fn leave(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    subject: &Subject,
    acting: ProfileId,
) -> Result<bool, Fault> {
    profile::store::lock(tx, acting).await?;
    let current = store::find_current(tx, acting).await?;
    let Some(found) = profile::store::find(tx, acting).await? else { return Ok(false) };
    // Somebody else may have taken the profile a moment ago.
    if current.is_none_or(|current| current.subject != *subject) {
        return Ok(false);
    }
    let actor = Actor::Profile(subject, acting);
    end(tx, now, desk, &found, &Ending { actor, what: What::Ended, reason: "left" }).await
}
