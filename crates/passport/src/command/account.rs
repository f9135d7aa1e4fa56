//! `passport account`: people, as an operator sees them. Passwords are read from standard input and never shown.
use std::{
    io::{Read as _, Write},
    path::PathBuf,
};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use oidc::claims::StandardClaims;
use platform::{email::EmailAddress, language::Language, secrets::Secret};

use super::print_json;

use crate::{
    account::{Account, AccountId, acting::Acting, password::rules::LONGEST, store},
    acts::{self, seed::account::AccountSeed},
    state::Passport,
};

#[derive(Subcommand)]
pub enum AccountCommand {
    /// Make an account; the password is read from standard input.
    Add(Add),
    /// Accounts, oldest first, a page at a time.
    List(list::List),
    /// Accounts whose address, alternate address or name holds a text, whatever its case and accents.
    Search(list::Search),
    /// One account's facts.
    Show {
        /// The e-mail address or the id.
        #[arg(value_name = "EMAIL|ID")]
        who: String,
        #[arg(long)]
        json: bool,
    },
    /// Make an administrator of Passport, or an ordinary person again.
    Admin {
        /// The e-mail address or the id.
        #[arg(value_name = "EMAIL|ID")]
        who: String,
        #[arg(value_name = "on|off", value_parser = ["on", "off"])]
        state: String,
    },
    /// Disable an account; its sessions and everything issued to sites end at once.
    Disable {
        /// The e-mail address or the id.
        #[arg(value_name = "EMAIL|ID")]
        who: String,
    },
    /// Make a disabled or frozen account usable again.
    Release {
        /// The e-mail address or the id.
        #[arg(value_name = "EMAIL|ID")]
        who: String,
    },
    /// Make accounts with the password hashes of another system: JSON lines or CSV (docs/IMPORT.md).
    Import { file: PathBuf },
    /// Set facts of an account: its owner is told of each and can undo it, and what it is recovered by waits.
    #[command(after_help = set::NAMES)]
    Set(set::Set),
    /// Let somebody in again who cannot reset the password: by a link to the addresses that the account proved, or,
    /// with --print, by a code for a person whom you identified otherwise. Every address is told, and can stop it.
    Recover(recover::Recover),
    /// Where an account is signed in, which computers know it.
    Sessions {
        /// The e-mail address or the id.
        #[arg(value_name = "EMAIL|ID")]
        who: String,
        #[arg(long)]
        json: bool,
    },
    /// End every session and automatic sign-in of an account, and all that sites hold.
    EndSessions {
        /// The e-mail address or the id.
        #[arg(value_name = "EMAIL|ID")]
        who: String,
    },
    /// Erase an account at once and for good; its sites are told.
    Erase {
        /// The e-mail address or the id.
        #[arg(value_name = "EMAIL|ID")]
        who: String,
        /// The e-mail address of the account once more: nothing brings it back.
        #[arg(long, value_name = "EMAIL")]
        confirm: String,
    },
    /// What a paid service knows about an account's payment, for recovery.
    #[command(subcommand)]
    Billing(billing::BillingCommand),
}

#[derive(Args)]
pub struct Add {
    #[arg(long)]
    email: String,
    /// Read the password from standard input, up to the first line break.
    #[arg(long, required = true)]
    password_stdin: bool,
    /// Standard claims as JSON (name, given_name, phone_number, address, …; email_verified counts too).
    #[arg(long, value_name = "FILE.json")]
    claims: Option<PathBuf>,
    #[arg(long)]
    json: bool,
}

mod billing;
mod import;
mod list;
mod recover;
mod sessions;
mod set;

pub async fn run(passport: &Passport, command: AccountCommand, out: &mut impl Write) -> anyhow::Result<()> {
    match command {
        AccountCommand::Add(add) => {
            let password = password_from(std::io::stdin().lock())?;
            add.run(passport, password, out).await
        }
        AccountCommand::List(list) => list.run(passport, out).await,
        AccountCommand::Search(search) => search.run(passport, out).await,
        AccountCommand::Set(set) => set.run(passport, out).await,
        AccountCommand::Recover(recover) => recover.run(passport, out).await,
        AccountCommand::Sessions { who, json } => sessions::show(passport, &who, json, out).await,
        AccountCommand::EndSessions { who } => sessions::end(passport, &who, out).await,
        AccountCommand::Erase { who, confirm } => sessions::erase(passport, &who, &confirm, out).await,
        AccountCommand::Show { who, json } => {
            let account = find(passport, &who).await?;
            let ways = acts::recover::ways_back(passport, &account).await?.ready();
            if json { print_json(out, &account.as_json()) } else { show(&account, ways, out) }
        }
        AccountCommand::Admin { who, state } => {
            let account = find(passport, &who).await?;
            let tx = Acting::on(&passport.db, account.id).await?.context("the account is gone")?;
            store::set_admin(&tx, account.id, state == "on").await?;
            tx.commit().await?;
            writeln!(out, "{} is {} administrator", account.email, if state == "on" { "an" } else { "no" })?;
            Ok(())
        }
        AccountCommand::Disable { who } => {
            let account = find(passport, &who).await?;
            let changed = acts::disable::disable(passport, passport.clock.now(), account.id).await?;
            let what = if changed { "Disabled" } else { "Was disabled already:" };
            writeln!(out, "{what} {}", account.email)?;
            Ok(())
        }
        AccountCommand::Release { who } => {
            let account = find(passport, &who).await?;
            let changed = acts::disable::release(passport, passport.clock.now(), account.id).await?;
            let what = if changed { "Released" } else { "Nothing to release:" };
            writeln!(out, "{what} {}", account.email)?;
            Ok(())
        }
        AccountCommand::Import { file } => import::run(passport, &file, out).await,
        AccountCommand::Billing(billing) => billing.run(passport, out).await,
    }
}

/// The first line, without its line break.
fn password_from(input: impl std::io::Read) -> anyhow::Result<Secret> {
    let mut text = String::new();
    let most = u64::try_from(LONGEST).unwrap_or(u64::MAX).saturating_add(3);
    input.take(most).read_to_string(&mut text).context("reading the password")?;
    Ok(Secret::new(text.lines().next().unwrap_or_default()))
}

impl Add {
    async fn run(self, passport: &Passport, password: Secret, out: &mut impl Write) -> anyhow::Result<()> {
        let claims = match &self.claims {
            Some(file) => {
                let name = file.display();
                let text = std::fs::read_to_string(file).with_context(|| format!("{name}"))?;
                serde_json::from_str::<StandardClaims>(&text).with_context(|| format!("{name}"))?
            }
            None => StandardClaims::default(),
        };
        let seed = AccountSeed {
            email: self.email,
            password,
            email_verified: claims.email_verified.unwrap_or(false),
            language: claims.locale.as_deref().and_then(Language::of_tag).unwrap_or_default(),
            claims,
            question: None,
            answer: None,
            alternate_email: None,
            alternate_email_verified: false,
            disabled: false,
        };
        let id = match acts::seed::account::add(passport, passport.clock.now(), seed).await? {
            Ok(id) => id,
            Err(text) => anyhow::bail!("{text}"),
        };
        let account = store::find(passport.db.reader(), id).await?.context("the new account is gone")?;
        if self.json {
            return print_json(out, &account.as_json());
        }
        writeln!(out, "Made {} for {}", account.id, account.email)?;
        Ok(())
    }
}

pub(super) async fn find(passport: &Passport, who: &str) -> anyhow::Result<Account> {
    let reader = passport.db.reader();
    let found = match (who.parse::<AccountId>(), EmailAddress::parse(who)) {
        (Ok(id), _) => store::find(reader, id).await?,
        (_, Ok(email)) => store::find_by_key(reader, email.key()).await?,
        _ => None,
    };
    found.with_context(|| format!("there is no account {who}"))
}

fn show(account: &Account, ways: usize, out: &mut impl Write) -> anyhow::Result<()> {
    let yes_no = |yes| if yes { "yes" } else { "no" };
    writeln!(out, "id              {}", account.id)?;
    writeln!(out, "email           {}", account.email)?;
    writeln!(out, "email verified  {}", yes_no(account.email_verified))?;
    writeln!(out, "state           {}", account.state.as_str())?;
    writeln!(out, "language        {}", account.language.tag())?;
    let alternate = match (account.alternate_email(), account.proven_alternate()) {
        (None, _) => "none".to_owned(),
        (Some(address), Some(_)) => format!("{address} (proven)"),
        (Some(address), None) => format!("{address} (not proven)"),
    };
    writeln!(out, "alternate email {alternate}")?;
    writeln!(out, "made            {}", account.created_at.rfc3339())?;
    writeln!(out, "ways back       {ways}")?;
    writeln!(out, "administrator   {}", yes_no(account.is_admin))?;
    let signed_in = account.signed_in_at.map_or_else(|| "never".to_owned(), |moment| moment.rfc3339());
    writeln!(out, "signed in       {signed_in}")?;
    writeln!(out, "claims          {}", serde_json::to_string(&account.claims)?)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_the_first_line_whatever_ends_it() {
        let read = |text: &str| password_from(text.as_bytes()).unwrap().expose().to_owned();
        assert_eq!(read("correct horse \n"), "correct horse ");
        assert_eq!(read("correct horse\r\nmore"), "correct horse");
        assert_eq!(read("correct horse"), "correct horse");
        assert_eq!(read(""), "");
        assert!(read(&"a".repeat(5000)).len() > LONGEST, "too long stays too long");
    }
}
