//! What staff do for somebody who got no mail: another address, or a person whom nobody had put on file.
use platform::{Fault, clock::Moment, email::EmailAddress};
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{
    outside::Found,
    save::{Why, address_changed, facts, record},
};
use crate::{
    acting::{Acting, Adding, Duty},
    admin_case::{self, LATELY},
    association::{self, actions::Desk, store::Which},
    audit::{self, Actor, Deed},
    company::{self, CompanyId},
    people::Mended,
    profile::{self, Profile, ProfileId, store::Details},
};

/// What keeps staff from giving a profile another address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// A running case proposes it: its address is part of what is decided.
    Case,
    /// Somebody has, or lately had, this profile of an administrator: they change it, or a case does.
    Administers,
}

/// What keeps staff from giving this profile another address, as it is now.
pub async fn bound(
    db: &impl ConnectionTrait,
    now: Moment,
    profile: &Profile,
) -> Result<Option<Bound>, Fault> {
    if admin_case::store::is_running_for(db, profile.id).await? {
        return Ok(Some(Bound::Case));
    }
    let held = association::store::list_held_lately(db, &[profile.id], now - LATELY).await?;
    Ok((profile.is_admin && !held.is_empty()).then_some(Bound::Administers))
}

/// What one member of the staff does before a profile, whose turn is taken, gets another address, wherever that comes
/// from. Who administers a company is decided by two people (CS-53), never by where one of them sends its mail: rights
/// that nobody uses end, and a case gives them back.
pub(super) async fn loosen(tx: &Acting<Duty>, now: Moment, before: &Found) -> Result<Option<Bound>, Fault> {
    let (profile, company) = before;
    if let Some(bound) = bound(tx, now, profile).await? {
        return Ok(Some(bound));
    }
    if profile.is_admin {
        profile::store::set_administrator(tx, profile.id, None).await?;
        association::store::revoke_links(tx, Which::AskedBy(profile.id)).await?;
    }
    if profile.is_bill_to {
        company::store::spend_first_administrator(tx, company.id).await?;
    }
    Ok(None)
}

/// Gives a profile, whose turn is taken, another address; the former one is told, its links die, and so do rights that
/// nobody has used: a case gives them back.
pub async fn mend_address(
    tx: &Acting<Duty>,
    now: Moment,
    desk: &Desk<'_>,
    reason: &str,
    (id, version): (ProfileId, i32),
    email: &EmailAddress,
) -> Result<Mended, Fault> {
    let found = profile::store::find(tx, id).await?;
    let Some(before) = found.filter(|(profile, company)| profile.is_active && company.is_active) else {
        return Ok(Mended::NotFound);
    };
    if let Some(bound) = loosen(tx, now, &before).await? {
        return Ok(Mended::Bound(bound));
    }
    let details = Details {
        first_name: before.0.first_name.clone(),
        last_name: before.0.last_name.clone(),
        email: email.clone(),
    };
    if !profile::store::spend_version(tx, id, version, &details, Some(email)).await? {
        return Ok(Mended::Conflict(Box::new(before.0)));
    }
    let Some(after) = profile::store::find(tx, id).await? else { return Ok(Mended::NotFound) };
    address_changed(tx, now, desk, &before, &after).await?;
    record(tx, now, desk, Actor::Staff(tx.subject()), (&before, &after), Why::because(reason)).await?;
    Ok(Mended::Done)
}

/// Adds a person to a company, whose turn is taken; `None` for a company that is not there or closed. Administrators are made by cases.
pub async fn add_by_staff(
    tx: &Adding<Duty>,
    now: Moment,
    desk: &Desk<'_>,
    reason: &str,
    company: CompanyId,
    details: &Details,
) -> Result<Option<ProfileId>, Fault> {
    let tx: &Acting<Duty> = tx;
    if company::store::find(tx, company).await?.is_none_or(|company| !company.is_active) {
        return Ok(None);
    }
    let id = ProfileId::new(now, desk.random);
    profile::store::add(tx, id, company, details, false).await?;
    let Some((profile, _)) = profile::store::find(tx, id).await? else { return Ok(None) };
    let deed = Deed {
        actor: Actor::Staff(tx.subject()),
        company: Some(company),
        action: "profile.added",
        target: format!("profile:{id}"),
        detail: json!({ "profile": facts(&profile), "reason": reason }),
    };
    audit::store::append(tx, now, desk.audit, &deed).await?;
    Ok(Some(id))
}
