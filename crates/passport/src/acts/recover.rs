//! The verbs of recovery: face somebody, take a proof, stop, set the new password. For addresses without an
//! account all of it runs alike.
use oidc::security_event::AccountEvent;
use platform::{Fault, clock::Moment, email::EmailAddress, language::Language, secrets::Secret};

use crate::{
    account::{self, Account, State, acting::Acting, information::Information},
    acts::{self, end::Ended},
    billing,
    budget::guess::{Guess, Guesser, Leave, may_guess},
    computer::{self, ComputerId},
    desk::Vault,
    history::{self, Kind, NewEvent, Source},
    link::{self, PressedLink, Purpose},
    notice::{Change, Former},
    recovery::{Offered, OnFile, Readiness, Recovery, RecoveryId, back::Back, decoy, store},
    sending::Sending,
    tell::{self},
};

mod proofs;
mod reset_letter;
pub mod support;

pub use crate::acts::recover::proofs::{prove_by_answer, prove_by_billing, prove_by_link, proven_by_link};
pub use crate::acts::recover::reset_letter::{SendReset, ask_for_link, send_reset};

/// What somebody who names an address is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facing {
    pub offered: Offered,
    pub question: String,
}

/// What the account of an address has on file, or a decoy. `usual` is the site's language, not the visitor's:
/// whoever asks in another language must see the same.
pub async fn face(vault: &Vault, email: &EmailAddress, usual: Language) -> Result<Facing, Fault> {
    let reader = vault.db.reader();
    let found = account::store::find_with_answer(reader, email.key()).await?;
    let id = found.as_ref().map(|(account, _)| account.id);
    let billing = billing::store::is_on_file(reader, id).await?;
    let leads_back = vault.settings.recovery.primary_email;
    let decoy = decoy(&vault.decoys.sign(email.key().as_bytes()), usual, leads_back);
    let pretended = vault.site.texts.get(decoy.language, decoy.question, &[]);
    Ok(match found {
        Some((account, answer_hash)) => {
            let on_file = OnFile {
                question: account.question.is_some() && answer_hash.is_some(),
                information: Information::of(&account.claims).is_enough(),
                billing,
            };
            Facing { offered: on_file.offered(leads_back), question: account.question.unwrap_or(pretended) }
        }
        None => Facing { offered: decoy.offered, question: pretended },
    })
}

/// From now on the account is better protected: what was begun before, and would have counted sooner, is over.
pub(in crate::acts) async fn end_begun(tx: &Acting, now: Moment) -> Result<(), Fault> {
    store::end_open(tx, tx.id()).await?;
    link::store::end_links(tx, now, tx.id(), &[Purpose::Reset, Purpose::StopRecovery]).await
}

/// What leads the owner of an account back in.
pub async fn ways_back(vault: &Vault, account: &Account) -> Result<Back, Fault> {
    let reader = vault.db.reader();
    let on_file = OnFile {
        question: account.question.is_some()
            && account::store::find_answer_hash(reader, account.id).await?.is_some(),
        information: Information::of(&account.claims).is_enough(),
        billing: billing::store::is_on_file(reader, Some(account.id)).await?,
    };
    Ok(Back::of(account, on_file, vault.settings.recovery.primary_email))
}

/// A proof that was accepted, with the code that comes back to it.
#[derive(Debug)]
pub struct Opened {
    pub recovery: Recovery,
    pub code: String,
}

/// Somebody who offers a proof.
#[derive(Clone, Copy)]
pub struct Prover<'a> {
    pub email: &'a EmailAddress,
    pub source: &'a Source,
    /// The digest of the computer's cookie.
    pub computer: Option<&'a [u8]>,
}

impl Prover<'_> {
    /// The computer, if the account of the address knows it.
    async fn known_computer(&self, vault: &Vault) -> Result<Option<ComputerId>, Fault> {
        let reader = vault.db.reader();
        let account = account::store::find_id(reader, self.email.key()).await?;
        match (account, self.computer) {
            (Some(account), Some(digest)) => computer::store::find_id(reader, account, digest).await,
            _ => Ok(None),
        }
    }

    async fn may_guess(&self, vault: &Vault, now: Moment, guess: Guess<'_>) -> Result<Leave, Fault> {
        let guesser = Guesser {
            email_key: self.email.key(),
            address_block: &self.source.address_block,
            computer: self.computer,
        };
        may_guess(&vault.db, &vault.settings, now, guess, guesser).await
    }
}

/// The owner's veto. False when the link was used, or the recovery is over.
pub async fn stop(vault: &Vault, now: Moment, link: &PressedLink, source: &Source) -> Result<bool, Fault> {
    let Ok(id) = link.detail.parse::<RecoveryId>() else { return Ok(false) };
    let Some(tx) = Acting::on(&vault.db, link.account).await? else { return Ok(false) };
    if !link::store::spend_link(&tx, now, link).await? || !store::set_vetoed(&tx, link.account, id).await? {
        return Ok(false);
    }
    link::store::end_links(&tx, now, link.account, &[Purpose::StopRecovery]).await?;
    let event = NewEvent { account: link.account, kind: Kind::RecoveryStopped, source, detail: "" };
    history::record(&tx, now, &vault.random, event).await?;
    tx.commit().await?;
    Ok(true)
}

/// Who returns with a code, and what they may do; `None` when it opens nothing.
pub async fn returned(
    vault: &Vault,
    now: Moment,
    code: &str,
) -> Result<Option<(Account, Recovery, Readiness)>, Fault> {
    let reader = vault.db.reader();
    let Some(recovery) = store::find_by_code(reader, code).await? else { return Ok(None) };
    let account = account::store::find(reader, recovery.account).await?;
    Ok(account.filter(|account| account.state.may_be_recovered()).map(|account| {
        let standing = recovery.standing(now);
        (account, recovery, standing)
    }))
}

/// Sets the new password and ends everything that hung on the old one. The account keeps its id (PP-24) and
/// is active afterwards, also when it was frozen. `None` when the proof does not count any more.
pub async fn set_password(
    vault: &Vault,
    now: Moment,
    recovery: &Recovery,
    password: Secret,
    source: &Source,
    sending: &Sending,
) -> Result<Option<Ended>, Fault> {
    let hash = vault.hasher.hash(password).await?;
    let Some(tx) = Acting::on(&vault.db, recovery.account).await? else { return Ok(None) };
    if !store::spend_recovery(&tx, now, recovery.id).await? {
        return Ok(None);
    }
    sending.is_first(&tx, now).await?;
    let account = tx.account().clone();
    if !account.state.may_be_recovered() {
        return Ok(None);
    }
    account::store::set_password_hash(&tx, account.id, &hash).await?;
    account::store::streak::end(&tx, account.id).await?;
    if account::store::set_state(&tx, now, account.id, State::Active).await? {
        tell::events::enqueue(vault, &tx, now, account.id, AccountEvent::Enabled).await?;
    }
    let ended = acts::end::end_everything(vault, &tx, now, account.id).await?;
    let change = Change {
        account: &account,
        kind: Kind::PasswordReset,
        source,
        detail: recovery.way.as_str(),
        former: Former::Nothing,
        newly: None,
    };
    tell::owner::tell(vault, &tx, now, change).await?;
    tx.commit().await?;
    Ok(Some(ended))
}
