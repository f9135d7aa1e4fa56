//! `passport account billing`: files and forgets billing facts by hand, and says which sites may file them.
use std::io::Write;

use clap::{Args, Subcommand};

use super::find;

use crate::{
    acts::{self, file_billing::Filed},
    billing::{self, Facts},
    client,
    state::Passport,
};

#[derive(Subcommand)]
pub enum BillingCommand {
    /// File what a site knows about a payment; only blind indexes are kept.
    Set(Box<Set>),
    /// Forget what a site filed.
    Forget {
        /// The e-mail address or the id.
        #[arg(value_name = "EMAIL|ID")]
        who: String,
        #[arg(long)]
        client: String,
    },
    /// Let a site file billing facts (PUT /api/v1/accounts/{sub}/billing).
    Allow { client: String },
    /// Take that away again; what it filed stays.
    Deny { client: String },
}

#[derive(Args)]
pub struct Set {
    /// The e-mail address or the id.
    #[arg(value_name = "EMAIL|ID")]
    who: String,
    /// The site that was paid.
    #[arg(long)]
    client: String,
    #[arg(long)]
    last_four_digits: String,
    /// Month and year, like 07/27.
    #[arg(long)]
    expiry: String,
    #[arg(long)]
    postal_code: String,
    #[arg(long)]
    invoice_number: String,
}

impl BillingCommand {
    pub async fn run(self, passport: &Passport, out: &mut impl Write) -> anyhow::Result<()> {
        match self {
            Self::Set(set) => set.run(passport, out).await,
            Self::Forget { who, client } => {
                let account = find(passport, &who).await?;
                let forgot =
                    acts::file_billing::forget(passport, passport.clock.now(), account.id, &client).await?;
                writeln!(out, "{}", if forgot { "Forgotten." } else { "There was nothing on file." })?;
                Ok(())
            }
            Self::Allow { client } => {
                known(passport, &client).await?;
                let tx = passport.db.begin().await?;
                billing::store::add_supplier(&tx, passport.clock.now(), &client).await?;
                tx.commit().await?;
                writeln!(out, "{client} may file billing facts.")?;
                Ok(())
            }
            Self::Deny { client } => {
                let tx = passport.db.begin().await?;
                billing::store::drop_supplier(&tx, &client).await?;
                tx.commit().await?;
                writeln!(out, "{client} may not file billing facts.")?;
                Ok(())
            }
        }
    }
}

async fn known(passport: &Passport, client: &str) -> anyhow::Result<()> {
    let found = client::store::find(passport.db.reader(), client).await?;
    anyhow::ensure!(found.is_some(), "there is no client {client}");
    Ok(())
}

impl Set {
    async fn run(self, passport: &Passport, out: &mut impl Write) -> anyhow::Result<()> {
        let account = find(passport, &self.who).await?;
        known(passport, &self.client).await?;
        let facts = Facts {
            last_four_digits: self.last_four_digits,
            expiry: self.expiry,
            postal_code: self.postal_code,
            invoice_number: self.invoice_number,
        };
        let now = passport.clock.now();
        match acts::file_billing::file(passport, now, account.id, &self.client, &facts).await? {
            Filed::Done => writeln!(out, "Filed for {}", account.email)?,
            Filed::NoSuchAccount => anyhow::bail!("the account is gone"),
            Filed::Malformed(malformed) => anyhow::bail!("{}", malformed.in_words()),
        }
        Ok(())
    }
}
