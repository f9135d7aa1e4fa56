//! Telling an account's owner of what changed, at every address that is known, with a way to undo it.
//! Knows not who changed it.
pub mod actions;
pub mod letters;

use oidc::claims::StandardClaims;
use platform::email::EmailAddress;
use serde::{Deserialize, Serialize};

use crate::{
    account::Account,
    history::{Kind, Source},
    link::Link,
};

/// What a change replaced: kept with the links that can undo it, until they end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Former {
    /// Nothing that could be put back: a password, say.
    #[default]
    Nothing,
    Email {
        address: String,
        verified: bool,
    },
    Alternate {
        address: Option<String>,
    },
    Question {
        question: Option<String>,
        answer_hash: Option<String>,
    },
    Information {
        claims: Box<StandardClaims>,
    },
}

impl Former {
    /// The address that somebody lost by the change: it is told of everything while it can still undo it.
    fn address(&self) -> Option<&str> {
        match self {
            Self::Email { address, .. } => Some(address),
            Self::Alternate { address } => address.as_deref(),
            Self::Nothing | Self::Question { .. } | Self::Information { .. } => None,
        }
    }
}

/// A change that its owner is told of.
pub struct Change<'a> {
    /// As it was before.
    pub account: &'a Account,
    pub kind: Kind,
    pub source: &'a Source,
    /// [`crate::history::NewEvent::detail`].
    pub detail: &'a str,
    pub former: Former,
    /// An address that the change made known.
    pub newly: Option<&'a str>,
}

/// Every address to write to, each once: the account's own, those that `links` can still bring back, a new one.
pub(crate) fn addresses(account: &Account, links: &[Link], newly: Option<&str>) -> Vec<String> {
    let formers: Vec<Former> =
        links.iter().filter_map(|link| serde_json::from_str(&link.detail).ok()).collect();
    let own = [Some(account.email.as_str()), account.alternate_email.as_deref(), newly];
    let all = own.into_iter().flatten().chain(formers.iter().filter_map(Former::address));
    let mut known: Vec<EmailAddress> = Vec::new();
    for address in all.filter_map(|text| EmailAddress::parse(text).ok()) {
        if known.iter().all(|other| other.key() != address.key()) {
            known.push(address);
        }
    }
    known.into_iter().map(|address| address.as_str().to_owned()).collect()
}

#[cfg(test)]
mod tests;
