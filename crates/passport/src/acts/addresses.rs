//! The addresses of an account: proven, changed, taken away. An address counts only when its reader showed, signed
//! in to the account, that it is theirs (decision 0023). Knows no page.
use platform::{Fault, clock::Moment, email::EmailAddress, limits::UsedUp};

use crate::{
    account::{
        Account, Alternate,
        acting::{Acting, Refusal},
        letters, store,
    },
    acts::{self, credentials::Owner},
    budget::Budget,
    channel::{self, Channel},
    desk::Desk,
    history::{self, Kind, NewEvent, Source},
    link::{self, NewLink, PressedLink, Purpose},
    name_claim,
    notice::{Change, Former, letters::Writer},
    recovery::{self, Way},
    session::Session,
    tell,
};

/// What became of asking for an e-mail that proves an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Sent,
    /// Too many were asked for; nothing was sent, and whoever is signed in is told so.
    TooMany(UsedUp),
}

/// What follows a sign-up: a letter that proves the address, if it was asked for, and one that proves the alternate
/// address, whose reader may have nothing to do with it. Until then that one opens nothing.
pub(super) async fn after_sign_up(desk: &Desk, tx: &Acting, now: Moment, verify: bool) -> Result<(), Fault> {
    let (account, id) = (tx.account(), tx.id());
    if verify {
        // Whoever just signed up asks again on the page that says so.
        let _: Result<(), UsedUp> = send_verification(desk, tx, now).await?;
    }
    let Some(to) = account.alternate_email() else { return Ok(()) };
    let purpose = Purpose::VerifyAlternate;
    let new = NewLink { account: id, purpose, detail: to, lifetime: purpose.lifetime() };
    if let Ok(alternate) = EmailAddress::parse(to)
        && Budget::Letters.spend(&desk.settings, tx, now, alternate.key()).await?
    {
        let path = link::make(tx, now, &desk.random, new).await?;
        let letter = Writer { site: &desk.site, account }.named_as_alternate(to, &path)?;
        desk.outbox.add(tx, now, &letter.until(now + purpose.lifetime())).await?;
    }
    Ok(())
}

/// Sends a letter with which the owner proves the account's address; an older one is dead from then on.
pub async fn verify_email(desk: &Desk, now: Moment, owner: Owner<'_>) -> Result<Asked, Refusal> {
    let Some(tx) = owner.acts(desk, now).await? else { return Ok(Asked::Sent) };
    if let Err(full) = send_verification(desk, &tx, now).await? {
        return Ok(Asked::TooMany(full));
    }
    tx.commit().await?;
    Ok(Asked::Sent)
}

async fn send_verification(desk: &Desk, tx: &Acting, now: Moment) -> Result<Result<(), UsedUp>, Fault> {
    let account = tx.account();
    let email =
        EmailAddress::parse(&account.email).map_err(|_| Fault::bug("the address of an account is none"))?;
    if let Err(full) = Budget::Letters.spend_or_wait(&desk.settings, tx, now, email.key()).await? {
        return Ok(Err(full));
    }
    let purpose = Purpose::VerifyEmail;
    link::store::end_links(tx, now, account.id, &[purpose]).await?;
    let new = NewLink { account: account.id, purpose, detail: email.key(), lifetime: purpose.lifetime() };
    let path = link::make(tx, now, &desk.random, new).await?;
    let letter = Writer { site: &desk.site, account }.verify(&path)?.until(now + purpose.lifetime());
    desk.outbox.add(tx, now, &letter).await?;
    Ok(Ok(()))
}

/// Asks for another address: a letter there, and nothing else until its link is followed. When the address has
/// an account already its owner is written to instead; the page says the same (INV-4).
pub async fn ask_email_change(
    desk: &Desk,
    now: Moment,
    owner: Owner<'_>,
    email: &EmailAddress,
) -> Result<Asked, Refusal> {
    let account = owner.account;
    let Some(tx) = owner.acts(desk, now).await? else { return Ok(Asked::Sent) };
    if let Err(full) = Budget::Letters.spend_or_wait(&desk.settings, &tx, now, email.key()).await? {
        return Ok(Asked::TooMany(full));
    }
    let holder = store::find_by_key(&tx, email.key()).await?;
    let purpose = Purpose::ChangeEmail;
    link::store::end_links(&tx, now, account.id, &[purpose]).await?;
    match holder.filter(|holder| holder.id != account.id) {
        Some(holder) => desk.outbox.add(&tx, now, &letters::already_have(&desk.site, &holder)?).await?,
        None => {
            let detail = email.as_str();
            let new = NewLink { account: account.id, purpose, detail, lifetime: purpose.lifetime() };
            let path = link::make(&tx, now, &desk.random, new).await?;
            let letter = Writer { site: &desk.site, account }.change_email(detail, &path)?;
            desk.outbox.add(&tx, now, &letter.until(now + purpose.lifetime())).await?;
        }
    }
    let event = NewEvent {
        account: account.id,
        kind: Kind::EmailChangeAsked,
        source: owner.source,
        detail: email.as_str(),
    };
    history::record(&tx, now, &desk.random, event).await?;
    tx.commit().await?;
    Ok(Asked::Sent)
}

/// The same for the alternate address. An address may be the alternate one of any number of accounts.
pub async fn ask_alternate_change(
    desk: &Desk,
    now: Moment,
    owner: Owner<'_>,
    email: &EmailAddress,
) -> Result<Asked, Refusal> {
    let (account, purpose, detail) = (owner.account, Purpose::ChangeAlternate, email.as_str());
    let Some(tx) = owner.acts(desk, now).await? else { return Ok(Asked::Sent) };
    if let Err(full) = Budget::Letters.spend_or_wait(&desk.settings, &tx, now, email.key()).await? {
        return Ok(Asked::TooMany(full));
    }
    link::store::end_links(&tx, now, account.id, &[purpose]).await?;
    let new = NewLink { account: account.id, purpose, detail, lifetime: purpose.lifetime() };
    let path = link::make(&tx, now, &desk.random, new).await?;
    let letter = Writer { site: &desk.site, account }.change_alternate(detail, &path)?;
    desk.outbox.add(&tx, now, &letter.until(now + purpose.lifetime())).await?;
    tx.commit().await?;
    Ok(Asked::Sent)
}

/// Takes the alternate address away.
pub async fn remove_alternate(desk: &Desk, now: Moment, owner: Owner<'_>) -> Result<(), Refusal> {
    let Some(tx) = owner.acts(desk, now).await? else { return Ok(()) };
    if set_alternate(desk, &tx, now, None, false, owner.source).await? {
        tx.commit().await?;
    }
    Ok(())
}

/// Carries out what a link that proves an address stands for ([`Purpose::needs_owner`]), for the person who is
/// signed in. False when it is somebody else's, was used, or stands for what is impossible by now.
pub async fn confirm(
    desk: &Desk,
    now: Moment,
    link: &PressedLink,
    (session, account): (&Session, &Account),
    source: &Source,
) -> Result<bool, Refusal> {
    if session.account != link.account {
        return Ok(false);
    }
    let tx = Acting::in_session(&desk.db, (&desk.settings.session).into(), now, session, account).await?;
    if !link::store::spend_link(&tx, now, link).await? {
        return Ok(false);
    }
    let done = match link.purpose {
        Purpose::VerifyEmail => set_verified(desk, &tx, now, &link.detail, source).await?,
        Purpose::ChangeEmail => set_email(desk, &tx, now, &link.detail, true, source).await?,
        Purpose::VerifyAlternate if !is_alternate(tx.account(), &link.detail) => false,
        Purpose::ChangeAlternate | Purpose::VerifyAlternate => {
            set_alternate(desk, &tx, now, Some(&link.detail), true, source).await?
        }
        Purpose::ClaimName
        | Purpose::TakeName
        | Purpose::DropAlternate
        | Purpose::Reset
        | Purpose::NotMe
        | Purpose::StopRecovery => false,
    };
    if done {
        tx.commit().await?;
    }
    Ok(done)
}

/// Whoever reads the alternate address takes it out of an account that is none of theirs, by the link that would
/// prove it or by one of its own. Nobody needs to be signed in to be left alone.
pub async fn take_out(desk: &Desk, now: Moment, link: &PressedLink, source: &Source) -> Result<bool, Fault> {
    let Some(tx) = Acting::on(&desk.db, link.account).await? else { return Ok(false) };
    if !matches!(link.purpose, Purpose::VerifyAlternate | Purpose::DropAlternate)
        || !link::store::spend_link(&tx, now, link).await?
    {
        return Ok(false);
    }
    let done = is_alternate(tx.account(), &link.detail)
        && set_alternate(desk, &tx, now, None, false, source).await?;
    if done {
        tx.commit().await?;
    }
    Ok(done)
}

fn is_alternate(account: &Account, address: &str) -> bool {
    EmailAddress::parse(address).is_ok_and(|address| is_same(account.alternate_email(), &address))
}

async fn set_verified(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    email_key: &str,
    source: &Source,
) -> Result<bool, Fault> {
    let account = tx.account();
    if !account.is_active() || !store::set_email_verified(tx, now, account.id, email_key).await? {
        return Ok(false);
    }
    if !account.email_verified {
        channel::store::set_changed(tx, now, account.id, Channel::Email).await?;
    }
    name_claim::store::end(tx, account.id).await?;
    let event = NewEvent { account: account.id, kind: Kind::EmailVerified, source, detail: "" };
    history::record(tx, now, &desk.random, event).await?;
    Ok(true)
}

/// By the operator's word; what is proven by it waits as what is new does.
pub(super) async fn set_proven(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    verified: bool,
    source: &Source,
) -> Result<(), Fault> {
    let account = tx.account();
    let key = EmailAddress::parse(&account.email).map_err(|_| Fault::bug("a stored address is none"))?;
    if verified {
        set_verified(desk, tx, now, key.key(), source).await?;
    } else if account.email_verified {
        store::set_email(tx, now, account.id, &key, false).await?;
        recovery::store::end_open_by(tx, account.id, Way::Email).await?;
        link::store::end_links(tx, now, account.id, &[Purpose::Reset]).await?;
    }
    Ok(())
}

/// False when the account is not active, or the address is taken or its alternate one.
pub(super) async fn set_email(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    to: &str,
    verified: bool,
    source: &Source,
) -> Result<bool, Fault> {
    let account = tx.account();
    let Ok(email) = EmailAddress::parse(to) else { return Ok(false) };
    let is_alternate = is_same(account.alternate_email(), &email);
    if !account.is_active()
        || is_alternate
        || !store::set_email(tx, now, account.id, &email, verified).await?
    {
        return Ok(false);
    }
    tx.raise_epoch().await?;
    acts::end::end_links(tx, now, account.id).await?;
    channel::store::set_changed(tx, now, account.id, Channel::Email).await?;
    // Whoever reads the mail of a name that waits takes it by this as well.
    name_claim::store::end_waiting(tx, email.key()).await?;
    let former = match acts::claim_name::give_up(desk, tx, now).await? {
        Some(given) => Former::Email { address: given, verified: false },
        None => Former::Email { address: account.email.clone(), verified: account.email_verified },
    };
    let change = Change {
        account,
        kind: Kind::EmailChanged,
        source,
        detail: &account.email,
        former,
        newly: Some(email.as_str()),
    };
    tell::owner::tell(desk, tx, now, change).await?;
    Ok(true)
}

/// Sets the alternate address, or takes it away. Whatever waits on the one of before is over. False when the account is
/// not active, the address is its own, or there is nothing to take away.
pub(super) async fn set_alternate(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    to: Option<&str>,
    verified: bool,
    source: &Source,
) -> Result<bool, Fault> {
    let account = tx.account();
    let email = to.and_then(|to| EmailAddress::parse(to).ok());
    let is_primary = email.as_ref().is_some_and(|email| is_same(Some(&account.email), email));
    let nothing_there = to.is_none() && account.alternate.is_none();
    if !account.is_active() || is_primary || nothing_there || email.is_some() != to.is_some() {
        return Ok(false);
    }
    let id = account.id;
    let kind = if to.is_some() { Kind::AlternateEmailChanged } else { Kind::AlternateEmailRemoved };
    let alternate = to.map(|address| Alternate { address: address.to_owned(), verified });
    tx.raise_epoch().await?;
    store::set_alternate(tx, id, alternate).await?;
    channel::store::set_changed(tx, now, id, Channel::Alternate).await?;
    let dead = [Purpose::Reset, Purpose::ChangeAlternate, Purpose::VerifyAlternate, Purpose::DropAlternate];
    link::store::end_links(tx, now, id, &dead).await?;
    recovery::store::end_open_by(tx, id, Way::Alternate).await?;
    let before = account.alternate.clone();
    let was_verified = before.as_ref().is_some_and(|before| before.verified);
    let former = Former::Alternate { address: before.map(|before| before.address), verified: was_verified };
    // An address that was only typed is told nothing.
    let newly = to.filter(|_| verified);
    let change = Change { account, kind, source, detail: "", former, newly };
    tell::owner::tell(desk, tx, now, change).await?;
    Ok(true)
}

/// Whether two addresses are one.
pub fn is_same(address: Option<&str>, other: &EmailAddress) -> bool {
    address
        .and_then(|text| EmailAddress::parse(text).ok())
        .is_some_and(|address| address.key() == other.key())
}
