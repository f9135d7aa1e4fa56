//! Taking a proof: what was said is compared outside of any transaction, and counts in one that found everything it
//! was compared with as it was. For addresses without an account all of it runs alike.
use std::time::Duration;

use platform::{
    Fault,
    clock::Moment,
    secrets::Secret,
    security_event::{Event, Note},
};

use crate::{
    account::{self, Account, acting::Acting, information::Information, password::Verified},
    acts::{
        recover::{Opened, Prover},
        sign_in::guessed_wrong,
    },
    billing,
    budget::guess::{Guess, Leave},
    channel, computer,
    desk::Vault,
    history::{self, Kind, NewEvent, Source},
    link::{self, NewLink, PressedLink, Purpose},
    notice::{self, letters::Writer},
    recovery::{
        Circumstances, RecoveryId, Way, code, lasts,
        store::{self, NewRecovery},
        wait,
    },
    tell,
};

/// PP-27: account information and the secret answer, both. `None`: something of it is wrong, or nothing is on
/// file, or there were too many tries; nobody is told which (BF-05).
pub async fn prove_by_answer(
    vault: &Vault,
    now: Moment,
    prover: Prover<'_>,
    said: &Information,
    answer: &Secret,
) -> Result<Option<Opened>, Fault> {
    let place = vault.hasher.place()?;
    let leave = prover.may_guess(vault, now, Guess::Answer(&place)).await?;
    if !leave.may || answer.expose().len() > account::question::LONGEST_ANSWER {
        return Ok(None);
    }
    let found = account::store::find_with_answer(vault.db.reader(), prover.email.key()).await?;
    let stored = found.as_ref().and_then(|(_, answer_hash)| answer_hash.as_deref());
    // Computed for everybody, whatever else is wrong: the time says nothing.
    let Verified { matches: answered, needs_rehash } =
        vault.hasher.verify_answer(place, answer, stored).await?;
    let Some((account, _)) = found else { return Ok(None) };
    let confirmed = Information::of(&account.claims).is_confirmed_by(said);
    if !(leave.accepts(answered && confirmed) && account.state.may_be_recovered()) {
        return wrong(vault, now, prover, &leave).await;
    }
    let renewed = match needs_rehash {
        true => vault.hasher.rehash_answer(answer).await?,
        false => None,
    };
    let Some(tx) = as_it_was(vault, &account).await? else { return Ok(None) };
    if let Some(hash) = renewed {
        account::store::set_question(&tx, account.id, account.question.as_deref(), Some(&hash)).await?;
    }
    let proof = Proof { way: Way::Answer, code: code::make(&vault.random), computer: prover.computer };
    open(vault, tx, now, proof, prover.source).await.map(Some)
}

/// PP-28: what a paid service knows about the payment, all of it.
pub async fn prove_by_billing(
    vault: &Vault,
    now: Moment,
    prover: Prover<'_>,
    said: &billing::Facts,
) -> Result<Option<Opened>, Fault> {
    let leave = prover.may_guess(vault, now, Guess::Billing).await?;
    if !leave.may {
        return Ok(None);
    }
    let reader = vault.db.reader();
    let found = account::store::find_by_key(reader, prover.email.key()).await?;
    let id = found.as_ref().map(|account| account.id);
    let on_file = billing::store::list_of_account(reader, id).await?;
    let matches = vault.billing.confirms(id, &on_file, said);
    match found {
        Some(account) if leave.accepts(matches) && account.state.may_be_recovered() => {
            let Some(tx) = as_it_was(vault, &account).await? else { return Ok(None) };
            let code = code::make(&vault.random);
            let proof = Proof { way: Way::Billing, code, computer: prover.computer };
            open(vault, tx, now, proof, prover.source).await.map(Some)
        }
        _ => wrong(vault, now, prover, &leave).await,
    }
}

/// PP-26: the letter's link was followed and its button pressed; the other links are over. `None` when somebody
/// was faster, or the address that it went to is none of the account's by now.
pub async fn prove_by_link(
    vault: &Vault,
    now: Moment,
    press: &PressedLink,
    source: &Source,
    computer: Option<&[u8]>,
) -> Result<Option<Opened>, Fault> {
    let Some(tx) = Acting::on(&vault.db, press.account).await? else { return Ok(None) };
    let Some(way) = way_of(vault, tx.account(), &press.detail) else { return Ok(None) };
    if !tx.account().state.may_be_recovered() || !link::store::spend_link(&tx, now, press).await? {
        return Ok(None);
    }
    link::store::end_links(&tx, now, press.account, &[Purpose::Reset]).await?;
    let proof = Proof { way, code: code_of(vault, press), computer };
    open(vault, tx, now, proof, source).await.map(Some)
}

/// By which of its addresses a letter leads back into the account.
fn way_of(vault: &Vault, account: &Account, address: &str) -> Option<Way> {
    let leads_back = vault.settings.recovery.primary_email;
    if account.proven_alternate() == Some(address) {
        Some(Way::Alternate)
    } else if account.proven_email().filter(|_| leads_back) == Some(address) {
        Some(Way::Email)
    } else {
        None
    }
}

/// The same press makes the same code, so that its browser is given it again (decision 0030).
fn code_of(vault: &Vault, press: &PressedLink) -> String {
    code::of_mac(vault.proofs.sign(press.mark()))
}

/// What the press of a link opened, for a press that comes twice.
pub async fn proven_by_link(vault: &Vault, press: &PressedLink) -> Result<Option<Opened>, Fault> {
    let code = code_of(vault, press);
    let found = store::find_by_code(vault.db.reader(), &code).await?;
    Ok(found.map(|recovery| Opened { recovery, code }))
}

/// What was shown, and the code that comes back to it.
pub(super) struct Proof<'a> {
    pub way: Way,
    pub code: String,
    /// What the computer shows of itself.
    pub computer: Option<&'a [u8]>,
}

async fn wrong(
    vault: &Vault,
    now: Moment,
    prover: Prover<'_>,
    leave: &Leave,
) -> Result<Option<Opened>, Fault> {
    Note::of(Event::ResetFailed).block(&prover.source.address_block).tell();
    guessed_wrong(vault, now, leave, prover.source).await?;
    Ok(None)
}

/// The transaction for what was compared with an account as it was read. `None` when anything of it changed, was put
/// back or ended since: then it was compared with what counts no more (decision 0021).
async fn as_it_was(vault: &Vault, read: &Account) -> Result<Option<Acting>, Fault> {
    let acting = Acting::on(&vault.db, read.id).await?;
    Ok(acting.filter(|acting| acting.account().epoch == read.epoch && acting.account().state == read.state))
}

/// Takes a proof down, tells every address where it waits, and commits.
pub(super) async fn open(
    vault: &Vault,
    tx: Acting,
    now: Moment,
    Proof { way, code, computer }: Proof<'_>,
    source: &Source,
) -> Result<Opened, Fault> {
    let account = tx.account();
    let hours = u64::from(vault.settings.recovery.cool_down_hours);
    let cool_down = Duration::from_secs(hours * 3600);
    let id = RecoveryId::new(now, &vault.random);
    let changed = match way.channel() {
        Some(channel) => channel::store::find_changed(&tx, account.id, channel).await?,
        None => None,
    };
    let known = match computer {
        Some(digest) => computer::store::find_known(&tx, account.id, digest).await?,
        None => None,
    };
    let computer = known.map(|(_, since)| since);
    let guarded = account.asks_more(vault.takes_passkeys());
    let wait = wait(now, Circumstances { way, computer, changed, guarded, cool_down });
    store::end_open(&tx, account.id).await?;
    link::store::end_links(&tx, now, account.id, &[Purpose::StopRecovery]).await?;
    let new = NewRecovery { id, account: account.id, way, code: &code, wait, lasts: lasts(wait) };
    let recovery = store::add_recovery(&tx, now, new).await?;
    let event = NewEvent { account: account.id, kind: Kind::RecoveryBegun, source, detail: way.as_str() };
    history::record(&tx, now, &vault.random, event).await?;
    if !wait.is_zero() {
        let undoable = link::store::list_usable(&tx, now, account.id, Purpose::NotMe).await?;
        let writer = Writer { site: &vault.site, account };
        for to in notice::addresses(account, &undoable, None) {
            let detail = id.to_string();
            let lifetime = recovery.ends_at.since(now);
            let new =
                NewLink { account: account.id, purpose: Purpose::StopRecovery, detail: &detail, lifetime };
            let path = link::make(&tx, now, &vault.random, new).await?;
            let letter = writer.waiting(&to, &path, now, source, &recovery)?;
            tell::owner::post(vault, &tx, now, &letter).await?;
        }
    }
    tx.commit().await?;
    Ok(Opened { recovery, code })
}
