//! The verbs of a closing: asked for, taken back, carried out.
use std::time::Duration;

use oidc::security_event::AccountEvent;
use platform::{
    Fault,
    clock::Moment,
    security_event::{By, Event, Note},
};

use crate::{
    account::{AccountId, acting::Acting},
    acts,
    closing::{Closing, letters, store},
    desk::Desk,
    grant,
    history::{self, Kind, NewEvent, Source},
    tell::{self},
};

/// Ends everything of the account at once, and has it erased when the time to think it over has passed. Its owner
/// is told at every address, with a link that takes it back. Answers when it will be erased.
pub async fn ask(desk: &Desk, tx: &Acting, now: Moment, source: &Source) -> Result<Moment, Fault> {
    let account = tx.account();
    let days = u64::from(desk.settings.closing.grace_days);
    let new = Closing {
        account: account.id,
        asked_at: now,
        erases_at: now + Duration::from_secs(days * 24 * 3600),
    };
    let secret = desk.random.token();
    store::set(tx, &new, &secret).await?;
    acts::sessions::end_all(desk, tx, now, account.id).await?;
    grant::store::revoke_of_account(tx, account.id).await?;
    tx.raise_epoch().await?;
    let event = NewEvent { account: account.id, kind: Kind::ClosingAsked, source, detail: "" };
    history::record(tx, now, &desk.random, event).await?;
    for letter in letters::closing(&desk.site, account, new.erases_at, &secret)? {
        tell::owner::post(desk, tx, now, &letter).await?;
    }
    Ok(new.erases_at)
}

/// Takes a closing back, because the owner signed in or followed the link; false when there is none.
pub async fn undo(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    account: AccountId,
    source: &Source,
) -> Result<bool, Fault> {
    if !store::spend_closing(tx, now, account).await? {
        return Ok(false);
    }
    let event = NewEvent { account, kind: Kind::ClosingUndone, source, detail: "" };
    history::record(tx, now, &desk.random, event).await?;
    Ok(true)
}

/// Erases an account at once, by the operator's word. False when there is none.
pub async fn erase(desk: &Desk, now: Moment, id: AccountId) -> Result<bool, Fault> {
    let Some(tx) = Acting::on(&desk.db, id).await? else { return Ok(false) };
    // Their sites hear of the sign-out as well, while somebody knows what the account was called there.
    acts::sessions::end_all(desk, &tx, now, id).await?;
    tell::events::enqueue(desk, &tx, now, id, AccountEvent::Purged).await?;
    tx.tell(Note::of(Event::AccountClosing).account(id).by(By::Operator).detail(Kind::Closed.as_str()));
    store::drop_account(&tx, id).await?;
    tx.commit().await?;
    Ok(true)
}

/// Erases the accounts whose time is over; answers how many.
pub async fn erase_due(desk: &Desk, now: Moment) -> Result<usize, Fault> {
    let due = store::list_due(desk.db.reader(), now, 100).await?;
    for closing in &due {
        let Some(tx) = Acting::on(&desk.db, closing.account).await? else { continue };
        // Its owner may have taken it back a moment ago.
        if !store::is_due(&tx, now, closing.account).await? {
            continue;
        }
        // Before the account is gone: afterwards nobody knows what it was called at a pairwise site.
        tell::events::enqueue(desk, &tx, now, closing.account, AccountEvent::Purged).await?;
        store::drop_account(&tx, closing.account).await?;
        tx.commit().await?;
        tracing::info!(account = %closing.account, "Erased an account that its owner closed");
    }
    Ok(due.len())
}
