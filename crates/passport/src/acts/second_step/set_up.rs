//! Setting up the app, taking it away, and new recovery codes. Each is told at every known address, with a way to
//! undo it. Knows no page.
use oidc::assurance::{Method, Methods};
use platform::{Fault, clock::Moment, secrets::Secret};

use crate::{
    account::{self, AccountId, acting::Refusal},
    acts::{credentials::Owner, recover},
    desk::Vault,
    history::Kind,
    notice::{Change, Former},
    second_step::{
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
    let former = Some(store::former(&tx).await?);
    let sealed = draft.at_rest(&vault.second.apps, &vault.random, id)?;
    store::set_app(&tx, now, sealed, step).await?;
    store::set_codes(&tx, tags(vault, tx.id(), &made)).await?;
    tx.raise_epoch().await?;
    recover::end_begun(&tx, now).await?;
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

/// What the table holds of codes.
pub(in crate::acts) fn tags(vault: &Vault, account: AccountId, made: &[String]) -> Vec<Vec<u8>> {
    made.iter().map(|code| codes::tag(&vault.second.codes, account, code)).collect()
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
    if !seed.is_of_now(owner.account) || owner.account.factors == Methods::default() {
        return Ok(SetUp::Stale);
    }
    let Some(tx) = owner.acts(vault, now).await? else { return Ok(SetUp::Done(made)) };
    let former = Former::SecondStep { former: Some(store::former(&tx).await?) };
    store::set_codes(&tx, tags(vault, tx.id(), &made)).await?;
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

/// Takes the app away. A passkey is asked for as before, and the codes stand for it.
pub async fn remove(vault: &Vault, now: Moment, owner: Owner<'_>) -> Result<(), Refusal> {
    let Some(tx) = owner.acts(vault, now).await? else { return Ok(()) };
    if !tx.account().has_app() {
        return Ok(());
    }
    let factors = tx.account().factors.without(Method::Code);
    let former =
        Former::SecondStep { former: Some(store::drop_app(&tx, factors != Methods::default()).await?) };
    tx.raise_epoch().await?;
    account::store::set_factors(&tx, factors).await?;
    let change = Change {
        account: tx.account(),
        kind: Kind::AuthenticatorRemoved,
        source: owner.source,
        detail: "",
        former,
        newly: None,
    };
    tell::owner::tell(vault, &tx, now, change).await?;
    Ok(tx.commit().await?)
}
