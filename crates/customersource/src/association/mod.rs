//! Invitations and the associations of Passports with profiles: their states, and who may accept what.
//! Knows no page and no provider.
pub mod actions;
pub mod entity;
pub mod letter;
pub mod store;
pub mod undo;

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::{clock::Moment, email::EmailAddress, language::Language, limits::Limit, secrets};
use uuid::Uuid;

pub use crate::ids::{AssociationId, InvitationId};
use crate::{
    claim::ClaimId,
    company::{Company, CompanyId, Kind},
    profile::{Profile, ProfileId},
    rp::{SKEW, Subject},
};

/// How old a fresh sign-in may be when a link is confirmed (CS-23).
pub const FRESH: Duration = Duration::from_secs(5 * 60);
/// A claim reaches at most so many profiles; more is a case for support.
pub const MOST_MAILS: usize = 10;
/// How many links one profile's address gets by self-claims, all requesters together.
pub const CLAIM_MAILS: [Limit; 2] = [
    Limit::new("claim mails", 3, Duration::from_secs(3600)),
    Limit::new("claim mails", 6, Duration::from_secs(86_400)),
];
/// Beside them, how often whoever reads the mailbox, or has the profile, gets one.
pub const OWN_CLAIM_MAILS: Limit = Limit::new("own claim mails", 1, Duration::from_secs(3600));
/// How many invitations an administrator's company sends.
pub const COMPANY_INVITES: Limit = Limit::new("company invites", 50, Duration::from_secs(3600));
/// How many invitations one profile gets, whoever sends them.
pub const PROFILE_INVITES: Limit = Limit::new("profile invites", 5, Duration::from_secs(86_400));
/// Two invitations of one kind to one profile lie so far apart.
pub const BETWEEN_INVITES: Duration = Duration::from_secs(60);
/// Somebody whose links were declined so often in a day claims no more until it is over.
pub const MOST_DECLINED: u64 = 3;
/// How long a declined claim keeps its claimant from that profile.
pub const DECLINED_REST: Duration = Duration::from_secs(30 * 86_400);
/// How long an inviter leaves an address alone whose reader declined.
pub const DECLINED_INVITE_REST: Duration = Duration::from_secs(86_400);
/// How long an administrator can end an association by the link in its notice.
pub const UNDO_LIFETIME: Duration = Duration::from_secs(7 * 86_400);
/// How many links that do not exist one address block may try.
pub const FAILED_LOOKUPS: Limit = Limit::new("link lookups", 30, Duration::from_secs(60));

/// Why an invitation was made; decides who may accept it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Typed by the person: bound to the Passport that asked.
    SelfClaim,
    AdminInvite,
    SelfSwitch,
    SupportInvite,
}

impl Purpose {
    /// The purpose of a column's text. What cannot be read is treated as the narrowest.
    pub fn of_text(text: &str) -> Self {
        [Self::AdminInvite, Self::SelfSwitch, Self::SupportInvite]
            .into_iter()
            .find(|purpose| purpose.text() == text)
            .unwrap_or(Self::SelfClaim)
    }

    pub const fn text(self) -> &'static str {
        match self {
            Self::SelfClaim => "self_claim",
            Self::AdminInvite => "admin_invite",
            Self::SelfSwitch => "self_switch",
            Self::SupportInvite => "support_invite",
        }
    }
}

/// Where an invitation stands. Expiry is not a state here: it is checked at use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Queued,
    Pending,
    Accepted(Subject),
    Declined,
    Superseded,
    Revoked,
    Expired,
    Undeliverable,
}

/// An invitation as it is stored; the link itself is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub id: InvitationId,
    pub profile: ProfileId,
    pub purpose: Purpose,
    /// The company that the profile belonged to; older links do not say.
    pub company: Option<CompanyId>,
    /// The profile of whoever asked; a link by staff or by claim has none.
    pub asked_by: Option<ProfileId>,
    pub sent_to_key: String,
    /// The only Passport that may accept it, if it is bound to one.
    pub bound: Option<Subject>,
    pub claim: Option<ClaimId>,
    pub state: State,
    /// Why its mail did not arrive, as the other side said it.
    pub why: Option<String>,
    pub created_at: Moment,
    pub expires_at: Moment,
}

impl Invitation {
    /// What a fresh sign-in for this link proves: the whole claim, so that its siblings need no other.
    pub fn proof(&self) -> Uuid {
        self.claim.map_or(self.id.0, |claim| claim.0)
    }
}

/// A Passport's association with a profile that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Association {
    pub id: AssociationId,
    pub profile: ProfileId,
    pub subject: Subject,
    pub since: Moment,
    /// When it was last used.
    pub seen_at: Option<Moment>,
    /// The language in which it was last used.
    pub language: Option<Language>,
    /// The Passport's own verified address, for notices.
    pub notice_to: Option<String>,
}

/// What a Passport may act as: an association in force, with the rows that it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub association: Association,
    pub profile: Profile,
    pub company: Company,
}

impl Standing {
    /// What a request acts by.
    pub fn by(&self) -> (AssociationId, ProfileId) {
        (self.association.id, self.profile.id)
    }
}

/// Who stands before the confirmation.
#[derive(Clone, Debug)]
pub struct Visitor<'a> {
    pub subject: &'a Subject,
    pub auth_time: Moment,
    pub proven_for: Option<Uuid>,
    /// Its own verified address, for notices.
    pub email: Option<&'a str>,
    pub language: Language,
    /// Staff of the portal do not act for customers (portal rule 16).
    pub is_staff: bool,
    /// Whether a claim may take a profile from another Passport here.
    pub claims_move: bool,
    /// Whether only a Passport with the profile's own address may have it here (portal rule 5).
    pub same_email: bool,
}

impl Visitor<'_> {
    fn has_address(&self, key: &str) -> bool {
        let own = self.email.and_then(|own| EmailAddress::parse(own).ok());
        own.is_some_and(|own| own.key() == key)
    }
}

/// Why a link leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dead {
    /// It was accepted.
    Used,
    Expired,
    /// A newer link of the same request took its place.
    Replaced,
    /// It was withdrawn, or what it was for has changed or gone.
    Withdrawn,
}

/// What becomes of an attempt to accept a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Accept; the association in the way, if any, is superseded.
    Accept {
        supersedes: Option<Association>,
    },
    /// This Passport has this profile already: the link is spent and nothing else changes.
    AlreadyYours,
    /// Bound to another Passport; the link stays usable (CS-19).
    WrongPassport,
    /// Another Passport has the profile, and this installation lets no claim take it away.
    Taken,
    /// The Passport's verified address is not the profile's, and this installation wants it to be.
    OtherAddress,
    /// Somebody of the staff, and a profile that is not an employee's.
    NotForStaff,
    /// The person must prove who they are again, for this link (CS-18).
    SignInAgain,
    Dead(Dead),
}

/// The link's secret as the path holds it: 43 characters of base64url, answered as the digest that is stored.
pub fn digest_of_link(secret: &str) -> Option<[u8; 32]> {
    let bytes = (secret.len() == 43).then(|| URL_SAFE_NO_PAD.decode(secret).ok()).flatten()?;
    (bytes.len() == 32).then(|| secrets::digest(&bytes))
}

/// Whether a link still leads somewhere, whoever opens it.
pub fn judge_link(link: &Invitation, found: Option<&(Profile, Company)>, now: Moment) -> Option<Dead> {
    match link.state {
        State::Queued | State::Pending => {}
        State::Accepted(_) => return Some(Dead::Used),
        State::Superseded => return Some(Dead::Replaced),
        State::Expired => return Some(Dead::Expired),
        State::Declined | State::Revoked | State::Undeliverable => return Some(Dead::Withdrawn),
    }
    if now >= link.expires_at {
        return Some(Dead::Expired);
    }
    let stands = found.is_some_and(|(profile, company)| {
        profile.is_active
            && company.is_active
            && profile.email_key == link.sent_to_key
            && link.company.is_none_or(|then| then == company.id)
    });
    if stands { None } else { Some(Dead::Withdrawn) }
}

/// Decides an acceptance. `current` is the association of the profile that is in force.
pub fn decide(
    link: &Invitation,
    found: Option<&(Profile, Company)>,
    current: Option<&Association>,
    visitor: &Visitor<'_>,
    now: Moment,
) -> Verdict {
    let is_visitor = |subject: &Subject| subject == visitor.subject;
    if let State::Accepted(by) = &link.state {
        let still = current.is_some_and(|current| is_visitor(&current.subject));
        return if is_visitor(by) && still { Verdict::AlreadyYours } else { Verdict::Dead(Dead::Used) };
    }
    if let Some(dead) = judge_link(link, found, now) {
        return Verdict::Dead(dead);
    }
    if link.bound.as_ref().is_some_and(|bound| !is_visitor(bound)) {
        return Verdict::WrongPassport;
    }
    if visitor.is_staff && found.is_some_and(|(_, company)| company.kind != Kind::Employee) {
        return Verdict::NotForStaff;
    }
    if visitor.same_email && !found.is_some_and(|(profile, _)| visitor.has_address(&profile.email_key)) {
        return Verdict::OtherAddress;
    }
    let is_fresh = now.since(visitor.auth_time) <= FRESH && visitor.auth_time <= now + SKEW;
    if !is_fresh || visitor.proven_for != Some(link.proof()) {
        return Verdict::SignInAgain;
    }
    match current {
        Some(current) if is_visitor(&current.subject) => Verdict::AlreadyYours,
        Some(_) if link.purpose == Purpose::SelfClaim && !visitor.claims_move => Verdict::Taken,
        current => Verdict::Accept { supersedes: current.cloned() },
    }
}

/// True when a sign-in that the provider dates `auth_time` happened after the link was opened.
pub fn is_after_opening(auth_time: Moment, opened_at: Moment) -> bool {
    auth_time + SKEW >= opened_at
}

#[cfg(test)]
mod tests;
