//! What hides in text: control characters, refused once, at the door, on both engines alike (FX-14), and names that
//! mail programs would make links of. Knows no field.
//!
//! PostgreSQL cannot store NUL, SQLite can, terminals obey others, and no honest site sends any. People do: what
//! office programs and viewers put into what is copied from them becomes text ([`typed`]). Tabs and line breaks are
//! text where text may have lines.

use std::borrow::Cow;

/// True when a text holds none but tabs and line breaks.
pub fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}

/// What a person typed or pasted, as text. Word and PowerPoint break lines with U+000B and pages with U+000C, Word has a
/// hyphen of its own and marks cells, notes and fields, viewers mark where a word was parted. `None`: it holds what no
/// program leaves in text that is copied.
pub fn typed(text: &str) -> Option<Cow<'_, str>> {
    if is_plain(text) {
        return Some(Cow::Borrowed(text));
    }
    // Where nothing else breaks the lines, the field may have one line alone.
    let line = if text.contains('\n') { '\n' } else { ' ' };
    let as_text = |c: char| match c {
        '\u{b}' | '\u{c}' => Some(line),
        '\u{1e}' => Some('-'),
        '\0' | '\u{1b}' | '\t' | '\n' | '\r' => Some(c),
        '\u{1}'..='\u{1f}' => None,
        c => Some(c),
    };
    let text: String = text.chars().filter_map(as_text).collect();
    is_plain(&text).then_some(Cow::Owned(text))
}

/// A text without whatever is none, to be looked at and copied.
pub fn readable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r')).collect()
}

/// [`is_plain`] for every name and text of a JSON value.
pub fn is_plain_json(value: &serde_json::Value) -> bool {
    use serde_json::Value;
    match value {
        Value::String(text) => is_plain(text),
        Value::Array(all) => all.iter().all(is_plain_json),
        Value::Object(members) => members.iter().all(|(name, value)| is_plain(name) && is_plain_json(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

/// True when a name holds what is none: an address, a URL, a domain written small. Whoever types one into a form means
/// the reader of our letters.
pub fn names_a_link(name: &str) -> bool {
    let is_domain = |word: &str| {
        let word = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        let Some((before, last)) = word.rsplit_once('.') else { return false };
        let small = last.chars().count() >= 2 && last.chars().all(|c| c.is_alphabetic() && !c.is_uppercase());
        small && before.chars().next_back().is_some_and(char::is_alphanumeric)
    };
    let parts = name.split(|c: char| c.is_whitespace() || c == '/' || c == ',');
    name.contains(['@', '\u{ff20}', '\u{fe6b}'])
        || name.contains("://")
        || name.to_ascii_lowercase().split_whitespace().any(|word| word.starts_with("www."))
        || parts.into_iter().any(is_domain)
}

/// A name as letters write it: it looks the same, and no mail program makes a link of it. Names come from business
/// systems as well, and companies are called Amazon.com.
pub fn unlinked(name: &str) -> Cow<'_, str> {
    let mut all = name.chars().peekable();
    if !name.contains(['@', '.']) && !name.contains("://") {
        return Cow::Borrowed(name);
    }
    let (mut text, mut before) = (String::with_capacity(name.len() + 8), None::<char>);
    while let Some(c) = all.next() {
        let next = all.peek().copied();
        let joins = before.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric);
        match c {
            '@' => text.push_str("(at)"),
            // U+2024 and U+2215: they are read alike.
            '.' if joins && !ends_single(all.clone()) => text.push('\u{2024}'),
            '/' if before == Some(':') || before == Some('/') => text.push('\u{2215}'),
            c => text.push(c),
        }
        before = Some(c);
    }
    Cow::Owned(text)
}

/// True when one letter alone follows, as in “S.A.”: no domain ends so.
fn ends_single(rest: impl Iterator<Item = char>) -> bool {
    rest.take_while(|c| c.is_alphanumeric() || *c == '-').count() < 2
}

/// True when a path, encoded, holds none at all once it is decoded.
pub fn is_plain_path(encoded: &str) -> bool {
    !percent_encoding::percent_decode_str(encoded).decode_utf8_lossy().chars().any(char::is_control)
}

/// True when a form or a query, encoded, holds none but tabs and line breaks once it is decoded.
pub fn is_plain_form(encoded: &[u8]) -> bool {
    is_plain(&percent_encoding::percent_decode(encoded).decode_utf8_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_an_address_or_a_link_is_known_as_one() {
        for link in [
            "ann@evil.example",
            "URGENT: pay at http://evil.example",
            "www.Evil.Example",
            "pay at evil.example now",
            "evil.example/pay",
            "evil.example, Ann",
            "evil.example.",
        ] {
            assert!(names_a_link(link), "{link}");
        }
        for name in
            ["José d’Ávila", "J.R.R.", "St.John", "Ann Lee-Jones Jr.", "O'Neill", "S.A.", "3.5", "Müller"]
        {
            assert!(!names_a_link(name), "{name}");
        }
    }

    #[test]
    fn a_name_looks_the_same_in_a_letter_and_is_no_link() {
        assert_eq!(unlinked("pay at http://evil.example/x"), "pay at http:∕∕evil․example/x");
        assert_eq!(unlinked("www.evil.example"), "www․evil․example");
        assert_eq!(unlinked("ann@evil.example"), "ann(at)evil․example");
        for name in ["Contoso Ltda", "Fabrikam S.A.", "J.R. Lee", "Lapsed Inc.", "a/b"] {
            assert_eq!(unlinked(name), name);
        }
    }

    #[test]
    fn what_office_programs_copy_becomes_text_and_what_terminals_obey_does_not() {
        assert_eq!(typed("one\u{b}two").as_deref(), Some("one two"));
        assert_eq!(typed("one\u{b}two\r\nthree\u{c}").as_deref(), Some("one\ntwo\r\nthree\n"));
        assert_eq!(typed("e\u{1e}mail, co\u{1f}operate\u{2}\u{7}").as_deref(), Some("e-mail, cooperate"));
        for refused in ["a\0", "\u{1b}[31m", "\u{7f}", "a\u{85}\u{b}"] {
            assert_eq!(typed(refused), None, "{refused:?}");
            assert!(is_plain(&readable(refused)));
        }
    }

    #[test]
    fn fx_14_control_characters_are_found_however_they_are_written() {
        for form in ["a=%00", "%1B=a", "a=b&c=%7f", "a=%c2%85", "a=\u{1}"] {
            assert!(!is_plain_form(form.as_bytes()), "{form}");
        }
        assert!(is_plain_form(b"a=%0D%0A%09&b=%e2%80%a8&c=%ff&d=%2500"));
        assert!(!is_plain_path("/a/%0a") && !is_plain_path("/%00") && is_plain_path("/a/%C3%A9"));
        assert!(!is_plain_json(&serde_json::json!({ "a": [{ "b\0": 1 }] })));
        assert!(is_plain_json(&serde_json::json!({ "a": ["b\n", 1, null] })));
    }
}
