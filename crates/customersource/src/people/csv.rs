//! A table for spreadsheets: RFC 4180, and nothing that a spreadsheet would take for a formula (AS-17).
//! Knows no profile.

/// One line, ended by CR LF (RFC 4180 §2).
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    format!("{}\r\n", cells.join(","))
}

/// Always quoted. What begins like a formula begins with an apostrophe instead, blanks before it or not.
fn cell(text: &str) -> String {
    let begins_a_formula =
        |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠');
    let guarded = text.starts_with(begins_a_formula) || text.trim_start().starts_with(begins_a_formula);
    format!("\"{}{}\"", if guarded { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_17_no_cell_is_a_formula_and_no_quote_ends_early() {
        for (text, expected) in [
            ("Ann", "\"Ann\""),
            ("", "\"\""),
            ("=1+1", "\"'=1+1\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\tx", "\"'\tx\""),
            ("\rx", "\"'\rx\""),
            (" =x", "\"' =x\""),
            ("＝x", "\"'＝x\""),
            ("a\"b,c", "\"a\"\"b,c\""),
            ("\"=x", "\"\"\"=x\""),
        ] {
            assert_eq!(cell(text), expected, "{text:?}");
        }
        assert_eq!(line(["a", "b,\r\nc"]), "\"a\",\"b,\r\nc\"\r\n");
    }
}
