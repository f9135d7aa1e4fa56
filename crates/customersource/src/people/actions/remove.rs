//! Removing a person, ending an association, and leaving: everything that hangs on it ends in one transaction.
use platform::{Fault, clock::Moment, db::Tx};
use serde_json::json;

use super::hold;
use crate::{
    acting::{Acting, Administration, Own},
    association::{
        actions::{Desk, Ending, end, end_unrecorded, notify_person},
        store::{self, Which},
    },
    audit::{self, Actor, Deed, told::because},
    company::Company,
    newsgroup, newsletter,
    notice::What,
    people::Removed,
    profile::{self, Profile, ProfileId},
    training,
};

/// Removes a person of the administrator's company: association, sessions, invitations to and by them, and
/// every right end with the profile (CS-48, portal rule 15).
pub async fn remove(
    tx: &Acting<Administration>,
    now: Moment,
    desk: &Desk<'_>,
    id: ProfileId,
) -> Result<Removed, Fault> {
    let (by, subject) = (tx.acts(), tx.subject());
    let Some(found) = hold(tx, id).await? else { return Ok(Removed::NotFound) };
    if found.0.is_admin && profile::store::count_other_administrators(tx, by.company(), id).await? == 0 {
        return Ok(Removed::LastAdministrator);
    }
    profile::store::set_removed(tx, id).await?;
    let actor = Actor::Profile(subject, by.profile());
    let ending = Ending { actor, what: What::Removed, reason: because::REMOVED };
    match let_go(tx, now, desk, &found, &ending).await? {
        Some(ended) => audit::store::append(tx, now, desk.audit, &ended).await?,
        None => notify_person(tx, now, desk, What::Removed, &found, None).await?,
    }
    let deed = Deed {
        actor,
        company: Some(by.company()),
        action: "profile.removed",
        target: format!("profile:{id}"),
        detail: json!({ "name": found.0.name(), "email": found.0.email }),
    };
    audit::store::append(tx, now, desk.audit, &deed).await?;
    Ok(Removed::Done)
}

/// Ends everything that hangs on a profile: links to it and by it, subscriptions, watched threads, seats, the
/// association and its sessions (portal rule 15). Answers the line about the association, if there was one.
pub(super) async fn let_go<'a>(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    found: &(Profile, Company),
    ending: &Ending<'a>,
) -> Result<Option<Deed<'a>>, Fault> {
    let id = found.0.id;
    store::revoke_links(tx, Which::Profile(id)).await?;
    store::revoke_links(tx, Which::AskedBy(id)).await?;
    newsletter::store::drop_of_profile(tx, id).await?;
    newsgroup::store::drop_of_profile(tx, id).await?;
    training::store::drop_of_profile(tx, id).await?;
    end_unrecorded(tx, now, desk, found, ending).await
}

/// Ends the association of a person of the administrator's company, as [`hold`] read them; the profile stays.
pub async fn end_own_association(
    tx: &Acting<Administration>,
    now: Moment,
    desk: &Desk<'_>,
    found: &(Profile, Company),
) -> Result<bool, Fault> {
    let actor = Actor::Profile(tx.subject(), tx.acts().profile());
    let ending = Ending { actor, what: What::Ended, reason: because::BY_ADMINISTRATOR };
    end(tx, now, desk, found, &ending).await
}

/// Somebody gives their own association up; the profile stays, with whatever rights it has.
pub async fn leave(tx: &Acting<Own>, now: Moment, desk: &Desk<'_>) -> Result<bool, Fault> {
    let found = (tx.profile().clone(), tx.company().clone());
    let actor = Actor::Profile(tx.subject(), found.0.id);
    end(tx, now, desk, &found, &Ending { actor, what: What::Ended, reason: because::LEFT }).await
}
