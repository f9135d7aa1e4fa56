//! A table of people as an administrator brings it: read by the import's reader, judged row by row. Knows no table of
//! ours.
use std::collections::HashSet;

use platform::email::EmailAddress;

use super::{Line, MOST, Outcome};
use crate::{
    import::{Mapping, Unfit, decode, records},
    profile::typed_name,
};

/// Why a file is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// A column is missing, or stands there twice: the names of those that are needed.
    Columns,
    TooLong,
    Empty,
    /// A line that can be read in two ways, or in none.
    Line(u64),
    /// A file of a spreadsheet itself, or of something else that is no text.
    NoText,
}

/// The columns that a table must have, and what else they may be called: as the portal's own file calls them.
const COLUMNS: [&[&str]; 3] = [
    &["first_name", "first name", "nome"],
    &["last_name", "last name", "sobrenome"],
    &["email", "e-mail", "e-mail address", "endereço de e-mail"],
];

/// The people of a table. `is_there` says whether the company has somebody of an address (by its key).
pub fn read(bytes: &[u8], is_there: impl Fn(&str) -> bool) -> Result<Vec<Line>, Refused> {
    // Excel writes the letters of Windows where it is not asked for UTF-8. Whoever brings the table sees every name
    // before anybody is added.
    let text = decode(bytes, None).or_else(|_| decode(bytes, Some("windows-1252")));
    let text = text.ok().filter(|_| !is_workbook(bytes)).ok_or(Refused::NoText)?;
    let mut records = records(&text, &Mapping::default()).map_err(unreadable)?.into_iter();
    let (_, header) = records.next().ok_or(Refused::Empty)?;
    let places = COLUMNS.map(|names| place(&header, names));
    let [Some(first), Some(last), Some(email)] = places else { return Err(Refused::Columns) };
    let (mut lines, mut known) = (Vec::new(), HashSet::new());
    for (number, record) in records.filter(|(_, record)| record.iter().any(|cell| !cell.is_empty())) {
        let cell = |place: usize| record.get(place).cloned().unwrap_or_default();
        let mut line = Line {
            number: i32::try_from(number).unwrap_or(i32::MAX),
            profile: None,
            first_name: cell(first),
            last_name: cell(last),
            email: cell(email),
            outcome: None,
        };
        line.outcome = if record.len() == header.len() {
            judge(&line, &mut known, &is_there)
        } else {
            Some(Outcome::Cells)
        };
        lines.push(line);
    }
    match lines.len() {
        0 => Err(Refused::Empty),
        count if count > MOST => Err(Refused::TooLong),
        _ => Ok(lines),
    }
}

/// What spreadsheets save by themselves begins so (ZIP, OLE).
fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0")
}

fn unreadable(unfit: Unfit) -> Refused {
    match unfit {
        Unfit::Rows(rows) => Refused::Line(rows.first().map_or(1, |(line, _)| *line)),
        _ => Refused::NoText,
    }
}

fn place(header: &[String], names: &[&str]) -> Option<usize> {
    let is_named = |cell: &String| {
        let cell = cell.trim_start_matches('\u{feff}').to_lowercase();
        names.contains(&cell.as_str())
    };
    let mut found = header.iter().enumerate().filter(|(_, cell)| is_named(cell));
    match (found.next(), found.next()) {
        (Some((place, _)), None) => Some(place),
        _ => None,
    }
}

/// What keeps a row from being taken; the same rules as those of the form.
fn judge(line: &Line, known: &mut HashSet<String>, is_there: &impl Fn(&str) -> bool) -> Option<Outcome> {
    if typed_name(&line.first_name).is_none() {
        return Some(Outcome::NoFirstName);
    }
    if typed_name(&line.last_name).is_none() {
        return Some(Outcome::NoLastName);
    }
    let Ok(email) = EmailAddress::parse(&line.email) else { return Some(Outcome::NoEmail) };
    if is_there(email.key()) {
        return Some(Outcome::There);
    }
    (!known.insert(email.key().to_owned())).then_some(Outcome::Twice)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Result<String, Refused> {
        let lines = read(text.as_bytes(), |key| key == "there@example.com")?;
        let told = |line: &Line| format!("{} {}", line.number, line.outcome.map_or("add", Outcome::text));
        Ok(lines.iter().map(told).collect::<Vec<_>>().join(", "))
    }

    #[test]
    fn every_row_is_judged_by_the_rules_of_the_form() {
        let text = "\u{feff}First name;Last name;E-mail address;Other\r\nAna;Sá;ana@example.com;x\r\n;Sá;b@example.com;\r\n\
                    Bo;;c@example.com;\r\nBo;Li;nonsense;\r\n\r\nBo;Li;There@example.com;\r\nAna;Sá;ANA@example.com;\r\nBo;Li;d@example.com\r\n";
        assert_eq!(
            told(text).unwrap(),
            "2 add, 3 no-first-name, 4 no-last-name, 5 no-email, 7 there, 8 twice, 9 cells"
        );
        assert_eq!(told("nome,sobrenome,e-mail\nAna,Sá,a@example.com\n").unwrap(), "2 add");
        assert_eq!(told("email,first_name,last_name\nA@example.com,\"A, B\",C\n").unwrap(), "2 add");
    }

    #[test]
    fn what_excel_saves_in_brazil_is_read_and_a_name_that_is_a_link_is_left_out() {
        let lines = read(b"nome;sobrenome;e-mail\r\nJo\xe3o;S\xe1;a@example.com\r\n", |_| false).unwrap();
        assert_eq!((lines[0].first_name.as_str(), lines[0].outcome), ("João", None));
        assert_eq!(
            told("nome,sobrenome,e-mail\nhttp://evil.example,Li,a@example.com\n").unwrap(),
            "2 no-first-name"
        );
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        assert_eq!(told(""), Err(Refused::Empty));
        assert_eq!(told("first_name,last_name,email\n\n"), Err(Refused::Empty));
        assert_eq!(told("first_name,email\nA,b@example.com\n"), Err(Refused::Columns));
        assert_eq!(told("first_name,nome,last_name,email\nA,B,C,d@example.com\n"), Err(Refused::Columns));
        assert!(matches!(told("first_name,last_name,email\nA,=SUM(1),b\n"), Err(Refused::Line(2))));
        assert!(matches!(told("first_name,last_name,email\nA,b,c\nA,\"b,c\n"), Err(Refused::Line(3))));
        for workbook in [b"PK\x03\x04first_name".as_slice(), b"\xd0\xcf\x11\xe0", b"first_name\0"] {
            assert_eq!(read(workbook, |_| false), Err(Refused::NoText));
        }
    }
}
