//! Reading settings: one TOML file, overridden by the environment, every unknown key refused with its line.
use std::path::Path;

use serde::{Serialize, de::DeserializeOwned};
use toml::{Table, Value};

mod sections;

pub use sections::{Database, Limits, Log, LogFormat, Mail, Metrics, Outbound, Outbox, Secrets, Server, Tls};

/// Settings that can say what is wrong with themselves.
pub trait Settings: Serialize + DeserializeOwned + Default {
    /// The prefix of environment variables: `PASSPORT` for `PASSPORT__SERVER__LISTEN`.
    const PREFIX: &'static str;

    /// What is readable but unsafe or contradictory, each with the key that it is about (`server.public_url`).
    fn problems(&self) -> Vec<Problem>;
}

/// One thing that is wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub key: String,
    pub text: String,
}

impl Problem {
    pub fn new(key: &str, text: impl Into<String>) -> Self {
        Self { key: key.into(), text: text.into() }
    }
}

/// Why a program does not start: every problem, one a line, with file and line where they have one.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unusable(String);

/// Loads settings: defaults, then `file`, then `environment` (names and values).
///
/// `PREFIX__SECTION__KEY` overrides a setting; `PREFIX__SECTION__KEY_FILE` names a file that holds it.
pub fn load<S: Settings>(
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<S, Unusable> {
    let text = match file {
        Some(path) => {
            std::fs::read_to_string(path).map_err(|error| Unusable(format!("{}: {error}", path.display())))?
        }
        None => String::new(),
    };
    let name = file.map(|path| path.display().to_string()).unwrap_or_default();
    // Read once by itself: this error knows line and column.
    toml::from_str::<S>(&text).map_err(|error| Unusable(format!("{name}: {error}")))?;
    let overrides = overrides::<S>(environment)?;
    // A half's own defaults, not the section's, fill what a section of the file leaves out. Secrets have
    // no defaults, so what serializing hides is empty.
    let mut all = table(&S::default())?;
    lay_over(&mut all, toml::from_str(&text).map_err(|error| Unusable(format!("{name}: {error}")))?);
    lay_over(&mut all, overrides);
    let settings: S = all.try_into().map_err(|error: toml::de::Error| {
        // The key stands on a line of its own.
        Unusable(format!("the environment: {}", error.to_string().trim().replace('\n', " ")))
    })?;
    let problems = settings.problems();
    if problems.is_empty() {
        return Ok(settings);
    }
    let lines: Vec<String> = problems
        .iter()
        .map(|problem| {
            let place = line_of(&text, &problem.key).map_or(String::new(), |line| format!("{name}:{line}: "));
            format!("{place}{}: {}", problem.key, problem.text)
        })
        .collect();
    Err(Unusable(lines.join("\n")))
}

fn table(settings: &impl Serialize) -> Result<Table, Unusable> {
    Table::try_from(settings).map_err(|error| Unusable(error.to_string()))
}

/// What `over` says wins, key by key.
fn lay_over(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => lay_over(under, over),
            (_, value) => drop(under.insert(key, value)),
        }
    }
}

fn overrides<S: Settings>(environment: impl Iterator<Item = (String, String)>) -> Result<Table, Unusable> {
    let known = table(&S::default())?;
    let prefix = format!("{}__", S::PREFIX);
    let mut all = Table::new();
    for (name, value) in environment {
        let Some(path) = name.strip_prefix(&prefix) else { continue };
        let path = path.to_ascii_lowercase();
        let Some((section, key)) = path.split_once("__") else {
            return Err(Unusable(format!("the environment: {name} is not {prefix}SECTION__KEY")));
        };
        let like = |key: &str| known.get(section).and_then(|section| section.get(key));
        let (key, value) = match key.strip_suffix("_file") {
            Some(of) if like(key).is_none() => {
                let text = std::fs::read_to_string(&value)
                    .map_err(|error| Unusable(format!("the environment: {name}: {value}: {error}")))?;
                (of, parse(like(of), text.trim_end_matches(['\r', '\n'])))
            }
            _ => (key, parse(like(key), &value)),
        };
        let section =
            Table::from_iter([(section.to_owned(), Table::from_iter([(key.to_owned(), value)]).into())]);
        lay_over(&mut all, section);
    }
    Ok(all)
}

/// A text setting stays text whatever it looks like; others are read as TOML would.
fn parse(like: Option<&Value>, value: &str) -> Value {
    match like {
        None | Some(Value::String(_)) => value.into(),
        Some(Value::Array(_)) if !value.trim_start().starts_with('[') => {
            let items = value.split(',').map(str::trim).filter(|item| !item.is_empty());
            Value::Array(items.map(Value::from).collect())
        }
        Some(_) => value.parse().unwrap_or_else(|_| value.into()),
    }
}

/// The line on which `section.key` stands in `text`.
fn line_of(text: &str, key: &str) -> Option<usize> {
    let (section, key) = key.split_once('.')?;
    let mut here = "";
    text.lines().enumerate().find_map(|(number, line)| {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.split(']').next()) {
            here = name.trim();
        }
        let found = here == section && line.split('=').next().is_some_and(|name| name.trim() == key);
        (found && line.contains('=')).then_some(number + 1)
    })
}

#[cfg(test)]
mod tests;
