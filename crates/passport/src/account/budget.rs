//! How often things may be tried: every limit of accounts in one table, which `docs/LIMITS.md` repeats.
//! Counted in the database, so that all nodes share them. Knows not what is tried.
use std::time::Duration;

use platform::{
    Fault,
    clock::Moment,
    db::Tx,
    limits::{self, Limit},
};

use super::store;
use crate::{computer, config::Guessing, state::Passport};

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// Guesses at one account by strangers: password, old password, secret answer, billing facts alike
    /// (INV-5). A window is the longest time that a stranger can keep the owner out of a new computer.
    Account,
    /// Guesses at one account on a computer where it was used before: strangers cannot spend this one (BF-02).
    Computer,
    /// Guesses from one block of addresses, at any accounts (BF-04).
    Block,
    /// Guesses from everywhere, on computers that nobody knows.
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
}

const QUARTER: Duration = Duration::from_secs(15 * 60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

impl Budget {
    pub const ALL: [Self; 10] = [
        Self::Account,
        Self::Computer,
        Self::Block,
        Self::Everywhere,
        Self::Answers,
        Self::ComputerAnswers,
        Self::SignUps,
        Self::AddressChecks,
        Self::Letters,
        Self::BlockLetters,
    ];

    /// The counter's name, the window, the setting of `[guessing]`, and in words what is counted for whom.
    const fn line(self) -> (&'static str, Duration, &'static str, &'static str) {
        match self {
            Self::Account => (
                "guess account",
                QUARTER,
                "per_account",
                "guesses at one account (password, old password, secret answer, billing facts together)",
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
            Self::Everywhere => {
                ("guess everywhere", QUARTER, "everywhere", "guesses from everywhere on unknown computers")
            }
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
        }
    }

    fn most(self, settings: &Guessing) -> u32 {
        match self {
            Self::Account => settings.per_account,
            Self::Computer => settings.per_computer,
            Self::Block => settings.per_block,
            Self::Everywhere => settings.everywhere,
            Self::Answers => settings.answers,
            Self::ComputerAnswers => settings.computer_answers,
            Self::SignUps => settings.sign_ups,
            Self::AddressChecks => settings.address_checks,
            Self::Letters => settings.letters,
            Self::BlockLetters => settings.block_letters,
        }
    }

    fn limit(self, passport: &Passport) -> Limit {
        let (name, per, ..) = self.line();
        let settings = &passport.settings;
        Limit::new(name, self.most(&settings.guessing), per).scaled(settings.limits.scale)
    }

    /// Spends one of `who`'s; false when it is used up.
    pub async fn spend(self, passport: &Passport, tx: &Tx, now: Moment, who: &str) -> Result<bool, Fault> {
        limits::spend(tx, now, self.limit(passport), who).await
    }

    /// [`Budget::spend`] in a transaction of its own.
    pub async fn may(self, passport: &Passport, now: Moment, who: &str) -> Result<bool, Fault> {
        let tx = passport.db.begin().await?;
        let may = self.spend(passport, &tx, now, who).await?;
        tx.commit().await?;
        Ok(may)
    }
}

/// Somebody who is about to guess at the account of an address.
#[derive(Clone, Copy)]
pub struct Guesser<'a> {
    /// [`platform::email::EmailAddress::key`]: all spellings of an address count together.
    pub email_key: &'a str,
    /// [`platform::web::Visit::address_block`].
    pub address_block: &'a str,
    /// The digest of the computer's cookie.
    pub computer: Option<&'a [u8]>,
}

/// Whether a guesser may guess now, and what is known about their computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leave {
    pub may: bool,
    /// The account was used on this computer before.
    pub known_computer: bool,
    /// What the guess took, and from whom.
    spent: Vec<(Budget, String)>,
}

impl Leave {
    /// Gives back what was taken: what turned out right was no guess.
    pub async fn give_back(&self, passport: &Passport, tx: &Tx, now: Moment) -> Result<(), Fault> {
        for (budget, who) in &self.spent {
            limits::refund(tx, now, budget.limit(passport), who).await?;
        }
        Ok(())
    }
}

/// What is guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    Password,
    /// A secret answer with the account's information, or billing facts.
    Answer,
}

/// Spends the budgets of one guess, before anything is looked at: parallel guesses count, and the right one
/// during a pause is refused like a wrong one (BF-01). The same for accounts that do not exist.
pub async fn may_guess(
    passport: &Passport,
    now: Moment,
    guess: Guess,
    guesser: Guesser<'_>,
) -> Result<Leave, Fault> {
    let reader = passport.db.reader();
    let account = store::find_id(reader, guesser.email_key).await?;
    let known = match (account, guesser.computer) {
        (Some(account), Some(digest)) => {
            // Its id stays when the cookie changes, so that nobody renews these by signing in as somebody else.
            computer::store::find_id(reader, account, digest).await?.map(|id| id.to_string())
        }
        _ => None,
    };
    let known_computer = known.is_some();
    let account = || guesser.email_key.to_owned();
    let spent = match (known, guess) {
        (Some(computer), Guess::Password) => vec![(Budget::Computer, computer)],
        (Some(computer), Guess::Answer) => {
            vec![(Budget::Computer, computer.clone()), (Budget::ComputerAnswers, computer)]
        }
        (None, guess) => {
            let mut spent = vec![
                (Budget::Account, account()),
                (Budget::Block, guesser.address_block.to_owned()),
                (Budget::Everywhere, String::new()),
            ];
            if guess == Guess::Answer {
                spent.push((Budget::Answers, account()));
            }
            spent
        }
    };
    let tx = passport.db.begin().await?;
    let mut may = true;
    for (budget, who) in &spent {
        may &= budget.spend(passport, &tx, now, who).await?;
    }
    tx.commit().await?;
    Ok(Leave { may, known_computer, spent })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// The table as the document shows it.
    fn table() -> String {
        let settings = Guessing::default();
        let mut table = "| what | at most | in | `[guessing]` |\n|---|---|---|---|\n".to_owned();
        for budget in Budget::ALL {
            let (_, per, setting, what) = budget.line();
            let per = match per {
                QUARTER => "15 minutes",
                HOUR => "an hour",
                _ => "a day",
            };
            writeln!(table, "| {what} | {} | {per} | `{setting}` |", budget.most(&settings)).unwrap();
        }
        table
    }

    #[test]
    fn the_document_repeats_the_table() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/LIMITS.md");
        let document = std::fs::read_to_string(file).unwrap();
        assert!(document.contains(&table()), "docs/LIMITS.md must hold:\n{}", table());
    }

    #[test]
    fn every_budget_has_a_counter_and_a_setting_of_its_own() {
        let defaults = serde_json::to_value(Guessing::default()).unwrap();
        let mut names: Vec<_> = Budget::ALL.iter().map(|budget| budget.line().0).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Budget::ALL.len());
        for budget in Budget::ALL {
            let setting = budget.line().2;
            assert_eq!(defaults[setting], budget.most(&Guessing::default()), "{setting}");
        }
        assert_eq!(defaults.as_object().unwrap().len(), Budget::ALL.len());
    }
}
