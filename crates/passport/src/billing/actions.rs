//! Filing and forgetting billing facts, which their owner is told of: they are a way into the account.
use platform::{Fault, clock::Moment};

use super::{Facts, Malformed, store};
use crate::{
    account::{AccountId, acting::Acting},
    history::{Kind, Source},
    notice::{self, Change, Former},
    state::Passport,
};

/// How filing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filed {
    Done,
    NoSuchAccount,
    Malformed(Malformed),
}

/// Files what `client_id` knows about a payment of an account.
pub async fn file(
    passport: &Passport,
    now: Moment,
    id: AccountId,
    client_id: &str,
    facts: &Facts,
) -> Result<Filed, Fault> {
    let blind = match passport.billing.blind(id, facts) {
        Ok(blind) => blind,
        Err(malformed) => return Ok(Filed::Malformed(malformed)),
    };
    let Some(tx) = Acting::on(passport, id).await? else { return Ok(Filed::NoSuchAccount) };
    store::set(&tx, now, id, client_id, blind).await?;
    let source = Source::default();
    let change = Change {
        account: tx.account(),
        kind: Kind::BillingChanged,
        source: &source,
        detail: client_id,
        former: Former::Nothing,
        newly: None,
    };
    notice::actions::tell(passport, &tx, now, change).await?;
    tx.commit().await?;
    Ok(Filed::Done)
}

/// Forgets what `client_id` filed; false when it was nothing.
pub async fn forget(passport: &Passport, id: AccountId, client_id: &str) -> Result<bool, Fault> {
    let Some(tx) = Acting::on(passport, id).await? else { return Ok(false) };
    let dropped = store::drop_facts(&tx, id, client_id).await?;
    tx.commit().await?;
    Ok(dropped)
}
