//! Runs cargo-deny over `deny.toml`, where it is installed; it knows no rule itself.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Checks licences, bans and sources, and the advisories when their database can be fetched.
pub fn run() -> Result<()> {
    if !succeeds(cargo_deny(&["--version"]).stdout(Stdio::null()).stderr(Stdio::null()))? {
        eprintln!(
            "xtask: nothing audited: cargo-deny is not installed (`cargo install --locked cargo-deny`)"
        );
        return Ok(());
    }
    let mut passed = succeeds(&mut cargo_deny(&["check", "licenses", "bans", "sources"]))?;
    if succeeds(&mut cargo_deny(&["fetch", "db"]))? {
        passed &= succeeds(&mut cargo_deny(&["check", "advisories"]))?;
    } else {
        eprintln!("xtask: advisories are not checked: their database cannot be fetched");
    }
    if !passed {
        bail!("cargo-deny found something to settle in Cargo.toml or deny.toml");
    }
    Ok(())
}

fn cargo_deny(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.arg("deny").args(arguments);
    command
}

fn succeeds(command: &mut Command) -> Result<bool> {
    Ok(command.status().context("cargo cannot be started")?.success())
}
