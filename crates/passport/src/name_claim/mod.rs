//! Somebody reads the mail of an address that names an account which never proved it: after a time the account
//! gives the name up and goes on under another (decision 0023). Knows no page.
pub mod entity;
pub mod store;

use platform::{clock::Moment, random::Random};

use crate::account::{AccountId, GIVEN_NAMES};

/// A name that an account will lose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameClaim {
    pub account: AccountId,
    /// What the account will be called then.
    pub new_name: String,
    pub ready_at: Moment,
}

/// Letters and digits that hands and eyes do not mix up.
const LETTERS: &[u8; 32] = b"23456789abcdefghjkmnpqrstuvwxyz7";

/// A name that nobody has.
pub fn new_name(random: &Random) -> String {
    let letter = |byte: &u8| LETTERS.get(usize::from(byte & 31)).copied().map(char::from);
    let name: String = random.bytes::<10>().iter().filter_map(letter).collect();
    format!("passport-{name}{GIVEN_NAMES}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_name_is_an_address_like_any_other() {
        let name = new_name(&Random::seeded(1));
        assert!(platform::email::EmailAddress::parse(&name).is_ok(), "{name}");
        assert_ne!(name, new_name(&Random::seeded(2)));
    }
}
