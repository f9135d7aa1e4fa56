//! Settings of what is tried: how often, how a forgotten password is recovered, whose mail the operator hosts.
use platform::config::Problem;
use serde::{Deserialize, Serialize};

/// How often things may be tried; [`crate::budget`] says what each is.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Guessing {
    /// In a quarter of an hour.
    pub per_account: u32,
    /// In a quarter of an hour.
    pub per_computer: u32,
    /// In a quarter of an hour.
    pub per_block: u32,
    /// In a quarter of an hour.
    pub per_wide_block: u32,
    /// In a quarter of an hour.
    pub per_provider: u32,
    /// In a quarter of an hour.
    pub everywhere: u32,
    /// In a day.
    pub answers: u32,
    /// In a day.
    pub computer_answers: u32,
    /// In an hour.
    pub sign_ups: u32,
    /// In an hour.
    pub address_checks: u32,
    /// In an hour.
    pub letters: u32,
    /// In an hour.
    pub block_letters: u32,
    /// In an hour.
    pub computer_letters: u32,
    /// In an hour.
    pub unproven_letters: u32,
    /// In an hour.
    pub changes: u32,
    /// In a day.
    pub new_computers: u32,
    /// In a row, ever, at one account on computers that it does not know; then each waits twice as long as the last.
    pub in_a_row: u32,
}

impl Guessing {
    /// Says to `within` what each setting may be.
    pub(super) fn ranges(&self, within: &mut impl FnMut(&str, u32, u32, u32)) {
        // NIST SP 800-63B §5.2.2 lets nobody guess more than a hundred times in a row.
        within("guessing.per_account", self.per_account, 1, 100);
        within("guessing.per_computer", self.per_computer, 1, 100);
        within("guessing.per_block", self.per_block, 1, 1_000_000);
        within("guessing.per_wide_block", self.per_wide_block, 1, 1_000_000);
        within("guessing.per_provider", self.per_provider, 1, u32::MAX);
        within("guessing.everywhere", self.everywhere, 1, u32::MAX);
        within("guessing.answers", self.answers, 1, 20);
        within("guessing.computer_answers", self.computer_answers, 1, 20);
        within("guessing.sign_ups", self.sign_ups, 1, 1_000_000);
        within("guessing.address_checks", self.address_checks, 1, 1_000_000);
        within("guessing.letters", self.letters, 1, 1000);
        within("guessing.block_letters", self.block_letters, 1, 1_000_000);
        within("guessing.computer_letters", self.computer_letters, 1, 1000);
        within("guessing.unproven_letters", self.unproven_letters, 1, 1000);
        within("guessing.changes", self.changes, 5, 10_000);
        within("guessing.new_computers", self.new_computers, 1, 1000);
        within("guessing.in_a_row", self.in_a_row, 10, 100);
    }
}

impl Default for Guessing {
    fn default() -> Self {
        Self {
            per_account: 10,
            per_computer: 10,
            per_block: 60,
            per_wide_block: 240,
            per_provider: 5_000,
            everywhere: 20_000,
            answers: 5,
            computer_answers: 5,
            sign_ups: 20,
            address_checks: 60,
            letters: 5,
            block_letters: 60,
            computer_letters: 5,
            unproven_letters: 10,
            changes: 30,
            new_computers: 5,
            in_a_row: 100,
        }
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recovery {
    /// Hours that a recovery by secret answer or billing facts waits on a computer where the account was
    /// never used, and in which its owner can stop it.
    pub cool_down_hours: u32,
    /// Days that the older address, and everybody who was told, can undo a change.
    pub undo_days: u32,
    /// Days in which an account can prove its name, or take another, after somebody who reads the mail of that name
    /// said that the account is none of theirs.
    pub name_days: u32,
    /// A link to the account's own address, once that was proven, leads back in, too.
    pub primary_email: bool,
    /// How many operators it takes to let somebody in again who was identified otherwise.
    pub support: Operators,
}

/// How many operators must say so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operators {
    #[default]
    One,
    /// A second one confirms what the first asked for.
    Two,
}

impl Recovery {
    /// Whether a second operator has to confirm what the first one asked for.
    pub fn takes_two_operators(&self) -> bool {
        self.support == Operators::Two
    }

    /// Says to `within` what each setting may be.
    pub(super) fn ranges(&self, within: &mut impl FnMut(&str, u32, u32, u32)) {
        within("recovery.cool_down_hours", self.cool_down_hours, 1, 24 * 30);
        within("recovery.undo_days", self.undo_days, 1, 90);
        within("recovery.name_days", self.name_days, 1, 90);
    }
}

impl Default for Recovery {
    fn default() -> Self {
        Self { cool_down_hours: 24, undo_days: 7, name_days: 7, primary_email: true, support: Operators::One }
    }
}

/// Mail domains that the operator hosts: their people have a Passport already (PP-05), by import.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ManagedDomains {
    pub names: Vec<String>,
}

impl ManagedDomains {
    /// True when the operator hosts the mail of this address. `email_key` is
    /// [`platform::email::EmailAddress::key`]: its domain is in lower-case A-labels.
    pub fn hold(&self, email_key: &str) -> bool {
        let domain = email_key.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.names.iter().any(|name| name.eq_ignore_ascii_case(domain))
    }

    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        for name in &self.names {
            let ascii = url::Host::parse(name).map(|host| host.to_string());
            if ascii.as_deref() != Ok(name.to_ascii_lowercase().as_str()) || !name.contains('.') {
                let text = format!("{name:?} is not a mail domain in ASCII, like contoso.example");
                found.push(Problem::new("managed_domains.names", text));
            }
        }
        found
    }
}
