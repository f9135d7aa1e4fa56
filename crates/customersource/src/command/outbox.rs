//! `customersource outbox`: what waits or was given up, why, and trying or dropping it.
use clap::Subcommand;
use platform::outbox::{self, Operator};
use uuid::Uuid;

use super::{Configured, open, say, settings};
use crate::association;

#[derive(Subcommand)]
pub enum What {
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
    Retry {
        #[command(flatten)]
        chosen: Chosen,
    },
    /// Remove one job, or all that were given up, or all that wait for something to be mended
    Drop {
        #[command(flatten)]
        chosen: Chosen,
    },
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
    fn which(&self) -> outbox::Which {
        match self.id {
            Some(id) => outbox::Which::One(id),
            None if self.given_up => outbox::Which::GivenUp,
            None => outbox::Which::Trouble,
        }
    }
}

pub async fn run(configured: &Configured, what: What) -> anyhow::Result<()> {
    let portal = open(settings(configured)?).await?;
    let (desk, now) = (Operator::new(&portal.keyring), portal.clock.now());
    let changed = match what {
        What::List { json, .. } => {
            let lines = desk.list(portal.db.reader(), now).await?;
            if json {
                return say(&serde_json::to_string_pretty(&lines)?);
            }
            if lines.is_empty() {
                return say("Nothing waits, and nothing was given up.");
            }
            return lines.iter().try_for_each(|line| say(&line.in_words()));
        }
        What::Show { id, json, .. } => {
            let line = desk.show(portal.db.reader(), now, id).await?;
            let line = line.ok_or_else(|| anyhow::anyhow!("there is no job {id}"))?;
            return say(&if json { serde_json::to_string_pretty(&line)? } else { line.in_words() });
        }
        What::Retry { chosen, .. } => desk.retry(&portal.db, now, chosen.which()).await?,
        What::Drop { chosen, .. } => {
            let dropped = desk.drop(&portal.db, now, chosen.which()).await?;
            association::actions::settle_dropped(&portal.db, now).await?;
            dropped
        }
    };
    say(&format!("jobs changed: {changed}"))
}
