//! The declared mapping: which column is which field, what its values mean, how days and letters are written.
use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Unfit, What};

/// A mapping file (TOML). Without one, columns are called like the fields.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// The system that the external ids belong to.
    pub source: String,
    /// `windows-1252`, `utf-8`, …; default: by the byte order mark, else UTF-8.
    pub encoding: Option<String>,
    /// `,`, `;` or a tab; default: the one that the header has most of.
    pub delimiter: Option<char>,
    pub days: Days,
    /// Field → column.
    pub columns: BTreeMap<String, String>,
    /// Field → what the file says → what it means.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Field → value of every row.
    pub fixed: BTreeMap<String, String>,
}

/// The order in which a day is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Days {
    #[default]
    Ymd,
    Dmy,
    Mdy,
}

impl Days {
    /// `2026-01-31` of a day in this order; a time of day after it is dropped.
    pub fn read(self, text: &str) -> Option<String> {
        let day = text.trim().split([' ', 'T']).next()?;
        let parts: Vec<u32> = day.split(['-', '/', '.']).map(str::parse).collect::<Result<_, _>>().ok()?;
        let [a, b, c] = parts.as_slice() else { return None };
        let (year, month, day) = match self {
            Self::Ymd => (a, b, c),
            Self::Dmy => (c, b, a),
            Self::Mdy => (c, a, b),
        };
        let text = format!("{year:04}-{month:02}-{day:02}");
        crate::maintenance::parse_minute(&format!("{text}T00:00")).map(|_| text)
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
    fn days_are_read_in_the_declared_order_alone() {
        assert_eq!(Days::Ymd.read("2026-01-31").as_deref(), Some("2026-01-31"));
        assert_eq!(Days::Dmy.read("31/01/2026").as_deref(), Some("2026-01-31"));
        assert_eq!(Days::Dmy.read("31.1.2026 00:00:00").as_deref(), Some("2026-01-31"));
        assert_eq!(Days::Mdy.read("1/31/2026 12:00 AM").as_deref(), Some("2026-01-31"));
        for (days, bad) in [
            (Days::Mdy, "31/01/2026"),
            (Days::Ymd, "31-01-2026"),
            (Days::Ymd, "2026-02-30"),
            (Days::Dmy, "soon"),
            (Days::Dmy, ""),
        ] {
            assert_eq!(days.read(bad), None, "{bad}");
        }
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
