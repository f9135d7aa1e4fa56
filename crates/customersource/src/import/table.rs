//! A file's bytes into text, and text into rows.
use std::collections::{BTreeMap, HashSet};

use encoding_rs::{Encoding, UTF_8};

use super::{Mapping, Unfit, What};

/// One row: its line in the file, and its fields. What a file leaves empty is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub line: u64,
    pub fields: BTreeMap<&'static str, String>,
}

impl Row {
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }

    /// The field, or what it is when the file leaves it out.
    pub fn or<'a>(&'a self, field: &str, default: &'a str) -> &'a str {
        self.fields.get(field).map_or(default, String::as_str)
    }
}

/// The text of a file: a byte order mark decides, then what the mapping declares, then UTF-8. What does not
/// fit is refused: guessed letters would become people's names.
pub fn decode(bytes: &[u8], declared: Option<&str>) -> Result<String, Unfit> {
    let (encoding, body) = match (Encoding::for_bom(bytes), declared) {
        (Some((encoding, mark)), _) => (encoding, bytes.get(mark..).unwrap_or_default()),
        (None, Some(label)) => match Encoding::for_label(label.as_bytes()) {
            Some(encoding) => (encoding, bytes),
            None => return decode_dos(bytes, label),
        },
        (None, None) => (UTF_8, bytes),
    };
    let (text, is_broken) = encoding.decode_without_bom_handling(body);
    if is_broken || text.contains('\0') { Err(not(encoding.name())) } else { Ok(text.into_owned()) }
}

/// A code page of DOS, such as `ibm850` or `cp850`: Navision exports in these.
fn decode_dos(bytes: &[u8], label: &str) -> Result<String, Unfit> {
    let small = label.trim().to_ascii_lowercase();
    let number = small.strip_prefix("ibm").or_else(|| small.strip_prefix("cp"));
    let table =
        number.and_then(|number| oem_cp::code_table::DECODING_TABLE_CP_MAP.get(&number.parse().ok()?));
    let table = table.ok_or_else(|| Unfit::File(format!("encoding: there is no {label}")))?;
    table.decode_string_checked(bytes).filter(|text| !text.contains('\0')).ok_or_else(|| not(label))
}

fn not(encoding: &str) -> Unfit {
    let ask = "declare another encoding, like windows-1252 or ibm850, or export the file anew";
    Unfit::File(format!("the file is not {encoding}: {ask}"))
}

fn delimiter(mapping: &Mapping, text: &str) -> Result<u8, Unfit> {
    if let Some(declared) = mapping.delimiter {
        return u8::try_from(declared).map_err(|_| Unfit::File("delimiter is one ASCII character".into()));
    }
    let header = text.lines().next().unwrap_or_default();
    let count = |delimiter: &u8| header.bytes().filter(|byte| byte == delimiter).count();
    Ok([b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b','))
}

/// The rows of a table with a header. Every complaint is told with its line; then none is taken.
pub fn rows(text: &str, mapping: &Mapping, what: What) -> Result<Vec<Row>, Unfit> {
    mapping.check(what)?;
    // Lines are counted as people count them.
    let text = text.replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(mapping, &text)?)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| Unfit::File(error.to_string()))?.clone();
    let places = places(&header, mapping, what)?;
    let (mut rows, mut complaints, mut known) = (Vec::new(), Vec::new(), HashSet::new());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                complaints.push((error.position().map_or(0, csv::Position::line), error.to_string()));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(str::is_empty) {
            continue;
        }
        let mut fields = BTreeMap::new();
        for (field, place) in &places {
            let cell = place.and_then(|place| record.get(place)).unwrap_or_default();
            let value = mapping.value(field, cell);
            if !value.is_empty() {
                fields.insert(*field, value);
            } else if let Some(fixed) = mapping.fixed.get(*field) {
                fields.insert(*field, fixed.clone());
            }
        }
        let lacking = what.fields().iter().filter(|(field, must)| *must && !fields.contains_key(field));
        complaints.extend(lacking.map(|(field, _)| (line, format!("{field} is empty"))));
        if let Some(id) = fields.get("external_id")
            && !known.insert(id.clone())
        {
            complaints.push((line, format!("external_id {id} stands here twice")));
        }
        rows.push(Row { line, fields });
    }
    if complaints.is_empty() { Ok(rows) } else { Err(Unfit::Rows(complaints)) }
}

/// Where each field stands. A declared column must be there, and so must a field that every row needs.
fn places(
    header: &csv::StringRecord,
    mapping: &Mapping,
    what: What,
) -> Result<Vec<(&'static str, Option<usize>)>, Unfit> {
    let mut places = Vec::new();
    for (field, must) in what.fields() {
        let declared = mapping.columns.get(*field);
        let column = declared.map_or(*field, String::as_str);
        let place =
            header.iter().position(|name| name.trim_start_matches('\u{feff}').eq_ignore_ascii_case(column));
        if place.is_none() && (declared.is_some() || (*must && !mapping.fixed.contains_key(*field))) {
            let all: Vec<_> = header.iter().collect();
            return Err(Unfit::File(format!("no column {column}; the file has {}", all.join(", "))));
        }
        places.push((*field, place));
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letters_of_older_exports_are_read() {
        let text = "José;Ltda\n";
        let utf16 = |little: bool| {
            let units = text.encode_utf16();
            let mark: &[u8] = if little { &[0xff, 0xfe] } else { &[0xfe, 0xff] };
            let bytes = units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() });
            mark.iter().copied().chain(bytes).collect::<Vec<u8>>()
        };
        assert_eq!(decode(&utf16(true), None).unwrap(), text);
        assert_eq!(decode(&utf16(false), Some("windows-1252")).unwrap(), text, "the mark decides");
        assert_eq!(decode(&[b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat(), None).unwrap(), text);
        assert_eq!(decode(b"Jos\xe9;Ltda\n", Some("Windows-1252")).unwrap(), text);
        for dos in ["ibm850", "IBM437", "cp858", "cp860"] {
            assert_eq!(decode(b"Jos\x82;Ltda\n", Some(dos)).unwrap(), text, "{dos}");
        }
        for (bytes, declared) in [
            (b"Jos\xe9".as_slice(), None),
            (b"J\0o\0".as_slice(), None),
            (b"x", Some("klingon")),
            (b"x", Some("ibm1")),
            (b"x", Some("cp")),
            (b"x\0", Some("ibm850")),
            (b"\xa6", Some("ibm864")),
            (b"\xff\xfeJ", None),
        ] {
            assert!(matches!(decode(bytes, declared), Err(Unfit::File(_))), "{bytes:?}");
        }
    }

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
}
