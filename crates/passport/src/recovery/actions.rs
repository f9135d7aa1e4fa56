//! The verbs of recovery: face somebody, take a proof, stop, set the new password. For addresses without an
//! account all of it runs alike.
use std::time::Duration;

use oidc::security_event::AccountEvent;
use platform::{
    Fault,
    clock::Moment,
    email::EmailAddress,
    language::Language,
    secrets::Secret,
    security_event::{Event, Note},
};

use super::{
    Circumstances, Offered, OnFile, Recovery, RecoveryId, Standing, Way, code, decoy, lasts,
    store::{self, NewRecovery},
    wait,
};
use crate::{
    account::{
        self, Account, AccountId, State,
        acting::Acting,
        actions::{guessed_wrong, too_long},
        budget::{Guess, Guesser, may_guess},
        ended::{self, Ended},
        information::Information,
        password::Verified,
    },
    billing, channel,
    computer::{self, ComputerId},
    history::{self, Kind, NewEvent, Source},
    jobs::security_events,
    link::{self, NewLink, Press, Purpose},
    notice::{self, Change, Former, letters::Writer},
    state::Passport,
};

mod reset_letter;

pub use reset_letter::{SendReset, ask_for_link, send_reset};

/// What somebody who names an address is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facing {
    pub offered: Offered,
    pub question: String,
}

/// What the account of an address has on file, or a decoy. `usual` is the site's language, not the visitor's:
/// whoever asks in another language must see the same.
pub async fn face(passport: &Passport, email: &EmailAddress, usual: Language) -> Result<Facing, Fault> {
    let reader = passport.db.reader();
    let found = account::store::find_with_answer(reader, email.key()).await?;
    let id = found.as_ref().map(|(account, _)| account.id);
    let billing = billing::store::is_on_file(reader, id).await?;
    let decoy = decoy(&passport.decoys.sign(email.key().as_bytes()), usual);
    let pretended = passport.site.texts.get(decoy.language, decoy.question, &[]);
    Ok(match found {
        Some((account, answer_hash)) => {
            let on_file = OnFile {
                question: account.question.is_some() && answer_hash.is_some(),
                information: Information::of(&account.claims).is_enough(),
                billing,
            };
            Facing { offered: on_file.offered(), question: account.question.unwrap_or(pretended) }
        }
        None => Facing { offered: decoy.offered, question: pretended },
    })
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
    /// The computer, if the account of the address knows it, and since when.
    async fn known_computer(&self, passport: &Passport) -> Result<Option<(ComputerId, Moment)>, Fault> {
        let reader = passport.db.reader();
        let account = account::store::find_id(reader, self.email.key()).await?;
        match (account, self.computer) {
            (Some(account), Some(digest)) => computer::store::find_known(reader, account, digest).await,
            _ => Ok(None),
        }
    }

    async fn may_guess(&self, passport: &Passport, now: Moment) -> Result<account::budget::Leave, Fault> {
        let guesser = Guesser {
            email_key: self.email.key(),
            address_block: &self.source.address_block,
            computer: self.computer,
        };
        may_guess(passport, now, Guess::Answer, guesser).await
    }
}

/// PP-27: account information and the secret answer, both. `None`: something of it is wrong, or nothing is on
/// file, or there were too many tries; nobody is told which (BF-05).
pub async fn prove_by_answer(
    passport: &Passport,
    now: Moment,
    prover: Prover<'_>,
    said: &Information,
    answer: &Secret,
) -> Result<Option<Opened>, Fault> {
    let leave = prover.may_guess(passport, now).await?;
    if !leave.may || answer.expose().len() > account::question::LONGEST_ANSWER {
        return Ok(None);
    }
    let found = account::store::find_with_answer(passport.db.reader(), prover.email.key()).await?;
    let stored = found.as_ref().and_then(|(_, answer_hash)| answer_hash.as_deref());
    // Computed for everybody, whatever else is wrong: the time says nothing.
    let Verified { matches: answered, needs_rehash } = passport.hasher.verify_answer(answer, stored).await?;
    let Some((account, _)) = found else { return Ok(None) };
    let confirmed = Information::of(&account.claims).is_confirmed_by(said);
    if !(leave.accepts(answered && confirmed) && account.state.may_be_recovered()) {
        Note::of(Event::ResetFailed).block(&prover.source.address_block).tell();
        guessed_wrong(passport, now, &leave, prover.source).await?;
        return Ok(None);
    }
    if needs_rehash {
        let hash = passport.hasher.hash_answer(answer).await?;
        if let Some(tx) = Acting::on(passport, account.id).await? {
            account::store::set_question(&tx, account.id, account.question.as_deref(), Some(&hash)).await?;
            tx.commit().await?;
        }
    }
    let proof = Proof { way: Way::Answer, computer: leave.computer, code: code::make(&passport.random) };
    open_alone(passport, now, account.id, proof, prover.source).await
}

/// PP-28: what a paid service knows about the payment, all of it.
pub async fn prove_by_billing(
    passport: &Passport,
    now: Moment,
    prover: Prover<'_>,
    said: &billing::Facts,
) -> Result<Option<Opened>, Fault> {
    let leave = prover.may_guess(passport, now).await?;
    if !leave.may {
        return Ok(None);
    }
    let reader = passport.db.reader();
    let found = account::store::find_by_key(reader, prover.email.key()).await?;
    let id = found.as_ref().map(|account| account.id);
    let on_file = billing::store::list_of_account(reader, id).await?;
    let matches = passport.billing.confirms(id, &on_file, said);
    match found {
        Some(account) if leave.accepts(matches) && account.state.may_be_recovered() => {
            let code = code::make(&passport.random);
            let proof = Proof { way: Way::Billing, computer: leave.computer, code };
            open_alone(passport, now, account.id, proof, prover.source).await
        }
        _ => {
            Note::of(Event::ResetFailed).block(&prover.source.address_block).tell();
            guessed_wrong(passport, now, &leave, prover.source).await?;
            Ok(None)
        }
    }
}

/// PP-26: the letter's link was followed and its button pressed; the other links are over. `None` when somebody
/// was faster.
pub async fn prove_by_link(
    passport: &Passport,
    now: Moment,
    press: &Press,
    source: &Source,
    computer: Option<&[u8]>,
) -> Result<Option<Opened>, Fault> {
    let Some(tx) = Acting::on(passport, press.account).await? else { return Ok(None) };
    if !link::store::spend_link(&tx, now, press).await? || !tx.account().state.may_be_recovered() {
        return Ok(None);
    }
    link::store::end_links(&tx, now, press.account, &[Purpose::Reset]).await?;
    let known = match computer {
        Some(digest) => computer::store::find_known(&tx, press.account, digest).await?,
        None => None,
    };
    let computer = known.map(|(_, since)| since);
    let proof = Proof { way: Way::Alternate, computer, code: code_of(passport, press) };
    let opened = open(passport, &tx, now, proof, source).await?;
    tx.commit().await?;
    Ok(Some(opened))
}

/// The same press makes the same code, so that its browser is given it again (decision 0030).
fn code_of(passport: &Passport, press: &Press) -> String {
    code::of_mac(passport.proofs.sign(press.mark()))
}

/// What the press of a link opened, for a press that comes twice.
pub async fn proven_by_link(passport: &Passport, press: &Press) -> Result<Option<Opened>, Fault> {
    let code = code_of(passport, press);
    let found = store::find_by_code(passport.db.reader(), &code).await?;
    Ok(found.map(|recovery| Opened { recovery, code }))
}

/// What was shown, and the code that comes back to it.
struct Proof {
    way: Way,
    /// Since when the account knows the computer, if it does.
    computer: Option<Moment>,
    code: String,
}

async fn open_alone(
    passport: &Passport,
    now: Moment,
    account: AccountId,
    proof: Proof,
    source: &Source,
) -> Result<Option<Opened>, Fault> {
    let Some(tx) = Acting::on(passport, account).await? else { return Ok(None) };
    let opened = open(passport, &tx, now, proof, source).await?;
    tx.commit().await?;
    Ok(Some(opened))
}

async fn open(
    passport: &Passport,
    tx: &Acting,
    now: Moment,
    Proof { way, computer, code }: Proof,
    source: &Source,
) -> Result<Opened, Fault> {
    let account = tx.account();
    let hours = u64::from(passport.settings.recovery.cool_down_hours);
    let cool_down = Duration::from_secs(hours * 3600);
    let id = RecoveryId::new(now, &passport.random);
    let changed = channel::store::find_changed(tx, account.id, way.channel()).await?;
    let wait = wait(now, Circumstances { way, computer, changed, cool_down });
    store::end_open(tx, account.id).await?;
    link::store::end_links(tx, now, account.id, &[Purpose::StopRecovery]).await?;
    let new = NewRecovery { id, account: account.id, way, code: &code, wait, lasts: lasts(wait) };
    let recovery = store::add_recovery(tx, now, new).await?;
    let event = NewEvent { account: account.id, kind: Kind::RecoveryBegun, source, detail: way.as_str() };
    history::record(tx, now, &passport.random, event).await?;
    if !wait.is_zero() {
        let undoable = link::store::list_usable(tx, now, account.id, Purpose::NotMe).await?;
        let writer = Writer { site: &passport.site, account };
        for to in notice::addresses(account, &undoable, None) {
            let detail = id.to_string();
            let lifetime = recovery.ends_at.since(now);
            let new =
                NewLink { account: account.id, purpose: Purpose::StopRecovery, detail: &detail, lifetime };
            let path = link::make(tx, now, &passport.random, new).await?;
            passport.outbox.add(tx, now, &writer.waiting(&to, &path, now, source, &recovery)?).await?;
        }
    }
    Ok(Opened { recovery, code })
}

/// The owner's veto. False when the link was used, or the recovery is over.
pub async fn stop(passport: &Passport, now: Moment, link: &Press, source: &Source) -> Result<bool, Fault> {
    let Ok(id) = link.detail.parse::<RecoveryId>() else { return Ok(false) };
    let Some(tx) = Acting::on(passport, link.account).await? else { return Ok(false) };
    if !link::store::spend_link(&tx, now, link).await? || !store::set_vetoed(&tx, link.account, id).await? {
        return Ok(false);
    }
    link::store::end_links(&tx, now, link.account, &[Purpose::StopRecovery]).await?;
    let event = NewEvent { account: link.account, kind: Kind::RecoveryStopped, source, detail: "" };
    history::record(&tx, now, &passport.random, event).await?;
    tx.commit().await?;
    Ok(true)
}

/// Who returns with a code, and what they may do; `None` when it opens nothing.
pub async fn returned(
    passport: &Passport,
    now: Moment,
    code: &str,
) -> Result<Option<(Account, Recovery, Standing)>, Fault> {
    let reader = passport.db.reader();
    let Some(recovery) = store::find_by_code(reader, code).await? else { return Ok(None) };
    let account = account::store::find(reader, recovery.account).await?;
    Ok(account.filter(|account| account.state.may_be_recovered()).map(|account| {
        let standing = recovery.standing(now);
        (account, recovery, standing)
    }))
}

/// Whether this password was just set by this recovery: then it was sent twice. Counts as a guess when it is not.
pub async fn was_set(
    passport: &Passport,
    now: Moment,
    prover: Prover<'_>,
    recovery: &Recovery,
    password: Secret,
) -> Result<bool, Fault> {
    if recovery.state != super::State::Done || now >= recovery.ends_at || too_long(&password) {
        return Ok(false);
    }
    let guesser = Guesser {
        email_key: prover.email.key(),
        address_block: &prover.source.address_block,
        computer: prover.computer,
    };
    let leave = may_guess(passport, now, Guess::Password, guesser).await?;
    if !leave.may {
        return Ok(false);
    }
    let stored = account::store::find_credentials(passport.db.reader(), prover.email.key()).await?;
    let stored = stored.filter(|stored| stored.id == recovery.account);
    let hash = stored.as_ref().map(|stored| stored.password_hash.as_str());
    let matches = leave.accepts(passport.hasher.verify(password, hash).await?.matches);
    if matches && let Some(tx) = Acting::on(passport, recovery.account).await? {
        leave.give_back(passport, &tx, now).await?;
        tx.commit().await?;
    }
    Ok(matches)
}

/// Sets the new password and ends everything that hung on the old one. The account keeps its id (PP-24) and
/// is active afterwards, also when it was frozen. `None` when the proof does not count any more.
pub async fn set_password(
    passport: &Passport,
    now: Moment,
    recovery: &Recovery,
    password: Secret,
    source: &Source,
) -> Result<Option<Ended>, Fault> {
    let hash = passport.hasher.hash(password).await?;
    let Some(tx) = Acting::on(passport, recovery.account).await? else { return Ok(None) };
    if !store::spend_recovery(&tx, now, recovery.id).await? {
        return Ok(None);
    }
    let account = tx.account().clone();
    if !account.state.may_be_recovered() {
        return Ok(None);
    }
    account::store::set_password_hash(&tx, account.id, &hash).await?;
    account::store::streak::end(&tx, account.id).await?;
    if account::store::set_state(&tx, now, account.id, State::Active).await? {
        security_events::enqueue(passport, &tx, now, account.id, AccountEvent::Enabled).await?;
    }
    let ended = ended::end_everything(passport, &tx, now, account.id).await?;
    let change = Change {
        account: &account,
        kind: Kind::PasswordReset,
        source,
        detail: recovery.way.as_str(),
        former: Former::Nothing,
        newly: None,
    };
    notice::actions::tell(passport, &tx, now, change).await?;
    tx.commit().await?;
    Ok(Some(ended))
}
