//! Settling a difference between the portal and the business system: its word is accepted, with everything that
//! follows, or the portal's stays.
use platform::{Fault, clock::Moment, email::EmailAddress};
use serde_json::json;

use super::{
    outside,
    staff::{Bound, loosen},
};
use crate::{
    acting::{Acting, Duty},
    association::actions::Desk,
    audit::{self, Actor, Deed},
    difference::{self, Difference, DifferenceId},
    profile::{self, held::Field},
    rp::Subject,
};

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    Done,
    /// One of both says something else by now than the page showed.
    Changed,
    /// The address of this profile is not for one member of the staff to change.
    Bound(Bound),
    NotFound,
}

/// What a page showed.
pub struct Shown<'a> {
    pub ours: &'a str,
    pub theirs: &'a str,
}

/// Reads both sides as they are now; the company's and the profile's turn is taken.
async fn hold(
    tx: &Acting<Duty>,
    id: DifferenceId,
    shown: &Shown<'_>,
) -> Result<Result<(Difference, outside::Found), Settled>, Fault> {
    let Some(known) = difference::store::find_open(tx, id).await? else { return Ok(Err(Settled::NotFound)) };
    let Some(found) = profile::store::find(tx, known.profile).await? else {
        return Ok(Err(Settled::NotFound));
    };
    if known.theirs != shown.theirs || known.ours(&found.0) != shown.ours {
        return Ok(Err(Settled::Changed));
    }
    Ok(Ok((known, found)))
}

/// The business system's word is taken: the field is its own again.
pub async fn accept(
    tx: &Acting<Duty>,
    now: Moment,
    desk: &Desk<'_>,
    id: DifferenceId,
    (shown, reason): (&Shown<'_>, &str),
) -> Result<Settled, Fault> {
    let (known, before) = match hold(tx, id, shown).await? {
        Ok(held) => held,
        Err(settled) => return Ok(settled),
    };
    let key = match known.field {
        Field::Email => EmailAddress::parse(&known.theirs).ok().map(|email| email.key().to_owned()),
        _ => None,
    };
    if known.field == Field::Email && key.is_none() {
        return Ok(Settled::Changed);
    }
    if key.as_ref().is_some_and(|key| *key != before.0.email_key)
        && let Some(bound) = loosen(tx, now, &before).await?
    {
        return Ok(Settled::Bound(bound));
    }
    profile::store::take_theirs(tx, before.0.id, known.field, &known.theirs, key.as_deref()).await?;
    difference::store::remove(tx, id).await?;
    let mut deeds = outside::described(tx, now, desk, Actor::Staff(tx.subject()), &before).await?;
    deeds.push(deed(tx.subject(), "difference.accepted", &known, &before, reason));
    audit::store::append_all(tx, now, desk.audit, &deeds).await?;
    Ok(Settled::Done)
}

/// The portal's word stays, until the business system says yet another thing.
pub async fn keep(
    tx: &Acting<Duty>,
    now: Moment,
    desk: &Desk<'_>,
    id: DifferenceId,
    (shown, reason): (&Shown<'_>, &str),
) -> Result<Settled, Fault> {
    let (known, found) = match hold(tx, id, shown).await? {
        Ok(held) => held,
        Err(settled) => return Ok(settled),
    };
    if !difference::store::spend_kept(tx, id).await? {
        return Ok(Settled::NotFound);
    }
    audit::store::append(tx, now, desk.audit, &deed(tx.subject(), "difference.kept", &known, &found, reason))
        .await?;
    Ok(Settled::Done)
}

fn deed<'a>(
    by: &'a Subject,
    action: &'static str,
    known: &Difference,
    (profile, company): &outside::Found,
    reason: &str,
) -> Deed<'a> {
    Deed {
        actor: Actor::Staff(by),
        company: Some(company.id),
        action,
        target: format!("profile:{}", profile.id),
        detail: json!({
            "field": known.field.text(), "portal": known.ours(profile), "business_system": known.theirs,
            "reason": reason,
        }),
    }
}
