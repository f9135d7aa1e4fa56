//! Measures a provider from outside, as its clients would use it (`cargo xtask bench` builds and calls it):
//!
//! | file | owns |
//! |---|---|
//! | `wire`, `visitor` | one connection of HTTP/1.1; a client and browser on it |
//! | `provider`, `work` | where a provider has what, and what it is asked for |
//! | `load` | many visitors at once, for a while, and what came of it |
//! | `process`, `server` | what a process takes of the machine; the programs that are measured |
//! | `race`, `storm`, `growth` | the three questions: how fast, how calm, how flat |
//! | `rows`, `held` | a database of any size, of copies of rows that the product wrote; how long its writer is held |
//! | `bare` | what cannot be beaten: a handler that does nothing, a hash and nothing else |
//! | `table` | what was found, as Markdown |
mod bare;
mod growth;
mod held;
mod load;
mod process;
mod provider;
mod race;
mod rows;
mod server;
mod storm;
mod table;
mod visitor;
mod wire;
mod work;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Result, ensure};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::work::Work;

/// Measures OpenID providers on this machine, side by side. `cargo xtask bench` builds what it needs.
#[derive(Parser)]
#[command(name = "bench")]
struct Command {
    #[command(flatten)]
    with: With,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand)]
enum What {
    /// Answers every request with two bytes: what no provider can be faster than.
    #[command(hide = true)]
    Empty { port: u16 },
    /// Compares a database of ten thousand accounts and grants with one of many more.
    Growth {
        /// How many accounts and grants; a tenth as many sessions.
        #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(20_000..=50_000_000))]
        rows: u64,
    },
}

/// Who is measured, and how long.
#[derive(Args, Clone)]
struct With {
    /// The program `passport` of this commit.
    #[arg(long, value_name = "FILE")]
    passport: PathBuf,
    /// The program `passport` of another commit, to be raced.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// The folder of node-oidc-provider, with the program `node` in it.
    #[arg(long, value_name = "FOLDER")]
    peer: Option<PathBuf>,
    /// A maintenance database of PostgreSQL whose user may create databases; without it SQLite alone is measured.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// The process of that PostgreSQL, whose time is counted too.
    #[arg(long, value_name = "PID")]
    postgres_pid: Option<u32>,
    /// One engine alone.
    #[arg(long)]
    engine: Option<Engine>,
    /// This work alone; give it once for each.
    #[arg(long, value_name = "WORK", value_enum)]
    only: Vec<Work>,
    /// Seconds that each work is measured in each round.
    #[arg(long, default_value_t = 3.0, value_parser = seconds)]
    seconds: f64,
    /// How often each work is measured; the middle one counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    rounds: u32,
    /// How many connections ask at once.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=512))]
    connections: u32,
    /// How many processors the server has; the generator has the next one.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=256))]
    cores: u32,
    /// A handful of requests of each work, every answer checked, nothing judged.
    #[arg(long)]
    smoke: bool,
    /// What is measured, for the head of the table.
    #[arg(long, default_value = "")]
    revision: String,
}

/// Where our rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    Sqlite,
    Postgres,
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|error| format!("{error}"))?;
    if (0.1..=120.0).contains(&seconds) { Ok(seconds) } else { Err("0.1 to 120".to_owned()) }
}

impl With {
    fn engines(&self) -> Vec<Engine> {
        let there = [Some(Engine::Sqlite), self.postgres.as_ref().map(|_| Engine::Postgres)];
        let wanted = |engine: &Engine| self.engine.is_none_or(|only| only == *engine);
        there.into_iter().flatten().filter(wanted).collect()
    }

    fn measures(&self, work: Work) -> bool {
        self.only.is_empty() || self.only.contains(&work)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Command::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "the tables are this program's output")]
async fn run(command: Command) -> Result<()> {
    let with = command.with;
    match command.what {
        Some(What::Empty { port }) => bare::serve_nothing(port).await,
        Some(What::Growth { rows }) => {
            println!("{}", growth::run(&with, rows).await?);
            Ok(())
        }
        None => {
            ensure!(!with.engines().is_empty(), "no engine is left to measure: --postgres URL is missing");
            let found = race::run(&with).await?;
            println!("{}", table::race(&found));
            if with.measures(Work::Storm) {
                println!("{}", storm::run(&with).await?);
            }
            ensure!(
                found.failures().is_empty(),
                "not every answer was right:\n{}",
                found.failures().join("\n")
            );
            Ok(())
        }
    }
}
