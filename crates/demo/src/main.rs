//! `cargo run`: both programs, a mailbox and demonstration data, on embedded SQLite, on this machine only.
use std::process::ExitCode;

use clap::Parser as _;
use demo::program::{Options, run};

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("demo: {error:#}\n"));
            ExitCode::FAILURE
        }
    }
}
