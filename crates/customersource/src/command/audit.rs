//! `audit verify|list`: what was done, and the proof that nobody changed the record.
use anyhow::{Context as _, bail, ensure};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clap::Subcommand;
use serde_json::json;

use super::{Configured, open_migrated, say, settings};
use crate::audit::{Chain, store};

#[derive(Subcommand)]
pub enum What {
    /// Read the whole chain; fails when a line was changed, removed or put in
    Verify {
        /// A head that an earlier run printed: it must still be in the chain
        #[arg(long, value_name = "HEAD")]
        has: Option<String>,
    },
    /// Print the newest lines as JSON, one a line
    List {
        /// Of one company only
        #[arg(long, value_name = "ID")]
        company: Option<uuid::Uuid>,
        #[arg(long, default_value_t = 100)]
        most: u64,
    },
}

pub async fn run(configured: &Configured, what: What) -> anyhow::Result<()> {
    match what {
        What::Verify { has } => {
            let portal = open_migrated(settings(configured)?).await?;
            let db = portal.db.reader();
            if let Some(has) = has {
                let hash = URL_SAFE_NO_PAD.decode(&has).context("--has is a head that verify printed")?;
                ensure!(store::has_link(db, &hash).await?, "the chain has lost {has}");
            }
            match store::verify(db, &portal.audit_mac).await? {
                Chain::Whole { lines, head } => {
                    say(&format!("{lines} lines, unbroken. Head: {}", URL_SAFE_NO_PAD.encode(head)))
                }
                Chain::Broken { seq } => bail!("the chain is broken at line {seq}"),
            }
        }
        What::List { company, most } => {
            let portal = open_migrated(settings(configured)?).await?;
            let filter = store::Filter { company, ..store::Filter::default() };
            for line in store::list(portal.db.reader(), &filter, most.min(100_000)).await?.rows {
                let detail: serde_json::Value = serde_json::from_str(&line.detail).unwrap_or_default();
                let line = json!({
                    "seq": line.seq,
                    "at": line.at.rfc3339(),
                    "actor": line.actor,
                    "acting_profile": line.acting_profile,
                    "company": line.company,
                    "action": line.action,
                    "target": line.target,
                    "detail": detail,
                });
                say(&line.to_string())?;
            }
            Ok(())
        }
    }
}
