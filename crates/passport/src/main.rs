//! The program `passport`: reads the command line and hands over to `passport::command`.
use std::process::ExitCode;

use clap::Parser as _;
use passport::command::{Command, run};

#[tokio::main]
async fn main() -> ExitCode {
    run(Command::parse()).await
}
