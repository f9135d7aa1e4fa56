//! Letting somebody in again who asks the support: a letter to the addresses that the account proved, or a code for a
//! person whom an operator identified otherwise. With a name and a reason, told to every address, and with the wait
//! and the veto of every other way. Where it takes two, the second operator carries it out.
use platform::{Fault, clock::Moment};

use crate::{
    account::{AccountId, acting::Acting},
    acts::recover::{
        Opened,
        proofs::{Proof, open},
    },
    desk::Vault,
    history::{self, Kind, NewEvent, Source},
    link::{self, NewLink, Purpose},
    notice::{Change, Former, letters::Writer},
    recovery::{Way, code},
    support::{self, Case, CaseId, LONGEST, WAITS},
    tell,
};

/// What an operator wants done.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    pub account: AccountId,
    pub operator: &'a str,
    pub reason: &'a str,
    /// A code to be handed over, and not a letter.
    pub printed: bool,
}

/// What became of it.
#[derive(Debug)]
pub enum Helped {
    /// A letter went to each of these.
    Sent(Vec<String>),
    Printed(Opened),
    /// Another operator has to confirm it.
    Waits(Case),
}

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unhelped {
    #[error("the account is disabled or closed: release it first, if it may be used again")]
    Unusable,
    #[error("no address of this account was proven: identify the person otherwise, then use --print")]
    NoAddress,
    #[error("who and why: each a line of 1 to 200 characters")]
    Words,
    #[error("there is no such case, or it is over: ask anew")]
    NoCase,
    #[error("somebody else than who asked for it has to confirm it")]
    SameOperator,
}

/// Does what an operator wants, or takes it down for a second one.
pub async fn help(vault: &Vault, now: Moment, wish: Wish<'_>) -> Result<Result<Helped, Unhelped>, Fault> {
    let is_line = |text: &str| {
        (1..=LONGEST).contains(&text.trim().chars().count()) && !text.chars().any(char::is_control)
    };
    if !is_line(wish.operator) || !is_line(wish.reason) {
        return Ok(Err(Unhelped::Words));
    }
    let Some(tx) = Acting::on(&vault.db, wish.account).await? else { return Ok(Err(Unhelped::Unusable)) };
    if let Err(unhelped) = may_be_helped(vault, &tx, wish.printed) {
        return Ok(Err(unhelped));
    }
    let detail = format!("{}: {}", wish.operator.trim(), wish.reason.trim());
    if !vault.settings.recovery.takes_two_operators() {
        return carry_out(vault, tx, now, wish.printed, &detail).await.map(Ok);
    }
    let case = Case {
        id: CaseId::new(now, &vault.random),
        account: wish.account,
        operator: wish.operator.trim().to_owned(),
        reason: wish.reason.trim().to_owned(),
        printed: wish.printed,
        ends_at: now + WAITS,
    };
    support::store::add_case(&tx, now, &case).await?;
    note(vault, &tx, now, Kind::SupportAsked, &detail).await?;
    tx.commit().await?;
    Ok(Ok(Helped::Waits(case)))
}

/// The second operator's word.
pub async fn confirm(
    vault: &Vault,
    now: Moment,
    case: CaseId,
    operator: &str,
) -> Result<Result<Helped, Unhelped>, Fault> {
    let Some(case) = support::store::find_case(vault.db.reader(), now, case).await? else {
        return Ok(Err(Unhelped::NoCase));
    };
    if operator.trim().is_empty() || operator.chars().any(char::is_control) {
        return Ok(Err(Unhelped::Words));
    }
    if !case.is_seconded_by(operator) {
        return Ok(Err(Unhelped::SameOperator));
    }
    let Some(tx) = Acting::on(&vault.db, case.account).await? else { return Ok(Err(Unhelped::NoCase)) };
    if !support::store::spend_case(&tx, now, case.id).await? {
        return Ok(Err(Unhelped::NoCase));
    }
    if let Err(unhelped) = may_be_helped(vault, &tx, case.printed) {
        return Ok(Err(unhelped));
    }
    let detail = format!("{}, {}: {}", case.operator, operator.trim(), case.reason);
    carry_out(vault, tx, now, case.printed, &detail).await.map(Ok)
}

fn may_be_helped(vault: &Vault, tx: &Acting, printed: bool) -> Result<(), Unhelped> {
    if !tx.account().state.may_be_recovered() {
        return Err(Unhelped::Unusable);
    }
    match printed || !addresses(vault, tx).is_empty() {
        true => Ok(()),
        false => Err(Unhelped::NoAddress),
    }
}

/// Where a link leads back in.
fn addresses(vault: &Vault, tx: &Acting) -> Vec<String> {
    let own = tx.account().proven_email().filter(|_| vault.settings.recovery.primary_email);
    tx.account().proven_alternate().into_iter().chain(own).map(str::to_owned).collect()
}

async fn note(vault: &Vault, tx: &Acting, now: Moment, kind: Kind, detail: &str) -> Result<(), Fault> {
    let event = NewEvent { account: tx.id(), kind, source: &Source::default(), detail };
    history::record(tx, now, &vault.random, event).await
}

async fn carry_out(
    vault: &Vault,
    tx: Acting,
    now: Moment,
    printed: bool,
    detail: &str,
) -> Result<Helped, Fault> {
    let source = &Source::default();
    if printed {
        // The letters about the wait tell every address of it.
        note(vault, &tx, now, Kind::SupportHelped, detail).await?;
        let proof = Proof { way: Way::Support, code: code::make(&vault.random), computer: None };
        return open(vault, tx, now, proof, source).await.map(Helped::Printed);
    }
    let (account, lifetime) = (tx.account(), Purpose::Reset.lifetime());
    let writer = Writer { site: &vault.site, account };
    let sent = addresses(vault, &tx);
    for to in &sent {
        let new = NewLink { account: account.id, purpose: Purpose::Reset, detail: to, lifetime };
        let path = link::make(&tx, now, &vault.random, new).await?;
        let letter = writer.reset(to, &path, now, source)?.until(now + lifetime);
        tell::owner::post(vault, &tx, now, &letter).await?;
    }
    let (kind, former) = (Kind::SupportHelped, Former::Nothing);
    let change = Change { account, kind, source, detail, former, newly: None };
    tell::owner::tell(vault, &tx, now, change).await?;
    tx.commit().await?;
    Ok(Helped::Sent(sent))
}
