//! The verbs of an account: made, proven, disabled. Each is one transaction; what follows leaves by the outbox.
use oidc::{claims::StandardClaims, security_event::AccountEvent};
use platform::{
    Fault,
    clock::Moment,
    db::Tx,
    email::EmailAddress,
    language::Language,
    secrets::Secret,
    security_event::{Event, Note},
};

pub use super::arrival::{Begun, Keep};
use super::{
    Account, AccountId, Alternate, State,
    acting::{Acting, Founded},
    addresses, arrival,
    budget::{Budget, Guess, Guesser, Leave, may_guess},
    ended, letters,
    password::rules,
    store::{self, NewAccount},
};
use crate::{
    TWICE,
    history::{self, Kind, NewEvent, Source},
    jobs::security_events,
    notice::{self, letters::Writer},
    session::{self, Browser},
    state::Passport,
};

pub use super::seed::{AccountSeed, add, ensure};

/// What a person gives at sign-up, checked by the door.
pub struct SignUp {
    pub email: EmailAddress,
    pub password: Secret,
    /// The question in the person's words.
    pub question: String,
    pub answer: Secret,
    pub language: Language,
    /// Where a forgotten password may be reset; not the first address.
    pub alternate_email: Option<EmailAddress>,
    /// What the person says about themselves.
    pub claims: StandardClaims,
    /// The person wants a letter that proves the address to be theirs.
    pub verify: bool,
    pub source: Source,
}

/// How a sign-up ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedUp {
    Made(AccountId),
    /// Another account has this address. Where the door must not say so, its owner was written to.
    Taken,
}

/// Makes an account, unless the address has one. Nobody is signed in by this (PP-13).
pub async fn sign_up(passport: &Passport, now: Moment, sign_up: SignUp) -> Result<SignedUp, Fault> {
    // Hashed before looking, so that a taken address takes as long as a free one.
    let password_hash = passport.hasher.hash(sign_up.password.clone()).await?;
    let answer_hash = passport.hasher.hash_answer(&sign_up.answer).await?;
    let id = AccountId::new(now, &passport.random);
    let new = NewAccount {
        id,
        email: sign_up.email.clone(),
        email_verified: false,
        state: State::Active,
        password_hash,
        question: Some(sign_up.question),
        answer_hash: Some(answer_hash),
        alternate: sign_up
            .alternate_email
            .as_ref()
            .map(|alternate| Alternate { address: alternate.as_str().to_owned(), verified: false }),
        claims: sign_up.claims,
        language: sign_up.language,
    };
    match Acting::founding(passport, now, new).await? {
        Founded::New(tx) => {
            let event = NewEvent { account: id, kind: Kind::SignedUp, source: &sign_up.source, detail: "" };
            history::record(&tx, now, &passport.random, event).await?;
            addresses::after_sign_up(passport, &tx, now, sign_up.verify).await?;
            tx.commit().await?;
            return Ok(SignedUp::Made(id));
        }
        Founded::Taken(tx) => {
            if !passport.settings.sign_up.reveal_taken {
                tell_owner(passport, &tx, now, &sign_up.email).await?;
            }
            tx.commit().await?;
        }
    }
    let (email, password, source) = (&sign_up.email, sign_up.password, &sign_up.source);
    match sent_twice(passport, now, email, password, source).await? {
        Some(id) => Ok(SignedUp::Made(id)),
        None => Ok(SignedUp::Taken),
    }
}

/// Some browsers send a form twice when the connection breaks: whoever sends the password of an account that was
/// made a moment ago, and never used, made it, and is answered like the first time. Counts as a guess when not.
async fn sent_twice(
    passport: &Passport,
    now: Moment,
    email: &EmailAddress,
    password: Secret,
    source: &Source,
) -> Result<Option<AccountId>, Fault> {
    if !passport.settings.sign_up.reveal_taken {
        return Ok(None);
    }
    let found = store::find_by_key(passport.db.reader(), email.key()).await?;
    let fresh = |found: &Account| {
        found.is_active() && found.signed_in_at.is_none() && now.is_within(TWICE, found.created_at)
    };
    let Some(account) = found.filter(fresh) else { return Ok(None) };
    let guesser = Guesser { email_key: email.key(), address_block: &source.address_block, computer: None };
    let place = passport.hasher.place()?;
    let leave = may_guess(passport, now, Guess::Password(&place), guesser).await?;
    if !leave.may {
        return Ok(None);
    }
    let stored = store::find_credentials(passport.db.reader(), email.key()).await?;
    let stored = stored.filter(|stored| stored.id == account.id);
    let hash = stored.as_ref().map(|stored| stored.password_hash.as_str());
    if !leave.accepts(passport.hasher.verify(place, password, hash).await?.matches) {
        return Ok(None);
    }
    let Some(tx) = Acting::on(passport, account.id).await? else { return Ok(None) };
    leave.give_back(passport, &tx, now).await?;
    tx.commit().await?;
    Ok(Some(account.id))
}

/// Writes to the stored address, not to the one that was typed (INV-3).
async fn tell_owner(passport: &Passport, tx: &Tx, now: Moment, email: &EmailAddress) -> Result<(), Fault> {
    if let Some(account) = store::find_by_key(tx, email.key()).await?
        && Budget::Letters.spend(passport, tx, now, email.key()).await?
    {
        passport.outbox.add(tx, now, &letters::already_have(&passport.site, &account)?).await?;
    }
    Ok(())
}

/// A try to sign in.
pub struct Attempt<'a> {
    pub email: &'a EmailAddress,
    pub password: Secret,
    pub browser: Browser<'a>,
    pub keep: Keep<'a>,
}

/// How a try to sign in ended.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// What the browser shall hold.
    Begun(Box<Begun>),
    /// The password was right, and its owner froze the account: whoever knows it may know this too.
    Frozen,
    /// Unknown, disabled, wrong or throttled, which nobody can tell apart (EN-01, BF-01).
    Refused,
}

/// Proves a person and begins a session.
///
/// The budgets are spent before anything is looked up, so that parallel guesses count as well.
pub async fn sign_in(passport: &Passport, now: Moment, attempt: Attempt<'_>) -> Result<SignIn, Fault> {
    let key = attempt.email.key();
    let block = attempt.browser.source.address_block.as_str();
    let guesser = Guesser { email_key: key, address_block: block, computer: attempt.keep.computer };
    let place = passport.hasher.place()?;
    let leave = may_guess(passport, now, Guess::Password(&place), guesser).await?;
    if !leave.may {
        Note::of(Event::SignInThrottled).block(block).tell();
        return Ok(SignIn::Refused);
    }
    if too_long(&attempt.password) {
        return Ok(SignIn::Refused);
    }
    let found = store::find_credentials(passport.db.reader(), key).await?;
    let stored = found.as_ref().map(|found| found.password_hash.as_str());
    let verified = passport.hasher.verify(place, attempt.password.clone(), stored).await?;
    let of = found.as_ref().map(|found| found.id.to_string()).unwrap_or_default();
    let Some(checked) = found.filter(|_| leave.accepts(verified.matches)) else {
        Note::of(Event::SignInFailed).block(block).account(of).tell();
        guessed_wrong(passport, now, &leave, attempt.browser.source).await?;
        return Ok(SignIn::Refused);
    };
    match checked.state {
        State::Active => {}
        State::Frozen => {
            let Some(tx) = Acting::on(passport, checked.id).await? else { return Ok(SignIn::Refused) };
            leave.give_back(passport, &tx, now).await?;
            tx.commit().await?;
            return Ok(SignIn::Frozen);
        }
        State::Disabled | State::Closed => return Ok(SignIn::Refused),
    }
    let renewed = match verified.needs_rehash {
        true => passport.hasher.rehash(attempt.password).await?,
        false => None,
    };
    let Some(tx) = Acting::on(passport, checked.id).await? else { return Ok(SignIn::Refused) };
    if !store::set_signed_in(&tx, now, &checked).await? {
        return Ok(SignIn::Refused);
    }
    if let Some(renewed) = renewed {
        store::set_password_hash(&tx, checked.id, &renewed).await?;
    }
    let browser = attempt.browser;
    let begun = session::actions::begin_or_renew(passport, &tx, now, checked.id, browser).await?;
    let Some(begun) = arrival::settle(passport, &tx, now, begun, browser, attempt.keep).await? else {
        return Ok(SignIn::Refused);
    };
    // A right password is no guess: offices with one address sign in by the hundred.
    leave.give_back(passport, &tx, now).await?;
    tx.commit().await?;
    Ok(SignIn::Begun(Box::new(begun)))
}

/// After so many wrong guesses in a row that new computers wait, the owner is told, once.
pub(crate) async fn guessed_wrong(
    passport: &Passport,
    now: Moment,
    leave: &Leave,
    source: &Source,
) -> Result<(), Fault> {
    let most = passport.settings.guessing.in_a_row;
    let Some((id, _)) = leave.in_a_row.filter(|(_, times)| *times == most) else { return Ok(()) };
    let Some(tx) = Acting::on(passport, id).await? else { return Ok(()) };
    let account = tx.account();
    let writer = Writer { site: &passport.site, account };
    for to in account.mailboxes() {
        notice::actions::post(passport, &tx, now, &writer.guessed(to, now, source, most)?).await?;
    }
    tx.commit().await
}

/// No account has such a password, so nothing is computed for it (PW-02).
pub(crate) fn too_long(password: &Secret) -> bool {
    password.expose().len() > rules::LONGEST
}

/// Disables an account and ends everything that hangs on it (INV-13). False when it was disabled before.
pub async fn disable(passport: &Passport, now: Moment, id: AccountId) -> Result<bool, Fault> {
    let Some(tx) = Acting::on(passport, id).await? else { return Ok(false) };
    let changed = store::set_state(&tx, now, id, State::Disabled).await?;
    ended::end_everything(passport, &tx, now, id).await?;
    if changed {
        security_events::enqueue(passport, &tx, now, id, AccountEvent::Disabled).await?;
        let event = NewEvent { account: id, kind: Kind::Disabled, source: &Source::default(), detail: "" };
        history::record(&tx, now, &passport.random, event).await?;
    }
    tx.commit().await?;
    Ok(changed)
}

/// Makes a disabled or frozen account active again; nothing that was ended comes back. False when it was
/// active, or its owner closed it.
pub async fn release(passport: &Passport, now: Moment, id: AccountId) -> Result<bool, Fault> {
    let Some(tx) = Acting::on(passport, id).await? else { return Ok(false) };
    if !matches!(tx.account().state, State::Disabled | State::Frozen) {
        return Ok(false);
    }
    let changed = store::set_state(&tx, now, id, State::Active).await?;
    security_events::enqueue(passport, &tx, now, id, AccountEvent::Enabled).await?;
    let event = NewEvent { account: id, kind: Kind::Released, source: &Source::default(), detail: "" };
    history::record(&tx, now, &passport.random, event).await?;
    tx.commit().await?;
    Ok(changed)
}
