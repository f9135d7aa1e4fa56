//! `cargo xtask bench`: builds what is measured, brings the peer and a durable PostgreSQL, and hands over to the program
//! `bench`, which measures; it knows no work and no figure.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, Subcommand, ValueEnum};

use crate::postgres::{Cluster, Purpose};
use crate::running::Running;
use crate::services::{Build, Folder};
use crate::suite::cargo;
use crate::{packages, peer};

/// What to measure, and how long.
#[derive(Args)]
pub struct Options {
    #[command(subcommand)]
    what: Option<What>,
    /// Race another commit of ours: anything that git knows.
    #[arg(long, value_name = "REV", global = true)]
    against: Option<String>,
    /// This work alone; give it once for each: discovery, jwks, client-credentials, client-credentials-jwt, code-flow,
    /// refresh, userinfo, introspection, password-sign-in, storm.
    #[arg(long, value_name = "WORK", global = true)]
    only: Vec<String>,
    /// Seconds that each work is measured in each round, at most 120.
    #[arg(long, value_name = "SECONDS", global = true)]
    seconds: Option<f64>,
    /// How often each work is measured, at most 20; the middle one counts.
    #[arg(long, value_name = "TIMES", global = true)]
    rounds: Option<u32>,
    /// How many connections ask at once.
    #[arg(long, value_name = "NUMBER", global = true)]
    connections: Option<u32>,
    /// How many processors the server has; the generator has the next one.
    #[arg(long, value_name = "NUMBER", global = true)]
    cores: Option<u32>,
    /// One engine alone.
    #[arg(long, value_enum, global = true)]
    engine: Option<Engine>,
    /// Measure ours alone.
    #[arg(long, global = true)]
    no_peer: bool,
    /// Cargo's profile: release for figures, dev to try the command.
    #[arg(long, value_name = "NAME", default_value = "release", global = true)]
    profile: String,
    /// A handful of requests of each work, every answer checked, nothing judged.
    #[arg(long, global = true)]
    smoke: bool,
}

#[derive(Subcommand)]
enum What {
    /// Compare a database of ten thousand accounts and grants with one of many more.
    Growth {
        /// How many accounts and grants; a tenth as many sessions.
        #[arg(long, value_name = "NUMBER", default_value_t = 1_000_000)]
        rows: u64,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    Sqlite,
    Postgres,
}

/// Builds, brings and measures; the tables go to standard output.
pub async fn run(options: &Options) -> Result<()> {
    let target = Build::find()?.target;
    let root = root()?;
    let binaries = build(&root, &target, &options.profile, &["bench", "passport"])?;
    let mut command = Command::new(binaries.join("bench"));
    command.arg("--passport").arg(binaries.join("passport"));
    let mut revision = describe(&root, "HEAD")?;
    let _worktree = match &options.against {
        Some(rev) => {
            let worktree = Worktree::of(&root, &target, rev)?;
            let binaries =
                build(&worktree.path, &target.join("xtask/against"), &options.profile, &["passport"])?;
            command.arg("--against").arg(binaries.join("passport"));
            revision = format!("{revision}, beside {}", describe(&root, rev)?);
            Some(worktree)
        }
        None => None,
    };
    if options.profile != "release" {
        revision = format!("{revision}, profile {}", options.profile);
    }
    command.arg("--revision").arg(revision);
    let is_race = options.what.is_none();
    if is_race && !options.no_peer && !options.smoke {
        match peer::find_or_install(&target) {
            Ok(folder) => {
                command.arg("--peer").arg(folder);
            }
            Err(error) => eprintln!("xtask: NO PEER IS MEASURED, ours alone: {error:#}"),
        }
    }
    let folder = Folder::create(&target)?;
    let cluster = match options.engine {
        Some(Engine::Sqlite) => None,
        _ => {
            let bin = packages::find_or_install_postgres()?;
            Some(Cluster::start(&bin, folder.path(), Purpose::Measuring).await?)
        }
    };
    if let Some(cluster) = &cluster {
        command.args(["--postgres", &cluster.url(), "--postgres-pid", &cluster.process().to_string()]);
    }
    pass_on(options, &mut command);
    let mut running = Running::start(command, "TERM").context("bench cannot be started")?;
    let status = running.wait().await?;
    ensure!(status.success(), "bench: {status}");
    Ok(())
}

fn pass_on(options: &Options, command: &mut Command) {
    let values = [
        ("--seconds", options.seconds.map(|seconds| seconds.to_string())),
        ("--rounds", options.rounds.map(|rounds| rounds.to_string())),
        ("--connections", options.connections.map(|connections| connections.to_string())),
        ("--cores", options.cores.map(|cores| cores.to_string())),
        (
            "--engine",
            options.engine.map(|engine| match engine {
                Engine::Sqlite => "sqlite".to_owned(),
                Engine::Postgres => "postgres".to_owned(),
            }),
        ),
    ];
    for (name, value) in values {
        if let Some(value) = value {
            command.args([name, &value]);
        }
    }
    for work in &options.only {
        command.args(["--only", work]);
    }
    if options.smoke {
        command.arg("--smoke");
    }
    if let Some(What::Growth { rows }) = options.what {
        command.args(["growth", "--rows", &rows.to_string()]);
    }
}

fn root() -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    Ok(folder.context("this crate stands in no workspace")?.to_owned())
}

/// Builds programs of a work tree and answers where they are.
fn build(tree: &Path, target: &Path, profile: &str, programs: &[&str]) -> Result<PathBuf> {
    let mut command = cargo();
    command.current_dir(tree).args(["build", "--locked", "--workspace", "--profile", profile]);
    for program in programs {
        command.args(["--bin", program]);
    }
    command.env("CARGO_TARGET_DIR", target).stdout(std::io::stderr());
    eprintln!("xtask: building {} in {} (profile {profile})", programs.join(" and "), tree.display());
    let status = command.status().context("cargo cannot be started")?;
    ensure!(status.success(), "{command:?} failed ({status})");
    Ok(target.join(if profile == "dev" { "debug" } else { profile }))
}

/// Another commit, checked out below `target` and removed again.
struct Worktree {
    root: PathBuf,
    path: PathBuf,
}

impl Worktree {
    fn of(root: &Path, target: &Path, rev: &str) -> Result<Self> {
        let path = target.join("xtask").join(format!("worktree-{}", std::process::id()));
        let mut command = Command::new("git");
        command.current_dir(root).args(["worktree", "add", "--detach", "--force"]).arg(&path).arg(rev);
        let status = command.stdout(std::io::stderr()).status().context("git cannot be started")?;
        ensure!(status.success(), "git knows no {rev}, or cannot check it out");
        Ok(Self { root: root.to_owned(), path })
    }
}

impl Drop for Worktree {
    fn drop(&mut self) {
        let mut command = Command::new("git");
        command.current_dir(&self.root).args(["worktree", "remove", "--force"]).arg(&self.path);
        if !command.status().is_ok_and(|status| status.success()) {
            eprintln!("xtask: {} is left behind", self.path.display());
        }
    }
}

/// A commit in words that stay: its short name, and whether the tree differs from it.
fn describe(root: &Path, rev: &str) -> Result<String> {
    let git = |arguments: &[&str]| -> Result<String> {
        let output = Command::new("git").current_dir(root).args(arguments).output();
        let output = output.context("git cannot be started")?;
        if !output.status.success() {
            bail!("git knows no {rev}");
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let name = git(&["rev-parse", "--short=12", "--verify", &format!("{rev}^{{commit}}")])?;
    let is_changed = rev == "HEAD" && !git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    Ok(if is_changed { format!("{name} with changes") } else { name })
}
