//! The command `outbox` of either program: what waits or was given up, why, and trying or dropping it. Answers what is
//! to be printed.
use clap::{Args, Subcommand};
use uuid::Uuid;

use super::{Operator, Which};
use crate::{Fault, clock::Moment, db::Database, secrets::Keyring};

#[derive(Subcommand)]
pub enum Command {
    /// Every job, the oldest first, with its age and why it waits
    List {
        #[arg(long)]
        json: bool,
    },
    /// One job, and whom it goes to (masked)
    Show {
        id: Uuid,
        #[arg(long)]
        json: bool,
    },
    /// Try again now: one job, or all that were given up, or all that wait for something to be mended
    Retry(Chosen),
    /// Remove one job, or all that were given up, or all that wait for something to be mended
    Drop(Chosen),
}

#[derive(Args)]
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

/// Why a command did nothing.
#[derive(Debug, thiserror::Error)]
pub enum Undone {
    #[error("there is no job {0}")]
    NoJob(Uuid),
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Command {
    /// Jobs may be gone after it, of which somebody keeps account.
    pub const fn drops(&self) -> bool {
        matches!(self, Self::Drop(_))
    }

    pub async fn run(self, keyring: &Keyring, db: &Database, now: Moment) -> Result<String, Undone> {
        let desk = Operator::new(keyring);
        let changed = match self {
            Self::List { json } => {
                let lines = desk.list(db.reader(), now).await?;
                return Ok(match lines.as_slice() {
                    lines if json => serde_json::to_string_pretty(lines)?,
                    [] => "Nothing waits, and nothing was given up.".to_owned(),
                    lines => lines.iter().map(super::Line::in_words).collect::<Vec<_>>().join("\n"),
                });
            }
            Self::Show { id, json } => {
                let line = desk.show(db.reader(), now, id).await?.ok_or(Undone::NoJob(id))?;
                return Ok(if json { serde_json::to_string_pretty(&line)? } else { line.in_words() });
            }
            Self::Retry(chosen) => desk.retry(db, now, chosen.which()).await?,
            Self::Drop(chosen) => desk.drop(db, now, chosen.which()).await?,
        };
        Ok(format!("jobs changed: {changed}"))
    }
}
