//! What the suite needs from outside, started together and handed over as environment variables;
//! it does not know what is run with them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::{env, process};

use anyhow::{Context, Result};

use crate::{
    axe, packages,
    postgres::{self, Purpose},
    python, webdriver,
};

/// The running services. Fields are dropped in this order, the folder with all logs and data last.
pub struct Services {
    webdriver: webdriver::Driver,
    postgres: postgres::Cluster,
    chromium: PathBuf,
    axe: PathBuf,
    python: PathBuf,
    _folder: Folder,
}

impl Services {
    /// Installs what is missing, then starts PostgreSQL and chromedriver.
    pub async fn start(target: &Path) -> Result<Self> {
        let programs = packages::find_or_install()?;
        let axe = axe::find_or_install(target)?;
        let python = python::find_or_install(target)?;
        let folder = Folder::create(target)?;
        let postgres = postgres::Cluster::start(&programs.postgres_bin, &folder.0, Purpose::Tests).await?;
        eprintln!("xtask: PostgreSQL from {} answers at {}", programs.postgres_bin.display(), postgres.url());
        let webdriver = webdriver::Driver::start(&programs.chromedriver, &folder.0).await?;
        eprintln!("xtask: {} answers at {}", programs.chromedriver.display(), webdriver.url());
        Ok(Self { webdriver, postgres, chromium: programs.chromium, axe, python, _folder: folder })
    }

    /// The contract with the tests:
    /// - `TEST_POSTGRES_URL`: a maintenance database whose user may create databases; a test makes its own;
    /// - `TEST_WEBDRIVER_URL`: a chromedriver, shared by all tests, one browser session each;
    /// - `TEST_CHROMIUM`: the browser's program, for the `binary` capability;
    /// - `TEST_AXE`: the script of axe-core, for browsers to run in a page;
    /// - `TEST_PYTHONPATH`: where Python finds the clients of other people that tests are tried with;
    /// - `TEST_BIN_DIR` (added by the callers): the folder of `passport`, `customersource` and `demo`.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("TEST_POSTGRES_URL", self.postgres.url()),
            ("TEST_WEBDRIVER_URL", self.webdriver.url()),
            ("TEST_CHROMIUM", self.chromium.display().to_string()),
            ("TEST_AXE", self.axe.display().to_string()),
            ("TEST_PYTHONPATH", self.python.display().to_string()),
        ]
    }
}

/// Starts the services for a developer's own test runs and keeps them until a signal drops this future.
#[expect(clippy::print_stdout, reason = "the export lines are this command's output")]
pub async fn lend() -> Result<()> {
    let build = Build::find()?;
    let services = Services::start(&build.target).await?;
    for (name, value) in services.variables() {
        println!("export {name}='{value}'");
    }
    println!("export TEST_BIN_DIR='{}'", build.binaries.display());
    eprintln!("xtask: paste these lines into the shell that runs the tests; Ctrl-C here ends the services");
    std::future::pending().await
}

/// Where cargo put this program, and so where it puts the others of the same profile.
pub struct Build {
    pub target: PathBuf,
    pub binaries: PathBuf,
}

impl Build {
    /// Reads the place of the running program; to be called before a build replaces it.
    pub fn find() -> Result<Self> {
        let program = env::current_exe()?;
        let binaries = program.parent().context("this program stands in no folder")?;
        let target = binaries.parent().context("the binaries stand in no target directory")?;
        Ok(Self { target: target.into(), binaries: binaries.into() })
    }
}

/// The folder of one run, removed when dropped; PostgreSQL's account can reach it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn create(target: &Path) -> Result<Self> {
        let name = format!("run-{}", process::id());
        let near = Self::make(target.join("xtask").join(&name))?;
        if postgres::can_live_in(&near.0) {
            return Ok(near);
        }
        Self::make(env::temp_dir().join(format!("passport-xtask-{name}")))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    fn make(path: PathBuf) -> Result<Self> {
        fs::create_dir_all(&path).with_context(|| format!("cannot create {}", path.display()))?;
        let folder = Self(path);
        // PostgreSQL's account passes through, whatever the umask says.
        fs::set_permissions(&folder.0, Permissions::from_mode(0o755))?;
        Ok(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("xtask: {} is left behind: {error}", self.0.display());
        }
    }
}
