//! `passport account list` and `search`: many accounts, filtered, a page at a time.
use std::io::Write;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use platform::fold::fold;

use super::super::print_json;

use crate::{
    account::{Account, AccountId, State, information::Information, store},
    state::Passport,
};

/// How many accounts are read at a time.
const BATCH: u64 = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum InState {
    Active,
    Disabled,
    Frozen,
    Closed,
}

impl InState {
    const fn state(self) -> State {
        match self {
            Self::Active => State::Active,
            Self::Disabled => State::Disabled,
            Self::Frozen => State::Frozen,
            Self::Closed => State::Closed,
        }
    }
}

#[derive(Args)]
struct Page {
    /// Begin behind this account: the last one of the page before.
    #[arg(long, value_name = "ID")]
    after: Option<String>,
    /// How many to show.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct List {
    /// Only those in this state.
    #[arg(long, value_enum)]
    state: Option<InState>,
    /// Only administrators.
    #[arg(long)]
    admin: bool,
    /// Only those whose own address was proven, or was not.
    #[arg(long, value_name = "yes|no", value_parser = ["yes", "no"])]
    verified: Option<String>,
    /// Only those whose owner could not get back in by themselves.
    #[arg(long)]
    without_recovery: bool,
    #[command(flatten)]
    page: Page,
}

#[derive(Args)]
pub struct Search {
    /// A piece of an address or a name.
    text: String,
    #[command(flatten)]
    page: Page,
}

impl List {
    pub async fn run(self, passport: &Passport, out: &mut impl Write) -> anyhow::Result<()> {
        let leads_back = passport.settings.recovery.primary_email;
        let fits = |account: &Account| {
            self.state.is_none_or(|state| account.state == state.state())
                && (!self.admin || account.is_admin)
                && self.verified.as_deref().is_none_or(|word| account.email_verified == (word == "yes"))
                && (!self.without_recovery || !may_recover(account, leads_back))
        };
        show(passport, self.page, fits, out).await
    }
}

impl Search {
    pub async fn run(self, passport: &Passport, out: &mut impl Write) -> anyhow::Result<()> {
        let wanted = fold(self.text.trim());
        anyhow::ensure!(!wanted.is_empty(), "say what to look for: a piece of an address or a name");
        let fits = |account: &Account| {
            let claims = &account.claims;
            let names = [&claims.name, &claims.given_name, &claims.family_name];
            let texts = [Some(account.email.as_str()), account.alternate_email()].into_iter();
            let mut all = texts.chain(names.map(|name| name.as_deref())).flatten();
            all.any(|text| fold(text).contains(&wanted))
        };
        show(passport, self.page, fits, out).await
    }
}

/// Some way leads back, billing facts apart.
fn may_recover(account: &Account, email_leads_back: bool) -> bool {
    let by_answer = account.question.is_some() && Information::of(&account.claims).is_enough();
    let by_own = email_leads_back && account.email_verified;
    account.proven_alternate().is_some() || by_own || by_answer
}

async fn show(
    passport: &Passport,
    page: Page,
    fits: impl Fn(&Account) -> bool,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let mut after = match &page.after {
        Some(text) => {
            Some(text.parse::<AccountId>().ok().with_context(|| format!("--after {text}: not an id"))?)
        }
        None => None,
    };
    // One more than is shown: whether there is a further page.
    let most = usize::try_from(page.limit)?;
    let mut found: Vec<Account> = Vec::new();
    while found.len() <= most {
        let batch = store::list(passport.db.reader(), after, BATCH).await?;
        let Some(last) = batch.last() else { break };
        after = Some(last.id);
        found.extend(batch.into_iter().filter(&fits));
    }
    let is_more = found.len() > most;
    found.truncate(most);
    if page.json {
        return print_json(out, &found.iter().map(Account::as_json).collect::<Vec<_>>());
    }
    for account in &found {
        let name = account.claims.name.as_deref().map(|name| format!("  {name}")).unwrap_or_default();
        writeln!(out, "{}  {:<8}  {}{name}", account.id, account.state.as_str(), account.email)?;
    }
    match found.last() {
        Some(last) if is_more => writeln!(out, "There are more: --after {}", last.id)?,
        Some(_) => {}
        None if store::count(passport.db.reader()).await? == 0 => {
            writeln!(out, "No account yet. Make one: passport account add --email EMAIL --password-stdin")?;
        }
        None => writeln!(out, "No account is like that.")?,
    }
    Ok(())
}
