//! Setting up the second step, taking it away, and new recovery codes. Each is told at every known address, with a way to
//! undo it. Knows no page.
use std::time::Duration;

use oidc::assurance::{Method, Methods};
use platform::{Fault, clock::Moment, limits::UsedUp, secrets::Secret};

use crate::{
    account::{
        self,
        acting::{Acting, Refusal},
    },
    acts::credentials::Owner,
    budget::Budget,
    desk::{Desk, Vault},
    history::{Kind, Source},
    notice::{Change, Former},
    second_step::{
        First, FormerStep,
        app::{self, Draft},
        codes, store,
    },
    tell,
};

/// How setting up ended.
#[derive(Clone, Debug)]
pub enum SetUp {
    /// The recovery codes, in their plain form, to be shown this once.
    Done(Vec<String>),
    /// The code is not of this app, about now.
    Wrong,
    /// What proves the account changed since the page was made.
    Stale,
}

/// Sets up the app whose first code was typed, in place of another. A code that is taken here is used up. The person of
/// this session has proven it by that.
pub async fn set_up(
    vault: &Vault,
    now: Moment,
    owner: Owner<'_>,
    draft: &Draft,
    typed: &Secret,
) -> Result<SetUp, Refusal> {
    let id = owner.account.id;
    let made = codes::make(&vault.second.making, id, &draft.seed);
    if owner.sending.came_before(vault.db.reader(), now).await? {
        return Ok(SetUp::Done(made));
    }
    if !draft.is_of_now(owner.account) {
        return Ok(SetUp::Stale);
    }
    let app = draft.app("", "").ok_or_else(|| Fault::bug("a draft is too short"))?;
    let Some(step) = app::typed(typed.expose()).and_then(|digits| app.step_of(&digits, now)) else {
        return Ok(SetUp::Wrong);
    };
    let Some(tx) = owner.acts(vault, now).await? else { return Ok(SetUp::Done(made)) };
    let former = store::former(&tx).await?;
    let sealed = draft.at_rest(&vault.second.apps, &vault.random, id)?;
    store::set_app(&tx, now, sealed, step).await?;
    store::set_codes(&tx, tags(vault, &tx, &made)).await?;
    tx.raise_epoch().await?;
    account::store::set_factors(&tx, tx.account().factors.with(Method::Code)).await?;
    super::prove(&tx, owner.session, owner.session.methods.with(Method::Code)).await?;
    let change = Change {
        account: owner.account,
        kind: Kind::AuthenticatorAdded,
        source: owner.source,
        detail: "",
        former: Former::SecondStep { former },
        newly: None,
    };
    tell::owner::tell(vault, &tx, now, change).await?;
    tx.commit().await?;
    Ok(SetUp::Done(made))
}

fn tags(vault: &Vault, tx: &Acting, made: &[String]) -> Vec<Vec<u8>> {
    made.iter().map(|code| codes::tag(&vault.second.codes, tx.id(), code)).collect()
}

/// Ten new codes in place of all earlier ones.
pub async fn renew_codes(
    vault: &Vault,
    now: Moment,
    owner: Owner<'_>,
    seed: &Draft,
) -> Result<SetUp, Refusal> {
    let made = codes::make(&vault.second.making, owner.account.id, &seed.seed);
    if owner.sending.came_before(vault.db.reader(), now).await? {
        return Ok(SetUp::Done(made));
    }
    if !seed.is_of_now(owner.account) || !owner.account.asks_second_step() {
        return Ok(SetUp::Stale);
    }
    let Some(tx) = owner.acts(vault, now).await? else { return Ok(SetUp::Done(made)) };
    let former = Former::SecondStep { former: store::former(&tx).await? };
    store::set_codes(&tx, tags(vault, &tx, &made)).await?;
    tx.raise_epoch().await?;
    let change = Change {
        account: owner.account,
        kind: Kind::RecoveryCodesRenewed,
        source: owner.source,
        detail: "",
        former,
        newly: None,
    };
    tell::owner::tell(vault, &tx, now, change).await?;
    tx.commit().await?;
    Ok(SetUp::Done(made))
}

/// Switches the second step off.
pub async fn remove(vault: &Vault, now: Moment, owner: Owner<'_>) -> Result<(), Refusal> {
    let Some(tx) = owner.acts(vault, now).await? else { return Ok(()) };
    if switch_off(vault, &tx, now, owner.source).await? {
        tx.commit().await?;
    }
    Ok(())
}

/// The same in a transaction of somebody else's; false when there was nothing.
async fn switch_off(desk: &Desk, tx: &Acting, now: Moment, source: &Source) -> Result<bool, Fault> {
    let Some(former) = store::drop_all(tx).await? else { return Ok(false) };
    tx.raise_epoch().await?;
    account::store::set_factors(tx, tx.account().factors.without(Method::Code)).await?;
    let change = Change {
        account: tx.account(),
        kind: Kind::AuthenticatorRemoved,
        source,
        detail: "",
        former: Former::SecondStep { former: Some(former) },
        newly: None,
    };
    tell::owner::tell(desk, tx, now, change).await?;
    Ok(true)
}

/// Whether the second step is due for whoever proved the password in this transaction: it is not any more when its owner
/// asked for that, was told everywhere, and the waiting time is over. It is switched off then.
pub(in crate::acts) async fn is_due(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    source: &Source,
) -> Result<bool, Fault> {
    if !tx.account().asks_second_step() {
        return Ok(false);
    }
    let off_at = store::find(tx, tx.id()).await?.and_then(|app| app.off_at);
    if off_at.is_some_and(|off_at| off_at <= now) {
        switch_off(desk, tx, now, source).await?;
        return Ok(false);
    }
    Ok(true)
}

/// How asking for the second step to be switched off ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It will be, from then on.
    Waits(Moment),
    /// As much was changed as may be in a day; it was not asked for.
    TooMany(UsedUp),
    /// The first proof does not count any more.
    Over,
}

/// Somebody who proved the password has neither app nor codes. As with every weaker way, it waits, is told everywhere and
/// can be stopped. Asked again, it waits no longer and no shorter.
pub async fn ask_off(vault: &Vault, now: Moment, first: &First, source: &Source) -> Result<Asked, Fault> {
    let Some(tx) = Acting::on(&vault.db, first.account).await? else { return Ok(Asked::Over) };
    if !first.is_good(tx.account(), now) {
        return Ok(Asked::Over);
    }
    let Some(app) = store::find(&tx, tx.id()).await? else { return Ok(Asked::Over) };
    if let Some(off_at) = app.off_at {
        return Ok(Asked::Waits(off_at));
    }
    // Not more often than what else is changed.
    if let Err(full) = Budget::Changes.spend_or_wait(&vault.settings, &tx, now, &tx.id().to_string()).await? {
        return Ok(Asked::TooMany(full));
    }
    let hours = u64::from(vault.settings.recovery.cool_down_hours);
    let off_at = now + Duration::from_secs(hours * 3600);
    store::set_off_at(&tx, Some(off_at)).await?;
    let change = Change {
        account: tx.account(),
        kind: Kind::SecondStepOffAsked,
        source,
        detail: "",
        former: Former::Nothing,
        newly: None,
    };
    tell::owner::tell(vault, &tx, now, change).await?;
    tx.commit().await?;
    Ok(Asked::Waits(off_at))
}

/// Puts back what there was before a change, which was not its owner's.
pub async fn put_back(tx: &Acting, now: Moment, former: Option<FormerStep>) -> Result<(), Fault> {
    let factors: Methods = tx.account().factors;
    let is_back = match former {
        Some(former) => store::set_former(tx, now, &former).await?,
        None => {
            store::drop_all(tx).await?;
            false
        }
    };
    let factors = if is_back { factors.with(Method::Code) } else { factors.without(Method::Code) };
    account::store::set_factors(tx, factors).await
}
