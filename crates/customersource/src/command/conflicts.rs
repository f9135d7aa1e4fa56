//! `conflicts`: where the business system says something else than what somebody changed in the portal.
use clap::Args;
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
    let (mut last, mut count) = (None, 0);
    loop {
        let waiting = store::list_open(portal.db.reader(), last, AT_ONCE).await?;
        let Some((difference, ..)) = waiting.last() else { break };
        last = Some(difference.id);
        for (difference, profile, company) in &waiting {
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
    }
    if options.json {
        Ok(())
    } else {
        say(&format!("{count} conflicts; staff settle them at /staff/conflicts."))
    }
}
