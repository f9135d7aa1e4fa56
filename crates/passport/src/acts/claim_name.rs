//! The verbs of a claimed name: asked about, claimed, carried out.
use std::time::Duration;

use platform::{
    Fault,
    clock::Moment,
    email::EmailAddress,
    limits::UsedUp,
    outbox::{Job, Outcome},
};
use serde::{Deserialize, Serialize};

use crate::{
    account::{self, Account, acting::Acting, letters},
    acts::{self},
    budget::Budget,
    desk::Desk,
    history::{self, Kind, NewEvent, Source},
    link::{self, NewLink, PressedLink, Purpose},
    name_claim::{NameClaim, new_name, store},
    notice::letters::Writer,
    sending::Sending,
};

/// “This is my mailbox, but not my Passport”: a job, so that asking takes the same whether the account proved its
/// address or not.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendClaim {
    email_key: String,
}

impl Job for SendClaim {
    const KIND: &'static str = "send_claim";
}

/// Takes the wish down, once for a form however often it is sent, unless too many e-mails were asked for.
pub async fn ask(
    desk: &Desk,
    now: Moment,
    email: &EmailAddress,
    address_block: &str,
    sending: &Sending,
) -> Result<Result<(), UsedUp>, Fault> {
    let tx = desk.db.begin().await?;
    if !sending.is_first(&tx, now).await? {
        return Ok(Ok(()));
    }
    for (budget, who) in [(Budget::Letters, email.key()), (Budget::BlockLetters, address_block)] {
        if let Err(full) = budget.spend_or_wait(&desk.settings, &tx, now, who).await? {
            // Rolled back: a refusal writes nothing.
            return Ok(Err(full));
        }
    }
    desk.outbox.add(&tx, now, &SendClaim { email_key: email.key().to_owned() }).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Writes to the address itself: how to claim the name, or, when its account proved it, how to get in.
pub async fn send(desk: &Desk, now: Moment, job: SendClaim) -> Outcome {
    match try_send(desk, now, &job.email_key).await {
        Ok(()) => Outcome::Done,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

async fn try_send(desk: &Desk, now: Moment, email_key: &str) -> Result<(), Fault> {
    let Some(id) = account::store::find_id(desk.db.reader(), email_key).await? else {
        return send_waiting(desk, now, email_key).await;
    };
    let Some(tx) = Acting::on(&desk.db, id).await? else { return Ok(()) };
    let account = tx.account();
    let letter = if account.email_verified {
        letters::already_have(&desk.site, account)?
    } else {
        let purpose = Purpose::ClaimName;
        let new = NewLink { account: account.id, purpose, detail: email_key, lifetime: purpose.lifetime() };
        let path = link::make(&tx, now, &desk.random, new).await?;
        Writer { site: &desk.site, account }.may_claim(&path)?.until(now + purpose.lifetime())
    };
    desk.outbox.add(&tx, now, &letter).await?;
    tx.commit().await
}

/// The name waits for whoever reads its mail: once more, how to take it.
async fn send_waiting(desk: &Desk, now: Moment, email_key: &str) -> Result<(), Fault> {
    let waiting = store::find_waiting(desk.db.reader(), now, email_key).await?;
    let Some(former) = waiting else { return Ok(()) };
    let Some(tx) = Acting::on(&desk.db, former).await? else { return Ok(()) };
    tell_free(desk, &tx, now, email_key).await?;
    tx.commit().await
}

/// The name is free, for whoever follows this letter's link and for nobody else.
async fn tell_free(desk: &Desk, tx: &Acting, now: Moment, email: &str) -> Result<(), Fault> {
    let key = EmailAddress::parse(email).map_err(|_| Fault::bug("a claimed name is no address"))?;
    let purpose = Purpose::TakeName;
    let new = NewLink { account: tx.id(), purpose, detail: key.key(), lifetime: purpose.lifetime() };
    let path = link::make(tx, now, &desk.random, new).await?;
    let writer = Writer { site: &desk.site, account: tx.account() };
    desk.outbox.add(tx, now, &writer.name_free(email, &path)?.until(now + purpose.lifetime())).await
}

/// How long a name waits for whoever claimed it.
const WAITS: Duration = Purpose::TakeName.lifetime();

/// Whether whoever signs up with this address may have it: nobody claimed it, or it was their mailbox that did, as
/// `link` shows, which is used up by this. `Some(true)`: then the address is proven, too.
pub async fn may_take(
    tx: &Acting,
    now: Moment,
    email_key: &str,
    link: Option<&PressedLink>,
) -> Result<Option<bool>, Fault> {
    let is_its = |link: &&PressedLink| link.purpose == Purpose::TakeName && link.detail == email_key;
    let proven = match link.filter(is_its) {
        Some(link) => link::store::spend_link(tx, now, link).await?,
        None => false,
    };
    if !proven && store::find_waiting(tx, now, email_key).await?.is_some() {
        return Ok(None);
    }
    store::end_waiting(tx, email_key).await?;
    Ok(Some(proven))
}

/// Whoever follows a link that was sent to an account's unproven name says that the account is none of theirs.
/// From now on the account has `[recovery] name_days` to prove the name or take another. False when the link was
/// used, or the account proved its name meanwhile.
pub async fn begin(desk: &Desk, now: Moment, link: &PressedLink, source: &Source) -> Result<bool, Fault> {
    let Some(tx) = Acting::on(&desk.db, link.account).await? else { return Ok(false) };
    if !matches!(link.purpose, Purpose::ClaimName | Purpose::VerifyEmail)
        || !link::store::spend_link(&tx, now, link).await?
    {
        return Ok(false);
    }
    let account = tx.account();
    if account.email_verified || !is_named(account, &link.detail) {
        return Ok(false);
    }
    let days = u64::from(desk.settings.recovery.name_days);
    let ready_at = now + Duration::from_secs(days * 24 * 3600);
    let new = NameClaim { account: account.id, new_name: new_name(&desk.random), ready_at };
    if store::add(&tx, now, &new, &link.detail).await? {
        let event = NewEvent { account: account.id, kind: Kind::NameClaimed, source, detail: "" };
        history::record(&tx, now, &desk.random, event).await?;
        let writer = Writer { site: &desk.site, account };
        desk.outbox.add(&tx, now, &writer.claim_noted(ready_at)?).await?;
        if let Some(to) = account.proven_alternate() {
            desk.outbox.add(&tx, now, &writer.claimed(to, ready_at, &new.new_name)?).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

fn is_named(account: &Account, email_key: &str) -> bool {
    EmailAddress::parse(&account.email).is_ok_and(|email| email.key() == email_key)
}

/// Carries out the claim of a name, if its time has come: for whoever comes to sign up with it before the sweep.
pub async fn carry_out_due(desk: &Desk, now: Moment, email_key: &str) -> Result<(), Fault> {
    match store::find_due(desk.db.reader(), now, email_key).await? {
        Some(claim) => carry_out(desk, now, &claim).await,
        None => Ok(()),
    }
}

/// Carries out every claim whose time has come.
pub async fn carry_out_all(desk: &Desk, now: Moment) -> Result<(), Fault> {
    for claim in store::list_due(desk.db.reader(), now, 100).await? {
        carry_out(desk, now, &claim).await?;
    }
    Ok(())
}

/// The account takes another name while this one is claimed: that is what the claimant waits for, who is told. Answers
/// what the account is called if the change is undone: the claimed name does not come back by that.
pub async fn give_up(desk: &Desk, tx: &Acting, now: Moment) -> Result<Option<String>, Fault> {
    let Some(claim) = store::find(tx, tx.id()).await? else { return Ok(None) };
    store::spend(tx, tx.id(), None, now + WAITS).await?;
    tell_free(desk, tx, now, &tx.account().email).await?;
    Ok(Some(claim.new_name))
}

/// The account keeps its `sub`, its data, its sessions and what sites were given; only its name is another.
async fn carry_out(desk: &Desk, now: Moment, claim: &NameClaim) -> Result<(), Fault> {
    let Some(tx) = Acting::on(&desk.db, claim.account).await? else { return Ok(()) };
    if !store::spend(&tx, claim.account, Some(now), now + WAITS).await? {
        return Ok(());
    }
    let account = tx.account();
    let new_name =
        EmailAddress::parse(&claim.new_name).map_err(|_| Fault::bug("a name that we gave is no address"))?;
    if account.email_verified || !account::store::set_email(&tx, now, account.id, &new_name, false).await? {
        store::drop_claim(&tx, account.id).await?;
        return tx.commit().await;
    }
    tx.raise_epoch().await?;
    acts::end::end_links(&tx, now, account.id).await?;
    let event = NewEvent {
        account: account.id,
        kind: Kind::NameLost,
        source: &Source::default(),
        detail: &account.email,
    };
    history::record(&tx, now, &desk.random, event).await?;
    let writer = Writer { site: &desk.site, account };
    tell_free(desk, &tx, now, &account.email).await?;
    if let Some(to) = account.proven_alternate() {
        desk.outbox.add(&tx, now, &writer.name_lost(to, new_name.as_str())?).await?;
    }
    tx.commit().await
}
