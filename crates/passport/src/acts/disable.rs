//! What an operator does to an account: disabled, and released again.
use crate::{
    account::{
        AccountId, State,
        acting::Acting,
        store::{self},
    },
    acts::{self},
    desk::Desk,
    history::{self, Kind, NewEvent, Source},
    tell::{self},
};
use oidc::security_event::AccountEvent;
use platform::{Fault, clock::Moment};

/// Disables an account and ends everything that hangs on it (INV-13). False when it was disabled before.
pub async fn disable(desk: &Desk, now: Moment, id: AccountId) -> Result<bool, Fault> {
    let Some(tx) = Acting::on(&desk.db, id).await? else { return Ok(false) };
    let changed = store::set_state(&tx, now, id, State::Disabled).await?;
    acts::end::end_everything(desk, &tx, now, id).await?;
    if changed {
        tell::events::enqueue(desk, &tx, now, id, AccountEvent::Disabled).await?;
        let event = NewEvent { account: id, kind: Kind::Disabled, source: &Source::default(), detail: "" };
        history::record(&tx, now, &desk.random, event).await?;
    }
    tx.commit().await?;
    Ok(changed)
}

/// Makes a disabled or frozen account active again; nothing that was ended comes back. False when it was
/// active, or its owner closed it.
pub async fn release(desk: &Desk, now: Moment, id: AccountId) -> Result<bool, Fault> {
    let Some(tx) = Acting::on(&desk.db, id).await? else { return Ok(false) };
    if !matches!(tx.account().state, State::Disabled | State::Frozen) {
        return Ok(false);
    }
    let changed = store::set_state(&tx, now, id, State::Active).await?;
    tell::events::enqueue(desk, &tx, now, id, AccountEvent::Enabled).await?;
    let event = NewEvent { account: id, kind: Kind::Released, source: &Source::default(), detail: "" };
    history::record(&tx, now, &desk.random, event).await?;
    tx.commit().await?;
    Ok(changed)
}
