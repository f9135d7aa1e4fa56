//! Sending a link, declining and ending, each within a transaction that is given. Knows no page.
mod asked;
mod end;
mod notices;
mod undeliverable;

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::{
    Fault,
    clock::Moment,
    db::Tx,
    language::Language,
    limits,
    outbox::Outbox,
    random::Random,
    secrets::{self, Mac, Named},
    web::Site,
};
use sea_orm::ActiveValue::Set;

use super::{
    CLAIM_MAILS, DECLINED_REST, InvitationId, OWN_CLAIM_MAILS, Purpose,
    entity::invitation,
    letter::{LinkFacts, LinkLetter},
    store,
    undo::Undo,
};
use crate::{
    access::Places,
    claim::ClaimId,
    company::Company,
    mailing::{self, Kind, Regarding},
    notice::What,
    profile::{Profile, ProfileId},
    rp::Subject,
};

pub use asked::{TellPeople, tell_people};
pub use end::{Ending, decline, end, end_unrecorded, passport_closed};
pub use notices::{administrators, language_of, notify, notify_in, notify_person};
pub use undeliverable::{Register, given_up, settle_dropped};

/// What links are made with.
pub struct Desk<'a> {
    pub random: &'a Random,
    pub outbox: &'a Outbox,
    pub site: &'a Site,
    pub audit: &'a Mac,
    /// Signs the links in administrators' notices.
    pub undo: &'a Named<Undo>,
    /// Where companies are: times in letters are told there.
    pub places: &'a Places,
    /// How long a claim's link lives.
    pub link_lifetime: Duration,
    pub invitation_lifetime: Duration,
    /// Whether a claim may take a profile from another Passport.
    pub claims_move: bool,
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
    /// The administrator's profile, or the person's own.
    pub asked_by: Option<ProfileId>,
    /// The name of the administrator who invites, else empty.
    pub by: String,
    pub claim: Option<ClaimId>,
    /// The provider vouches for it that the claimant has this very address.
    pub reads_mailbox: bool,
    pub language: Language,
    pub asked_at: Moment,
}

/// The requester of a self-claim: the Passport, as a digest.
pub fn requester_of(subject: &Subject) -> String {
    let digest = secrets::digest(format!("{}\0{}", subject.iss, subject.sub).as_bytes());
    format!("sub:{}", URL_SAFE_NO_PAD.encode(digest))
}

/// Adds a link and its mail to the address on file. Only links of the same profile, purpose and requester
/// are replaced. False when the profile's address gets no such mail now.
pub async fn send(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    found: &(Profile, Company),
    order: &Order<'_>,
) -> Result<bool, Fault> {
    let (profile, company) = found;
    let current = store::find_current(tx, profile.id).await?;
    let is_owner =
        order.reads_mailbox || current.as_ref().is_some_and(|current| Some(&current.subject) == order.bound);
    if order.purpose == Purpose::SelfClaim && !may_claim(tx, now, desk, profile, order, is_owner).await? {
        return Ok(false);
    }
    let moves = current.as_ref().is_some_and(|current| Some(&current.subject) != order.bound);
    if order.purpose == Purpose::SelfClaim && moves && !desk.claims_move {
        notify(tx, now, desk, What::ClaimRefused, found, &profile.email, None).await?;
        return Ok(true);
    }
    store::supersede_links(tx, profile.id, order.purpose.text(), &order.requester).await?;
    let lifetime =
        if order.purpose == Purpose::SelfClaim { desk.link_lifetime } else { desk.invitation_lifetime };
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
        asked_by: Set(order.asked_by),
        organization_id: Set(Some(company.id)),
        claim_id: Set(order.claim),
        state: Set(invitation::Stored::Queued),
        language: Set(order.language.tag().into()),
        created_at: Set(now),
        expires_at: Set(now + lifetime),
        accepted_at: Set(None),
        accepted_iss: Set(None),
        accepted_sub: Set(None),
        declined_at: Set(None),
        mails: Set(0.into()),
        why: Set(None),
    };
    store::add_invitation(tx, row).await?;
    let secret = URL_SAFE_NO_PAD.encode(secret);
    let letter = LinkFacts {
        purpose: order.purpose,
        language: order.language,
        to: &profile.email,
        person: &profile.name(),
        company: &company.name,
        by: &order.by,
        url: &desk.site.url(&format!("/associate/{secret}")),
        decline_url: &desk.site.url(&format!("/decline/{secret}")),
        asked_at: order.asked_at,
        zone: &desk.places.zone_of(company),
        hours: lifetime.as_secs() / 3600,
        moves,
    };
    let letter = letter.write(&desk.site.texts)?.until(now + lifetime);
    let kind = if order.purpose == Purpose::SelfClaim { Kind::Claim } else { Kind::Invitation };
    let about = Regarding { invitation: Some(id), ..Regarding::of(kind).profile(profile.id) };
    let job = LinkLetter { invitation: id, letter };
    mailing::actions::send(tx, now, desk.outbox, (&job, &job.letter), &about).await?;
    Ok(true)
}

/// Whether this claimant may have another mail sent to this profile: not after the mailbox said no, and not
/// too often, all claimants together; its owner gets one an hour whatever strangers do.
async fn may_claim(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    profile: &Profile,
    order: &Order<'_>,
    is_owner: bool,
) -> Result<bool, Fault> {
    if let Some(claimant) = order.bound
        && store::count_declined(tx, claimant, Some(profile.id), now - DECLINED_REST).await? > 0
    {
        tracing::info!(profile = %profile.id, "The mailbox declined this claimant before");
        return Ok(false);
    }
    if is_owner
        && limits::spend(tx, now, OWN_CLAIM_MAILS.scaled(desk.limits_scale), &profile.id.to_string()).await?
    {
        return Ok(true);
    }
    for limit in CLAIM_MAILS {
        if !limits::spend(tx, now, limit.scaled(desk.limits_scale), &profile.id.to_string()).await? {
            tracing::info!(profile = %profile.id, "No further mail to this profile for now");
            return Ok(false);
        }
    }
    Ok(true)
}
