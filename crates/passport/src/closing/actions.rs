//! The verbs of a closing: asked for, taken back, carried out.
use std::time::Duration;

use oidc::security_event::AccountEvent;
use platform::{Fault, clock::Moment, db::Tx};

use super::{Closing, letters, store};
use crate::{
    account::{Account, AccountId},
    grant,
    history::{self, Kind, NewEvent, Source},
    jobs::security_events,
    session,
    state::Passport,
};

/// Ends everything of the account at once, and has it erased when the time to think it over has passed. Its owner
/// is told at every address, with a link that takes it back. Answers when it will be erased.
pub async fn ask(
    passport: &Passport,
    tx: &Tx,
    now: Moment,
    account: &Account,
    source: &Source,
) -> Result<Moment, Fault> {
    let days = u64::from(passport.settings.closing.grace_days);
    let new = Closing {
        account: account.id,
        asked_at: now,
        erases_at: now + Duration::from_secs(days * 24 * 3600),
    };
    let secret = passport.random.token();
    store::set(tx, &new, &secret).await?;
    session::actions::end_all(passport, tx, now, account.id).await?;
    grant::store::revoke_of_account(tx, account.id).await?;
    let event = NewEvent { account: account.id, kind: Kind::ClosingAsked, source, detail: "" };
    history::record(tx, now, &passport.random, event).await?;
    for letter in letters::closing(&passport.site, account, new.erases_at, &secret)? {
        passport.outbox.add(tx, now, &letter).await?;
    }
    Ok(new.erases_at)
}

/// Takes a closing back, because the owner signed in or followed the link; false when there is none.
pub async fn undo(
    passport: &Passport,
    tx: &Tx,
    now: Moment,
    account: AccountId,
    source: &Source,
) -> Result<bool, Fault> {
    if !store::spend_closing(tx, now, account).await? {
        return Ok(false);
    }
    let event = NewEvent { account, kind: Kind::ClosingUndone, source, detail: "" };
    history::record(tx, now, &passport.random, event).await?;
    Ok(true)
}

/// Erases the accounts whose time is over; answers how many.
pub async fn erase_due(passport: &Passport, now: Moment) -> Result<usize, Fault> {
    let tx = passport.db.begin().await?;
    let due = store::list_due(&tx, now, 100).await?;
    for closing in &due {
        // Before the account is gone: afterwards nobody knows what it was called at a pairwise site.
        security_events::enqueue(passport, &tx, now, closing.account, AccountEvent::Purged).await?;
        store::drop_account(&tx, closing.account).await?;
        tracing::info!(account = %closing.account, "Erased an account that its owner closed");
    }
    tx.commit().await?;
    Ok(due.len())
}
