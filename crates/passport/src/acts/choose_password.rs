//! Whether a password that a person chooses, or has, is good enough: long enough, not soon guessed, in no list of
//! breaches. Existing ones shut nobody out; their owners are told.
use std::path::PathBuf;

use platform::{Fault, clock::Moment, email::EmailAddress, secrets::Secret};

use crate::{
    account::{
        AccountId,
        acting::Acting,
        password::{
            breached,
            rules::{self, Refused},
        },
        store,
    },
    desk::Vault,
};

/// What is wrong with a password that somebody chooses.
pub async fn refusal(
    vault: &Vault,
    email: &EmailAddress,
    password: &Secret,
    has_second_step: bool,
) -> Result<Option<Refused>, Fault> {
    let least = vault.settings.password.least(has_second_step);
    let (of, chosen) = (email.clone(), password.clone());
    // How soon it is guessed takes a while to find out: not where requests are served.
    let checked = tokio::task::spawn_blocking(move || rules::check(chosen.expose(), &of, least)).await;
    if let Err(refused) = checked.map_err(Fault::bug)? {
        return Ok(Some(refused));
    }
    Ok(is_breached(vault, password).await?.then_some(Refused::Breached))
}

/// Whether it stands in the list that the operator loaded. Where there is none, or it cannot be read, nothing does: a
/// file may not keep people out.
async fn is_breached(vault: &Vault, password: &Secret) -> Result<bool, Fault> {
    let filter = PathBuf::from(&vault.settings.password.breached);
    if filter.as_os_str().is_empty() {
        return Ok(false);
    }
    let password = password.clone();
    let found = tokio::task::spawn_blocking(move || {
        // The lists know it as it was typed, and as every keyboard gives it.
        let typed = breached::holds(&filter, password.expose())?;
        Ok::<_, std::io::Error>(typed || breached::holds(&filter, &rules::normalized(password.expose()))?)
    });
    match found.await.map_err(Fault::bug)? {
        Ok(found) => Ok(found),
        Err(error) => {
            tracing::warn!(%error, "The filter of breached passwords cannot be read: passwords go unchecked");
            Ok(false)
        }
    }
}

/// What somebody is told whose password was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Shorter than one that is chosen now; told once.
    Short,
    /// It stands in a list of breaches.
    Breached,
}

/// Looks at a password with which somebody has just signed in, alone.
pub async fn advice(
    vault: &Vault,
    now: Moment,
    account: AccountId,
    password: &Secret,
) -> Result<Option<Advice>, Fault> {
    if is_breached(vault, password).await? {
        return Ok(Some(Advice::Breached));
    }
    if password.expose().chars().count() >= vault.settings.password.least(false) {
        return Ok(None);
    }
    let Some(tx) = Acting::on(&vault.db, account).await? else { return Ok(None) };
    if !store::set_password_advised(&tx, now, account).await? {
        return Ok(None);
    }
    tx.commit().await?;
    Ok(Some(Advice::Short))
}
