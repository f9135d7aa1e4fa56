//! Changing what an account is proven and recovered by: password, secret question, what a person is recognized by.
//! Each change is told to every known address, in its own transaction. Knows no page.
use oidc::claims::StandardClaims;
use platform::{Fault, clock::Moment, email::EmailAddress, secrets::Secret};

use crate::{
    account::{
        Account,
        acting::{Acting, Refusal},
        information::Recognized,
        password::rules::too_long,
        store,
    },
    acts::{self},
    automatic,
    budget::{
        Budget,
        guess::{Guess, Guesser, Leave, may_guess},
    },
    channel::{self, Channel},
    computer,
    desk::{Desk, Vault},
    grant,
    history::{self, Kind, NewEvent, Source},
    notice::{Change, Former},
    recovery::{self, Way},
    sending::Sending,
    session::Session,
    tell,
};

/// A signed-in person who changes something.
#[derive(Clone, Copy)]
pub struct Owner<'a> {
    pub account: &'a Account,
    pub session: &'a Session,
    pub source: &'a Source,
    /// The digest of the computer's cookie.
    pub computer: Option<&'a [u8]>,
    /// The form that says so.
    pub sending: &'a Sending,
}

impl Owner<'_> {
    /// The password again; spends the budget of sign-ins (BF-03). `None`: wrong, or too many tries.
    async fn proves(&self, vault: &Vault, now: Moment, password: &Secret) -> Result<Option<Proven>, Fault> {
        let key =
            EmailAddress::parse(&self.account.email).map_err(|_| Fault::bug("a stored address is none"))?;
        let block = self.source.address_block.as_str();
        let guesser = Guesser { email_key: key.key(), address_block: block, computer: self.computer };
        let place = vault.hasher.place()?;
        let leave = may_guess(&vault.db, &vault.settings, now, Guess::Password(&place), guesser).await?;
        if !leave.may || too_long(password) {
            return Ok(None);
        }
        let stored = store::find_credentials(vault.db.reader(), key.key()).await?;
        let stored = stored.filter(|stored| stored.id == self.account.id);
        let hash = stored.as_ref().map(|stored| stored.password_hash.as_str());
        let matches = leave.accepts(vault.hasher.verify(place, password.clone(), hash).await?.matches);
        Ok(stored.filter(|_| matches).map(|stored| Proven { leave, hash: stored.password_hash }))
    }

    /// The transaction in which the person writes; refused when what they stand on ended or changed, and when they
    /// changed too much lately: each change leaves letters and links. `None`: the form came twice, and it is done.
    pub(super) async fn acts(&self, desk: &Desk, now: Moment) -> Result<Option<Acting>, Refusal> {
        let Some(tx) =
            Acting::once(&desk.db, (&desk.settings.session).into(), now, self.session, self.sending).await?
        else {
            return Ok(None);
        };
        if tx.account().epoch != self.account.epoch {
            return Err(Refusal::Ended);
        }
        match Budget::Changes.spend_or_wait(&desk.settings, &tx, now, &tx.id().to_string()).await? {
            Ok(()) => Ok(Some(tx)),
            Err(full) => Err(Refusal::TooMany(full)),
        }
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
    vault: &Vault,
    now: Moment,
    owner: Owner<'_>,
    old: &Secret,
    new: Secret,
    end_others: bool,
) -> Result<Changed, Refusal> {
    if owner.sending.came_before(vault.db.reader(), now).await? {
        return Ok(Changed::Done);
    }
    let Some(proven) = owner.proves(vault, now, old).await? else {
        // Or it was changed just now, by this very form.
        let done = owner.sending.came_before(vault.db.reader(), now).await?;
        return Ok(if done { Changed::Done } else { Changed::Unproven });
    };
    let hash = vault.hasher.hash(new).await?;
    let id = owner.account.id;
    let Some(tx) =
        Acting::once(&vault.db, (&vault.settings.session).into(), now, owner.session, owner.sending).await?
    else {
        return Ok(Changed::Done);
    };
    if store::find_password_hash(&tx, id).await?.as_ref() != Some(&proven.hash) {
        return Err(Refusal::Ended);
    }
    tx.raise_epoch().await?;
    proven.leave.give_back(&vault.settings, &tx, now).await?;
    store::set_password_hash(&tx, id, &hash).await?;
    store::streak::end(&tx, id).await?;
    computer::store::drop_others(&tx, id, owner.computer).await?;
    acts::end::end_links(&tx, now, id).await?;
    // Whoever is signed in without a password knows none: that ends in any case (RM-03).
    automatic::store::end_of_account(&tx, now, id).await?;
    if end_others {
        acts::sessions::end_others(vault, &tx, now, id, Some(owner.session.id)).await?;
        grant::store::revoke_of_account_but(&tx, id, owner.session.id).await?;
    }
    tell::owner::tell(vault, &tx, now, owner.change(Kind::PasswordChanged, Former::Nothing)).await?;
    tx.commit().await?;
    Ok(Changed::Done)
}

pub async fn change_question(
    vault: &Vault,
    now: Moment,
    owner: Owner<'_>,
    question: &str,
    answer: &Secret,
) -> Result<(), Refusal> {
    let hash = vault.hasher.hash_answer(answer).await?;
    let id = owner.account.id;
    let Some(tx) = owner.acts(vault, now).await? else { return Ok(()) };
    tx.raise_epoch().await?;
    let answer_hash = store::find_answer_hash(&tx, id).await?;
    let former = Former::Question { question: owner.account.question.clone(), answer_hash };
    store::set_question(&tx, id, Some(question), Some(&hash)).await?;
    answer_changed(&tx, now).await?;
    tell::owner::tell(vault, &tx, now, owner.change(Kind::QuestionChanged, former)).await?;
    Ok(tx.commit().await?)
}

/// Replaces what the person says about themselves. What they are recognized by is told and can be undone; the rest
/// only stands in the history.
pub async fn change_information(
    vault: &Vault,
    now: Moment,
    owner: Owner<'_>,
    claims: &StandardClaims,
) -> Result<(), Refusal> {
    let Some(tx) = owner.acts(vault, now).await? else { return Ok(()) };
    set_information(vault, &tx, now, claims, owner.source).await?;
    Ok(tx.commit().await?)
}

/// The same, whoever says it.
pub(super) async fn set_information(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    claims: &StandardClaims,
    source: &Source,
) -> Result<(), Fault> {
    let (account, before, kind) = (tx.account(), &tx.account().claims, Kind::InformationChanged);
    store::set_claims(tx, now, account.id, claims).await?;
    if Recognized::of(before) == Recognized::of(claims) {
        let event = NewEvent { account: account.id, kind, source, detail: "" };
        return history::record(tx, now, &desk.random, event).await;
    }
    tx.raise_epoch().await?;
    answer_changed(tx, now).await?;
    let former = Former::Information { claims: Box::new(before.clone()) };
    let change = Change { account, kind, source, detail: "", former, newly: None };
    tell::owner::tell(desk, tx, now, change).await
}

/// The answer, or the information that goes with it, is new: it waits, and what waited on the older one is over.
pub(in crate::acts) async fn answer_changed(tx: &Acting, now: Moment) -> Result<(), Fault> {
    channel::store::set_changed(tx, now, tx.id(), Channel::Answer).await?;
    recovery::store::end_open_by(tx, tx.id(), Way::Answer).await
}
