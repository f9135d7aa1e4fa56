//! Billing facts of paid accounts, which help to recognize their owner (PP-28). Only keyed blind indexes are
//! kept: whoever reads the table learns no digit. Knows no page.
pub mod entity;
pub mod store;

use platform::secrets::{Keyring, Mac};
use serde::Deserialize;

use crate::account::AccountId;

/// What a paid service knows about a payment, and a person says again. As typed; compared by [`folded`].
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The last four digits of the card.
    pub last_four_digits: String,
    /// `MM/YY` or `MM/YYYY`.
    pub expiry: String,
    pub postal_code: String,
    pub invoice_number: String,
}

/// What is wrong with the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    Digits,
    Expiry,
    PostalCode,
    Invoice,
}

impl Malformed {
    /// What is wrong, for whoever sent it.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Digits => "last_four_digits must be four digits.",
            Self::Expiry => "expiry must be month and year, like 07/27.",
            Self::PostalCode => "postal_code must be 1 to 60 letters or digits.",
            Self::Invoice => "invoice_number must be 1 to 60 letters or digits.",
        }
    }
}

/// In characters.
const LONGEST: usize = 60;

impl Facts {
    /// Normal forms of all four, in the order of the columns.
    fn folded(&self) -> Result<[String; 4], Malformed> {
        let digits: String = self.last_four_digits.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Malformed::Digits);
        }
        let expiry = expiry(&self.expiry).ok_or(Malformed::Expiry)?;
        let postal_code = fold(&self.postal_code).ok_or(Malformed::PostalCode)?;
        let invoice = fold(&self.invoice_number).ok_or(Malformed::Invoice)?;
        Ok([digits, expiry, postal_code, invoice])
    }
}

/// `MM/YYYY`.
fn expiry(text: &str) -> Option<String> {
    let (month, year) = text.trim().split_once(['/', '-', '.', ' '])?;
    let (month, year) = (month.trim(), year.trim());
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(month) || !digits(year) || !(1..=2).contains(&month.len()) {
        return None;
    }
    let month: u32 = month.parse().ok()?;
    let year: u32 = match year.len() {
        2 => 2000 + year.parse::<u32>().ok()?,
        4 => year.parse().ok()?,
        _ => return None,
    };
    (1..=12).contains(&month).then(|| format!("{month:02}/{year:04}"))
}

fn fold(text: &str) -> Option<String> {
    let folded: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    (!folded.is_empty() && folded.chars().count() <= LONGEST).then_some(folded)
}

/// The stored form of one payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blind(pub [Vec<u8>; 4]);

/// Makes and compares blind indexes.
#[derive(Clone)]
pub struct BlindKey(Mac);

const NAMES: [&str; 4] = ["digits", "expiry", "postal code", "invoice"];

impl BlindKey {
    pub fn new(keyring: &Keyring) -> Self {
        Self(keyring.mac("billing facts"))
    }

    /// Bound to the account and the field, so that equal facts of two people look different.
    pub fn blind(&self, account: AccountId, facts: &Facts) -> Result<Blind, Malformed> {
        let folded = facts.folded()?;
        let mut columns: [Vec<u8>; 4] = Default::default();
        for ((column, name), value) in columns.iter_mut().zip(NAMES).zip(&folded) {
            *column = self.0.sign(&message(account, name, value)).to_vec();
        }
        Ok(Blind(columns))
    }

    /// True when one of the payments on file has all four facts. Everything is compared, for an account that
    /// does not exist as well.
    pub fn confirms(&self, account: Option<AccountId>, on_file: &[Blind], said: &Facts) -> bool {
        let nobody = AccountId(uuid::Uuid::nil());
        let folded = said.folded().unwrap_or_default();
        let nothing = Blind(Default::default());
        let all = if on_file.is_empty() { std::slice::from_ref(&nothing) } else { on_file };
        let mut confirmed = false;
        for Blind(columns) in all {
            let mut right = 0;
            for ((column, name), value) in columns.iter().zip(NAMES).zip(&folded) {
                let matches = self.0.verify(&message(account.unwrap_or(nobody), name, value), column);
                right += usize::from(matches && !value.is_empty());
            }
            confirmed |= right == NAMES.len();
        }
        confirmed && account.is_some()
    }
}

fn message(account: AccountId, name: &str, value: &str) -> Vec<u8> {
    [account.0.as_bytes().as_slice(), name.as_bytes(), b"\0", value.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(digits: &str, expiry: &str, postal_code: &str, invoice: &str) -> Facts {
        Facts {
            last_four_digits: digits.into(),
            expiry: expiry.into(),
            postal_code: postal_code.into(),
            invoice_number: invoice.into(),
        }
    }

    fn account(byte: u8) -> AccountId {
        AccountId(uuid::Uuid::from_bytes([byte; 16]))
    }

    #[test]
    fn pp_28_all_four_facts_are_needed_in_whatever_spelling() {
        let key = BlindKey::new(&Keyring::from_bytes([1; 32]));
        let filed = [key.blind(account(1), &facts("4242", "07/2027", "SW1A 1AA", "INV-2026/17")).unwrap()];
        let confirms = |said: Facts| key.confirms(Some(account(1)), &filed, &said);
        assert!(confirms(facts(" 4242", "7/27", "sw1a1aa", "inv 2026 17")));
        for wrong in [
            facts("4243", "07/27", "SW1A 1AA", "INV-2026/17"),
            facts("4242", "08/27", "SW1A 1AA", "INV-2026/17"),
            facts("4242", "07/27", "SW1A 1AB", "INV-2026/17"),
            facts("4242", "07/27", "SW1A 1AA", "INV-2026/18"),
            facts("", "", "", ""),
            Facts::default(),
        ] {
            assert!(!confirms(wrong));
        }
    }

    #[test]
    fn facts_of_one_account_say_nothing_about_another() {
        let key = BlindKey::new(&Keyring::from_bytes([1; 32]));
        let said = facts("4242", "07/27", "SW1A 1AA", "17");
        let one = key.blind(account(1), &said).unwrap();
        assert_ne!(one, key.blind(account(2), &said).unwrap());
        let others = BlindKey::new(&Keyring::from_bytes([2; 32]));
        assert_ne!(one, others.blind(account(1), &said).unwrap(), "a stolen table is no list to guess at");
        assert!(!key.confirms(Some(account(2)), std::slice::from_ref(&one), &said));
        assert!(!key.confirms(None, &[one], &said));
        assert!(!key.confirms(Some(account(1)), &[], &said));
    }

    #[test]
    fn what_is_no_fact_is_refused_by_name() {
        let key = BlindKey::new(&Keyring::from_bytes([1; 32]));
        let refused = |said: Facts| key.blind(account(1), &said).unwrap_err();
        assert_eq!(refused(facts("424", "07/27", "1", "1")), Malformed::Digits);
        assert_eq!(refused(facts("٤٢٤٢", "07/27", "1", "1")), Malformed::Digits);
        assert_eq!(refused(facts("4242", "13/27", "1", "1")), Malformed::Expiry);
        assert_eq!(refused(facts("4242", "0727", "1", "1")), Malformed::Expiry);
        assert_eq!(refused(facts("4242", "07/27", " ", "1")), Malformed::PostalCode);
        assert_eq!(refused(facts("4242", "07/27", "1", "-")), Malformed::Invoice);
    }
}
