//! The command line of the workspace's own errands (`cargo xtask …`); what each errand does stands in its module.

mod audit;
mod axe;
mod bench;
mod packages;
mod peer;
mod postgres;
mod python;
mod running;
mod services;
mod sites;
mod suite;
mod webdriver;

use std::process::ExitCode;

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

/// Errands of the workspace: run the whole suite, lend a developer its services, measure, audit the dependencies.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Errand {
    /// Install or start what the suite needs, then run formatting, clippy and every test.
    Test(suite::Options),
    /// Start PostgreSQL and chromedriver, print their `export` lines, and stay until Ctrl-C.
    Services,
    /// Measure Passport and a peer side by side on this machine (docs/PERFORMANCE.md).
    Bench(bench::Options),
    /// Plug other people's software into Passport for real and write down what was seen (docs/SITES.md).
    Sites(sites::Options),
    /// Check licences and sources of the dependencies, and advisories where their database can be fetched.
    Audit,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let errand = Errand::parse();
    // The losing branch is dropped, and with it every guard it holds: services end on a signal too.
    let outcome = tokio::select! {
        outcome = run(&errand) => outcome,
        interruption = interrupted() => interruption,
    };
    if let Err(error) = &outcome {
        eprintln!("xtask: {error:#}");
    }
    match (errand, outcome) {
        (Errand::Test(_), outcome) => suite::close(outcome.unwrap_or_default()),
        (_, Ok(_)) => ExitCode::SUCCESS,
        (_, Err(_)) => ExitCode::FAILURE,
    }
}

async fn run(errand: &Errand) -> anyhow::Result<Option<suite::Counts>> {
    match errand {
        Errand::Test(options) => suite::run(options).await.map(Some),
        Errand::Bench(options) => bench::run(options).await.map(|()| None),
        Errand::Sites(options) => sites::run(options).await.map(|()| None),
        Errand::Services => services::lend().await.map(|()| None),
        Errand::Audit => audit::run(&services::Build::find()?.target).map(|()| None),
    }
}

/// Resolves to an error naming the first signal that asks this program to end.
async fn interrupted() -> anyhow::Result<Option<suite::Counts>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let name = tokio::select! {
        _ = interrupt.recv() => "an interrupt",
        _ = terminate.recv() => "a request to terminate",
        _ = hangup.recv() => "the terminal hanging up",
    };
    anyhow::bail!("stopped by {name}")
}
