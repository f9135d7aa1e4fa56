//! Other people's software, plugged in for real: installs what the drivers of `crates/xtask/sites` pin, has them paste what
//! `passport client add --for` prints, and writes into docs/SITES.md what was seen. It knows no site.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::{
    packages, peer,
    running::Running,
    services::{Build, Services},
    suite,
};

/// Which sites.
#[derive(clap::Args)]
pub struct Options {
    /// The names of recipes that have a driver.
    #[arg(required_unless_present = "all")]
    names: Vec<String>,
    /// All that have one.
    #[arg(long)]
    all: bool,
}

/// Those of the suite: they need npm and pip alone, and seconds.
const LIGHT: [&str; 8] = [
    "allauth",
    "authlib",
    "express-openid-connect",
    "keycloak-js",
    "mozilla-django-oidc",
    "oidc-client-ts",
    "openid-client",
    "passport-openidconnect",
];

/// What stands in the folder of drivers and is none.
const NO_DRIVERS: [&str; 5] = ["run", "person", "page", "mcp", "kubelogin"];

pub async fn run(options: &Options) -> Result<()> {
    let build = Build::find()?;
    let known = drivers()?;
    let names = if options.all { known.clone() } else { options.names.clone() };
    for name in &names {
        ensure!(known.contains(name), "{name} has no driver; there are: {}", known.join(", "));
    }
    let built = suite::cargo().args(["build", "--workspace", "--bins"]).status()?;
    ensure!(built.success(), "the programs cannot be built");
    let services = Services::start(&build.target).await?;
    let mut variables = services.variables();
    variables.push(("TEST_BIN_DIR", build.binaries.display().to_string()));
    let seen = drive(&names, &build.target, &variables).await?;
    write_down(&root().join("docs/SITES.md"), &seen)?;
    let failed: Vec<_> = seen.iter().filter(|seen| seen.failed.is_some()).map(|seen| &*seen.name).collect();
    ensure!(failed.is_empty(), "did not work: {}", failed.join(", "));
    Ok(())
}

/// Those of the suite, each a test that passes or fails; nothing is written down.
pub async fn light(target: &Path, variables: &[(&str, String)]) -> Result<(u32, u32)> {
    let names = LIGHT.map(str::to_owned);
    let seen = drive(&names, target, variables).await?;
    let failed = seen.iter().filter(|seen| seen.failed.is_some()).count();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Ok((count(seen.len() - failed), count(failed + names.len() - seen.len())))
}

/// What became of one site.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    name: String,
    version: String,
    date: String,
    works: Vec<String>,
    failed: Option<String>,
}

impl Seen {
    fn read(line: &str) -> Option<Self> {
        let told: Value = serde_json::from_str(line).ok()?;
        let text = |name: &str| told.get(name)?.as_str().map(str::to_owned);
        let works = told.get("works")?.as_array()?;
        Some(Self {
            name: text("name")?,
            version: text("version").unwrap_or_default(),
            date: text("date")?,
            works: works.iter().filter_map(|works| works.as_str().map(str::to_owned)).collect(),
            failed: text("failed"),
        })
    }

    fn line(&self) -> String {
        let Self { name, version, date, .. } = self;
        let works = self.works.join(", ");
        // What a program says may hold anything.
        let plain = |text: &str| text.replace(['|', '<', '>', '`', '\n'], " ");
        match &self.failed {
            None => format!("| {name} | {version} | {date} | {works} |"),
            Some(why) => {
                let why: String = plain(why).chars().take(160).collect();
                let so_far = if works.is_empty() { String::new() } else { format!("{works}; then ") };
                format!("| {name} | {version} | {date} | {so_far}**fails**: {} |", why.trim())
            }
        }
    }
}

async fn drive(names: &[String], target: &Path, variables: &[(&str, String)]) -> Result<Vec<Seen>> {
    packages::find_or_install_npm()?;
    packages::find_or_install_venv()?;
    let folder = target.join("xtask/sites");
    fs::create_dir_all(&folder)?;
    let mut command = Command::new(peer::find_or_install_node(target)?);
    command.arg(folder_of_drivers().join("run.mjs")).args(names);
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    command.env("SITES_FOLDER", &folder).stdout(Stdio::piped());
    let mut running = Running::start(command, "TERM").context("Node.js cannot be started")?;
    let mut seen = Vec::new();
    if let Some(stdout) = running.take_stdout() {
        let mut lines = BufReader::new(stdout).lines();
        while let Some(line) = lines.next_line().await? {
            let Some(one) = Seen::read(&line) else { continue };
            eprintln!("xtask: {}", one.line());
            seen.push(one);
        }
    }
    running.wait().await?;
    Ok(seen)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn folder_of_drivers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sites")
}

fn drivers() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder_of_drivers())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".mjs").map(str::to_owned));
    }
    names.retain(|name| !NO_DRIVERS.contains(&name.as_str()));
    names.sort();
    Ok(names)
}

/// Replaces or adds the lines of these sites in the table, in the order of names; all else stays.
fn write_down(file: &Path, seen: &[Seen]) -> Result<()> {
    let text = fs::read_to_string(file)?;
    fs::write(file, with_lines(&text, seen).context("docs/SITES.md has no table of sites")?)?;
    Ok(())
}

fn with_lines(text: &str, seen: &[Seen]) -> Option<String> {
    const HEAD: &str = "| Site | Version | Run | Seen |\n|---|---|---|---|\n";
    let (before, rest) = text.split_once(HEAD)?;
    let end = rest.split_inclusive('\n').take_while(|line| line.starts_with('|')).map(str::len).sum();
    let (table, after) = rest.split_at_checked(end)?;
    let name_of = |line: &str| line.split('|').nth(1).unwrap_or_default().trim().to_owned();
    let mut lines: BTreeMap<String, String> =
        table.lines().map(|line| (name_of(line), line.to_owned())).collect();
    lines.extend(seen.iter().map(|seen| (seen.name.clone(), seen.line())));
    let table: String = lines.values().map(|line| format!("{line}\n")).collect();
    Some(format!("{before}{HEAD}{table}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "# Sites\n\n| Site | Version | Run | Seen |\n|---|---|---|---|\n| b | 1 | d | sign-in |\n\nEnd.\n";

    fn seen(line: &str) -> Seen {
        Seen::read(line).unwrap()
    }

    #[test]
    fn a_run_writes_its_own_lines_and_no_others() {
        const A: &str = r#"{"name":"a","version":"2","date":"2026-01-02","works":["sign-in","refresh"]}"#;
        const LINE: &str = "| a | 2 | 2026-01-02 | sign-in, refresh |";
        let a = seen(A);
        let b = seen(
            r#"{"name":"b","version":"3","date":"2026-01-02","works":["sign-in"],"failed":"a | <b>\nc"}"#,
        );
        let text = with_lines(TEXT, &[a]).unwrap();
        assert_eq!(text, TEXT.replace("| b", &format!("{LINE}\n| b")));
        let text = with_lines(&text, &[b]).unwrap();
        assert!(
            text.contains("\n| b | 3 | 2026-01-02 | sign-in; then **fails**: a    b  c |\n\nEnd.\n"),
            "{text}"
        );
        assert_eq!(with_lines("no table", &[]), None);
        let empty = TEXT.replace("| b | 1 | d | sign-in |\n", "");
        assert_eq!(
            with_lines(&empty, &[seen(A)]).unwrap(),
            empty.replace("\n\nEnd", &format!("\n{LINE}\n\nEnd"))
        );
    }

    #[test]
    fn what_a_program_says_beside_is_no_report() {
        assert_eq!(Seen::read("npm warn"), None);
        assert_eq!(Seen::read(r#"{"name":"a"}"#), None);
    }

    #[test]
    fn every_light_site_has_a_driver_and_every_driver_a_recipe_unless_its_site_registers_itself() {
        let drivers = drivers().unwrap();
        assert!(LIGHT.iter().all(|light| drivers.iter().any(|name| name == light)), "{drivers:?}");
        for name in drivers {
            let recipe = root().join(format!("crates/passport/recipes/{name}.recipe"));
            let driver = fs::read_to_string(folder_of_drivers().join(format!("{name}.mjs"))).unwrap();
            assert!(recipe.is_file() != driver.contains("byItself = true"), "{name}");
        }
    }
}
