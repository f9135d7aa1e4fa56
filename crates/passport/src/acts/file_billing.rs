//! Filing and forgetting billing facts, which their owner is told of: they are a way into the account.
use platform::{Fault, clock::Moment};

use crate::{
    account::{AccountId, acting::Acting},
    billing::{self, Blind, Facts, store},
    channel::{self, Channel},
    desk::Vault,
    history::{Kind, Source},
    notice::{Change, Former},
    recovery::{self, Way},
    tell,
};

/// How filing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filed {
    Done,
    NoSuchAccount,
    Malformed(billing::Malformed),
}

/// Files what `client_id` knows about a payment of an account.
pub async fn file(
    vault: &Vault,
    now: Moment,
    id: AccountId,
    client_id: &str,
    facts: &Facts,
) -> Result<Filed, Fault> {
    let blind = match vault.billing.blind(id, facts) {
        Ok(blind) => blind,
        Err(malformed) => return Ok(Filed::Malformed(malformed)),
    };
    let Some(tx) = Acting::on(&vault.db, id).await? else { return Ok(Filed::NoSuchAccount) };
    let filed = store::find(&tx, id, client_id).await?;
    // What is filed already is no news: nobody is told, and it does not wait anew.
    if filed.as_ref() == Some(&blind) {
        return Ok(Filed::Done);
    }
    store::set(&tx, now, id, client_id, blind).await?;
    changed(vault, &tx, now, Kind::BillingChanged, client_id, filed).await?;
    tx.commit().await?;
    Ok(Filed::Done)
}

/// Forgets what `client_id` filed; false when it was nothing.
pub async fn forget(vault: &Vault, now: Moment, id: AccountId, client_id: &str) -> Result<bool, Fault> {
    let Some(tx) = Acting::on(&vault.db, id).await? else { return Ok(false) };
    let filed = store::find(&tx, id, client_id).await?;
    if !store::drop_facts(&tx, id, client_id).await? {
        return Ok(false);
    }
    changed(vault, &tx, now, Kind::BillingRemoved, client_id, filed).await?;
    tx.commit().await?;
    Ok(true)
}

/// What is new waits, what waited on the older is over, and the owner is told and can undo it.
async fn changed(
    vault: &Vault,
    tx: &Acting,
    now: Moment,
    kind: Kind,
    client_id: &str,
    filed: Option<Blind>,
) -> Result<(), Fault> {
    let account = tx.account();
    tx.raise_epoch().await?;
    channel::store::set_changed(tx, now, account.id, Channel::Billing).await?;
    recovery::store::end_open_by(tx, account.id, Way::Billing).await?;
    let former =
        Former::Billing { client_id: client_id.to_owned(), filed: filed.map(|Blind(columns)| columns) };
    let source = Source::default();
    let change = Change { account, kind, source: &source, detail: client_id, former, newly: None };
    tell::owner::tell(vault, tx, now, change).await
}
