//! Neither passkey nor app nor codes are at hand: whoever proved the password asks to be let in once without. As with every
//! weaker way, it waits, is told everywhere, and can be stopped. Knows no page.
use std::time::Duration;

use oidc::assurance::Method;
use platform::{Fault, clock::Moment, limits::UsedUp};

use crate::{
    account::acting::Acting,
    budget::Budget,
    desk::{Desk, Vault},
    history::{Kind, Source},
    notice::{Change, Former},
    recovery::lasts,
    second_step::{First, store::waivers},
    session::{self, Browser},
    tell,
};

/// So long after the last proof whoever was let in proves themselves again by the password alone.
const LET_IN: Duration = Duration::from_secs(3_600);

/// How asking ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// From then on the password alone opens, once.
    Waits(Moment),
    /// As much was changed as may be in a day; it was not asked for.
    TooMany(UsedUp),
    /// The first proof does not count any more.
    Over,
}

/// Asked again, it waits no longer and no shorter.
pub async fn ask(vault: &Vault, now: Moment, first: &First, source: &Source) -> Result<Asked, Fault> {
    let Some(tx) = Acting::on(&vault.db, first.account).await? else { return Ok(Asked::Over) };
    if !first.is_good(tx.account(), now) || !tx.account().asks_more(vault.takes_passkeys()) {
        return Ok(Asked::Over);
    }
    if let Some(ready_at) = waivers::find_waiver(&tx, now, tx.id()).await? {
        return Ok(Asked::Waits(ready_at));
    }
    // Not more often than what else is changed.
    if let Err(full) = Budget::Changes.spend_or_wait(&vault.settings, &tx, now, &tx.id().to_string()).await? {
        return Ok(Asked::TooMany(full));
    }
    let wait = Duration::from_secs(u64::from(vault.settings.recovery.cool_down_hours) * 3600);
    let ready_at = now + wait;
    waivers::add_waiver(&tx, ready_at, ready_at + lasts(wait)).await?;
    told(vault, &tx, now, Kind::WaiverAsked, source).await?;
    tx.commit().await?;
    Ok(Asked::Waits(ready_at))
}

/// What is owed after the password of this transaction's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    Nothing,
    /// A code or a passkey.
    More,
    /// Nothing this time, because its owner waited for that.
    Waived,
}

/// Asked after the password was found right; a waiver is used up by it. Whoever came in by one, and still has that very
/// session, proves themselves once more by the password: else five minutes would have to do for everything.
pub(in crate::acts) async fn due(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    browser: Browser<'_>,
) -> Result<Due, Fault> {
    if !tx.account().asks_more(desk.takes_passkeys()) {
        return Ok(Due::Nothing);
    }
    if let Some(session) =
        browser.session_of(tx.id()).filter(|session| session.methods.contains(Method::Waived))
        && now.is_within(LET_IN, session.auth_time)
        && session::store::is_live(tx, now, (&desk.settings.session).into(), session.id).await?
    {
        return Ok(Due::Waived);
    }
    if !waivers::spend_waiver(tx, now).await? {
        return Ok(Due::More);
    }
    waivers::end_waiver(tx).await?;
    told(desk, tx, now, Kind::WaiverUsed, browser.source).await?;
    Ok(Due::Waived)
}

async fn told(desk: &Desk, tx: &Acting, now: Moment, kind: Kind, source: &Source) -> Result<(), Fault> {
    let (account, former) = (tx.account(), Former::Nothing);
    tell::owner::tell(desk, tx, now, Change { account, kind, source, detail: "", former, newly: None }).await
}
