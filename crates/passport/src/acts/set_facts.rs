//! What an operator sets of an account: addresses, language, what its person is recognized by. Told and undoable like
//! the owner's own changes, and like these it waits before it counts.
use oidc::claims::StandardClaims;
use platform::{Fault, clock::Moment, email::EmailAddress, language::Language};

use crate::{
    account::{AccountId, acting::Acting, store},
    acts::{addresses, credentials},
    desk::Desk,
    history::{self, Kind, NewEvent, Source},
};

/// What is to be set; whatever is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct FactsToSet {
    pub email: Option<EmailAddress>,
    pub email_verified: Option<bool>,
    /// The inner `None` takes it away.
    pub alternate: Option<Option<EmailAddress>>,
    pub alternate_verified: Option<bool>,
    pub language: Option<Language>,
    pub claims: Option<StandardClaims>,
}

/// Why nothing was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unset {
    #[error("there is no such account")]
    NoAccount,
    #[error("the account is not active: release it first")]
    NotActive,
    #[error("the address belongs to another account, or is the alternate one of this")]
    AddressTaken,
    #[error(
        "the alternate address must be an address other than the first, and there must be one to take away or to prove"
    )]
    Alternate,
}

/// Sets all of it, or nothing.
pub async fn set(
    desk: &Desk,
    now: Moment,
    id: AccountId,
    wanted: FactsToSet,
) -> Result<Result<(), Unset>, Fault> {
    let Some(tx) = Acting::on(&desk.db, id).await? else { return Ok(Err(Unset::NoAccount)) };
    if !tx.account().is_active() {
        return Ok(Err(Unset::NotActive));
    }
    if let (Some(email), Some(Some(alternate))) = (&wanted.email, &wanted.alternate)
        && email.key() == alternate.key()
    {
        return Ok(Err(Unset::Alternate));
    }
    let source = &Source::default();
    let verified = wanted.email_verified.unwrap_or(false);
    match (&wanted.email, wanted.email_verified) {
        (Some(email), _)
            if !addresses::set_email(desk, &tx, now, email.as_str(), verified, source).await? =>
        {
            return Ok(Err(Unset::AddressTaken));
        }
        (None, Some(verified)) => addresses::set_proven(desk, &tx, now, verified, source).await?,
        _ => {}
    }
    let known = tx.account().alternate_email().map(str::to_owned);
    let alternate = match (&wanted.alternate, wanted.alternate_verified) {
        (Some(alternate), verified) => {
            Some((alternate.as_ref().map(|email| email.as_str().to_owned()), verified.unwrap_or(false)))
        }
        (None, Some(verified)) if known.is_some() => Some((known, verified)),
        (None, Some(_)) => return Ok(Err(Unset::Alternate)),
        (None, None) => None,
    };
    if let Some((alternate, verified)) = alternate
        && !addresses::set_alternate(desk, &tx, now, alternate.as_deref(), verified, source).await?
    {
        return Ok(Err(Unset::Alternate));
    }
    if let Some(claims) = &wanted.claims {
        credentials::set_information(desk, &tx, now, claims, source).await?;
    }
    if let Some(language) = wanted.language {
        store::set_language(&tx, now, id, language).await?;
        let event = NewEvent { account: id, kind: Kind::LanguageChanged, source, detail: "" };
        history::record(&tx, now, &desk.random, event).await?;
    }
    tx.commit().await?;
    Ok(Ok(()))
}
