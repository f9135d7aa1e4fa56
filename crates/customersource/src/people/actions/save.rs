//! Adding a profile and saving one: the version decides, the last administrator stays, the old address is told.
use platform::{Fault, clock::Moment, db::Tx, email::EmailAddress, language::Language, limits::UsedUp};
use serde_json::{Value, json};

use super::{
    By, Inviter,
    address::{ask_proof, new_address},
    hold, invite, invite_for,
};
use crate::{
    acting::{Acting, Adding, Administration, Own},
    address,
    association::{
        actions::{Desk, notify, notify_person},
        store::{self, Which},
    },
    audit::{self, Actor, Deed},
    company::Company,
    notice::What,
    people::{Invited, Saved},
    profile::{self, AdminSource, Profile, ProfileId, store::Details},
    quota,
};

/// What an administrator's form says. There is nothing else that a form could set (AS-09).
pub struct Edit {
    pub details: Details,
    pub is_admin: bool,
    /// “Send Invite E-mail to this CustomerSource user …” (CS-46).
    pub invite: bool,
    /// The version that the form showed.
    pub version: i32,
    /// The language of the page: for mail to people who have not chosen one.
    pub language: Language,
}

/// Adds a person to the administrator's company, unless it would send one letter too many.
pub async fn add(
    tx: &Adding<Administration>,
    now: Moment,
    desk: &Desk<'_>,
    edit: &Edit,
) -> Result<Result<(ProfileId, Option<Invited>), UsedUp>, Fault> {
    let tx: &Acting<Administration> = tx;
    let by = (tx.acts().profile(), tx.acts().company());
    let to = edit.details.email.key();
    if edit.is_admin
        && let Err(full) = quota::spend(tx, now, desk.limits_scale, by, to).await?
    {
        return Ok(Err(full));
    }
    add_for(tx, now, desk, (tx.acts(), tx.subject()), edit).await.map(Ok)
}

/// The same for whoever confirmed it, and whose turn is taken ([`super::take_turn`]).
pub async fn add_for(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    (by, subject): By<'_>,
    edit: &Edit,
) -> Result<(ProfileId, Option<Invited>), Fault> {
    let id = ProfileId::new(now, desk.random);
    profile::store::add(tx, id, by.company(), &edit.details, edit.is_admin).await?;
    let found = profile::store::find_own(tx, by, id).await?;
    let found = found.ok_or_else(|| Fault::bug("a new profile is gone"))?;
    let inviter = Inviter::Administrator(subject, by.profile());
    if edit.is_admin {
        notify(tx, now, desk, What::BecameAdministrator, &found, &found.0.email, None).await?;
    }
    let deed = Deed {
        actor: inviter.actor(id),
        company: Some(by.company()),
        action: "profile.added",
        target: format!("profile:{id}"),
        detail: facts(&found.0),
    };
    let invited = match edit.invite {
        true => Some(invite_for(tx, now, desk, inviter, &found, edit.language).await?),
        false => None,
    };
    audit::store::append(tx, now, desk.audit, &deed).await?;
    Ok((id, invited))
}

/// Saves a profile of the administrator's company.
pub async fn save(
    tx: &Acting<Administration>,
    now: Moment,
    desk: &Desk<'_>,
    id: ProfileId,
    edit: &Edit,
) -> Result<Saved, Fault> {
    let (by, subject) = (tx.acts(), tx.subject());
    let Some(before) = hold(tx, id).await? else { return Ok(Saved::NotFound) };
    if before.0.is_admin
        && !edit.is_admin
        && before.0.version == edit.version
        && profile::store::count_other_administrators(tx, by.company(), id).await? == 0
    {
        return Ok(Saved::LastAdministrator);
    }
    let inviter = Inviter::Administrator(subject, by.profile());
    if before.0.version == edit.version
        && before.0.is_admin == edit.is_admin
        && says(&before.0, &edit.details)
    {
        let invited = match edit.invite {
            true => Some(invite(tx, now, desk, inviter, &before, edit.language).await?),
            false => None,
        };
        return Ok(Saved::Done { invited, withdrawn: false, asked: false });
    }
    // The address of a profile that somebody has counts when its mailbox has proved it to them; where nobody has it,
    // the invitation that goes there is the proof.
    let owner = store::find_current(tx, id).await?.map(|current| current.subject);
    let wanted = new_address(&before.0, &edit.details).zip(owner.as_ref());
    let is_given = edit.is_admin && !before.0.is_admin;
    let to = wanted.map_or(before.0.email_key.as_str(), |(wanted, _)| wanted.key());
    let sender = (by.profile(), by.company());
    if (is_given || wanted.is_some())
        && let Err(full) = quota::spend(tx, now, desk.limits_scale, sender, to).await?
    {
        return Ok(Saved::TooManyLetters(full));
    }
    let email = Some(&edit.details.email).filter(|_| wanted.is_none());
    if !profile::store::spend_version(tx, id, edit.version, &edit.details, email).await? {
        return Ok(Saved::Conflict(Box::new(before.0)));
    }
    if before.0.is_admin != edit.is_admin {
        profile::store::set_administrator(tx, id, edit.is_admin.then_some(AdminSource::Granted)).await?;
        if !edit.is_admin {
            // Who may invite nobody leaves no invitations behind (AS-11).
            store::revoke_links(tx, Which::AskedBy(id)).await?;
        }
    }
    let Some(after) = hold(tx, id).await? else { return Ok(Saved::NotFound) };
    let withdrawn = address_changed(tx, now, desk, &before, &after).await?;
    if before.0.is_admin != edit.is_admin {
        let what = if edit.is_admin { What::BecameAdministrator } else { What::NoLongerAdministrator };
        notify(tx, now, desk, what, &after, &after.0.email, None).await?;
    }
    let invited = match edit.invite {
        true => Some(invite(tx, now, desk, inviter, &after, edit.language).await?),
        false => None,
    };
    if let Some((wanted, owner)) = wanted {
        let by = if id == by.profile() { None } else { profile::store::find(tx, by.profile()).await? };
        let by = by.map(|(by, _)| by.name());
        ask_proof(tx, now, desk, (owner, by.as_deref()), &after, wanted).await?;
    }
    let waits = wanted.map(|(wanted, _)| wanted);
    record(tx, now, desk, inviter.actor(id), (&before, &after), Why::waits(waits)).await?;
    Ok(Saved::Done { invited, withdrawn, asked: wanted.is_some() })
}

/// Saves one's own profile (CS-61, CS-62); rights and company are not among what a person can say. A new address waits
/// for its proof.
pub async fn save_own(
    tx: &Acting<Own>,
    now: Moment,
    desk: &Desk<'_>,
    details: &Details,
    version: i32,
) -> Result<Saved, Fault> {
    let before = (tx.profile().clone(), tx.company().clone());
    let acting = before.0.id;
    if before.0.version == version && says(&before.0, details) {
        return Ok(Saved::Done { invited: None, withdrawn: false, asked: false });
    }
    let wanted = new_address(&before.0, details);
    let sender = (acting, before.1.id);
    if let Some(wanted) = wanted
        && let Err(full) = quota::spend(tx, now, desk.limits_scale, sender, wanted.key()).await?
    {
        return Ok(Saved::TooManyLetters(full));
    }
    let email = Some(&details.email).filter(|_| wanted.is_none());
    if !profile::store::spend_version(tx, acting, version, details, email).await? {
        return Ok(Saved::Conflict(Box::new(before.0)));
    }
    let Some(after) = profile::store::find(tx, acting).await? else { return Ok(Saved::NotFound) };
    if let Some(wanted) = wanted {
        ask_proof(tx, now, desk, (tx.subject(), None), &after, wanted).await?;
    }
    let actor = Actor::Profile(tx.subject(), acting);
    record(tx, now, desk, actor, (&before, &after), Why::waits(wanted)).await?;
    Ok(Saved::Done { invited: None, withdrawn: false, asked: wanted.is_some() })
}

/// A form that changes nothing writes nothing: no version that others would stumble over, no line of the audit.
fn says(profile: &Profile, details: &Details) -> bool {
    let said = [&details.first_name, &details.last_name].map(String::as_str);
    said == [&profile.first_name, &profile.last_name] && details.email.as_str() == profile.email
}

/// Portal rule 13: links to the former address die, and it is told, as is the Passport's own. True when a link died.
pub(super) async fn address_changed(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    before: &(Profile, Company),
    after: &(Profile, Company),
) -> Result<bool, Fault> {
    if before.0.email_key == after.0.email_key {
        return Ok(false);
    }
    address::store::drop_of_profile(tx, after.0.id).await?;
    let withdrawn = store::revoke_links(tx, Which::Profile(after.0.id)).await?;
    let current = store::find_current(tx, after.0.id).await?;
    notify_person(tx, now, desk, What::AddressChanged, before, current.as_ref()).await?;
    Ok(withdrawn > 0)
}

/// What a line of the audit says beside what changed.
#[derive(Clone, Copy, Default)]
pub(super) struct Why<'a> {
    reason: &'a str,
    /// The address that waits for its proof.
    waits: Option<&'a EmailAddress>,
}

impl<'a> Why<'a> {
    pub(super) fn because(reason: &'a str) -> Self {
        Self { reason, ..Self::default() }
    }

    fn waits(waits: Option<&'a EmailAddress>) -> Self {
        Self { waits, ..Self::default() }
    }
}

pub(super) async fn record(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    actor: Actor<'_>,
    (before, after): (&(Profile, Company), &(Profile, Company)),
    why: Why<'_>,
) -> Result<(), Fault> {
    let (was, mut is) = (facts(&before.0), facts(&after.0));
    if let Some((is, waits)) = is.as_object_mut().zip(why.waits) {
        is.insert("new_email".into(), waits.as_str().into());
    }
    let mut detail = json!({ "before": was, "after": is });
    if let Some(detail) = detail.as_object_mut().filter(|_| !why.reason.is_empty()) {
        detail.insert("reason".into(), why.reason.into());
    }
    let deed = Deed {
        actor,
        company: Some(after.1.id),
        action: "profile.saved",
        target: format!("profile:{}", after.0.id),
        detail,
    };
    audit::store::append(tx, now, desk.audit, &deed).await
}

pub(super) fn facts(profile: &Profile) -> Value {
    json!({
        "first_name": profile.first_name,
        "last_name": profile.last_name,
        "email": profile.email,
        "administrator": profile.is_admin,
    })
}
