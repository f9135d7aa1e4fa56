//! What a freeze does to what proves an account: what came goes; what went comes back on the word of somebody who proved
//! the account as it is, and never on a mailbox's alone. Knows no link.
use oidc::assurance::Method;
use platform::{Fault, clock::Moment};

use crate::{
    account::{self, acting::Acting},
    acts::passkeys,
    notice::{Former, roll_back::RollBack},
    second_step::{FormerStep, store},
};

/// True when something that there was before stays out.
pub async fn put_back(tx: &Acting, now: Moment, back: &mut RollBack) -> Result<bool, Fault> {
    let (app, codes, keys) = (back.second_step.take(), back.codes.take(), std::mem::take(&mut back.passkeys));
    if app.is_none() && codes.is_none() && keys.is_empty() {
        return Ok(false);
    }
    let brings = back.brings_factors_back;
    let mut stays_out = false;
    if let Some(former) = app {
        stays_out |= put_app_back(tx, now, former.unwrap_or_default(), brings).await?;
    }
    for former in keys {
        match former {
            Former::Passkey { .. } if !brings => stays_out = true,
            former => passkeys::put_back(tx, former).await?,
        }
    }
    passkeys::count(tx).await?;
    if let Some(codes) = codes {
        let now_are = store::list_tags(tx).await?;
        let kept = |tag: &String| brings || now_are.contains(tag);
        store::set_tags(tx, &codes.into_iter().filter(kept).collect::<Vec<_>>()).await?;
    }
    let left = account::store::find(tx, tx.id()).await?.map(|account| account.factors).unwrap_or_default();
    if left == Default::default() {
        store::set_tags(tx, &[]).await?;
        // On a weaker word nothing protects the account any more: then no way back counts at once.
        stays_out |= !brings && tx.account().factors != left;
    }
    Ok(stays_out)
}

/// The app as it was before; on a weaker word only the one that is there now, if it was there before.
async fn put_app_back(tx: &Acting, now: Moment, former: FormerStep, brings: bool) -> Result<bool, Fault> {
    let factors = tx.account().factors;
    let present = store::former(tx).await?;
    if present.sealed == former.sealed {
        return Ok(false);
    }
    let is_back = match brings {
        true => store::set_former(tx, now, &former).await?,
        false => {
            store::drop_app(tx, true).await?;
            false
        }
    };
    let factors = if is_back { factors.with(Method::Code) } else { factors.without(Method::Code) };
    account::store::set_factors(tx, factors).await?;
    Ok(former.sealed.is_some() && !is_back)
}
