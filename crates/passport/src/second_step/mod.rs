//! What an account is proven by after the password: an authenticator app and recovery codes. Knows no page, and not what
//! a proof leads to.
pub mod app;
pub mod codes;
pub mod entity;
pub mod first;
pub mod store;

use platform::{
    clock::Moment,
    secrets::{Keyring, Mac, Named, Seal},
};
use serde::{Deserialize, Serialize};

pub use first::First;

use crate::account::AccountId;

/// An authenticator app that is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticator {
    pub account: AccountId,
    /// The secret, sealed for the account.
    pub sealed: Vec<u8>,
    /// The time step of the newest code that was taken: it and those before are used up.
    pub last_step: i64,
    pub created_at: Moment,
}

/// What a change replaced, as it can be put back: in base64url.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerStep {
    /// Of the app, if there was one.
    pub sealed: Option<String>,
    pub last_step: i64,
    /// Tags of the recovery codes that were not used.
    pub codes: Vec<String>,
}

/// What makes and opens all of it.
pub struct Keys {
    /// Secrets of apps, at rest.
    pub apps: Seal,
    /// A secret that is shown and not kept yet, on its way through the page.
    pub drafts: Seal,
    /// Tags of recovery codes. Ten at random, of 50 bits, behind a budget: a key keeps a copy of the table from being
    /// searched as well as a slow hash would, and costs a sign-in nothing.
    pub codes: Mac,
    /// Makes the codes of a page that is sent twice the same.
    pub making: Mac,
    /// The first proof, until the second.
    pub firsts: Named<First>,
}

impl Keys {
    pub fn new(keyring: &Keyring) -> Self {
        Self {
            apps: keyring.seal("authenticator"),
            drafts: keyring.seal("authenticator draft"),
            codes: keyring.mac(codes::PURPOSE),
            making: keyring.mac("making recovery codes"),
            firsts: Named::new(keyring, "first proof"),
        }
    }
}
