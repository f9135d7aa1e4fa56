//! The program `passport`: reads the command line and hands over to `passport::command`.
use std::process::ExitCode;

use clap::Parser as _;
use passport::command::{Command, run};

/// Memory goes back to the system after a storm of sign-ins; glibc keeps it (decision 0066).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[tokio::main]
async fn main() -> ExitCode {
    run(Command::parse()).await
}
