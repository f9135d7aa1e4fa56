//! The command line: one file a noun. Answers go to standard output, troubles to standard error.
use std::{
    io::{Write, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use platform::{clock::Clock, config, random::Random, telemetry};

pub use self::backup::{SigningKeys, half};
use crate::{config::Settings, state::Passport};

mod account;
mod backup;
mod client;
mod doctor;
mod dump;
mod keys;
mod passwords;
mod resource;
mod seed;
mod serve;

/// Passport: one sign-in for every site. An OpenID Connect provider.
#[derive(Parser)]
#[command(name = "passport", version, propagate_version = true)]
pub struct Command {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    what: What,
}

#[derive(Args)]
struct Common {
    /// The settings; without it the defaults. Every setting also by environment: PASSPORT__SECTION__KEY.
    #[arg(long, global = true, value_name = "FILE", env = "PASSPORT_CONFIG")]
    config: Option<PathBuf>,
}

#[derive(Subcommand)]
enum What {
    /// Serve sign-in, sign-up and the protocol until told to stop.
    Serve(serve::Serve),
    /// Bring the database schema up to date and make the first signing keys.
    Migrate {
        /// Change nothing; exit 1 when something is pending.
        #[arg(long)]
        check: bool,
    },
    /// Look for what is wrong with this installation; exit 1 when something is.
    Doctor {
        #[arg(long)]
        json: bool,
    },
    /// Signing keys.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Sites that people sign in to.
    #[command(subcommand)]
    Client(client::ClientCommand),
    /// APIs that tokens are for.
    #[command(subcommand)]
    Resource(resource::ResourceCommand),
    /// People.
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Breached passwords, which nobody may choose.
    #[command(subcommand)]
    Passwords(passwords::Passwords),
    /// Mail and messages to sites that have not left yet, or were given up.
    #[command(subcommand)]
    Outbox(platform::outbox::command::Command),
    /// Copy the database while it is served, into one file that can be put back.
    Backup(platform::backup::command::Backup),
    /// Put a backup back into an empty place, or only prove that one could.
    Restore(platform::backup::command::Restore),
    /// Load clients and accounts from a JSON file; doing it twice changes nothing (docs/SEED.md).
    Seed { file: PathBuf },
    /// Print the whole database as sorted JSON, without secrets.
    Dump,
}

/// Runs a command to its end.
pub async fn run(command: Command) -> ExitCode {
    match carry_out(command).await {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "passport: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn carry_out(command: Command) -> anyhow::Result<ExitCode> {
    if let What::Client(client::ClientCommand::Recipes) = command.what {
        client::recipes(&mut stdout().lock())?;
        return Ok(ExitCode::SUCCESS);
    }
    let settings = settings(command.common.config.as_deref())?;
    if let What::Serve(serve) = command.what {
        telemetry::start(&settings.log);
        return serve.run(settings).await;
    }
    if let What::Resource(resource) = command.what {
        resource.run(&settings, &mut stdout().lock())?;
        return Ok(ExitCode::SUCCESS);
    }
    // Commands speak for themselves; what the rooms log is of interest only when it is a warning.
    let quiet = config::Log { format: config::LogFormat::Text, level: "error".into() };
    telemetry::start(&quiet);
    if let What::Restore(wanted) = command.what {
        // Opening the place would lay a file and a key there.
        backup::restore(&settings, wanted).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let passport = open(settings).await?;
    if !matches!(
        command.what,
        What::Serve(_) | What::Migrate { .. } | What::Doctor { .. } | What::Seed { .. }
    ) {
        anyhow::ensure!(
            migrations::is_laid(&passport.db.ground()).await?,
            "the database {} is empty: run `passport migrate` first, or name the settings of another by --config",
            without_password(&passport.settings.database.url)
        );
        let pending = migrations::pending::<migrations::passport::Migrator>(&passport.db.ground()).await?;
        anyhow::ensure!(
            pending.is_empty(),
            "the schema is behind: run `passport migrate` ({})",
            pending.join(", ")
        );
    }
    let out = &mut stdout().lock();
    match command.what {
        What::Serve(_) | What::Restore(_) | What::Resource(_) => Ok(ExitCode::SUCCESS),
        What::Backup(wanted) => backup::backup(&passport, wanted).await.map(|()| ExitCode::SUCCESS),
        What::Migrate { check } => migrate(&passport, check, out).await,
        What::Doctor { json } => doctor::run(&passport, json, out).await,
        What::Keys(keys) => keys.run(&passport, out).await,
        What::Client(client) => client.run(&passport, out).await,
        What::Account(account) => account::run(&passport, account, out).await.map(|()| ExitCode::SUCCESS),
        What::Passwords(passwords) => passwords.run(&passport, out).await.map(|()| ExitCode::SUCCESS),
        What::Outbox(outbox) => {
            let told = outbox.run(&passport.keyring, &passport.db, passport.clock.now()).await?;
            writeln!(out, "{told}")?;
            Ok(ExitCode::SUCCESS)
        }
        What::Seed { file } => seed::run(&passport, &file, out).await,
        What::Dump => dump::run(&passport, out).await,
    }
}

fn settings(file: Option<&Path>) -> anyhow::Result<Settings> {
    config::load(file, std::env::vars())
        .map_err(|error| anyhow::anyhow!("cannot start with these settings:\n{error}"))
}

async fn open(settings: Settings) -> anyhow::Result<Passport> {
    let url = settings.database.url.clone();
    let passport = Passport::open(settings, Clock::system(), Random::system())
        .await
        .with_context(|| format!("opening {}", without_password(&url)))?;
    Ok(passport)
}

fn without_password(url: &str) -> String {
    url::Url::parse(url).map_or_else(
        |_| url.to_owned(),
        |mut url| {
            if url.password().is_some() {
                let _ = url.set_password(Some("…"));
            }
            url.into()
        },
    )
}

async fn migrate(passport: &Passport, check: bool, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    if check {
        let pending = migrations::pending::<migrations::passport::Migrator>(&passport.db.ground()).await?;
        for step in &pending {
            writeln!(out, "pending: {step}")?;
        }
        return Ok(if pending.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    passport.migrate().await?;
    writeln!(out, "The schema is up to date.")?;
    Ok(ExitCode::SUCCESS)
}

/// One value as pretty JSON.
fn print_json(out: &mut impl Write, value: &impl serde::Serialize) -> anyhow::Result<()> {
    writeln!(out, "{}", serde_json::to_string_pretty(value)?)?;
    Ok(())
}

/// `passport keys reseal`.
pub async fn reseal_keys(passport: &Passport, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    keys::reseal(passport, out).await
}
