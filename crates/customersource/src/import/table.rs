//! The rows of a table: by the declared columns, each complaint with its line.
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Mapping, Unfit, What, cells, mapping::Need};

/// One row: its line in the file, and its fields. What a file leaves empty is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub line: u64,
    pub fields: BTreeMap<&'static str, String>,
    /// Fields that the file has a column for, or the mapping a value.
    pub said: BTreeSet<&'static str>,
    /// Fields that every row needs and this one has not; only where the mapping says that such rows are left out.
    pub lacks: Vec<&'static str>,
}

impl Row {
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }

    /// The field, or what it is when the file leaves it out.
    pub fn or<'a>(&'a self, field: &str, default: &'a str) -> &'a str {
        self.fields.get(field).map_or(default, String::as_str)
    }

    /// What the row says of a field: nothing when the file has no column for it, and maybe that it is empty.
    pub fn said(&self, field: &str) -> Option<&str> {
        self.said.contains(field).then(|| self.text(field))
    }

    /// The same where an empty cell says nothing either.
    pub fn full(&self, field: &str) -> Option<&str> {
        self.fields.get(field).map(String::as_str)
    }
}

/// The rows of a table with a header. Every complaint is told with its line; then none is taken.
pub fn rows(text: &str, mapping: &Mapping, what: What) -> Result<Vec<Row>, Unfit> {
    mapping.check(what)?;
    let mut records = cells::records(text, mapping)?.into_iter();
    let (_, header) = records.next().unwrap_or_default();
    let header: Vec<String> =
        header.iter().map(|name| name.trim_start_matches('\u{feff}').to_owned()).collect();
    let places = places(&header, mapping, what)?;
    let (mut rows, mut complaints, mut known) = (Vec::new(), Vec::new(), HashSet::new());
    for (line, record) in records {
        if record.iter().all(String::is_empty) {
            continue;
        }
        if record.len() != header.len() {
            complaints.push((line, format!("{} cells, where the header has {}", record.len(), header.len())));
            continue;
        }
        let mut row = Row { line, ..Row::default() };
        for (field, place) in &places {
            let cell = place.and_then(|place| record.get(place)).map_or("", String::as_str);
            let (value, fixed) = (mapping.value(field, cell), mapping.fixed.get(*field));
            if place.is_some() || fixed.is_some() {
                row.said.insert(*field);
            }
            if !value.is_empty() {
                row.fields.insert(*field, value);
            } else if let Some(fixed) = fixed {
                row.fields.insert(*field, fixed.clone());
            }
        }
        let needed = what.fields().iter().filter(|(_, need)| *need == Need::Cell).map(|(field, _)| *field);
        let lacks: Vec<&'static str> = needed.filter(|field| !row.fields.contains_key(field)).collect();
        // A row without its id is nobody whom a full file could be said to name.
        if mapping.skip_incomplete && row.fields.contains_key("external_id") {
            row.lacks = lacks;
        } else {
            complaints.extend(lacks.into_iter().map(|field| (line, format!("{field} is empty"))));
        }
        if let Some(id) = row.fields.get("external_id")
            && !known.insert(id.clone())
        {
            complaints.push((line, format!("external_id {id} stands here twice")));
        }
        rows.push(row);
    }
    if complaints.is_empty() { Ok(rows) } else { Err(Unfit::Rows(complaints)) }
}

/// Where each field stands. A declared column must be there, and so must a field that every row needs.
fn places(
    header: &[String],
    mapping: &Mapping,
    what: What,
) -> Result<Vec<(&'static str, Option<usize>)>, Unfit> {
    let mut places = Vec::new();
    for (field, need) in what.fields() {
        let declared = mapping.columns.get(*field);
        let column = declared.map_or(*field, String::as_str);
        let mut found = header.iter().enumerate().filter(|(_, name)| name.eq_ignore_ascii_case(column));
        let place = found.next().map(|(place, _)| place);
        if found.next().is_some() {
            return Err(Unfit::File(format!("the column {column} stands there twice")));
        }
        let is_needed = *need != Need::Nothing && !mapping.fixed.contains_key(*field);
        if place.is_none() && (declared.is_some() || is_needed) {
            return Err(Unfit::File(format!("no column {column}; the file has {}", header.join(", "))));
        }
        places.push((*field, place));
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping() -> Mapping {
        Mapping::parse(
            "source = \"gp\"\n[columns]\nexternal_id = \"CUSTNMBR\"\nname = \"CUSTNAME\"\nstate = \"INACTIVE\"\n\
             [values.state]\n\"0\" = \"active\"\n\"1\" = \"closed\"\n[fixed]\nkind = \"customer\"\n",
        )
        .unwrap()
    }

    #[test]
    fn rows_are_read_by_the_declared_columns() {
        for delimiter in [",", ";", "\t"] {
            let text = ["CUSTNAME,INACTIVE,CUSTNMBR", "\"A, B & \"\"C\"\"\",1,GP-1   ", ",,", "Old,0,GP-2"]
                .map(|line| {
                    if delimiter == "," {
                        line.to_owned()
                    } else {
                        line.replace("\"A, B", "\"A| B").replace(',', delimiter).replace('|', ",")
                    }
                });
            let rows = rows(&text.join("\r\n"), &mapping(), What::Companies).unwrap();
            assert_eq!(rows.len(), 2, "{delimiter:?}");
            assert_eq!((rows[0].text("name"), rows[0].text("external_id")), ("A, B & \"C\"", "GP-1"));
            assert_eq!((rows[0].text("state"), rows[1].text("state")), ("closed", "active"));
            assert_eq!((rows[1].text("kind"), rows[1].line), ("customer", 4));
        }
    }

    #[test]
    fn every_wrong_row_is_named_with_its_line() {
        let said = |text: &str| rows(text, &mapping(), What::Companies).unwrap_err().to_string();
        assert!(said("CUSTNAME,INACTIVE\nA,0\n").contains("no column CUSTNMBR"));
        assert!(said("").contains("no column"));
        let header = "CUSTNMBR,CUSTNAME,INACTIVE\n";
        assert_eq!(
            said(&format!("{header}1,,0\n2,B,0\n2,C,0\n")),
            "line 2: name is empty\nline 4: external_id 2 stands here twice"
        );
        assert!(said(&format!("{header}1,A\n")).contains("line 2"));
        assert!(said(&format!("{header}1,\"A,0\n2,B,0\n")).contains("line 2"), "a quote that never ends");
    }

    fn said(text: &str) -> String {
        rows(text, &mapping(), What::Companies).unwrap_err().to_string()
    }

    fn number(cell: &str) -> String {
        let text = format!("CUSTNMBR,CUSTNAME,INACTIVE\n{cell},A,0\n");
        rows(&text, &mapping(), What::Companies).unwrap()[0].text("external_id").to_owned()
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused_with_its_line() {
        let header = "CUSTNMBR,CUSTNAME,INACTIVE\n";
        assert!(said(&format!("{header}1,A,0\n2,\"Tall \"T\" Ltd\",0\n")).contains("line 3"));
        assert!(said(&format!("{header}2,Tall \"T\" Ltd,0\n")).contains("line 2"));
        assert!(
            said("CUSTNMBR,CUSTNAME,CUSTNAME,INACTIVE\n1,A,B,0\n")
                .contains("column CUSTNAME stands there twice")
        );
        assert!(said(&format!("{header}=A1&B1,A,0\n")).contains("line 2"));
    }

    #[test]
    fn what_spreadsheets_add_is_read() {
        assert_eq!(number("=\"000456\""), "000456");
        assert_eq!(number("\"=\"\"000456\"\"\""), "000456");
        let text = "sep=;\r\nCUSTNMBR;CUSTNAME;INACTIVE\r\n1;A, B;0\r\n";
        let read = rows(text, &mapping(), What::Companies).unwrap();
        assert_eq!((read[0].text("name"), read[0].line), ("A, B", 3));
    }
}
