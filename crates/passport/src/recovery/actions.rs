//! The verbs of recovery: face somebody, take a proof, stop, set the new password. For addresses without an
//! account all of it runs alike.
use std::time::Duration;

use oidc::security_event::AccountEvent;
use platform::{
    Fault,
    clock::Moment,
    email::EmailAddress,
    language::Language,
    outbox::{Job, Outcome},
    secrets::Secret,
    security_event::{Event, Note},
};
use serde::{Deserialize, Serialize};

use super::{
    Offered, OnFile, Recovery, RecoveryId, Standing, Way, code, decoy, lasts,
    store::{self, NewRecovery},
    wait,
};
use crate::{
    account::{
        self, Account, AccountId, State,
        acting::Acting,
        budget::{Budget, Guess, Guesser, may_guess},
        ended::{self, Ended},
        information::Information,
    },
    billing,
    history::{self, Kind, NewEvent, Source},
    jobs::security_events,
    link::{self, Link, NewLink, Purpose},
    notice::{self, Change, Former, letters::Writer},
    state::Passport,
};

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

/// “Send a password reset e-mail to my alternate address”: a job, so that asking takes the same whoever is
/// asked for.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendReset {
    email_key: String,
    address_block: String,
    agent: String,
}

impl Job for SendReset {
    const KIND: &'static str = "send_reset";
}

/// Takes the wish down, unless too many letters were asked for; the page says the same (EM-10).
pub async fn ask_for_link(
    passport: &Passport,
    now: Moment,
    email: &EmailAddress,
    source: &Source,
) -> Result<(), Fault> {
    let tx = passport.db.begin().await?;
    let by_address = Budget::Letters.spend(passport, &tx, now, email.key()).await?;
    let by_block = Budget::BlockLetters.spend(passport, &tx, now, &source.address_block).await?;
    if by_address && by_block {
        let Source { address_block, agent } = source.clone();
        passport
            .outbox
            .add(&tx, now, &SendReset { email_key: email.key().to_owned(), address_block, agent })
            .await?;
    }
    tx.commit().await
}

/// Writes to the alternate address that is stored, if there is one. An older link is dead from then on.
pub async fn send_reset(passport: &Passport, job: SendReset) -> Outcome {
    match try_send_reset(passport, job).await {
        Ok(()) => Outcome::Done,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

async fn try_send_reset(passport: &Passport, job: SendReset) -> Result<(), Fault> {
    let now = passport.clock.now();
    let Some(id) = account::store::find_id(passport.db.reader(), &job.email_key).await? else {
        return Ok(());
    };
    let Some(tx) = Acting::on(passport, id).await? else { return Ok(()) };
    let account = tx.account().clone();
    if !account.state.may_be_recovered() {
        return Ok(());
    }
    let Some(to) = account.alternate_email.clone() else { return Ok(()) };
    link::store::end_links(&tx, now, account.id, &[Purpose::Reset]).await?;
    let new = NewLink {
        account: account.id,
        purpose: Purpose::Reset,
        detail: &to,
        lifetime: Purpose::Reset.lifetime(),
    };
    let path = link::make(&tx, now, &passport.random, new).await?;
    let source = Source { address_block: job.address_block, agent: job.agent };
    let writer = Writer { site: &passport.site, account: &account };
    passport.outbox.add(&tx, now, &writer.reset(&to, &path, now, &source)?).await?;
    tx.commit().await
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
    async fn may_guess(&self, passport: &Passport, now: Moment) -> Result<account::budget::Leave, Fault> {
        let guesser = Guesser {
            email_key: self.email.key(),
            address_block: &self.source.address_block,
            computer: self.computer,
        };
        may_guess(passport, now, Guess::Answer, guesser).await
    }

    fn failed(&self, account: Option<AccountId>, way: Way) -> Note {
        let note = Note::of(Event::ResetFailed).block(&self.source.address_block).detail(way.as_str());
        match account {
            Some(id) => note.account(id),
            None => note,
        }
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
    let answered = passport.hasher.verify_answer(answer, stored).await?.matches;
    let Some((account, _)) = found else {
        prover.failed(None, Way::Answer).tell();
        return Ok(None);
    };
    let confirmed = Information::of(&account.claims).is_confirmed_by(said);
    if !(answered && confirmed && account.state.may_be_recovered()) {
        prover.failed(Some(account.id), Way::Answer).tell();
        return Ok(None);
    }
    open(passport, now, &account, Way::Answer, leave.known_computer, prover.source).await
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
        Some(account) if matches && account.state.may_be_recovered() => {
            open(passport, now, &account, Way::Billing, leave.known_computer, prover.source).await
        }
        _ => {
            prover.failed(id, Way::Billing).tell();
            Ok(None)
        }
    }
}

/// PP-26: the letter's link was followed and its button pressed. `None` when somebody was faster.
pub async fn prove_by_link(
    passport: &Passport,
    now: Moment,
    link: &Link,
    source: &Source,
) -> Result<Option<Opened>, Fault> {
    let Some(tx) = Acting::on(passport, link.account).await? else { return Ok(None) };
    let spent = link::store::spend_link(&tx, now, link.id).await?;
    let account = tx.account().clone();
    tx.commit().await?;
    match Some(account).filter(|account| spent && account.state.may_be_recovered()) {
        Some(account) => open(passport, now, &account, Way::Alternate, false, source).await,
        None => Ok(None),
    }
}

async fn open(
    passport: &Passport,
    now: Moment,
    account: &Account,
    way: Way,
    known_computer: bool,
    source: &Source,
) -> Result<Option<Opened>, Fault> {
    let hours = u64::from(passport.settings.recovery.cool_down_hours);
    let wait = wait(way, known_computer, Duration::from_secs(hours * 3600));
    let code = code::make(&passport.random);
    let id = RecoveryId::new(now, &passport.random);
    let Some(tx) = Acting::on(passport, account.id).await? else { return Ok(None) };
    store::end_open(&tx, account.id).await?;
    link::store::end_links(&tx, now, account.id, &[Purpose::StopRecovery]).await?;
    let new = NewRecovery { id, account: account.id, way, code: &code, wait, lasts: lasts(wait) };
    let recovery = store::add_recovery(&tx, now, new).await?;
    let event = NewEvent { account: account.id, kind: Kind::RecoveryBegun, source, detail: way.as_str() };
    history::record(&tx, now, &passport.random, event).await?;
    if !wait.is_zero() {
        let undoable = link::store::list_usable(&tx, now, account.id, Purpose::NotMe).await?;
        let writer = Writer { site: &passport.site, account };
        for to in notice::addresses(account, &undoable, None) {
            let detail = id.to_string();
            let lifetime = recovery.ends_at.since(now);
            let new =
                NewLink { account: account.id, purpose: Purpose::StopRecovery, detail: &detail, lifetime };
            let path = link::make(&tx, now, &passport.random, new).await?;
            passport
                .outbox
                .add(&tx, now, &writer.waiting(&to, &path, now, source, recovery.ready_at)?)
                .await?;
        }
    }
    tx.commit().await?;
    Ok(Some(Opened { recovery, code }))
}

/// The owner's veto. False when the link was used, or the recovery is over.
pub async fn stop(passport: &Passport, now: Moment, link: &Link, source: &Source) -> Result<bool, Fault> {
    let Ok(id) = link.detail.parse::<RecoveryId>() else { return Ok(false) };
    let Some(tx) = Acting::on(passport, link.account).await? else { return Ok(false) };
    if !link::store::spend_link(&tx, now, link.id).await? || !store::set_vetoed(&tx, link.account, id).await?
    {
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
