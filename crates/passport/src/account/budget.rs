//! How often things may be tried: every limit of accounts in one table, which `docs/LIMITS.md` repeats.
//! Counted in the database, so that all nodes share them. Knows not what is tried.
use std::time::Duration;

use platform::{
    Fault,
    clock::Moment,
    db::{Tx, attempt::step},
    limits::{self, Limit},
};

use super::{
    AccountId,
    acting::Acting,
    password::Place,
    store::{self, streak},
};
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

    fn limit(self, passport: &Passport) -> Limit {
        let (name, per, ..) = self.line();
        let settings = &passport.settings;
        Limit::new(name, self.most(&settings.guessing), per).scaled(settings.limits.scale)
    }

    /// What is left of it for a block while a gauge is full: a tenth, so that many blocks together are slowed down
    /// and the one in which the owner sits is not shut out.
    fn limit_when(self, passport: &Passport, tight: bool) -> Limit {
        let limit = self.limit(passport);
        match self {
            Self::Block | Self::WideBlock if tight => Limit { most: (limit.most / 10).max(1), ..limit },
            _ => limit,
        }
    }

    /// Spends one of `who`'s; false when it is used up.
    pub async fn spend(self, passport: &Passport, tx: &Tx, now: Moment, who: &str) -> Result<bool, Fault> {
        limits::spend(tx, now, self.limit(passport), who).await
    }

    /// [`Budget::spend`] in a transaction of its own, once a request. A refusal writes nothing.
    pub async fn may(self, passport: &Passport, now: Moment, who: &str) -> Result<bool, Fault> {
        step(format!("{}\0{who}", self.line().0), self.may_now(passport, now, who)).await
    }

    async fn may_now(self, passport: &Passport, now: Moment, who: &str) -> Result<bool, Fault> {
        if !limits::has_room(passport.db.reader(), now, self.limit(passport), who).await? {
            return Ok(false);
        }
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

/// Whether a guesser may guess now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leave {
    pub may: bool,
    /// How many guesses in a row, this one among them, were made on unknown computers.
    pub in_a_row: Option<(AccountId, u32)>,
    /// What the guess took, and from whom.
    spent: Vec<(Budget, String)>,
    /// A gauge was full.
    tight: bool,
    /// There were too many in a row: even the right one is refused. Found out and paid for like any other guess, so
    /// that the time tells nobody which addresses have an account.
    waits: bool,
}

impl Leave {
    /// Whether a guess that was compared counts as right.
    pub const fn accepts(&self, matches: bool) -> bool {
        matches && !self.waits
    }

    /// Gives back what was taken: what turned out right was no guess, and ends a row of wrong ones.
    pub async fn give_back(&self, passport: &Passport, tx: &Acting, now: Moment) -> Result<(), Fault> {
        if self.in_a_row.is_some() {
            streak::end(tx, tx.id()).await?;
        }
        for (budget, who) in &self.spent {
            limits::refund(tx, now, budget.limit(passport), who).await?;
        }
        Ok(())
    }
}

/// What is guessed. What is compared by hashing has its place in the line already: whoever is turned away there has
/// guessed nothing.
#[derive(Clone, Copy)]
pub enum Guess<'a> {
    Password(&'a Place),
    /// A secret answer with the account's information.
    Answer(&'a Place),
    /// Billing facts.
    Billing,
}

impl Guess<'_> {
    const fn name(self) -> &'static str {
        match self {
            Self::Password(_) => "password",
            Self::Answer(_) => "answer",
            Self::Billing => "billing",
        }
    }
}

/// What a guess takes: budgets that refuse when they are used up, and gauges that only tighten the others.
struct Price {
    budgets: Vec<(Budget, String)>,
    gauges: Vec<(Budget, String)>,
}

impl Price {
    fn of(guess: Guess<'_>, guesser: Guesser<'_>, known: Option<String>) -> Self {
        let answers = !matches!(guess, Guess::Password(_));
        let (mut budgets, mut gauges) = (Vec::new(), Vec::new());
        match known {
            Some(computer) => {
                budgets.push((Budget::Computer, computer.clone()));
                budgets.extend(answers.then_some((Budget::ComputerAnswers, computer)));
            }
            None => {
                let account = || guesser.email_key.to_owned();
                budgets.push((Budget::Account, account()));
                budgets.push((Budget::Block, guesser.address_block.to_owned()));
                budgets.extend(wider(guesser.address_block, 48).map(|wide| (Budget::WideBlock, wide)));
                budgets.extend(answers.then(|| (Budget::Answers, account())));
                gauges.extend(wider(guesser.address_block, 32).map(|wide| (Budget::Provider, wide)));
                gauges.push((Budget::Everywhere, String::new()));
            }
        }
        Self { budgets, gauges }
    }
}

/// The block of `prefix` bits around an IPv6 block; `None` for IPv4, whose blocks are not for sale by the thousand.
fn wider(address_block: &str, prefix: u32) -> Option<String> {
    let (address, _) = address_block.split_once('/')?;
    let address: std::net::Ipv6Addr = address.parse().ok()?;
    let kept = u128::MAX.checked_shl(128_u32.saturating_sub(prefix)).unwrap_or_default();
    Some(format!("{}/{prefix}", std::net::Ipv6Addr::from_bits(address.to_bits() & kept)))
}

/// Spends the budgets of one guess, before anything is looked at: parallel guesses count, and the right one
/// during a pause is refused like a wrong one (BF-01). The same for accounts that do not exist. A refusal is found
/// by reading and writes nothing. A request that is carried out again guesses the same, and is not counted again.
pub async fn may_guess(
    passport: &Passport,
    now: Moment,
    guess: Guess<'_>,
    guesser: Guesser<'_>,
) -> Result<Leave, Fault> {
    let name = format!("{}\0{}", guess.name(), guesser.email_key);
    step(name, may_guess_now(passport, now, guess, guesser)).await
}

async fn may_guess_now(
    passport: &Passport,
    now: Moment,
    guess: Guess<'_>,
    guesser: Guesser<'_>,
) -> Result<Leave, Fault> {
    let reader = passport.db.reader();
    let account = store::find_id(reader, guesser.email_key).await?;
    let known = match (account, guesser.computer) {
        // Its id stays when the cookie changes, so that nobody renews these by signing in as somebody else.
        (Some(account), Some(digest)) => computer::store::find_id(reader, account, digest).await?,
        _ => None,
    };
    let mut leave = Leave::default();
    let mut counted = account.filter(|_| known.is_none());
    if let Some(account) = counted
        && streak::waits_until(reader, account).await?.is_some_and(|until| now < until)
    {
        (leave.waits, counted) = (true, None);
    }
    let Price { budgets, gauges } = Price::of(guess, guesser, known.map(|id| id.to_string()));
    let mut open = Vec::new();
    for (gauge, who) in gauges {
        if limits::has_room(reader, now, gauge.limit(passport), &who).await? {
            open.push((gauge, who));
        } else {
            leave.tight = true;
        }
    }
    for (budget, who) in &budgets {
        if !limits::has_room(reader, now, budget.limit_when(passport, leave.tight), who).await? {
            return Ok(leave);
        }
    }
    let tx = passport.db.begin().await?;
    if let Some(account) = counted {
        leave.in_a_row = Some((account, streak::count(passport, &tx, now, account).await?));
    }
    for (budget, who) in &budgets {
        let limit = budget.limit_when(passport, leave.tight);
        if !limits::spend(&tx, now, limit, who).await? {
            // Somebody was faster: rolled back.
            return Ok(Leave { in_a_row: None, ..leave });
        }
    }
    for (gauge, who) in &open {
        gauge.spend(passport, &tx, now, who).await?;
    }
    tx.commit().await?;
    Ok(Leave { may: true, spent: [budgets, open].concat(), ..leave })
}

#[cfg(test)]
mod tests;
