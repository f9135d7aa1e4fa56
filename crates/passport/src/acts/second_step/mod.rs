//! The second proof: a code of the app or a recovery code, on the way into a session or for more in one that lives. Knows
//! no page.
mod put_back;
mod reseal;
pub mod set_up;
pub mod waiver;

use oidc::assurance::{Method, Methods};
use platform::{
    Fault,
    clock::Moment,
    email::EmailAddress,
    secrets::{Field as _, Secret},
    security_event::{Event, Note},
};

pub use put_back::put_back;
pub use reseal::reseal;

use super::sign_in::guessed_wrong;
use crate::{
    account::{self, Account, acting::Acting},
    acts::{
        arrive::{Begun, Keep},
        sign_in::begin,
    },
    budget::guess::{Guess, Guesser, Leave, may_guess},
    desk::Vault,
    history::{Kind, Source},
    notice::{Change, Former},
    second_step::{
        First,
        app::{self, App},
        codes, store,
    },
    sending::Sending,
    session::{self, Browser, Session},
    tell,
};

/// A try at the second step of a sign-in.
pub struct Attempt<'a> {
    pub first: &'a First,
    pub code: &'a Secret,
    /// The form that says so.
    pub sending: &'a Sending,
    pub browser: Browser<'a>,
    pub keep: Keep<'a>,
}

/// How a try ended.
#[derive(Clone, Debug)]
pub enum Second<T> {
    Done(T),
    /// Wrong, used before, or too many tries.
    Refused,
    /// The first proof does not count any more: the person begins anew.
    Over,
}

/// Proves what a sign-in lacks, and begins the session.
pub async fn sign_in(vault: &Vault, now: Moment, attempt: Attempt<'_>) -> Result<Second<Box<Begun>>, Fault> {
    let Attempt { first, code, sending, browser, keep } = attempt;
    let reader = vault.db.reader();
    let found = account::store::find(reader, first.account).await?.filter(|found| first.is_good(found, now));
    let Some(found) = found else { return Ok(Second::Over) };
    let leave = may(vault, now, &found, browser.source, keep.computer).await?;
    if !leave.may {
        return Ok(Second::Refused);
    }
    let Some(tx) = Acting::on(&vault.db, first.account).await? else { return Ok(Second::Over) };
    if !first.is_good(tx.account(), now) {
        return Ok(Second::Over);
    }
    let mut step = Vec::new();
    first.write(&mut step);
    let method = match sending.after(&step).is_first(&tx, now).await? {
        true => spend(vault, &tx, now, code).await?,
        // This very form used the code up a moment ago, after this very proof, and its answer was lost.
        false => is_code(code),
    };
    let Some(method) = method.filter(|_| leave.accepts(true)) else {
        drop(tx);
        return refused(vault, now, &leave, &found, browser.source).await;
    };
    account::store::set_signed_in_at(&tx, now).await?;
    let proven = (first.methods.with(method), first.at);
    let Some(begun) = begin(vault, &tx, now, proven, browser, keep).await? else {
        return Ok(Second::Over);
    };
    settle(vault, &tx, now, &leave, method, browser.source).await?;
    tx.commit().await?;
    Ok(Second::Done(Box::new(begun)))
}

/// Proves more for a session that lives; answers its new secret. Its time does not begin anew: the password was not
/// proven again.
pub async fn add(
    vault: &Vault,
    now: Moment,
    who: (&Session, &Account),
    code: &Secret,
    source: &Source,
    computer: Option<&[u8]>,
) -> Result<Second<(String, Methods)>, Fault> {
    let (session, account) = who;
    let leave = may(vault, now, account, source, computer).await?;
    if !leave.may {
        return Ok(Second::Refused);
    }
    let lifetime = (&vault.settings.session).into();
    let tx = match Acting::in_session(&vault.db, lifetime, now, session, account).await {
        Ok(tx) => tx,
        Err(account::acting::Refusal::Fault(fault)) => return Err(fault),
        Err(_) => return Ok(Second::Over),
    };
    let Some(method) = spend(vault, &tx, now, code).await?.filter(|_| leave.accepts(true)) else {
        drop(tx);
        return refused(vault, now, &leave, account, source).await;
    };
    let (secret, methods) = (vault.random.token(), session.methods.with(method));
    if !session::store::set_secret(&tx, session.id, &secret).await? {
        return Ok(Second::Over);
    }
    prove(&tx, session, methods).await?;
    settle(vault, &tx, now, &leave, method, source).await?;
    tx.commit().await?;
    Ok(Second::Done((secret, methods)))
}

/// Writes down what a session's person has proven; the automatic sign-ins that lead into it keep it.
pub(super) async fn prove(tx: &Acting, session: &Session, methods: Methods) -> Result<(), Fault> {
    session::store::set_methods(tx, session.id, methods).await?;
    crate::automatic::store::set_methods(tx, session.id, methods).await
}

async fn may(
    vault: &Vault,
    now: Moment,
    account: &Account,
    source: &Source,
    computer: Option<&[u8]>,
) -> Result<Leave, Fault> {
    let key = EmailAddress::parse(&account.email).map_err(|_| Fault::bug("a stored address is none"))?;
    let block = source.address_block.as_str();
    let guesser = Guesser { email_key: key.key(), address_block: block, computer };
    let leave = may_guess(&vault.db, &vault.settings, now, Guess::Code, guesser).await?;
    if !leave.may {
        Note::of(Event::SignInThrottled).block(block).tell();
    }
    Ok(leave)
}

/// Uses up what was typed, if it is good: the gate through which each code goes once.
async fn spend(vault: &Vault, tx: &Acting, now: Moment, typed: &Secret) -> Result<Option<Method>, Fault> {
    let keys = &vault.second;
    if let Some(digits) = app::typed(typed.expose()) {
        let Some(found) = store::find(tx, tx.id()).await? else { return Ok(None) };
        let Some(step) = App::open(&keys.apps, tx.id(), &found.sealed)?.step_of(&digits, now) else {
            return Ok(None);
        };
        return Ok(store::spend_step(tx, step).await?.then_some(Method::Code));
    }
    let Some(code) = codes::typed(typed.expose()) else { return Ok(None) };
    let spent = store::spend_code(tx, codes::tags(&keys.codes, tx.id(), &code)).await?;
    Ok(spent.then_some(Method::RecoveryCode))
}

/// What sort of code was typed.
fn is_code(typed: &Secret) -> Option<Method> {
    let recovery = || codes::typed(typed.expose()).map(|_| Method::RecoveryCode);
    app::typed(typed.expose()).map(|_| Method::Code).or_else(recovery)
}

async fn settle(
    vault: &Vault,
    tx: &Acting,
    now: Moment,
    leave: &Leave,
    method: Method,
    source: &Source,
) -> Result<(), Fault> {
    leave.give_back(&vault.settings, tx, now).await?;
    // Whoever proves a second step, by whatever, waits for nothing.
    store::waivers::end_waiver(tx).await?;
    if method == Method::RecoveryCode {
        let (account, kind) = (tx.account(), Kind::RecoveryCodeUsed);
        let change = Change { account, kind, source, detail: "", former: Former::Nothing, newly: None };
        tell::owner::tell(vault, tx, now, change).await?;
    }
    Ok(())
}

async fn refused<T>(
    vault: &Vault,
    now: Moment,
    leave: &Leave,
    account: &Account,
    source: &Source,
) -> Result<Second<T>, Fault> {
    Note::of(Event::SignInFailed).block(&source.address_block).account(account.id).tell();
    guessed_wrong(vault, now, leave, source).await?;
    Ok(Second::Refused)
}
