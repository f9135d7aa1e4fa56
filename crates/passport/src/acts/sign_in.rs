//! Proving a person by address and password, and beginning a session. What follows leaves by the outbox.
use crate::{
    account::{
        State,
        acting::Acting,
        password::rules::too_long,
        store::{self},
    },
    acts::{
        self,
        arrive::{Begun, Keep},
        second_step::waiver::{self, Due},
    },
    budget::guess::{Guess, Guesser, Leave, may_guess},
    desk::Vault,
    history::Source,
    notice::letters::Writer,
    second_step::First,
    session::Browser,
    tell::{self},
};
use oidc::assurance::{Method, Methods};
use platform::{
    Fault,
    clock::Moment,
    email::EmailAddress,
    secrets::Secret,
    security_event::{Event, Note},
};

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
    /// The password was right, and a second proof is owed: there is no session before.
    Second(Box<First>),
    /// The password was right, and its owner froze the account: whoever knows it may know this too.
    Frozen,
    /// Unknown, disabled, wrong or throttled, which nobody can tell apart (EN-01, BF-01).
    Refused,
}

/// Proves a person and begins a session.
///
/// The budgets are spent before anything is looked up, so that parallel guesses count as well.
pub async fn sign_in(vault: &Vault, now: Moment, attempt: Attempt<'_>) -> Result<SignIn, Fault> {
    let key = attempt.email.key();
    let block = attempt.browser.source.address_block.as_str();
    let guesser = Guesser { email_key: key, address_block: block, computer: attempt.keep.computer };
    let place = vault.hasher.place()?;
    let leave = may_guess(&vault.db, &vault.settings, now, Guess::Password(&place), guesser).await?;
    if !leave.may {
        Note::of(Event::SignInThrottled).block(block).tell();
        return Ok(SignIn::Refused);
    }
    if too_long(&attempt.password) {
        return Ok(SignIn::Refused);
    }
    let found = store::find_credentials(vault.db.reader(), key).await?;
    let stored = found.as_ref().map(|found| found.password_hash.as_str());
    let verified = vault.hasher.verify(place, attempt.password.clone(), stored).await?;
    let of = found.as_ref().map(|found| found.id.to_string()).unwrap_or_default();
    let Some(checked) = found.filter(|_| leave.accepts(verified.matches)) else {
        Note::of(Event::SignInFailed).block(block).account(of).tell();
        guessed_wrong(vault, now, &leave, attempt.browser.source).await?;
        return Ok(SignIn::Refused);
    };
    match checked.state {
        State::Active => {}
        State::Frozen => {
            let Some(tx) = Acting::on(&vault.db, checked.id).await? else { return Ok(SignIn::Refused) };
            leave.give_back(&vault.settings, &tx, now).await?;
            tx.commit().await?;
            return Ok(SignIn::Frozen);
        }
        State::Disabled | State::Closed => return Ok(SignIn::Refused),
    }
    let renewed = match verified.needs_rehash {
        true => vault.hasher.rehash(attempt.password).await?,
        false => None,
    };
    let Some(tx) = Acting::on(&vault.db, checked.id).await? else { return Ok(SignIn::Refused) };
    let browser = attempt.browser;
    let due = waiver::due(vault, &tx, now, browser).await?;
    let owes = due == Due::More;
    let stands = match owes {
        true => store::is_as_checked(&tx, &checked).await?,
        false => store::set_signed_in(&tx, now, &checked).await?,
    };
    if !stands {
        return Ok(SignIn::Refused);
    }
    if let Some(renewed) = renewed {
        store::set_password_hash(&tx, checked.id, &renewed).await?;
    }
    if owes {
        leave.give_back_the_try(&vault.settings, &tx, now).await?;
        let first = First {
            account: checked.id,
            epoch: tx.account().epoch,
            at: now,
            methods: Methods::PASSWORD,
            automatic: attempt.keep.automatic,
            shared: browser.shared,
        };
        tx.commit().await?;
        return Ok(SignIn::Second(Box::new(first)));
    }
    let methods = match due {
        Due::Waived => Methods::PASSWORD.with(Method::Waived),
        Due::Nothing | Due::More => Methods::PASSWORD,
    };
    let Some(begun) = begin(vault, &tx, now, (methods, now), browser, attempt.keep).await? else {
        return Ok(SignIn::Refused);
    };
    // A right password is no guess: offices with one address sign in by the hundred.
    leave.give_back(&vault.settings, &tx, now).await?;
    tx.commit().await?;
    Ok(SignIn::Begun(Box::new(begun)))
}

/// Begins a session for the person of `tx`, who was found proven by all of these methods, the first of them then, and
/// leaves behind what a sign-in does. `None`: the account's time is over, it only was not erased yet.
pub async fn begin(
    vault: &Vault,
    tx: &Acting,
    now: Moment,
    proven: (Methods, Moment),
    browser: Browser<'_>,
    keep: Keep<'_>,
) -> Result<Option<Begun>, Fault> {
    let begun = acts::sessions::begin_or_renew(vault, tx, now, proven, browser).await?;
    acts::arrive::settle(vault, tx, now, begun, browser, keep).await
}

/// After so many wrong guesses in a row that new computers wait, the owner is told, once.
pub(crate) async fn guessed_wrong(
    vault: &Vault,
    now: Moment,
    leave: &Leave,
    source: &Source,
) -> Result<(), Fault> {
    let most = vault.settings.guessing.in_a_row;
    let Some((id, _)) = leave.in_a_row.filter(|(_, times)| *times == most) else { return Ok(()) };
    let Some(tx) = Acting::on(&vault.db, id).await? else { return Ok(()) };
    let account = tx.account();
    let writer = Writer { site: &vault.site, account };
    for to in account.mailboxes() {
        tell::owner::post(vault, &tx, now, &writer.guessed(to, now, source, most)?).await?;
    }
    tx.commit().await
}
