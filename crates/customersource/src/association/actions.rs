//! Sending a link and accepting one, each within a transaction that is given. Knows no page.
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::{
    Fault, clock::Moment, db::Tx, language::Language, limits, outbox::Outbox, random::Random, secrets,
    web::Site,
};
use sea_orm::ActiveValue::Set;

use super::{
    Association, AssociationId, CLAIM_MAILS, Dead, Invitation, InvitationId, Purpose, Verdict, Visitor,
    decide,
    entity::invitation,
    letter::{LinkFacts, LinkLetter, MovedFacts},
    store,
};
use crate::{
    claim::ClaimId,
    organization::Organization,
    profile::{self, Profile},
    rp::Subject,
    session,
};

/// What links are made with.
pub struct Desk<'a> {
    pub random: &'a Random,
    pub outbox: &'a Outbox,
    pub site: &'a Site,
    pub link_lifetime: Duration,
    /// Factor over the mail quotas.
    pub limits_scale: f64,
}

/// A link that somebody asked for.
pub struct Order<'a> {
    pub purpose: Purpose,
    /// Who asked, as the key under which links replace one another.
    pub requester: String,
    /// The only Passport that may accept it.
    pub bound: Option<&'a Subject>,
    pub claim: Option<ClaimId>,
    pub language: Language,
    pub asked_at: Moment,
}

/// The requester of a self-claim: the Passport, as a digest.
pub fn requester_of(subject: &Subject) -> String {
    let digest = secrets::digest(format!("{}\0{}", subject.iss, subject.sub).as_bytes());
    format!("sub:{}", URL_SAFE_NO_PAD.encode(digest))
}

/// Adds a link and its mail to the address on file. Only links of the same profile, purpose and requester
/// are replaced. False when the profile's address has had enough mail for now.
pub async fn send(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    (profile, organization): &(Profile, Organization),
    order: &Order<'_>,
) -> Result<bool, Fault> {
    if order.purpose == Purpose::SelfClaim {
        for limit in CLAIM_MAILS {
            if !limits::spend(tx, now, limit.scaled(desk.limits_scale), &profile.id.to_string()).await? {
                tracing::info!(profile = %profile.id, "No further mail to this profile for now");
                return Ok(false);
            }
        }
    }
    store::supersede_links(tx, profile.id, order.purpose.text(), &order.requester).await?;
    let secret = desk.random.bytes::<32>();
    let id = InvitationId::new(now, desk.random);
    let row = invitation::ActiveModel {
        id: Set(id),
        profile_id: Set(profile.id),
        purpose: Set(order.purpose.text().into()),
        token_digest: Set(secrets::digest(&secret).to_vec()),
        sent_to_key: Set(profile.email_key.clone()),
        bound_iss: Set(order.bound.map(|subject| subject.iss.clone())),
        bound_sub: Set(order.bound.map(|subject| subject.sub.clone())),
        requester: Set(order.requester.clone()),
        claim_id: Set(order.claim),
        state: Set("queued".into()),
        language: Set(order.language.tag().into()),
        created_at: Set(now),
        expires_at: Set(now + desk.link_lifetime),
        accepted_at: Set(None),
        accepted_iss: Set(None),
        accepted_sub: Set(None),
        mails: Set(0),
    };
    store::add_invitation(tx, row).await?;
    let current = store::find_current(tx, profile.id).await?;
    let letter = LinkFacts {
        language: order.language,
        to: &profile.email,
        person: &profile.name(),
        company: &organization.name,
        url: &desk.site.url(&format!("/associate/{}", URL_SAFE_NO_PAD.encode(secret))),
        asked_at: order.asked_at,
        hours: desk.link_lifetime.as_secs() / 3600,
        moves: current.is_some_and(|current| Some(&current.subject) != order.bound),
    };
    let letter = letter.write(&desk.site.texts)?;
    desk.outbox.add(tx, now, &LinkLetter { invitation: id, letter }).await?;
    Ok(true)
}

/// Accepts a link, if the verdict is to accept: the profile's row is locked first, then everything is read.
/// Whatever the verdict, the transaction is to be committed.
pub async fn accept(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    link_digest: [u8; 32],
    visitor: &Visitor<'_>,
    session_digest: [u8; 32],
) -> Result<Verdict, Fault> {
    let Some(link) = store::find_link(tx, link_digest).await? else {
        return Ok(Verdict::Dead(Dead::Withdrawn));
    };
    profile::store::lock(tx, link.profile).await?;
    // Again: what was read before the lock may be old.
    let Some(link) = store::find_link(tx, link_digest).await? else {
        return Ok(Verdict::Dead(Dead::Withdrawn));
    };
    let found = profile::store::find(tx, link.profile).await?;
    let current = store::find_current(tx, link.profile).await?;
    let verdict = decide(&link, found.as_ref(), current.as_ref(), visitor, now);
    match (&verdict, &found) {
        (Verdict::Accept { supersedes }, Some(found)) => {
            if !store::spend_link(tx, now, link.id, visitor.subject).await? {
                return Ok(Verdict::Dead(Dead::Used));
            }
            if let Some(old) = supersedes {
                supersede(tx, now, desk, &link, old, found).await?;
            }
            let id = AssociationId::new(now, desk.random);
            store::add_association(tx, now, id, &link, visitor.subject).await?;
            choose_again(tx, visitor.subject, session_digest).await?;
        }
        (Verdict::AlreadyYours, _) => {
            store::spend_link(tx, now, link.id, visitor.subject).await?;
        }
        _ => {}
    }
    Ok(verdict)
}

/// Ends the association in the way with its sessions, and tells the profile's address and the
/// company's administrators.
async fn supersede(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    link: &Invitation,
    old: &Association,
    (profile, organization): &(Profile, Organization),
) -> Result<(), Fault> {
    store::spend_association(tx, now, old.id, link.id).await?;
    session::store::end_of_association(tx, old.id).await?;
    let mut told = vec![profile.email.clone()];
    for administrator in profile::store::list_administrators(tx, organization.id).await? {
        if administrator.email_key != profile.email_key && !told.contains(&administrator.email) {
            told.push(administrator.email);
        }
    }
    for to in told {
        let facts = MovedFacts {
            language: desk.site.default_language,
            to: &to,
            person: &profile.name(),
            company: &organization.name,
            at: now,
        };
        desk.outbox.add(tx, now, &facts.write(&desk.site.texts)?).await?;
    }
    Ok(())
}

/// The only profile is the one of this visit; with several, the person chooses (CS-30, CS-31).
async fn choose_again(tx: &Tx, subject: &Subject, session_digest: [u8; 32]) -> Result<(), Fault> {
    let standings = store::list_standings(tx, subject).await?;
    let only = match standings.as_slice() {
        [only] => Some(only.association.id),
        _ => None,
    };
    session::store::set_choice(tx, session_digest, only).await
}
