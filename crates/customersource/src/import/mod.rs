//! Files out of older business systems: what a table says, by a mapping that somebody declared. Knows no row of
//! the database.
pub mod actions;
mod cells;
pub mod entity;
mod letters;
pub mod mapping;
mod read;
mod stage;
pub mod store;
mod table;

use serde::Serialize;

pub use cells::records;
pub use letters::decode;
pub use mapping::Mapping;
pub use table::{Row, rows};

use mapping::Need;

platform::id!(RunId);

/// What a file lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum What {
    Companies,
    Profiles,
    /// Entitlements of companies to plans; and the plans, when the file names category and name.
    Plans,
}

impl What {
    pub const fn text(self) -> &'static str {
        match self {
            Self::Companies => "companies",
            Self::Profiles => "profiles",
            Self::Plans => "plans",
        }
    }

    /// The fields that a row has, and what the file must have of them.
    pub const fn fields(self) -> &'static [(&'static str, Need)] {
        match self {
            Self::Companies => &[
                ("external_id", Need::Cell),
                ("name", Need::Cell),
                ("kind", Need::Nothing),
                ("region", Need::Nothing),
                ("products", Need::Nothing),
                ("time_zone", Need::Nothing),
                ("state", Need::Nothing),
            ],
            Self::Profiles => &[
                ("external_id", Need::Cell),
                ("company", Need::Cell),
                ("first_name", Need::Cell),
                ("last_name", Need::Cell),
                ("email", Need::Cell),
                ("bill_to", Need::Nothing),
                ("state", Need::Nothing),
                ("no_bulk_mail", Need::Nothing),
            ],
            Self::Plans => &[
                ("external_id", Need::Nothing),
                ("company", Need::Cell),
                ("plan", Need::Cell),
                ("starts_on", Need::Column),
                ("ends_on", Need::Column),
                ("state", Need::Nothing),
                ("plan_category", Need::Nothing),
                ("plan_name", Need::Nothing),
                ("plan_rank", Need::Nothing),
            ],
        }
    }
}

/// How much a file may do besides adding and changing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extent {
    /// The file lists everything of its source: what it leaves out is closed.
    pub is_full: bool,
    /// So many may be closed even if that is more than one in ten.
    pub let_go: usize,
}

/// What a file did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub rows: usize,
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
    /// Closed, removed or over: by a row, or because a full file lists them no more.
    pub closed: usize,
    /// Fields that the portal decides and the file says otherwise.
    pub differing: usize,
    /// Rows that lack what every row needs.
    pub skipped: usize,
    /// `- id (name)`, `~ id (name) field: old → new` of what opens or closes something, all of them; then the rest,
    /// `= id (name) field: ours, not theirs`, `+ id (name)` and `~ …`, at most [`MOST_LINES`]; then
    /// `! line n: what it lacks`.
    pub lines: Vec<String>,
    /// So many transactions it took.
    pub batches: usize,
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub done: usize,
    pub total: usize,
}

/// So much of a report, and so many complaints, are written out.
pub const MOST_LINES: usize = 100;

/// Why a file is not taken. Nothing of it was stored, or what [`Unfit::Stopped`] says.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// The file or its mapping as a whole.
    #[error("{0}")]
    File(String),
    /// Line and complaint.
    #[error("{}", said(.0))]
    Rows(Vec<(u64, String)>),
    #[error("stopped after {done} of {total} steps; the same command goes on from there")]
    Stopped { done: usize, total: usize },
    #[error(transparent)]
    Fault(#[from] platform::Fault),
}

fn said(complaints: &[(u64, String)]) -> String {
    let mut lines: Vec<_> =
        complaints.iter().take(MOST_LINES).map(|(line, text)| format!("line {line}: {text}")).collect();
    if complaints.len() > MOST_LINES {
        lines.push(format!("and {} more", complaints.len() - MOST_LINES));
    }
    lines.join("\n")
}

/// A file that was cut off on its way must not close half the customers: at most one in ten, or as many as the
/// operator said.
pub fn may_close(extent: &Extent, closing: usize, known: usize) -> bool {
    closing <= known / 10 || closing <= extent.let_go
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_file_closes_at_most_one_in_ten_unless_told() {
        let told = |let_go| Extent { is_full: true, let_go };
        assert!(may_close(&told(0), 0, 0) && may_close(&told(0), 10, 100));
        assert!(!may_close(&told(0), 11, 100) && !may_close(&told(0), 1, 9));
        assert!(may_close(&told(11), 11, 100) && !may_close(&told(10), 11, 100));
    }
}
