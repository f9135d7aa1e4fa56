//! The accessibility checker that browser tests inject into pages: one file from npm, fetched once; it knows no page.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::packages;

/// Another version knows other rules: raised on purpose, never by itself.
const VERSION: &str = "4.14.1";

/// The checker's file below `target`, installed when this version is not there.
pub fn find_or_install(target: &Path) -> Result<PathBuf> {
    let folder = target.join("xtask/node");
    let package = folder.join("node_modules/axe-core");
    let file = package.join("axe.min.js");
    if !(file.is_file() && is_version(&fs::read_to_string(package.join("package.json")).unwrap_or_default()))
    {
        let npm = packages::find_or_install_npm()?;
        install(&npm, &folder)?;
    }
    ensure!(file.is_file(), "npm installed no {}", file.display());
    Ok(file)
}

fn install(npm: &Path, folder: &Path) -> Result<()> {
    eprintln!("xtask: installing axe-core {VERSION} from npm");
    fs::create_dir_all(folder)?;
    let mut command = Command::new(npm);
    command.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(folder);
    command.arg(format!("axe-core@{VERSION}"));
    // The errand's own standard output stays clean: a developer may evaluate it.
    let status = command.stdout(std::io::stderr()).status().context("npm cannot be started")?;
    ensure!(status.success(), "{command:?} failed ({status})");
    Ok(())
}

/// Reads the manifest of the installed package, one field a line as npm leaves it.
fn is_version(manifest: &str) -> bool {
    manifest.lines().any(|line| line.trim().trim_end_matches(',') == format!("\"version\": \"{VERSION}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_wanted_version_counts_as_installed() {
        assert!(is_version(&format!("{{\n  \"name\": \"axe-core\",\n  \"version\": \"{VERSION}\",\n}}")));
        assert!(is_version(&format!("\"version\": \"{VERSION}\"\n")));
        assert!(!is_version(&format!("\"version\": \"{VERSION}0\"")));
        assert!(!is_version(&format!("\"engines\": \"{VERSION}\"")));
        assert!(!is_version(""));
    }
}
