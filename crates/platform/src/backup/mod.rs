//! A copy of a half's database that can be put back: taken while it is served, of one moment, in one file that says
//! what it holds. Knows no table of either half.
use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};

use crate::{Fault, clock::Moment};

mod archive;
pub mod command;
mod restore;
mod script;
mod take;
mod tools;

pub use restore::{Copy, Desk, Prove};
pub use take::{Target, take};

/// The shape of the file: another one is refused.
const FORMAT: u32 = 1;

/// Whose copies these are, and what this program knows of them.
#[derive(Clone)]
pub struct Half {
    /// `passport` or `customersource`; a copy of the other one is refused.
    pub program: &'static str,
    pub version: &'static str,
    /// The steps of the schema that this program knows; a copy that has others is newer than it.
    pub steps: Vec<String>,
    /// What may have been ended after the copy was taken, and therefore ends when it is put back.
    pub ends: &'static [Ends],
}

/// What is not to be good again because an older copy of it came back.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    pub table: &'static str,
    /// SQL on both engines; `$now` is replaced by the time in milliseconds.
    pub sql: &'static str,
}

impl Ends {
    fn at(&self, now: Moment) -> String {
        self.sql.replace("$now", &now.unix_millis().to_string())
    }
}

/// What a copy says of itself: the first thing in the file.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Manifest {
    pub format: u32,
    pub program: String,
    pub version: String,
    pub engine: Engine,
    /// RFC 3339, in UTC.
    pub taken_at: String,
    /// What the master keys are called that open it; never the keys.
    pub keys: Vec<String>,
    /// The schema, by its steps.
    pub steps: Vec<String>,
    /// Rows in each table.
    pub tables: BTreeMap<String, u64>,
    pub bytes: u64,
    /// Of the database as it lies in the file, in hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// `12 tables with 3,456 rows, 1.2 MB`: what a person looks for.
    fn in_words(&self) -> String {
        let rows: u64 = self.tables.values().sum();
        let tenths = self.bytes / 100_000;
        format!(
            "{} of {}, {} tables with {rows} rows, {}.{} MB",
            self.program,
            self.taken_at,
            self.tables.len(),
            tenths / 10,
            tenths % 10
        )
    }
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// Why nothing was written down or put back. It leaves what was there as it was.
#[derive(Debug, thiserror::Error)]
pub enum Undone {
    #[error("{0}")]
    Refused(String),
    #[error("{name}: {error}")]
    File { name: String, error: std::io::Error },
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Undone {
    fn refused(why: impl Into<String>) -> Self {
        Self::Refused(why.into())
    }

    fn file(name: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let name = name.display().to_string();
        move |error| Self::File { name, error }
    }
}

/// A path as databases take it.
fn text(path: &Path) -> Result<&str, Undone> {
    path.to_str().ok_or_else(|| Undone::refused(format!("{}: not a name in UTF-8", path.display())))
}
