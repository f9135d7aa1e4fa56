//! `conflicts`: where the business system says something else than what somebody changed in the portal.
use clap::Args;
use platform::turn::Turn;
use serde_json::json;

use super::{Configured, open, say, settings};
use crate::difference::store;

#[derive(Args)]
pub struct Options {
    #[arg(long)]
    json: bool,
}

/// So many are read at once.
const AT_ONCE: u64 = 500;

pub async fn run(configured: &Configured, options: Options) -> anyhow::Result<()> {
    let portal = open(settings(configured)?).await?;
    let (mut turn, mut count) = (Turn::First, 0);
    loop {
        let waiting = store::list_open(portal.db.reader(), turn, AT_ONCE).await?;
        for (difference, profile, company) in &waiting.rows {
            count += 1;
            let (field, ours) = (difference.field.text(), difference.ours(profile));
            if options.json {
                let line = json!({
                    "company": company.name, "profile": profile.id, "name": profile.name(), "field": field,
                    "portal": ours, "business_system": difference.theirs, "since": difference.seen_at.rfc3339(),
                });
                say(&line.to_string())?;
            } else {
                let (who, theirs) = (profile.name(), &difference.theirs);
                say(&format!(
                    "{}, {who}, {field}: {ours} here, {theirs} in the business system",
                    company.name
                ))?;
            }
        }
        let (_, Some(last)) = waiting.ends(|(difference, ..)| difference.id) else { break };
        turn = Turn::After(last);
    }
    if options.json {
        Ok(())
    } else {
        say(&format!("{count} conflicts; staff settle them at /staff/conflicts."))
    }
}
