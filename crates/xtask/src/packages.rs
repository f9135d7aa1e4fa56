//! Finds the programs that the suite needs and installs the Debian packages that bring the missing ones;
//! it does not know how the programs are run.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The oldest PostgreSQL that the programs are tested on.
const OLDEST_POSTGRES: u32 = 13;

/// Where every needed program stands.
pub struct Programs {
    /// A folder that holds `initdb`, `postgres` and `pg_isready` of one version.
    pub postgres_bin: PathBuf,
    pub chromedriver: PathBuf,
    pub chromium: PathBuf,
}

/// Finds the programs; what is missing is installed first, by root or through sudo.
pub fn find_or_install() -> Result<Programs> {
    let missing = missing_packages();
    if !missing.is_empty() {
        install(&missing)?;
    }
    Ok(Programs {
        postgres_bin: find_postgres().context("PostgreSQL 13 or newer is still not found")?,
        chromedriver: find_chromedriver().context("chromedriver is still not found")?,
        chromium: find_chromium().context("chromium is still not found")?,
    })
}

/// The package manager of Node.js; installed first where it is missing.
pub fn find_or_install_npm() -> Result<PathBuf> {
    if find_program(&["npm"]).is_none() {
        install(&["npm"])?;
    }
    find_program(&["npm"]).context("npm is still not found")
}

/// The package manager of Python; installed first where it is missing.
pub fn find_or_install_pip() -> Result<PathBuf> {
    if find_program(&["pip3", "pip"]).is_none() {
        install(&["python3-pip"])?;
    }
    find_program(&["pip3", "pip"]).context("pip is still not found")
}

/// Python with its virtual environments; installed first where they are missing.
pub fn find_or_install_venv() -> Result<PathBuf> {
    let makes = |python: &PathBuf| {
        let mut command = Command::new(python);
        command.args(["-c", "import ensurepip, venv"]).stderr(std::process::Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    if !find_program(&["python3"]).as_ref().is_some_and(makes) {
        install(&["python3-venv"])?;
    }
    find_program(&["python3"]).filter(makes).context("python3 makes no virtual environments still")
}

/// PostgreSQL's programs alone; installed first where they are missing.
pub fn find_or_install_postgres() -> Result<PathBuf> {
    if find_postgres().is_none() {
        install(&["postgresql"])?;
    }
    find_postgres().context("PostgreSQL 13 or newer is still not found")
}

fn missing_packages() -> Vec<&'static str> {
    let mut missing = Vec::new();
    if find_postgres().is_none() {
        missing.push("postgresql");
    }
    if find_program(&["age"]).is_none() {
        // What backups are sealed with.
        missing.push("age");
    }
    if find_chromium().is_none() {
        // Without any font a page has no text to measure.
        missing.extend(["chromium", "fonts-liberation"]);
    }
    if find_chromedriver().is_none() {
        missing.push("chromium-driver");
    }
    missing
}

fn find_chromium() -> Option<PathBuf> {
    find_program(&["chromium", "chromium-browser", "google-chrome"])
}

fn find_chromedriver() -> Option<PathBuf> {
    find_program(&["chromedriver"])
}

/// The newest suitable PostgreSQL in PATH or in Debian's versioned folders.
fn find_postgres() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let folders = search_path().into_iter().chain(debian.map(|version| version.path().join("bin")));
    folders
        .filter(|folder| {
            ["initdb", "postgres", "pg_isready"].iter().all(|name| is_program(&folder.join(name)))
        })
        .filter_map(|folder| Some((postgres_version(&folder)?, folder)))
        .filter(|(version, _)| *version >= OLDEST_POSTGRES)
        .max()
        .map(|(_, folder)| folder)
}

fn postgres_version(folder: &Path) -> Option<u32> {
    let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    major_version(&String::from_utf8_lossy(&output.stdout))
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian …)`.
fn major_version(line: &str) -> Option<u32> {
    let version = line.split_whitespace().nth(2)?;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The first of `names` in PATH or in the usual places of Debian.
pub fn find_program(names: &[&str]) -> Option<PathBuf> {
    let folders = search_path();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|path| is_program(path))
}

/// PATH, and the places of Debian that a narrow PATH leaves out.
fn search_path() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let debian = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/lib/chromium"].map(PathBuf::from);
    env::split_paths(&path).chain(debian).collect()
}

fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

/// True when this process runs as root.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

fn install(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if find_program(&["apt-get"]).is_none() {
        bail!("missing: {list} (Debian's names); this system has no apt-get, please install them by hand");
    }
    if !is_root() && find_program(&["sudo"]).is_none() {
        bail!("missing: {list}; run `apt-get install {list}` as root, or install sudo");
    }
    eprintln!("xtask: installing the Debian packages {list}");
    apt_get(["update", "--quiet"])?;
    apt_get(["install", "--yes", "--quiet", "--no-install-recommends"].iter().chain(packages))
}

fn apt_get(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<()> {
    let mut command = Command::new(if is_root() { "env" } else { "sudo" });
    if !is_root() {
        command.arg("env");
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(arguments);
    // The errand's own standard output stays clean: a developer may evaluate it.
    command.stdout(std::io::stderr());
    let status = command.status().context("apt-get cannot be started")?;
    if !status.success() {
        bail!("{command:?} failed ({status})");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_every_shape_that_postgres_prints() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 17\n"), Some(17));
        assert_eq!(major_version("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major_version("postgres: command not found"), None);
        assert_eq!(major_version(""), None);
    }

    #[test]
    fn only_an_executable_file_is_a_program() {
        assert!(is_program(Path::new("/bin/sh")));
        assert!(!is_program(Path::new("/bin")));
        assert!(!is_program(Path::new("/etc/passwd")));
        assert!(!is_program(Path::new("/no/such/file")));
    }
}
