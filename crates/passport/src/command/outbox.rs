//! `passport outbox`: what waits or was given up, why, and trying or dropping it.
use std::{io::Write, process::ExitCode};

use clap::Subcommand;
use platform::outbox::{Operator, Which};
use uuid::Uuid;

use super::print_json;
use crate::state::Passport;

#[derive(Subcommand)]
pub enum Outbox {
    /// Every job, the oldest first, with its age and why it waits.
    List {
        #[arg(long)]
        json: bool,
    },
    /// One job, and whom it goes to (masked).
    Show {
        id: Uuid,
        #[arg(long)]
        json: bool,
    },
    /// Try again now: one job, or all that were given up, or all that wait for something to be mended.
    Retry(Chosen),
    /// Remove one job, or all that were given up, or all that wait for something to be mended.
    Drop(Chosen),
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub struct Chosen {
    id: Option<Uuid>,
    #[arg(long)]
    given_up: bool,
    #[arg(long)]
    trouble: bool,
}

impl Chosen {
    fn which(&self) -> Which {
        match self.id {
            Some(id) => Which::One(id),
            None if self.given_up => Which::GivenUp,
            None => Which::Trouble,
        }
    }
}

impl Outbox {
    pub async fn run(self, passport: &Passport, out: &mut impl Write) -> anyhow::Result<ExitCode> {
        let (desk, now) = (Operator::new(&passport.keyring), passport.clock.now());
        let changed = match self {
            Self::List { json } => {
                let lines = desk.list(passport.db.reader(), now).await?;
                if json {
                    print_json(out, &lines)?;
                    return Ok(ExitCode::SUCCESS);
                }
                if lines.is_empty() {
                    writeln!(out, "Nothing waits, and nothing was given up.")?;
                }
                for line in &lines {
                    writeln!(out, "{}", line.in_words())?;
                }
                return Ok(ExitCode::SUCCESS);
            }
            Self::Show { id, json } => {
                let line = desk.show(passport.db.reader(), now, id).await?;
                let line = line.ok_or_else(|| anyhow::anyhow!("there is no job {id}"))?;
                if json {
                    print_json(out, &line)?
                } else {
                    writeln!(out, "{}", line.in_words())?
                }
                return Ok(ExitCode::SUCCESS);
            }
            Self::Retry(chosen) => desk.retry(&passport.db, now, chosen.which()).await?,
            Self::Drop(chosen) => desk.drop(&passport.db, now, chosen.which()).await?,
        };
        writeln!(out, "jobs changed: {changed}")?;
        Ok(ExitCode::SUCCESS)
    }
}
