//! Recovery codes: ten of them, each good once in place of the app. Knows not which are left.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::secrets::Mac;

use crate::{account::AccountId, recovery::code};

/// Of the key that tags them: needed as long as codes of it are.
pub const PURPOSE: &str = "recovery codes";
pub const HOW_MANY: u8 = 10;
/// Of five bits each.
const LENGTH: usize = 10;

/// The codes of a seed, in their plain form: the same each time.
pub fn make(making: &Mac, account: AccountId, seed: &[u8]) -> Vec<String> {
    let one = |number: u8| {
        let of = [account.0.as_bytes().as_slice(), seed, &[number]].concat();
        let mac = making.sign(&of);
        code::of(*mac.first_chunk::<LENGTH>().unwrap_or(&[0; LENGTH]))
    };
    (0..HOW_MANY).map(one).collect()
}

/// In two groups, as a page shows it.
pub fn shown(code: &str) -> String {
    code::shown(code)
}

/// The plain form of what somebody typed, or `None` if it is no such code.
pub fn typed(text: &str) -> Option<String> {
    code::typed_as(text, LENGTH)
}

/// What the table holds in place of a code.
pub fn tag(codes: &Mac, account: AccountId, code: &str) -> Vec<u8> {
    codes.sign(&named(account, code)).to_vec()
}

/// The same under every key that a code may have been tagged with.
pub fn tags(codes: &Mac, account: AccountId, code: &str) -> Vec<Vec<u8>> {
    codes.all(&named(account, code)).map(Vec::from).collect()
}

fn named(account: AccountId, code: &str) -> Vec<u8> {
    [account.0.as_bytes().as_slice(), code.as_bytes()].concat()
}

pub(crate) fn in_base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn of_base64(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use platform::{clock::Moment, random::Random, secrets::Keyring};

    use super::*;

    #[test]
    fn ten_different_codes_follow_from_seed_and_account_and_survive_being_typed() {
        let keys = Keyring::from_bytes([1; 32]);
        let (making, tagging) = (keys.mac("making"), keys.mac(PURPOSE));
        let random = Random::seeded(1);
        let account = AccountId::new(Moment::from_unix_seconds(1), &random);
        let made = make(&making, account, b"seed");
        assert_eq!(made, make(&making, account, b"seed"));
        assert_ne!(made, make(&making, account, b"eeds"));
        let mut different = made.clone();
        different.sort();
        different.dedup();
        assert_eq!(different.len(), usize::from(HOW_MANY));
        let Some(first) = made.first() else { panic!("none") };
        assert_eq!(typed(&shown(first).to_lowercase()).as_ref(), Some(first));
        assert_eq!(shown(first).len(), LENGTH + 1);
        assert_eq!(typed("123456"), None);
        let other = AccountId::new(Moment::from_unix_seconds(2), &random);
        assert_eq!(tags(&tagging, account, first), [tag(&tagging, account, first)]);
        assert_ne!(tag(&tagging, account, first), tag(&tagging, other, first));
    }
}
