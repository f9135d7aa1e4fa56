//! Changing what an account is reached and recovered by: password, addresses, secret question. Each change is
//! told to every known address, in its own transaction. Knows no page.
use platform::{Fault, clock::Moment, email::EmailAddress, secrets::Secret};

use super::{
    Account,
    acting::{Acting, Refusal},
    actions::too_long,
    budget::{Budget, Guess, Guesser, Leave, may_guess},
    ended, letters, store,
};
use crate::{
    automatic, computer, grant,
    history::{self, Kind, NewEvent, Source},
    link::{self, Link, NewLink, Purpose},
    notice::{self, Change, Former, letters::Writer},
    session::{self, Session},
    state::Passport,
};

/// A signed-in person who changes something.
#[derive(Clone, Copy)]
pub struct Owner<'a> {
    pub account: &'a Account,
    pub session: &'a Session,
    pub source: &'a Source,
    /// The digest of the computer's cookie.
    pub computer: Option<&'a [u8]>,
}

impl Owner<'_> {
    /// The password again; spends the budget of sign-ins (BF-03). `None`: wrong, or too many tries.
    async fn proves(
        &self,
        passport: &Passport,
        now: Moment,
        password: &Secret,
    ) -> Result<Option<Proven>, Fault> {
        let key =
            EmailAddress::parse(&self.account.email).map_err(|_| Fault::bug("a stored address is none"))?;
        let block = self.source.address_block.as_str();
        let guesser = Guesser { email_key: key.key(), address_block: block, computer: self.computer };
        let leave = may_guess(passport, now, Guess::Password, guesser).await?;
        if !leave.may || too_long(password) {
            return Ok(None);
        }
        let stored = store::find_credentials(passport.db.reader(), key.key()).await?;
        let stored = stored.filter(|stored| stored.id == self.account.id);
        let hash = stored.as_ref().map(|stored| stored.password_hash.as_str());
        let matches = passport.hasher.verify(password.clone(), hash).await?.matches;
        Ok(stored.filter(|_| matches).map(|stored| Proven { leave, hash: stored.password_hash }))
    }

    /// The transaction in which the person writes; refused when what they stand on ended or changed.
    async fn acts(&self, passport: &Passport, now: Moment) -> Result<Acting, Refusal> {
        Acting::in_session(passport, now, self.session, self.account).await
    }

    fn change(&self, kind: Kind, former: Former) -> Change<'_> {
        Change { account: self.account, kind, source: self.source, detail: "", former, newly: None }
    }
}

/// The password was right.
struct Proven {
    leave: Leave,
    /// The hash that it was right for.
    hash: String,
}

/// How a change ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    Done,
    /// The present password was wrong, or there were too many tries.
    Unproven,
}

/// Replaces the password. Known computers but this one are forgotten, automatic sign-ins and links die in any case; the other
/// sessions, and what sites hold through them, when `end_others`.
pub async fn change_password(
    passport: &Passport,
    now: Moment,
    owner: Owner<'_>,
    old: &Secret,
    new: Secret,
    end_others: bool,
) -> Result<Changed, Refusal> {
    let Some(proven) = owner.proves(passport, now, old).await? else { return Ok(Changed::Unproven) };
    let hash = passport.hasher.hash(new).await?;
    let id = owner.account.id;
    let tx = Acting::to_protect(passport, now, owner.session).await?;
    if store::find_password_hash(&tx, id).await?.as_ref() != Some(&proven.hash) {
        return Err(Refusal::Ended);
    }
    tx.raise_epoch().await?;
    proven.leave.give_back(passport, &tx, now).await?;
    store::set_password_hash(&tx, id, &hash).await?;
    computer::store::drop_others(&tx, id, owner.computer).await?;
    ended::end_links(&tx, now, id).await?;
    // Whoever is signed in without a password knows none: that ends in any case (RM-03).
    automatic::store::end_of_account(&tx, now, id).await?;
    if end_others {
        session::actions::end_others(passport, &tx, now, id, Some(owner.session.id)).await?;
        grant::store::revoke_of_account_but(&tx, id, owner.session.id).await?;
    }
    notice::actions::tell(passport, &tx, now, owner.change(Kind::PasswordChanged, Former::Nothing)).await?;
    tx.commit().await?;
    Ok(Changed::Done)
}

pub async fn change_question(
    passport: &Passport,
    now: Moment,
    owner: Owner<'_>,
    question: &str,
    answer: &Secret,
) -> Result<(), Refusal> {
    let hash = passport.hasher.hash_answer(answer).await?;
    let id = owner.account.id;
    let tx = owner.acts(passport, now).await?;
    tx.raise_epoch().await?;
    let answer_hash = store::find_answer_hash(&tx, id).await?;
    let former = Former::Question { question: owner.account.question.clone(), answer_hash };
    store::set_question(&tx, id, Some(question), Some(&hash)).await?;
    notice::actions::tell(passport, &tx, now, owner.change(Kind::QuestionChanged, former)).await?;
    Ok(tx.commit().await?)
}

/// What follows a sign-up: a letter that proves the address, if it was asked for, and one to the alternate
/// address, whose reader may have nothing to do with it.
pub(super) async fn after_sign_up(
    passport: &Passport,
    tx: &Acting,
    now: Moment,
    verify: bool,
) -> Result<(), Fault> {
    let (account, id) = (tx.account(), tx.id());
    if verify {
        send_verification(passport, tx, now).await?;
    }
    let Some(to) = account.alternate_email.as_deref() else { return Ok(()) };
    let purpose = Purpose::DropAlternate;
    let new = NewLink { account: id, purpose, detail: to, lifetime: purpose.lifetime() };
    if let Ok(alternate) = EmailAddress::parse(to)
        && Budget::Letters.spend(passport, tx, now, alternate.key()).await?
    {
        let path = link::make(tx, now, &passport.random, new).await?;
        let letter = Writer { site: &passport.site, account }.named_as_alternate(to, &path)?;
        passport.outbox.add(tx, now, &letter).await?;
    }
    Ok(())
}

/// Sends a letter with which the owner proves the account's address; an older one is dead from then on.
pub async fn verify_email(passport: &Passport, now: Moment, owner: Owner<'_>) -> Result<(), Refusal> {
    let tx = owner.acts(passport, now).await?;
    send_verification(passport, &tx, now).await?;
    Ok(tx.commit().await?)
}

async fn send_verification(passport: &Passport, tx: &Acting, now: Moment) -> Result<(), Fault> {
    let account = tx.account();
    let Ok(email) = EmailAddress::parse(&account.email) else { return Ok(()) };
    if !Budget::Letters.spend(passport, tx, now, email.key()).await? {
        return Ok(());
    }
    let purpose = Purpose::VerifyEmail;
    link::store::end_links(tx, now, account.id, &[purpose]).await?;
    let new = NewLink { account: account.id, purpose, detail: email.key(), lifetime: purpose.lifetime() };
    let path = link::make(tx, now, &passport.random, new).await?;
    let letter = Writer { site: &passport.site, account }.verify(&path)?;
    passport.outbox.add(tx, now, &letter).await
}

/// Asks for another address: a letter there, and nothing else until its link is followed. When the address has
/// an account already its owner is written to instead; the page says the same (INV-4).
pub async fn ask_email_change(
    passport: &Passport,
    now: Moment,
    owner: Owner<'_>,
    email: &EmailAddress,
) -> Result<(), Refusal> {
    let account = owner.account;
    let tx = owner.acts(passport, now).await?;
    if Budget::Letters.spend(passport, &tx, now, email.key()).await? {
        let holder = store::find_by_key(&tx, email.key()).await?;
        let purpose = Purpose::ChangeEmail;
        link::store::end_links(&tx, now, account.id, &[purpose]).await?;
        match holder.filter(|holder| holder.id != account.id) {
            Some(holder) => {
                passport.outbox.add(&tx, now, &letters::already_have(&passport.site, &holder)?).await?
            }
            None => {
                let detail = email.as_str();
                let new = NewLink { account: account.id, purpose, detail, lifetime: purpose.lifetime() };
                let path = link::make(&tx, now, &passport.random, new).await?;
                let letter = Writer { site: &passport.site, account }.change_email(detail, &path)?;
                passport.outbox.add(&tx, now, &letter).await?;
            }
        }
        let event = NewEvent {
            account: account.id,
            kind: Kind::EmailChangeAsked,
            source: owner.source,
            detail: email.as_str(),
        };
        history::record(&tx, now, &passport.random, event).await?;
    }
    Ok(tx.commit().await?)
}

/// The same for the alternate address. An address may be the alternate one of any number of accounts.
pub async fn ask_alternate_change(
    passport: &Passport,
    now: Moment,
    owner: Owner<'_>,
    email: &EmailAddress,
) -> Result<(), Refusal> {
    let (account, purpose, detail) = (owner.account, Purpose::ChangeAlternate, email.as_str());
    let tx = owner.acts(passport, now).await?;
    if Budget::Letters.spend(passport, &tx, now, email.key()).await? {
        link::store::end_links(&tx, now, account.id, &[purpose]).await?;
        let new = NewLink { account: account.id, purpose, detail, lifetime: purpose.lifetime() };
        let path = link::make(&tx, now, &passport.random, new).await?;
        let letter = Writer { site: &passport.site, account }.change_alternate(detail, &path)?;
        passport.outbox.add(&tx, now, &letter).await?;
    }
    Ok(tx.commit().await?)
}

/// Takes the alternate address away.
pub async fn remove_alternate(passport: &Passport, now: Moment, owner: Owner<'_>) -> Result<(), Refusal> {
    if owner.account.alternate_email.is_none() {
        return Ok(());
    }
    let id = owner.account.id;
    let tx = owner.acts(passport, now).await?;
    tx.raise_epoch().await?;
    let former = Former::Alternate { address: owner.account.alternate_email.clone() };
    store::set_alternate_email(&tx, id, None).await?;
    link::store::end_links(&tx, now, id, &[Purpose::ChangeAlternate, Purpose::DropAlternate, Purpose::Reset])
        .await?;
    notice::actions::tell(passport, &tx, now, owner.change(Kind::AlternateEmailRemoved, former)).await?;
    Ok(tx.commit().await?)
}

/// Carries out what a link of [`Purpose::VerifyEmail`], [`Purpose::ChangeEmail`], [`Purpose::ChangeAlternate`]
/// or [`Purpose::DropAlternate`] stands for. False when it was used, or what it stands for is impossible by now.
pub async fn confirm(passport: &Passport, now: Moment, link: &Link, source: &Source) -> Result<bool, Fault> {
    let Some(tx) = Acting::on(passport, link.account).await? else { return Ok(false) };
    if !link::store::spend_link(&tx, now, link.id).await? {
        return Ok(false);
    }
    let account = tx.account().clone();
    let done = match link.purpose {
        Purpose::VerifyEmail => {
            let event = NewEvent { account: account.id, kind: Kind::EmailVerified, source, detail: "" };
            history::record(&tx, now, &passport.random, event).await?;
            store::set_email_verified(&tx, now, account.id, &link.detail).await?
        }
        Purpose::ChangeEmail => set_email(passport, &tx, now, &account, &link.detail, source).await?,
        Purpose::ChangeAlternate => {
            set_alternate(passport, &tx, now, &account, Some(&link.detail), source).await?
        }
        Purpose::DropAlternate if account.alternate_email.as_ref() == Some(&link.detail) => {
            set_alternate(passport, &tx, now, &account, None, source).await?
        }
        Purpose::DropAlternate | Purpose::Reset | Purpose::NotMe | Purpose::StopRecovery => false,
    };
    if done {
        tx.commit().await?;
    }
    Ok(done)
}

async fn set_email(
    passport: &Passport,
    tx: &Acting,
    now: Moment,
    account: &Account,
    to: &str,
    source: &Source,
) -> Result<bool, Fault> {
    let Ok(email) = EmailAddress::parse(to) else { return Ok(false) };
    let is_alternate = is_same(account.alternate_email.as_deref(), &email);
    if !account.is_active() || is_alternate || !store::set_email(tx, now, account.id, &email, true).await? {
        return Ok(false);
    }
    tx.raise_epoch().await?;
    ended::end_links(tx, now, account.id).await?;
    let former = Former::Email { address: account.email.clone(), verified: account.email_verified };
    let change = Change {
        account,
        kind: Kind::EmailChanged,
        source,
        detail: &account.email,
        former,
        newly: Some(email.as_str()),
    };
    notice::actions::tell(passport, tx, now, change).await?;
    Ok(true)
}

async fn set_alternate(
    passport: &Passport,
    tx: &Acting,
    now: Moment,
    account: &Account,
    to: Option<&str>,
    source: &Source,
) -> Result<bool, Fault> {
    let email = to.and_then(|to| EmailAddress::parse(to).ok());
    let is_primary = email.as_ref().is_some_and(|email| is_same(Some(&account.email), email));
    if !account.is_active() || is_primary || email.is_some() != to.is_some() {
        return Ok(false);
    }
    let kind = if to.is_some() { Kind::AlternateEmailChanged } else { Kind::AlternateEmailRemoved };
    tx.raise_epoch().await?;
    store::set_alternate_email(tx, account.id, to.map(str::to_owned)).await?;
    link::store::end_links(tx, now, account.id, &[Purpose::Reset, Purpose::ChangeAlternate]).await?;
    let former = Former::Alternate { address: account.alternate_email.clone() };
    let change = Change { account, kind, source, detail: "", former, newly: to };
    notice::actions::tell(passport, tx, now, change).await?;
    Ok(true)
}

/// Whether two addresses are one.
pub fn is_same(address: Option<&str>, other: &EmailAddress) -> bool {
    address
        .and_then(|text| EmailAddress::parse(text).ok())
        .is_some_and(|address| address.key() == other.key())
}
