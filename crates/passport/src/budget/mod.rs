//! How often things may be tried: every limit of accounts in one table, which `docs/LIMITS.md` repeats.
//! Counted in the database, so that all nodes share them. Knows not what is tried.
pub mod guess;

use crate::config::{Guessing, Settings};
use platform::{
    Fault,
    clock::Moment,
    db::{Database, Tx, attempt::step},
    limits::{self, Limit, UsedUp},
};
use std::time::Duration;

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// Guesses at one account by strangers: password, old password, code, secret answer, billing facts alike
    /// (INV-5). A window is the longest time that a stranger can keep the owner out of a new computer.
    Account,
    /// Guesses at one account on a computer where it was used before: strangers cannot spend this one (BF-02).
    Computer,
    /// Guesses from one block of addresses, at any accounts (BF-04).
    Block,
    /// Guesses from the /48 around an IPv6 block: one household or company may hold so many.
    WideBlock,
    /// Guesses from the /32 around it, a provider's. Beyond it nobody is shut out: each block there has a tenth.
    Provider,
    /// Guesses from everywhere, on computers that nobody knows. Beyond it nobody is shut out: each block has a tenth.
    Everywhere,
    /// Secret answers and billing facts for one account (BF-05).
    Answers,
    /// The same on a computer where the account was used before.
    ComputerAnswers,
    /// Accounts made from one block of addresses.
    SignUps,
    /// Answers to “is this address taken?” for one block of addresses (PP-08).
    AddressChecks,
    /// Letters that anybody can cause to one address (EM-10).
    Letters,
    /// Letters that one block of addresses can cause.
    BlockLetters,
    /// Reset letters that are asked for on a computer where the account was used before: strangers cannot spend these.
    ComputerLetters,
    /// Letters about an account to an address that it never proved, and that may be anybody's.
    Unproven,
    /// Changes of what one account is reached and recovered by.
    Changes,
    /// Letters to one account's owner about computers that the account did not know.
    NewComputers,
}

const QUARTER: Duration = Duration::from_secs(15 * 60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

impl Budget {
    pub const ALL: [Self; 16] = [
        Self::Account,
        Self::Computer,
        Self::Block,
        Self::WideBlock,
        Self::Provider,
        Self::Everywhere,
        Self::Answers,
        Self::ComputerAnswers,
        Self::SignUps,
        Self::AddressChecks,
        Self::Letters,
        Self::BlockLetters,
        Self::ComputerLetters,
        Self::Unproven,
        Self::Changes,
        Self::NewComputers,
    ];

    /// The counter's name, the window, the setting of `[guessing]`, and in words what is counted for whom.
    const fn line(self) -> (&'static str, Duration, &'static str, &'static str) {
        match self {
            Self::Account => (
                "guess account",
                QUARTER,
                "per_account",
                "guesses at one account (password, old password, one-time code, recovery code, secret answer, billing facts together)",
            ),
            Self::Computer => (
                "guess computer",
                QUARTER,
                "per_computer",
                "the same on a computer where the account was used before, instead of the line above and below",
            ),
            Self::Block => {
                ("guess block", QUARTER, "per_block", "guesses from one block of addresses (/24, /56)")
            }
            Self::WideBlock => {
                ("guess wide block", QUARTER, "per_wide_block", "guesses from the /48 around an IPv6 block")
            }
            Self::Provider => (
                "guess provider",
                QUARTER,
                "per_provider",
                "guesses from the /32 around it; beyond that, each block there has a tenth",
            ),
            Self::Everywhere => (
                "guess everywhere",
                QUARTER,
                "everywhere",
                "guesses from everywhere on unknown computers; beyond that, each block has a tenth",
            ),
            Self::Answers => {
                ("answer account", DAY, "answers", "secret answers and billing facts for one account")
            }
            Self::ComputerAnswers => (
                "answer computer",
                DAY,
                "computer_answers",
                "the same on a computer where the account was used before, instead",
            ),
            Self::SignUps => ("sign-up", HOUR, "sign_ups", "accounts made from one block of addresses"),
            Self::AddressChecks => (
                "sign-up address",
                HOUR,
                "address_checks",
                "questions whether an address is taken, from one block of addresses",
            ),
            Self::Letters => ("letter", HOUR, "letters", "letters to one address that anybody can ask for"),
            Self::BlockLetters => {
                ("letter block", HOUR, "block_letters", "such letters asked for by one block of addresses")
            }
            Self::ComputerLetters => (
                "letter computer",
                HOUR,
                "computer_letters",
                "reset letters asked for on a computer where the account was used before, instead",
            ),
            Self::Unproven => (
                "letter unproven",
                HOUR,
                "unproven_letters",
                "letters about an account to its own address, while it never proved that",
            ),
            Self::Changes => (
                "changes",
                HOUR,
                "changes",
                "changes of what one account is reached and recovered by, and e-mails asked for to prove an address",
            ),
            Self::NewComputers => (
                "letter new computer",
                DAY,
                "new_computers",
                "letters to one owner about computers that the account did not know",
            ),
        }
    }

    fn most(self, settings: &Guessing) -> u32 {
        match self {
            Self::Account => settings.per_account,
            Self::Computer => settings.per_computer,
            Self::Block => settings.per_block,
            Self::WideBlock => settings.per_wide_block,
            Self::Provider => settings.per_provider,
            Self::Everywhere => settings.everywhere,
            Self::Answers => settings.answers,
            Self::ComputerAnswers => settings.computer_answers,
            Self::SignUps => settings.sign_ups,
            Self::AddressChecks => settings.address_checks,
            Self::Letters => settings.letters,
            Self::BlockLetters => settings.block_letters,
            Self::ComputerLetters => settings.computer_letters,
            Self::Unproven => settings.unproven_letters,
            Self::Changes => settings.changes,
            Self::NewComputers => settings.new_computers,
        }
    }

    fn limit(self, settings: &Settings) -> Limit {
        let (name, per, ..) = self.line();
        Limit::new(name, self.most(&settings.guessing), per).scaled(settings.limits.scale)
    }

    /// What is left of it for a block while a gauge is full: a tenth, so that many blocks together are slowed down
    /// and the one in which the owner sits is not shut out.
    fn limit_when(self, settings: &Settings, tight: bool) -> Limit {
        let limit = self.limit(settings);
        match self {
            Self::Block | Self::WideBlock if tight => Limit { most: (limit.most / 10).max(1), ..limit },
            _ => limit,
        }
    }

    /// Spends one of `who`'s; false when it is used up.
    pub async fn spend(self, settings: &Settings, tx: &Tx, now: Moment, who: &str) -> Result<bool, Fault> {
        limits::spend(tx, now, self.limit(settings), who).await
    }

    /// The same, for whoever is told when to try again.
    pub async fn spend_or_wait(
        self,
        settings: &Settings,
        tx: &Tx,
        now: Moment,
        who: &str,
    ) -> Result<Result<(), UsedUp>, Fault> {
        limits::spend_or_wait(tx, now, self.limit(settings), who).await
    }

    /// [`Budget::spend`] in a transaction of its own, once a request. A refusal writes nothing.
    pub async fn may(
        self,
        db: &Database,
        settings: &Settings,
        now: Moment,
        who: &str,
    ) -> Result<bool, Fault> {
        Ok(self.may_or_wait(db, settings, now, who).await?.is_ok())
    }

    /// The same, for whoever is told when to try again.
    pub async fn may_or_wait(
        self,
        db: &Database,
        settings: &Settings,
        now: Moment,
        who: &str,
    ) -> Result<Result<(), UsedUp>, Fault> {
        step(format!("{}\0{who}", self.line().0), self.may_now(db, settings, now, who)).await
    }

    async fn may_now(
        self,
        db: &Database,
        settings: &Settings,
        now: Moment,
        who: &str,
    ) -> Result<Result<(), UsedUp>, Fault> {
        if let Err(full) = limits::room_or_wait(db.reader(), now, self.limit(settings), who).await? {
            return Ok(Err(full));
        }
        let tx = db.begin().await?;
        let may = self.spend_or_wait(settings, &tx, now, who).await?;
        tx.commit().await?;
        Ok(may)
    }
}

#[cfg(test)]
mod tests;
