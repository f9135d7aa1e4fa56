//! Declining a link, and ending an association for good: one, or all of a Passport that is closed.
use platform::{Fault, clock::Moment, db::Tx};
use serde_json::json;

use super::{Desk, administrators, notify_in, notify_person};
use crate::{
    association::{
        Dead, Purpose, judge_link,
        store::{self, End, Which},
    },
    audit::{self, Actor, Deed, told::because},
    company::Company,
    notice::What,
    profile::{self, Profile},
    rp::Subject,
    session,
};

/// “This wasn’t me”: whoever holds the link, without signing in. Answers why it is dead, if it was before.
pub async fn decline(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    link_digest: [u8; 32],
) -> Result<Option<Dead>, Fault> {
    let Some(link) = store::find_link(tx, link_digest).await? else { return Ok(Some(Dead::Withdrawn)) };
    profile::store::lock(tx, link.profile).await?;
    let Some(link) = store::find_link(tx, link_digest).await? else { return Ok(Some(Dead::Withdrawn)) };
    let found = profile::store::find(tx, link.profile).await?;
    if let Some(why) = judge_link(&link, found.as_ref(), now) {
        return Ok(Some(why));
    }
    let Some(found) = found else { return Ok(Some(Dead::Withdrawn)) };
    if !store::spend_declined(tx, now, link.id).await? {
        return Ok(Some(Dead::Withdrawn));
    }
    let (profile, company) = &found;
    // Whoever has the mailbox knows already: an administrator is told about others only.
    for (administrator, language) in administrators(tx, desk, company, Some(profile)).await? {
        let to = (administrator.email.as_str(), language);
        notify_in(tx, now, desk, What::Declined, (profile, company), to, None).await?;
    }
    let deed = Deed {
        actor: Actor::Mailbox(profile.id),
        company: Some(company.id),
        action: "invitation.declined",
        target: format!("invitation:{}", link.id),
        detail: json!({ "purpose": link.purpose.text(), "is_claim": link.purpose == Purpose::SelfClaim }),
    };
    audit::store::append(tx, now, desk.audit, &deed).await?;
    Ok(None)
}

/// Why an association ends, and who is told.
pub struct Ending<'a> {
    pub actor: Actor<'a>,
    /// [`What::Ended`], or [`What::Removed`] when the profile goes with it.
    pub what: What<'a>,
    pub reason: &'a str,
}

/// Ends a profile's association with its sessions and the links that its Passport asked for, for itself or as
/// an administrator for others (AS-03), and tells the
/// profile's address and the Passport. False when there is none. The profile's row must be locked.
pub async fn end(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    found: &(Profile, Company),
    ending: &Ending<'_>,
) -> Result<bool, Fault> {
    let Some(deed) = end_unrecorded(tx, now, desk, found, ending).await? else { return Ok(false) };
    audit::store::append(tx, now, desk.audit, &deed).await?;
    Ok(true)
}

/// The same, and its line for the audit is answered: whoever ends several in one transaction writes them last,
/// because whoever writes holds up every other writer.
pub async fn end_unrecorded<'a>(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    found: &(Profile, Company),
    ending: &Ending<'a>,
) -> Result<Option<Deed<'a>>, Fault> {
    let (profile, company) = found;
    let Some(current) = store::find_current(tx, profile.id).await? else { return Ok(None) };
    let by = ending.actor.profile().map_or_else(|| ending.actor.text(), |id| format!("profile:{id}"));
    if !store::spend_association(tx, now, current.id, End::Revoked, &by).await? {
        return Ok(None);
    }
    session::store::end_of_association(tx, current.id).await?;
    store::revoke_links(tx, Which::Switches(profile.id)).await?;
    store::revoke_links(tx, Which::AskedBy(profile.id)).await?;
    notify_person(tx, now, desk, ending.what, found, Some(&current)).await?;
    Ok(Some(Deed {
        actor: ending.actor,
        company: Some(company.id),
        action: "association.ended",
        target: format!("association:{}", current.id),
        detail: json!({ "profile": profile.id, "subject": current.subject, "reason": ending.reason }),
    }))
}

/// Ends all that a Passport has here, because it was closed for good and its `sub` never comes back: its
/// associations, with the letters that tell of each, its sessions, and the links that only it could accept. Answers
/// how many associations ended.
pub async fn passport_closed(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    subject: &Subject,
) -> Result<usize, Fault> {
    let mut active = store::list_active(tx, subject).await?;
    // Everybody who holds several profiles takes the oldest first, and the audit's turn last.
    active.sort_by_key(|association| association.profile);
    let mut deeds = Vec::new();
    for association in active {
        profile::store::lock(tx, association.profile).await?;
        // Another Passport may have taken its place.
        if store::find_active(tx, association.id).await?.is_none() {
            continue;
        }
        let Some(found) = profile::store::find(tx, association.profile).await? else { continue };
        let actor = Actor::Subject(subject);
        let ending = Ending { actor, what: What::PassportClosed, reason: because::PASSPORT_CLOSED };
        deeds.extend(end_unrecorded(tx, now, desk, &found, &ending).await?);
    }
    store::revoke_links(tx, Which::BoundTo(subject)).await?;
    session::store::end_by_provider(tx, &subject.iss, None, Some(&subject.sub)).await?;
    for deed in &deeds {
        audit::store::append(tx, now, desk.audit, deed).await?;
    }
    Ok(deeds.len())
}
