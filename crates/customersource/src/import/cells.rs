//! The cells of a table, as RFC 4180 writes them, with what spreadsheets add. What could be read in two ways is
//! refused with its line.
use super::{MOST_LINES, Mapping, Unfit};

/// Line and cells.
pub type Record = (u64, Vec<String>);

/// Every line's cells, blanks around them dropped; the first record is the header.
pub fn records(text: &str, mapping: &Mapping) -> Result<Vec<Record>, Unfit> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (text, line, said) = separator(&text)?;
    let delimiter = delimiter(mapping, text, said)?;
    let mut reader = Reader { rest: text.chars().peekable(), line, delimiter, is_quoting: mapping.quotes };
    let (mut records, mut complaints) = (Vec::new(), Vec::new());
    while reader.rest.peek().is_some() {
        let line = reader.line;
        match reader.record() {
            Ok(cells) => records.push((line, cells)),
            Err((at, why)) => {
                complaints.push((at, why.to_owned()));
                reader.skip_line();
            }
        }
        if complaints.len() > MOST_LINES {
            break;
        }
    }
    if complaints.is_empty() { Ok(records) } else { Err(Unfit::Rows(complaints)) }
}

/// Excel's own first line, which names the delimiter and is no row; the rest begins on the next line.
fn separator(text: &str) -> Result<(&str, u64, Option<char>), Unfit> {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let first = first.trim_start_matches('\u{feff}').trim_matches(['"', ' ']);
    let named = first.get(..4).filter(|start| start.eq_ignore_ascii_case("sep="));
    match named.and_then(|_| first.get(4..)) {
        None => Ok((text, 1, None)),
        Some(said) => {
            let mut chars = said.chars();
            match (chars.next(), chars.next()) {
                (Some(delimiter), None) if delimiter.is_ascii() => Ok((rest, 2, Some(delimiter))),
                _ => Err(Unfit::Rows(vec![(1, "sep= names one ASCII character".into())])),
            }
        }
    }
}

fn delimiter(mapping: &Mapping, text: &str, said: Option<char>) -> Result<char, Unfit> {
    match (mapping.delimiter, said) {
        (Some(declared), _) if !declared.is_ascii() => {
            Err(Unfit::File("delimiter is one ASCII character".into()))
        }
        (Some(declared), Some(said)) if declared != said => {
            Err(Unfit::File(format!("the file says sep={said}, the mapping {declared}: which is it?")))
        }
        (Some(known), _) | (None, Some(known)) => Ok(known),
        (None, None) => {
            let header = text.lines().next().unwrap_or_default();
            let count = |delimiter: &char| header.chars().filter(|c| c == delimiter).count();
            Ok(['\t', ';', ','].into_iter().max_by_key(count).unwrap_or(','))
        }
    }
}

struct Reader<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    line: u64,
    delimiter: char,
    /// Cells may stand in quotes.
    is_quoting: bool,
}

type Refused = (u64, &'static str);

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.next();
        self.line += u64::from(c == Some('\n'));
        c
    }

    fn record(&mut self) -> Result<Vec<String>, Refused> {
        let mut cells = Vec::new();
        loop {
            let cell = self.cell()?;
            let line = self.line;
            cells.push(literal(&cell).map_err(|why| (line, why))?);
            match self.next() {
                Some('\n') | None => return Ok(cells),
                Some(_) => {}
            }
        }
    }

    fn is_end(&mut self) -> bool {
        self.rest.peek().is_none_or(|c| *c == self.delimiter || *c == '\n')
    }

    fn skip_blanks(&mut self) {
        let delimiter = self.delimiter;
        while self.rest.next_if(|c| *c != '\n' && *c != delimiter && c.is_whitespace()).is_some() {}
    }

    fn cell(&mut self) -> Result<String, Refused> {
        self.skip_blanks();
        if self.is_quoting && self.rest.next_if_eq(&'"').is_some() {
            return self.quoted();
        }
        let (mut cell, mut is_literal) = (String::new(), false);
        while !self.is_end() || is_literal {
            let Some(c) = self.next() else { return Err((self.line, "a quote that never ends")) };
            if c == '"' && self.is_quoting {
                // Only in ="000456", which spreadsheets write so that it stays a text.
                if !is_literal && cell != "=" {
                    return Err((self.line, "a quote inside a cell that does not stand in quotes"));
                }
                is_literal = !is_literal;
            }
            if c == '\n' {
                return Err((self.line - 1, "a quote that never ends"));
            }
            cell.push(c);
        }
        Ok(cell.trim_end().to_owned())
    }

    /// The rest of a cell that stands in quotes; a quote in it is written twice.
    fn quoted(&mut self) -> Result<String, Refused> {
        let (begun, mut cell) = (self.line, String::new());
        loop {
            match self.next() {
                None => return Err((begun, "a quote that never ends")),
                Some('"') if self.rest.next_if_eq(&'"').is_some() => cell.push('"'),
                Some('"') => break,
                Some(c) => cell.push(c),
            }
        }
        self.skip_blanks();
        if !self.is_end() {
            return Err((
                self.line,
                "a quote inside a cell that stands in quotes; it is written twice there",
            ));
        }
        Ok(cell.trim().to_owned())
    }

    fn skip_line(&mut self) {
        while let Some(c) = self.next() {
            if c == '\n' {
                break;
            }
        }
    }
}

/// `="000456"` is 000456; any other formula has no value here.
fn literal(cell: &str) -> Result<String, &'static str> {
    let Some(formula) = cell.strip_prefix('=') else { return Ok(cell.to_owned()) };
    let inside = formula.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inside {
        Some(text) if !text.replace("\"\"", "").contains('"') => {
            Ok(text.replace("\"\"", "\"").trim().to_owned())
        }
        _ => Err("a formula; export its value"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Record>, Unfit> {
        records(text, &Mapping { quotes: true, ..Mapping::default() })
    }

    #[test]
    fn quotes_hold_delimiters_lines_and_quotes() {
        let records = read("a,b\n\"x, y\", \" q\"\"u \" \n\"two\nlines\",z\nlast,").unwrap();
        let text = |at: usize| (records[at].0, records[at].1.join("|"));
        assert_eq!(text(1), (2, "x, y|q\"u".into()));
        assert_eq!(text(2), (3, "two\nlines|z".into()));
        assert_eq!(text(3), (5, "last|".into()));
    }

    #[test]
    fn what_is_no_table_is_refused_with_its_line() {
        for (text, line) in [
            ("a,b\n1,\"x\" y\n", 2),
            ("a,b\n\n1,x\"y\n", 3),
            ("a,b\n1,\"x\n2,y\n", 2),
            ("a,b\n1,=\"x\n2,y\n", 2),
            ("sep=;;\na;b\n", 1),
            ("a,b\n1,=SUM(A1)\n", 2),
            ("a,b\n1,=\"a\"&\"b\"\n", 2),
        ] {
            let Err(Unfit::Rows(complaints)) = read(text) else { panic!("{text:?}") };
            assert_eq!(complaints[0].0, line, "{text:?}: {complaints:?}");
        }
    }

    #[test]
    fn a_file_without_quoting_may_hold_inches() {
        let mapping = Mapping { quotes: false, ..Mapping::default() };
        assert_eq!(records("a\tb\n1\t19\" screen\n", &mapping).unwrap()[1].1[1], "19\" screen");
    }

    #[test]
    fn a_named_separator_and_a_declared_one_agree() {
        let semicolon = Mapping { quotes: true, delimiter: Some(';'), ..Mapping::default() };
        assert_eq!(
            records("\u{feff}sep=;\na;b,c\n", &semicolon).unwrap(),
            [(2, vec!["a".into(), "b,c".into()])]
        );
        assert!(records("sep=,\na;b\n", &semicolon).unwrap_err().to_string().contains("which is it"));
    }
}
