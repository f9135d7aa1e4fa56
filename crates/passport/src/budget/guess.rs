//! Who may guess at an account now, what a guess takes, and what it gives back when it was right.
use crate::{
    account::{AccountId, acting::Acting, password::Place, store::streak},
    budget::Budget,
    computer,
    config::Settings,
};
use platform::{
    Fault,
    clock::Moment,
    db::{Database, attempt::step},
    limits::{self},
};

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

    /// Gives back what was taken, and no more: a first proof was right, and the second is owed.
    pub async fn give_back_the_try(
        &self,
        settings: &Settings,
        tx: &Acting,
        now: Moment,
    ) -> Result<(), Fault> {
        for (budget, who) in &self.spent {
            limits::refund(tx, now, budget.limit(settings), who).await?;
        }
        Ok(())
    }

    /// Gives back what was taken: what turned out right was no guess, and ends a row of wrong ones.
    pub async fn give_back(&self, settings: &Settings, tx: &Acting, now: Moment) -> Result<(), Fault> {
        if self.in_a_row.is_some() {
            streak::end(tx, tx.id()).await?;
        }
        self.give_back_the_try(settings, tx, now).await
    }
}

/// What is guessed. What is compared by hashing has its place in the line already: whoever is turned away there has
/// guessed nothing.
#[derive(Clone, Copy)]
pub enum Guess<'a> {
    Password(&'a Place),
    /// A code of an app, or a recovery code.
    Code,
    /// A secret answer with the account's information.
    Answer(&'a Place),
    /// Billing facts.
    Billing,
}

impl Guess<'_> {
    const fn name(self) -> &'static str {
        match self {
            Self::Password(_) => "password",
            Self::Code => "code",
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
        let answers = matches!(guess, Guess::Answer(_) | Guess::Billing);
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
pub(super) fn wider(address_block: &str, prefix: u32) -> Option<String> {
    let (address, _) = address_block.split_once('/')?;
    let address: std::net::Ipv6Addr = address.parse().ok()?;
    let kept = u128::MAX.checked_shl(128_u32.saturating_sub(prefix)).unwrap_or_default();
    Some(format!("{}/{prefix}", std::net::Ipv6Addr::from_bits(address.to_bits() & kept)))
}

/// Spends the budgets of one guess, before anything is looked at: parallel guesses count, and the right one
/// during a pause is refused like a wrong one (BF-01). The same for accounts that do not exist. A refusal is found
/// by reading and writes nothing. A request that is carried out again guesses the same, and is not counted again.
pub async fn may_guess(
    db: &Database,
    settings: &Settings,
    now: Moment,
    guess: Guess<'_>,
    guesser: Guesser<'_>,
) -> Result<Leave, Fault> {
    let name = format!("{}\0{}", guess.name(), guesser.email_key);
    step(name, may_guess_now(db, settings, now, guess, guesser)).await
}

async fn may_guess_now(
    db: &Database,
    settings: &Settings,
    now: Moment,
    guess: Guess<'_>,
    guesser: Guesser<'_>,
) -> Result<Leave, Fault> {
    let reader = db.reader();
    let guessed_at = streak::find_guessed_at(reader, guesser.email_key).await?;
    let account = guessed_at.map(|(account, _)| account);
    let known = match (account, guesser.computer) {
        // Its id stays when the cookie changes, so that nobody renews these by signing in as somebody else.
        (Some(account), Some(digest)) => computer::store::find_id(reader, account, digest).await?,
        _ => None,
    };
    let mut leave = Leave::default();
    let mut counted = account.filter(|_| known.is_none());
    let waits = guessed_at.and_then(|(_, until)| until).is_some_and(|until| now < until);
    if counted.is_some() && waits {
        (leave.waits, counted) = (true, None);
    }
    let Price { budgets, gauges } = Price::of(guess, guesser, known.map(|id| id.to_string()));
    let all: Vec<_> =
        gauges.iter().chain(&budgets).map(|(of, who)| (of.limit(settings), who.as_str())).collect();
    let counters = limits::counters(reader, &all).await?;
    let (of_gauges, of_budgets) = counters.split_at(gauges.len().min(counters.len()));
    let mut open = Vec::new();
    for ((gauge, who), counter) in gauges.into_iter().zip(of_gauges) {
        if counter.has_room(now, gauge.limit(settings)) {
            open.push((gauge, who));
        } else {
            leave.tight = true;
        }
    }
    for ((budget, _), counter) in budgets.iter().zip(of_budgets) {
        if !counter.has_room(now, budget.limit_when(settings, leave.tight)) {
            return Ok(leave);
        }
    }
    let tx = db.begin().await?;
    if let Some(account) = counted {
        leave.in_a_row = Some((account, streak::count(&tx, now, account, settings.guessing.in_a_row).await?));
    }
    for (budget, who) in &budgets {
        let limit = budget.limit_when(settings, leave.tight);
        if !limits::spend(&tx, now, limit, who).await? {
            // Somebody was faster: rolled back.
            return Ok(Leave { in_a_row: None, ..leave });
        }
    }
    for (gauge, who) in &open {
        gauge.spend(settings, &tx, now, who).await?;
    }
    tx.commit().await?;
    Ok(Leave { may: true, spent: [budgets, open].concat(), ..leave })
}
