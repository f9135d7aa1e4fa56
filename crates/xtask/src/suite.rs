//! The full check of the workspace: the steps, their order and the count at the end; it knows no single test.

use std::env;
use std::ops::AddAssign;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::audit;
use crate::running::Running;
use crate::services::{Build, Services};
use crate::sites;

/// What to leave out of the full run.
#[derive(clap::Args)]
pub struct Options {
    /// Leave out formatting and clippy.
    #[arg(long)]
    skip_lint: bool,
    /// Run only tests whose name contains NAME.
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
    /// Run only the integration tests of TARGET, such as `tidy` or `journey`.
    #[arg(long, value_name = "TARGET")]
    test: Option<String>,
}

/// How many tests passed, failed (with every failed step that is no test) and were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    passed: u32,
    failed: u32,
    skipped: u32,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// Runs every step, whatever the earlier ones said, except that tests need a build.
pub async fn run(options: &Options) -> Result<Counts> {
    let build = Build::find()?;
    ensure_components(options)?;
    let services = Services::start(&build.target).await?;
    let mut variables = services.variables();
    variables.push(("TEST_BIN_DIR", build.binaries.display().to_string()));

    let mut counts = Counts::default();
    if !options.skip_lint {
        counts += audited(&build.target);
        counts += step(&["fmt", "--all", "--check"], &variables).await?;
        counts +=
            step(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"], &variables).await?;
    }
    let built = step(&["build", "--workspace", "--bins"], &variables).await?;
    counts += built;
    if built.failed == 0 {
        counts += tests(options, &variables).await?;
        if options.filter.is_none() && options.test.is_none() {
            counts += plugged_in(&build.target, &variables).await;
        }
    }
    Ok(counts)
}

/// An audit that finds something, or cannot be held, counts as one failure.
fn audited(target: &Path) -> Counts {
    eprintln!("\nxtask: cargo xtask audit");
    let begun = Instant::now();
    let failed = audit::run(target).inspect_err(|error| eprintln!("xtask: {error:#}")).is_err();
    let verdict = if failed { "FAILED" } else { "done" };
    eprintln!("xtask: cargo xtask audit: {verdict} after {} s", begun.elapsed().as_secs());
    Counts { failed: failed.into(), ..Counts::default() }
}

/// Other people's software, each a test; not being able to try counts as one failure.
async fn plugged_in(target: &Path, variables: &[(&str, String)]) -> Counts {
    eprintln!("\nxtask: cargo xtask sites (eight light ones)");
    let begun = Instant::now();
    let seen = sites::light(target, variables).await;
    let seen = seen.inspect_err(|error| eprintln!("xtask: {error:#}")).unwrap_or((0, 1));
    eprintln!("xtask: cargo xtask sites: done after {} s", begun.elapsed().as_secs());
    Counts { passed: seen.0, failed: seen.1, skipped: 0 }
}

async fn tests(options: &Options, variables: &[(&str, String)]) -> Result<Counts> {
    let mut arguments = vec!["test", "--workspace", "--no-fail-fast"];
    if let Some(target) = &options.test {
        arguments.extend(["--test", target]);
    }
    arguments.extend(options.filter.as_deref());
    // Tests that need a service are marked as ignored, so that a plain `cargo test` runs without any.
    arguments.extend(["--", "--include-ignored"]);
    let counts = step(&arguments, variables).await?;
    if counts == Counts::default() {
        bail!("no test was run: does the name exist?");
    }
    Ok(counts)
}

/// Prints the closing line, alone and last; a run that broke off (`None`) counts as one failure.
#[expect(clippy::print_stdout, reason = "the closing line is this command's output")]
pub fn close(counts: Option<Counts>) -> ExitCode {
    let Counts { passed, failed, skipped } = counts.unwrap_or(Counts { failed: 1, ..Counts::default() });
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs cargo with its output streaming through and counts what the test harnesses report.
/// A failure without a failed test (formatting, a lint, a crash) counts as one.
async fn step(arguments: &[&str], variables: &[(&str, String)]) -> Result<Counts> {
    let title = format!("cargo {}", arguments.join(" "));
    eprintln!("\nxtask: {title}");
    let begun = Instant::now();
    let mut command = cargo();
    command.args(arguments).envs(variables.iter().map(|(name, value)| (name, value))).stdout(Stdio::piped());
    let mut running =
        Running::start(command, "TERM").with_context(|| format!("{title} cannot be started"))?;
    let mut counts = Counts::default();
    if let Some(stdout) = running.take_stdout() {
        let mut reader = BufReader::new(stdout);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).await? > 0 {
            relay(&line)?;
            counts += reported(&String::from_utf8_lossy(&line)).unwrap_or_default();
            line.clear();
        }
    }
    let success = running.wait().await?.success();
    if !success {
        counts.failed = counts.failed.max(1);
    }
    let verdict = if success { "done" } else { "FAILED" };
    eprintln!("xtask: {title}: {verdict} after {} s", begun.elapsed().as_secs());
    Ok(counts)
}

fn relay(line: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(line)?;
    stdout.flush()
}

/// Reads `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 9 filtered out; finished in 0.01s`.
fn reported(line: &str) -> Option<Counts> {
    let (_, numbers) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut counts = Counts::default();
    for part in numbers.split(';') {
        let Some((number, name)) = part.trim().split_once(' ') else { continue };
        let field = match name {
            "passed" => &mut counts.passed,
            "failed" => &mut counts.failed,
            "ignored" => &mut counts.skipped,
            _ => continue,
        };
        *field = number.parse().ok()?;
    }
    Some(counts)
}

/// The cargo that started this program, without the variables that it set for this package alone:
/// build scripts watch some of them, and would run again.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command
}

/// A minimal toolchain lacks the linters: rustup adds them.
fn ensure_components(options: &Options) -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        let asked =
            cargo().args([subcommand, "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        if options.skip_lint || asked.context("cargo cannot be started")?.success() {
            continue;
        }
        eprintln!("xtask: adding the toolchain component {component}");
        let added = Command::new("rustup").args(["component", "add", component]).status();
        if !added.context("rustup cannot be started")?.success() {
            bail!("the toolchain has no `cargo {subcommand}`: add the component {component}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_line_is_counted() {
        let line = "test result: FAILED. 5 passed; 2 failed; 1 ignored; 0 measured; 9 filtered out; finished in 0.01s\n";
        assert_eq!(reported(line), Some(Counts { passed: 5, failed: 2, skipped: 1 }));
    }

    #[test]
    fn other_lines_are_not_counted() {
        assert_eq!(reported("test passes_results ... ok"), None);
        assert_eq!(reported("5 passed; 2 failed"), None);
        assert_eq!(reported(" test result: ok. 5 passed"), None);
    }

    #[test]
    fn counts_add_up() {
        let mut sum = Counts { passed: 1, failed: 0, skipped: 2 };
        sum += Counts { passed: 4, failed: 1, skipped: 0 };
        assert_eq!(sum, Counts { passed: 5, failed: 1, skipped: 2 });
    }

    #[tokio::test]
    async fn a_step_that_fails_without_a_test_counts_as_one_failure() {
        let counts = step(&["no-such-subcommand"], &[]).await.unwrap();
        assert_eq!(counts, Counts { passed: 0, failed: 1, skipped: 0 });
    }
}
