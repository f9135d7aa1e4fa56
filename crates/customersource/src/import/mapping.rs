//! The declared mapping: which column is which field, what its values mean, how days and letters are written.
use std::collections::BTreeMap;

use platform::day::{self, Day};
use serde::Deserialize;

use super::{Unfit, What};

/// A mapping file (TOML). Without one, columns are called like the fields.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// The system that the external ids belong to.
    pub source: String,
    /// `windows-1252`, `utf-8`, …; default: by the byte order mark, else UTF-8.
    pub encoding: Option<String>,
    /// `,`, `;` or a tab; default: the one that the header has most of.
    pub delimiter: Option<char>,
    /// False for a file in which a quote is a letter like others.
    pub quotes: bool,
    pub days: day::Order,
    /// Days that mean: none.
    pub open_days: Vec<OpenDay>,
    /// Rows that lack what every row needs are left out and named.
    pub skip_incomplete: bool,
    /// Field → column.
    pub columns: BTreeMap<String, String>,
    /// Field → what the file says → what it means.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Field → value of every row.
    pub fixed: BTreeMap<String, String>,
}

/// Days that systems store where there is none: the first ones of SQL Server and of Dynamics GP, the last of
/// Dynamics CRM.
pub const OPEN_DAYS: [&str; 3] = ["1753-01-01", "1900-01-01", "2154-12-31"];

/// What a file must have of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// In every row.
    Cell,
    /// A column, whose cells may be empty.
    Column,
    Nothing,
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            source: String::new(),
            encoding: None,
            delimiter: None,
            quotes: true,
            days: day::Order::default(),
            open_days: OPEN_DAYS.iter().filter_map(|day| Day::parse(day)).map(OpenDay).collect(),
            skip_incomplete: false,
            columns: BTreeMap::new(),
            values: BTreeMap::new(),
            fixed: BTreeMap::new(),
        }
    }
}

/// A day of the mapping, as `2026-01-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct OpenDay(Day);

impl TryFrom<String> for OpenDay {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Day::parse(&text).map(Self).ok_or_else(|| format!("{text} is no day like 2026-01-31"))
    }
}

impl Mapping {
    pub fn parse(toml: &str) -> Result<Self, Unfit> {
        toml::from_str(toml).map_err(|error| Unfit::File(format!("the mapping: {error}")))
    }

    /// Names that no field has are refused: a slip would leave a field empty.
    pub fn check(&self, what: What) -> Result<(), Unfit> {
        if self.source.trim().is_empty() {
            return Err(Unfit::File("say which system the file is from: source, or --source".into()));
        }
        let known = |name: &String| what.fields().iter().any(|(field, _)| field == name);
        let named = self.columns.keys().chain(self.values.keys()).chain(self.fixed.keys());
        match named.into_iter().find(|name| !known(name)) {
            Some(name) => {
                let all: Vec<_> = what.fields().iter().map(|(field, _)| *field).collect();
                Err(Unfit::File(format!(
                    "the mapping: {name} is no field of {}; there are {}",
                    what.text(),
                    all.join(", ")
                )))
            }
            None => Ok(()),
        }
    }

    /// The day of a cell: `None` for one that says that there is none, an error for what is no day.
    pub fn day(&self, cell: &str) -> Result<Option<Day>, String> {
        if cell.trim().is_empty() {
            return Ok(None);
        }
        let day = Day::read(cell, self.days).ok_or_else(|| format!("{cell} is no day"))?;
        Ok((!self.open_days.contains(&OpenDay(day))).then_some(day))
    }

    /// What a cell of this field means.
    pub fn value(&self, field: &str, cell: &str) -> String {
        let meant = self.values.get(field).and_then(|values| values.get(cell));
        meant.cloned().unwrap_or_else(|| cell.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_stand_for_none_can_be_declared() {
        let mapping = Mapping::parse("days = \"dmy\"").unwrap();
        let day = |mapping: &Mapping, cell: &str| mapping.day(cell).map(|day| day.map(|day| day.to_string()));
        for open in ["", "01/01/1753", "1.1.1900 00:00:00", "31/12/2154"] {
            assert_eq!(day(&mapping, open), Ok(None), "{open}");
        }
        assert_eq!(day(&mapping, "31/12/9999"), Ok(Some("9999-12-31".into())));
        assert!(day(&mapping, "31/02/2026").is_err());
        let other = Mapping::parse("open_days = [\"1899-12-30\"]").unwrap();
        assert_eq!(day(&other, "1899-12-30"), Ok(None));
        assert_eq!(day(&other, "1900-01-01"), Ok(Some("1900-01-01".into())));
        assert!(Mapping::parse("open_days = [\"30.12.1899\"]").unwrap_err().to_string().contains("no day"));
    }

    #[test]
    fn a_slip_in_the_mapping_is_named() {
        let check = |toml: &str, what| {
            Mapping::parse(toml).and_then(|mapping| mapping.check(what)).map_err(|e| e.to_string())
        };
        assert_eq!(check("source = \"gp\"\n[columns]\nname = \"CUSTNAME\"\n", What::Companies), Ok(()));
        assert!(check("[columns]\nname = \"x\"\n", What::Companies).unwrap_err().contains("source"));
        assert!(
            check("source = \"gp\"\n[columns]\nnmae = \"x\"\n", What::Companies)
                .unwrap_err()
                .contains("nmae")
        );
        assert!(check("sauce = \"gp\"\n", What::Companies).unwrap_err().contains("sauce"));
    }
}
