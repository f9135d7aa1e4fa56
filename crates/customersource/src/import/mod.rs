//! Files out of older business systems: what a table says, by a mapping that somebody declared. Knows no row of
//! the database.
pub mod actions;
pub mod mapping;
pub mod store;
mod table;

use serde::Serialize;

pub use mapping::Mapping;
pub use table::{Row, decode, rows};

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

    /// The fields that a row has, and whether it must have them.
    pub const fn fields(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Companies => &[
                ("external_id", true),
                ("name", true),
                ("kind", false),
                ("region", false),
                ("products", false),
                ("state", false),
            ],
            Self::Profiles => &[
                ("external_id", true),
                ("company", true),
                ("first_name", true),
                ("last_name", true),
                ("email", true),
                ("bill_to", false),
                ("state", false),
                ("no_bulk_mail", false),
            ],
            Self::Plans => &[
                ("external_id", false),
                ("company", true),
                ("plan", true),
                ("starts_on", true),
                ("ends_on", true),
                ("state", false),
                ("plan_category", false),
                ("plan_name", false),
                ("plan_rank", false),
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
    /// Not in a full file any more.
    pub closed: usize,
    /// `+ id`, `~ id field: old → new`, `- id`; at most [`MOST_LINES`].
    pub lines: Vec<String>,
}

/// So much of a report, and so many complaints, are written out.
pub const MOST_LINES: usize = 100;

/// Why a file is not taken. Nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// The file or its mapping as a whole.
    #[error("{0}")]
    File(String),
    /// Line and complaint.
    #[error("{}", said(.0))]
    Rows(Vec<(u64, String)>),
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
