//! What a sign-in with a password leaves behind besides its session: the computer is known, the person is signed
//! in automatically from now on, a closing is taken back. Knows no page.
use platform::{Fault, clock::Moment};

use crate::{
    account::acting::Acting,
    acts, automatic, closing,
    computer::{self, ComputerId},
    desk::Vault,
    history::{self, Kind, NewEvent, Source},
    notice::{Change, Former},
    session::{Browser, Session},
    tell,
};

/// What the browser is to keep of this sign-in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keep<'a> {
    /// “Sign me in automatically”.
    pub automatic: bool,
    /// Tokens of automatic sign-ins that the browser holds, of anybody.
    pub tokens: &'a [String],
    /// The digest of the computer's cookie, if it has one.
    pub computer: Option<&'a [u8]>,
}

/// What the browser shall hold now.
#[derive(Clone, Debug)]
pub struct Begun {
    pub session: Session,
    pub secret: String,
    /// The token of a new automatic sign-in.
    pub automatic: Option<String>,
    /// The computer's new cookie; none on a shared computer.
    pub computer: Option<String>,
}

/// Leaves it all behind, in the transaction of the sign-in. `None`: the account's time is over, it only was not
/// erased yet.
pub async fn settle(
    vault: &Vault,
    tx: &Acting,
    now: Moment,
    (session, secret): (Session, String),
    browser: Browser<'_>,
    keep: Keep<'_>,
) -> Result<Option<Begun>, Fault> {
    let source = browser.source;
    if closing::store::is_due(tx, now, session.account).await? {
        return Ok(None);
    }
    acts::close::undo(vault, tx, now, session.account, source).await?;
    if is_unfamiliar(tx, keep.computer).await? {
        tell_of_new_computer(vault, tx, now, source).await?;
    }
    let computer = match browser.shared {
        true => None,
        false => Some(know_computer(vault, tx, now, &session, browser, keep.computer).await?),
    };
    let automatic = settle_automatic(vault, tx, now, &session, browser, keep).await?;
    let event = NewEvent { account: session.account, kind: Kind::SignedIn, source, detail: "" };
    history::record(tx, now, &vault.random, event).await?;
    Ok(Some(Begun { session, secret, automatic, computer }))
}

/// A computer that the account does not know, while it knows another or was used without leaving one behind. The
/// first computer of a new account, and the first after a reset, which was told, are none.
async fn is_unfamiliar(tx: &Acting, computer: Option<&[u8]>) -> Result<bool, Fault> {
    let account = tx.id();
    if let Some(digest) = computer
        && computer::store::knows(tx, account, digest).await?
    {
        return Ok(false);
    }
    if !computer::store::list_of_account(tx, account, 1).await?.is_empty() {
        return Ok(true);
    }
    let last = history::store::find_newest(tx, account, &[Kind::SignedIn, Kind::PasswordReset]).await?;
    Ok(last == Some(Kind::SignedIn))
}

/// At every known address, with “this was not me”; not more often than a person reads.
async fn tell_of_new_computer(vault: &Vault, tx: &Acting, now: Moment, source: &Source) -> Result<(), Fault> {
    let account = tx.account();
    let change =
        Change { account, kind: Kind::SignedIn, source, detail: "", former: Former::Nothing, newly: None };
    tell::owner::tell_of_arrival(vault, tx, now, change).await
}

/// The cookie is new after every sign-in, for all accounts that the computer knows: one that was planted or
/// copied before is worth nothing.
async fn know_computer(
    vault: &Vault,
    tx: &Acting,
    now: Moment,
    session: &Session,
    browser: Browser<'_>,
    older: Option<&[u8]>,
) -> Result<String, Fault> {
    let cookie = vault.random.token();
    let digest = platform::secrets::digest(cookie.as_bytes());
    if let Some(older) = older {
        computer::store::set_digest(tx, older, &digest).await?;
    }
    let id = ComputerId::new(now, &vault.random);
    let agent = &browser.source.agent;
    computer::store::add_computer(tx, now, id, session.account, &digest, agent).await?;
    let most = u64::from(vault.settings.session.most_computers);
    computer::store::drop_beyond(tx, session.account, most).await?;
    Ok(cookie)
}

async fn settle_automatic(
    vault: &Vault,
    tx: &Acting,
    now: Moment,
    session: &Session,
    browser: Browser<'_>,
    keep: Keep<'_>,
) -> Result<Option<String>, Fault> {
    let allowed = keep.automatic && !browser.shared;
    if allowed || browser.shared {
        let held = keep.tokens.iter().map(String::as_str);
        acts::sign_in_automatically::end_presented(vault, tx, now, held).await?;
    }
    if allowed {
        return acts::sign_in_automatically::allow(vault, tx, now, session, browser.source).await.map(Some);
    }
    for (id, _) in keep.tokens.iter().filter_map(|token| vault.automatic.read(token)) {
        if automatic::store::find(tx, id).await?.is_some_and(|found| found.account == session.account) {
            automatic::store::set_proved(tx, id, session).await?;
        }
    }
    Ok(None)
}
