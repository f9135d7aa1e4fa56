//! Telling an account's owner of what changed, at every address that is known, with a way to undo it.
//! Knows not who changed it.
pub mod letters;
pub mod roll_back;

use oidc::claims::StandardClaims;
use platform::email::EmailAddress;
use serde::{Deserialize, Serialize};

use crate::{
    account::Account,
    history::{Kind, Source},
    link::Link,
    passkey::{Passkey, PasskeyId},
    second_step::FormerStep,
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
        #[serde(default)]
        verified: bool,
    },
    Question {
        question: Option<String>,
        answer_hash: Option<String>,
    },
    Information {
        claims: Box<StandardClaims>,
    },
    /// Of the app and the codes; none where there was no app.
    SecondStep {
        former: Option<FormerStep>,
    },
    /// A passkey that there was not; and tags of the codes of before, where codes were made with it.
    NoPasskey {
        id: PasskeyId,
        #[serde(default)]
        codes: Option<Vec<String>>,
    },
    /// A passkey that was taken away; and tags of the codes that went with it.
    Passkey {
        passkey: Box<Passkey>,
        #[serde(default)]
        codes: Option<Vec<String>>,
    },
    /// What a site had filed before; blind indexes, as they stand in the table.
    Billing {
        client_id: String,
        filed: Option<[Vec<u8>; 4]>,
    },
}

impl Former {
    /// It is about what the account is proven by.
    pub fn is_factor(&self) -> bool {
        matches!(self, Self::SecondStep { .. } | Self::NoPasskey { .. } | Self::Passkey { .. })
    }

    /// The address that somebody lost by the change: it is told of everything while it can still undo it.
    fn address(&self) -> Option<&str> {
        match self {
            Self::Email { address, .. } => Some(address),
            Self::Alternate { address, verified } => address.as_deref().filter(|_| *verified),
            Self::Nothing
            | Self::Question { .. }
            | Self::Information { .. }
            | Self::SecondStep { .. }
            | Self::NoPasskey { .. }
            | Self::Passkey { .. }
            | Self::Billing { .. } => None,
        }
    }
}

/// What a link that undoes knows: what was replaced, and to which address it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    #[serde(flatten)]
    pub former: Former,
    #[serde(default)]
    pub to: Option<String>,
    /// Nobody came in by what it tells of: what proves the account is not rolled back by it.
    #[serde(default)]
    pub keeps_factors: bool,
}

impl Told {
    /// A detail that a later version wrote is nothing that could be put back.
    pub fn read(detail: &str) -> Self {
        serde_json::from_str(detail).unwrap_or_default()
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

/// Every address to write to, each once: the account's own and proven ones, those that `links` can still bring back, a new one.
pub(crate) fn addresses(account: &Account, links: &[Link], newly: Option<&str>) -> Vec<String> {
    let told: Vec<Told> = links.iter().map(|link| Told::read(&link.detail)).collect();
    let all = account.mailboxes().chain(newly).chain(told.iter().filter_map(|told| told.former.address()));
    let mut known: Vec<EmailAddress> = Vec::new();
    for address in all.filter_map(|text| EmailAddress::parse(text).ok()) {
        if known.iter().all(|other| other.key() != address.key()) {
            known.push(address);
        }
    }
    known.into_iter().map(|address| address.as_str().to_owned()).collect()
}

/// Whether two texts are one address.
fn is_one(one: &str, other: &str) -> bool {
    match (EmailAddress::parse(one), EmailAddress::parse(other)) {
        (Ok(one), Ok(other)) => one.key() == other.key(),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
