//! The first proof of somebody who still owes the second: what their browser holds between the two, and no session. Knows
//! no cookie.
use std::time::Duration;

use oidc::assurance::Methods;
use platform::{
    clock::Moment,
    secrets::{Field, Rest},
};

use crate::account::{Account, AccountId};

/// How long the second proof may take.
const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// Who was proven by what, and what the session will be. It counts in the browser that it was made in, and only until
/// what proves the account changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct First {
    pub account: AccountId,
    /// Of the account, when it was proven.
    pub epoch: i32,
    pub at: Moment,
    pub methods: Methods,
    /// “Sign me in automatically”.
    pub automatic: bool,
    /// “Others use this computer too”.
    pub shared: bool,
}

impl First {
    /// Whether it still counts for this account.
    pub fn is_good(&self, account: &Account, now: Moment) -> bool {
        account.id == self.account
            && account.epoch == self.epoch
            && account.is_active()
            && now.is_within(LIFETIME, self.at)
    }
}

impl Field for First {
    fn write(&self, to: &mut Vec<u8>) {
        self.account.0.write(to);
        self.epoch.write(to);
        self.at.write(to);
        self.automatic.write(to);
        self.shared.write(to);
        let words = self.methods.to_string();
        to.extend(u16::try_from(words.len()).unwrap_or_default().to_be_bytes());
        to.extend(words.as_bytes());
    }

    fn read(from: &mut Rest<'_>) -> Option<Self> {
        Some(Self {
            account: AccountId(Field::read(from)?),
            epoch: Field::read(from)?,
            at: Field::read(from)?,
            automatic: Field::read(from)?,
            shared: Field::read(from)?,
            methods: Methods::parse(&from.text()?),
        })
    }
}
