//! `staff add|list|remove`: who of the operator's people may help companies.
use anyhow::ensure;
use clap::{Args, Subcommand};

use super::{Configured, open_migrated, say, settings};
use crate::{
    rp::Subject,
    staff::{Role, actions, store},
};

#[derive(Subcommand)]
pub enum What {
    /// Give a Passport its role
    Add {
        #[command(flatten)]
        who: Who,
        #[arg(long, value_parser = role)]
        role: Role,
        /// How people know them
        #[arg(long)]
        name: String,
    },
    /// Print everybody with a role
    List {
        #[arg(long)]
        json: bool,
    },
    /// Take the role of a Passport
    Remove {
        #[command(flatten)]
        who: Who,
    },
}

#[derive(Args)]
pub struct Who {
    /// The `sub` of the Passport
    #[arg(long, value_name = "SUB")]
    subject: String,
    /// Default: the configured provider
    #[arg(long)]
    issuer: Option<String>,
}

fn role(text: &str) -> Result<Role, String> {
    Role::of_text(text).ok_or_else(|| "a role is support, approver or editor".to_owned())
}

pub async fn run(configured: &Configured, what: What) -> anyhow::Result<()> {
    match what {
        What::Add { who, role, name } => {
            let portal = open_migrated(settings(configured)?).await?;
            let subject = subject_of(&portal, &who)?;
            let (now, tx) = (portal.clock.now(), portal.db.begin().await?);
            let is_new = actions::set(&tx, now, &portal.audit_mac, &subject, role, &name).await?;
            tx.commit().await?;
            let done = if is_new { "now has" } else { "already has" };
            say(&format!("{} {done} the role {}.", subject.sub, role.text()))
        }
        What::List { json } => {
            let portal = open_migrated(settings(configured)?).await?;
            let members = store::list(portal.db.reader()).await?;
            if json {
                return say(&serde_json::to_string(&members)?);
            }
            for member in &members {
                say(&format!(
                    "{:<9} {} {} {}",
                    member.role.text(),
                    member.subject,
                    member.issuer,
                    member.name
                ))?;
            }
            say(&format!("{} with a role.", members.len()))
        }
        What::Remove { who } => {
            let portal = open_migrated(settings(configured)?).await?;
            let subject = subject_of(&portal, &who)?;
            let (now, tx) = (portal.clock.now(), portal.db.begin().await?);
            let removed = actions::remove(&tx, now, &portal.audit_mac, &subject).await?;
            tx.commit().await?;
            ensure!(removed, "{} has no role", subject.sub);
            say(&format!("{} has no role any more.", subject.sub))
        }
    }
}

fn subject_of(portal: &crate::Portal, who: &Who) -> anyhow::Result<Subject> {
    ensure!(!who.subject.is_empty() && who.subject.len() <= 255, "a subject has 1 to 255 characters");
    let iss = who.issuer.clone().unwrap_or_else(|| portal.rp.issuer().to_owned());
    Ok(Subject { iss, sub: who.subject.clone() })
}
