//! `customersource keys`: moving what is sealed to the first line of the key file.
use clap::Subcommand;
use platform::{former, outbox::Operator};

use super::{Configured, open, say, settings};
use crate::state::NEEDED_OF_OLDER_LINES;

#[derive(Subcommand)]
pub enum What {
    /// Seal everything with the first line of the key file, and say when the other lines can go (deploy/README.md)
    Reseal,
}

pub async fn run(configured: &Configured, What::Reseal: What) -> anyhow::Result<()> {
    let portal = open(settings(configured)?).await?;
    let names = portal.keyring.names();
    let (newest, others) = names.split_first().ok_or_else(|| anyhow::anyhow!("there is no key"))?;
    let (moved, unreadable) = Operator::new(&portal.keyring).reseal(&portal.db, &portal.random).await?;
    let kept = former::keep(&portal.db, &portal.random, &portal.keyring, NEEDED_OF_OLDER_LINES).await?;
    say(&format!("first line  {newest}"))?;
    say(&format!("outbox      {moved} moved, {unreadable} that no line opens"))?;
    say(&format!("kept        {kept} keys of older lines, for the audit alone"))?;
    anyhow::ensure!(unreadable == 0, "no line may go: some other node has a line that this file lacks");
    if !others.is_empty() {
        let hours = portal.settings.portal.session_absolute_hours;
        say(&format!(
            "\nOnce every node has this first line and was started again, the other lines ({}) can go.\n\
             A line that leaked goes at once: sign-ins under way and links in mails that were made with it end then.\n\
             Otherwise leave it for {hours} hours more; links that stop mails live for as long as their line.",
            others.join(", ")
        ))?;
    }
    Ok(())
}
