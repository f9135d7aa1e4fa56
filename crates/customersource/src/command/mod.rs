//! The command line of the operator. Every command reads the same settings.
mod audit;
mod backup;
mod conflicts;
mod content;
mod data;
mod doctor;
mod import;
mod keys;
mod run;
mod staff;
mod synthetic;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use platform::{
    clock::Clock,
    config::{Settings as _, load},
    random::Random,
    telemetry,
};

pub use self::backup::{AuditChain, half};
use crate::{Portal, Settings};

#[derive(Parser)]
#[command(name = "customersource", version, about = "The customers' portal, a relying party of Passport")]
pub struct Command {
    #[command(flatten)]
    configured: Configured,
    #[command(subcommand)]
    what: What,
}

#[derive(Args)]
struct Configured {
    /// The settings; without it the defaults. Every setting also by environment: CUSTOMERSOURCE__SECTION__KEY
    #[arg(long, global = true, value_name = "FILE", env = "CUSTOMERSOURCE_CONFIG")]
    config: Option<PathBuf>,
}

#[derive(Subcommand)]
enum What {
    /// Serve the portal until SIGTERM or Ctrl-C
    Serve {
        /// Do not bring the schema up to date first
        #[arg(long)]
        no_migrate: bool,
    },
    /// Bring the schema up to date
    Migrate {
        /// Only say what is to be done; fails when something is
        #[arg(long)]
        check: bool,
        #[arg(long)]
        json: bool,
    },
    /// Check settings, database, provider and mail server; fails when something is wrong
    Doctor {
        #[arg(long)]
        json: bool,
    },
    /// Print every table as sorted JSON, without secrets
    Dump,
    /// Say who may help companies: add, list or remove
    Staff {
        #[command(subcommand)]
        what: staff::What,
    },
    /// Store companies, profiles or plans from a table of an older business system
    Import(import::Options),
    /// Print where the business system says something else than the portal, which keeps its own word
    Conflicts(conflicts::Options),
    /// Bring articles, updates, courses, newsgroups and newsletters from a folder
    Content {
        #[command(subcommand)]
        what: content::What,
    },
    /// Read the audit, or prove that nobody changed it
    Audit {
        #[command(subcommand)]
        what: audit::What,
    },
    /// The key file
    Keys {
        #[command(subcommand)]
        what: keys::What,
    },
    /// Mail and other jobs that have not left yet, or were given up
    Outbox {
        #[command(subcommand)]
        what: platform::outbox::command::Command,
    },
    /// Copy the database while it is served, into one file that can be put back
    Backup(platform::backup::command::Backup),
    /// Put a backup back into an empty place, or only prove that one could
    Restore(platform::backup::command::Restore),
    /// Store companies, plans, entitlements, profiles and staff from a JSON file; the same file twice changes nothing
    Seed {
        #[arg(value_name = "FILE", required_unless_present = "profiles")]
        file: Option<PathBuf>,
        #[command(flatten)]
        synthetic: Option<synthetic::Synthetic>,
        #[arg(long)]
        json: bool,
    },
}

/// Carries out the command line; the error is for standard error.
pub async fn run(command: Command) -> anyhow::Result<()> {
    let configured = &command.configured;
    match command.what {
        What::Serve { no_migrate } => run::serve(settings(configured)?, !no_migrate).await,
        What::Migrate { check, json } => data::migrate(settings(configured)?, check, json).await,
        What::Doctor { json } => doctor::examine(&configured.config, json).await,
        What::Dump => data::dump(settings(configured)?).await,
        What::Staff { what } => staff::run(configured, what).await,
        What::Import(options) => import::run(configured, options).await,
        What::Conflicts(options) => conflicts::run(configured, options).await,
        What::Content { what } => content::run(configured, what).await,
        What::Keys { what } => keys::run(configured, what).await,
        What::Outbox { what } => data::outbox(settings(configured)?, what).await,
        What::Backup(wanted) => backup::backup(configured, wanted).await,
        What::Restore(wanted) => backup::restore(configured, wanted).await,
        What::Audit { what } => audit::run(configured, what).await,
        What::Seed { synthetic: Some(wanted), .. } => synthetic::fill(settings(configured)?, &wanted).await,
        What::Seed { file, json, synthetic: None } => {
            data::seed(settings(configured)?, &file.unwrap_or_default(), json).await
        }
    }
}

fn settings(configured: &Configured) -> anyhow::Result<Settings> {
    Ok(load::<Settings>(configured.config.as_deref(), std::env::vars())?)
}

/// The portal for a command that is not `serve`: its log stays quiet, standard output is the answer.
async fn open(settings: Settings) -> anyhow::Result<Portal> {
    Ok(Portal::open(settings, Clock::system(), Random::system()).await?)
}

/// The same for commands that need all tables.
async fn open_migrated(settings: Settings) -> anyhow::Result<Portal> {
    let portal = open(settings).await?;
    let pending = portal.pending_migrations().await?;
    anyhow::ensure!(
        pending.is_empty(),
        "the schema is behind: run `customersource migrate` ({})",
        pending.join(", ")
    );
    Ok(portal)
}

/// Every problem of the settings, one a line.
fn refuse_problems(settings: &Settings) -> anyhow::Result<()> {
    let problems = [settings.problems(), settings.problems_to_serve()].concat();
    let lines: Vec<String> =
        problems.iter().map(|problem| format!("{}: {}", problem.key, problem.text)).collect();
    anyhow::ensure!(lines.is_empty(), "{}", lines.join("\n"));
    Ok(())
}

fn start_log(settings: &Settings) {
    telemetry::start(&settings.log);
}

/// Prints one line of an answer.
fn say(line: &str) -> anyhow::Result<()> {
    use std::io::Write as _;
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
