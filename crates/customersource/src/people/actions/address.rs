//! The address of a profile is what its links go to: a new one counts when its mailbox has proved it to whoever has the
//! profile, and the old one is told.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::{Fault, clock::Moment, db::Tx, email::EmailAddress, secrets};

use super::save::{Why, address_changed, record};
use crate::{
    acting::{Acting, Own},
    address::{self, LIFETIME, letter::Proof},
    association::actions::{Desk, language_of},
    audit::Actor,
    company::Company,
    mailing::{self, Kind, Regarding},
    people::Proved,
    profile::{self, Profile, store::Details},
    rp::Subject,
};

/// The address that a form wants instead of the one on file.
pub(super) fn new_address<'a>(before: &Profile, details: &'a Details) -> Option<&'a EmailAddress> {
    (details.email.key() != before.email_key).then_some(&details.email)
}

/// Writes to the new mailbox; what was asked for before is replaced. `owner` takes the proof; `by` is the administrator
/// who entered the address of somebody else.
pub(super) async fn ask_proof(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    (owner, by): (&Subject, Option<&str>),
    (profile, company): &(Profile, Company),
    wanted: &EmailAddress,
) -> Result<(), Fault> {
    let secret = desk.random.bytes::<32>();
    address::store::set(tx, now, (profile.id, owner), wanted, secrets::digest(&secret)).await?;
    let proof = Proof {
        language: language_of(tx, profile.id, company.id, desk.site.default_language).await?,
        to: wanted.as_str(),
        by,
        person: &profile.name(),
        company: &company.name,
        url: &desk.site.url(&format!("/account/address/{}", URL_SAFE_NO_PAD.encode(secret))),
        at: now,
        zone: &desk.places.zone_of(company),
    };
    let letter = proof.write(&desk.site.texts)?.until(now + LIFETIME);
    let about = Regarding::of(Kind::Proof).profile(profile.id);
    mailing::actions::send(tx, now, desk.outbox, (&letter, &letter), &about).await
}

/// The mailbox has proved itself, and the Passport that asked is the one that has the profile.
pub async fn prove(
    tx: &Acting<Own>,
    now: Moment,
    desk: &Desk<'_>,
    digest: [u8; 32],
) -> Result<Proved, Fault> {
    let subject = tx.subject();
    let Some(wanted) = address::store::find_link(tx, now, digest).await? else { return Ok(Proved::Dead) };
    let before = (tx.profile().clone(), tx.company().clone());
    let Some(email) = wanted.email().filter(|_| wanted.profile == before.0.id && wanted.subject == *subject)
    else {
        return Ok(Proved::Dead);
    };
    if !address::store::spend(tx, digest).await? {
        return Ok(Proved::Dead);
    }
    let details =
        Details { first_name: before.0.first_name.clone(), last_name: before.0.last_name.clone(), email };
    let email = Some(&details.email);
    if !profile::store::spend_version(tx, wanted.profile, before.0.version, &details, email).await? {
        return Ok(Proved::Dead);
    }
    let Some(after) = profile::store::find(tx, wanted.profile).await? else { return Ok(Proved::Dead) };
    address_changed(tx, now, desk, &before, &after).await?;
    record(tx, now, desk, Actor::Profile(subject, wanted.profile), (&before, &after), Why::default()).await?;
    Ok(Proved::Done)
}
