//! `passport account set`: facts of one account, as NAME=VALUE.
use std::io::Write;

use anyhow::Context as _;
use clap::Args;
use oidc::claims::StandardClaims;
use platform::{email::EmailAddress, language::Language};

use super::find;

use crate::{
    account::{
        Account,
        birthdate::Birthdate,
        country::Country,
        information::{Information, is_short_line},
    },
    acts::set_facts::{self, FactsToSet},
    state::Passport,
};

pub const NAMES: &str = "Names:
  email=ADDRESS                        a new sign-in name; not proven, unless email_verified=yes stands beside it
  email_verified=yes|no                its owner reads the mail of it
  alternate_email=ADDRESS              where a forgotten password may be reset; empty takes it away
  alternate_email_verified=yes|no      its owner reads the mail of it
  language=en-US|pt-BR                 of pages and letters
  name=TEXT, country=COUNTRY, postal_code=CODE, birthdate=1970-01-31
                                       account information; empty takes it away";

#[derive(Args)]
pub struct Set {
    /// The e-mail address or the id.
    #[arg(value_name = "EMAIL|ID")]
    who: String,
    #[arg(value_name = "NAME=VALUE", required = true)]
    facts: Vec<String>,
}

impl Set {
    pub async fn run(self, passport: &Passport, out: &mut impl Write) -> anyhow::Result<()> {
        let account = find(passport, &self.who).await?;
        let wanted = wanted(&account, &self.facts, passport.clock.now().date())?;
        set_facts::set(passport, passport.clock.now(), account.id, wanted).await??;
        writeln!(out, "Set {} of {}; its owner is told.", self.facts.len(), account.id)?;
        Ok(())
    }
}

fn wanted(account: &Account, facts: &[String], today: time::Date) -> anyhow::Result<FactsToSet> {
    let mut wanted = FactsToSet::default();
    let mut claims = account.claims.clone();
    for fact in facts {
        let (name, value) = fact.split_once('=').with_context(|| format!("{fact}: must be NAME=VALUE"))?;
        let value = value.trim();
        match name {
            "email" => wanted.email = Some(address(value)?),
            "email_verified" => wanted.email_verified = Some(yes_or_no(name, value)?),
            "alternate_email" => {
                wanted.alternate = Some(if value.is_empty() { None } else { Some(address(value)?) });
            }
            "alternate_email_verified" => wanted.alternate_verified = Some(yes_or_no(name, value)?),
            "language" => {
                let language = Language::ALL.into_iter().find(|language| language.tag() == value);
                wanted.language = Some(language.with_context(|| format!("{fact}: en-US or pt-BR"))?);
            }
            "name" | "country" | "postal_code" | "birthdate" => {
                claims = told(claims, name, value, account.language, today)?;
            }
            _ => anyhow::bail!("{name} cannot be set; see: passport account set --help"),
        }
    }
    wanted.claims = Some(claims).filter(|claims| *claims != account.claims);
    Ok(wanted)
}

fn told(
    mut claims: StandardClaims,
    name: &str,
    value: &str,
    language: Language,
    today: time::Date,
) -> anyhow::Result<StandardClaims> {
    anyhow::ensure!(is_short_line(value), "{name}: at most 100 characters, one line");
    if value.is_empty() {
        match name {
            "name" => claims.name = None,
            "birthdate" => claims.birthdate = None,
            _ => {
                let mut address = claims.address.unwrap_or_default();
                let slot = if name == "country" { &mut address.country } else { &mut address.postal_code };
                *slot = None;
                claims.address = Some(address).filter(|address| *address != oidc::claims::Address::default());
            }
        }
        return Ok(claims);
    }
    let mut information = Information::default();
    match name {
        "name" => claims.name = Some(value.to_owned()),
        "country" => {
            let country = Country::of(value).with_context(|| format!("{value} is no country in the list"))?;
            country.name(language).clone_into(&mut information.country);
        }
        "postal_code" => value.clone_into(&mut information.postal_code),
        _ => {
            let date = Birthdate::parse(value).filter(|date| date.is_past(today));
            date.with_context(|| format!("{value}: not a birth date like 1970-01-31"))?;
            value.clone_into(&mut information.birthdate);
        }
    }
    Ok(information.put_into(claims))
}

fn address(value: &str) -> anyhow::Result<EmailAddress> {
    EmailAddress::parse(value).map_err(|_| anyhow::anyhow!("{value:?} is not an e-mail address"))
}

fn yes_or_no(name: &str, value: &str) -> anyhow::Result<bool> {
    match value {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => anyhow::bail!("{name}={value}: must be yes or no"),
    }
}
