//! Invitations by an administrator, by the person and by staff: the same link with another purpose.
use platform::{Fault, clock::Moment, db::Tx, language::Language, limits};
use serde_json::json;

use crate::{
    acting::Acting,
    association::{
        BETWEEN_INVITES, COMPANY_INVITES, DECLINED_INVITE_REST, InvitationId, PROFILE_INVITES, Purpose,
        actions::{Desk, Order, language_of, send},
        store::{self, Which},
    },
    audit::{self, Actor, Deed},
    company::Company,
    people::Invited,
    profile::{self, Profile, ProfileId},
    quota,
    rp::Subject,
};

/// Who invites. Links of one kind to one profile replace one another, whoever of that kind sent them (AS-06).
#[derive(Clone, Copy, Debug)]
pub enum Inviter<'a> {
    /// An administrator of the profile's company.
    Administrator(&'a Subject, ProfileId),
    /// The same with many at once, as they confirmed it; how many is counted there.
    Bulk(&'a Subject, ProfileId),
    /// The person, who wants to use another Passport (CS-61).
    Person(&'a Subject),
    Staff(&'a Subject, &'a str),
}

impl<'a> Inviter<'a> {
    fn purpose(self) -> Purpose {
        match self {
            Self::Administrator(..) | Self::Bulk(..) => Purpose::AdminInvite,
            Self::Person(_) => Purpose::SelfSwitch,
            Self::Staff(..) => Purpose::SupportInvite,
        }
    }

    fn requester(self, company: &Company) -> String {
        match self {
            Self::Administrator(..) | Self::Bulk(..) => format!("company:{}", company.id),
            Self::Person(_) => "person".into(),
            Self::Staff(..) => "staff".into(),
        }
    }

    fn asked_by(self, profile: &Profile) -> Option<ProfileId> {
        match self {
            Self::Administrator(_, acting) | Self::Bulk(_, acting) => Some(acting),
            Self::Person(_) => Some(profile.id),
            Self::Staff(..) => None,
        }
    }

    pub(super) fn actor(self, profile: ProfileId) -> Actor<'a> {
        match self {
            Self::Administrator(subject, acting) | Self::Bulk(subject, acting) => {
                Actor::Profile(subject, acting)
            }
            Self::Person(subject) => Actor::Profile(subject, profile),
            Self::Staff(subject, _) => Actor::Staff(subject),
        }
    }

    pub(super) fn reason(self) -> &'a str {
        match self {
            Self::Staff(_, reason) => reason,
            Self::Administrator(..) | Self::Bulk(..) | Self::Person(_) => "",
        }
    }
}

/// Sends an invitation to the saved address (CS-51). The profile's row must be locked and `found` read after.
pub async fn invite<A: Send + Sync>(
    tx: &Acting<A>,
    now: Moment,
    desk: &Desk<'_>,
    inviter: Inviter<'_>,
    found: &(Profile, Company),
    language: Language,
) -> Result<Invited, Fault> {
    invite_for(tx, now, desk, inviter, found, language).await
}

/// The same for whoever confirmed it, and whose turn is taken.
pub async fn invite_for(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    inviter: Inviter<'_>,
    found: &(Profile, Company),
    language: Language,
) -> Result<Invited, Fault> {
    let (profile, company) = found;
    let last = store::find_last(tx, profile, inviter.purpose()).await?;
    if last.is_some_and(|last| now.is_within(BETWEEN_INVITES, last)) {
        return Ok(Invited::TooSoon);
    }
    let requester = inviter.requester(company);
    let since = now - DECLINED_INVITE_REST;
    if store::is_declined(tx, profile, inviter.purpose(), &requester, since).await? {
        return Ok(Invited::Declined);
    }
    // Looked at before, and spent last: what is refused costs the others nothing.
    if let Err(full) = quota::has_room(tx, now, desk.limits_scale, &profile.email_key).await? {
        return Ok(Invited::TooMany(full));
    }
    let (own, all) = (profile.id.to_string(), company.id.to_string());
    let is_companys = matches!(inviter, Inviter::Administrator(..));
    let companys = is_companys.then_some((COMPANY_INVITES, &all));
    for (limit, who) in [(PROFILE_INVITES, &own)].into_iter().chain(companys) {
        let limit = limit.scaled(desk.limits_scale);
        if let Err(full) = limits::spend_or_wait(tx, now, limit, who).await? {
            return Ok(Invited::TooMany(full));
        }
    }
    if let Err(full) = quota::spend_address(tx, now, desk.limits_scale, &profile.email_key).await? {
        return Ok(Invited::TooMany(full));
    }
    let by = match inviter {
        Inviter::Administrator(_, acting) | Inviter::Bulk(_, acting) => {
            profile::store::find(tx, acting).await?.map(|(by, _)| by.name())
        }
        Inviter::Person(_) | Inviter::Staff(..) => None,
    };
    let language = language_of(tx, profile.id, company.id, language).await?;
    let order = Order {
        purpose: inviter.purpose(),
        requester,
        bound: None,
        asked_by: inviter.asked_by(profile),
        by: by.unwrap_or_default(),
        claim: None,
        reads_mailbox: false,
        language,
        asked_at: now,
    };
    send(tx, now, desk, found, &order).await?;
    let deed = Deed {
        actor: inviter.actor(profile.id),
        company: Some(company.id),
        action: "invitation.sent",
        target: format!("profile:{}", profile.id),
        detail: json!({
            "purpose": inviter.purpose().text(), "to": profile.email, "reason": inviter.reason(),
        }),
    };
    audit::store::append(tx, now, desk.audit, &deed).await?;
    Ok(Invited::Sent)
}

/// Withdraws a link that is in force; false when there is none of that name.
pub async fn withdraw<A: Send + Sync>(
    tx: &Acting<A>,
    now: Moment,
    desk: &Desk<'_>,
    inviter: Inviter<'_>,
    (profile, company): &(Profile, Company),
    id: InvitationId,
) -> Result<bool, Fault> {
    if store::revoke_links(tx, Which::One(profile.id, id)).await? == 0 {
        return Ok(false);
    }
    let deed = Deed {
        actor: inviter.actor(profile.id),
        company: Some(company.id),
        action: "invitation.withdrawn",
        target: format!("invitation:{id}"),
        detail: json!({ "profile": profile.id, "reason": inviter.reason() }),
    };
    audit::store::append(tx, now, desk.audit, &deed).await?;
    Ok(true)
}
