//! The binary `customersource`: reads the command line and hands it to [`customersource::command`].
use std::process::ExitCode;

use clap::Parser as _;
use customersource::command::{Command, run};

/// Memory goes back to the system after a storm of sign-ins; glibc keeps it (decision 0066).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Command::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write as _;
            let _ = writeln!(std::io::stderr(), "customersource: {error:#}");
            ExitCode::FAILURE
        }
    }
}
