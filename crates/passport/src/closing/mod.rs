//! An account that its owner closes: a time to think it over, then it is erased. Knows no page.
//!
//! Until then the row of the account stays as it is, nobody is signed in to it, and signing in or the letter's
//! link takes the closing back. A `sub` is a random id and never given out again.
pub mod entity;
pub mod letters;
pub mod store;

use platform::clock::Moment;

use crate::account::AccountId;

/// An account that will be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    pub account: AccountId,
    pub asked_at: Moment,
    pub erases_at: Moment,
}
