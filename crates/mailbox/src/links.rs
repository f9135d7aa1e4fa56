//! Finds the web addresses in running text; knows nothing of mail.

/// A stretch of text: an address to click, or what stands between two of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Words(&'a str),
    Link(&'a str),
}

/// Cuts text into words and links; joined together again, the pieces are the text.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, link, after)) = next_link(rest) {
        if !before.is_empty() {
            found.push(Piece::Words(before));
        }
        found.push(Piece::Link(link));
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Piece::Words(rest));
    }
    found
}

fn next_link(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let searched = text.get(from..)?;
        let start = from + ["http://", "https://"].iter().filter_map(|scheme| searched.find(scheme)).min()?;
        let (before, tail) = text.split_at_checked(start)?;
        let length = link_length(tail);
        let (link, after) = tail.split_at_checked(length)?;
        let part_of_a_word = before.chars().next_back().is_some_and(char::is_alphanumeric);
        let names_a_host =
            link.split_once("://").is_some_and(|(_, place)| place.starts_with(char::is_alphanumeric))
                || link.contains("://[");
        if names_a_host && !part_of_a_word {
            return Some((before, link, after));
        }
        from = start + "http://".len();
    }
}

/// How many bytes at the start of `tail` belong to the address: punctuation that closes the sentence does not.
fn link_length(tail: &str) -> usize {
    let end = tail
        .find(|c: char| {
            c.is_whitespace()
                || c.is_control()
                || matches!(c, '<' | '>' | '"' | '`' | '{' | '}' | '|' | '\\' | '^')
        })
        .unwrap_or(tail.len());
    let mut link = tail.get(..end).unwrap_or(tail);
    while let Some(last) = link.chars().next_back() {
        let closes_nothing = |open: char, close: char| {
            last == close && link.matches(close).count() > link.matches(open).count()
        };
        let sentence = matches!(last, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '…' | '”' | '’' | '»');
        if !(sentence || closes_nothing('(', ')') || closes_nothing('[', ']')) {
            break;
        }
        link = link.strip_suffix(last).unwrap_or(link);
    }
    link.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Piece, pieces};

    #[track_caller]
    fn check(text: &str, links: &[&str]) {
        let found: Vec<&str> = pieces(text)
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Link(link) => Some(link),
                Piece::Words(_) => None,
            })
            .collect();
        assert_eq!(found, links);
    }

    #[test]
    fn a_link_ends_where_the_sentence_does() {
        check("Open https://a.test/x?y=1&z=2.", &["https://a.test/x?y=1&z=2"]);
        check("(see http://localhost:8080/associate/abc_-)", &["http://localhost:8080/associate/abc_-"]);
        check("<https://a.test/>, \"https://b.test\"!", &["https://a.test/", "https://b.test"]);
        check("https://a.test/wiki/Rust_(language)", &["https://a.test/wiki/Rust_(language)"]);
        check("one http://[::1]:8080/a\ntwo http://b.test", &["http://[::1]:8080/a", "http://b.test"]);
        check("Será https://exemplo.test/página…", &["https://exemplo.test/página"]);
    }

    #[test]
    fn what_is_no_web_address_is_no_link() {
        check("javascript:alert(1) data:text/html,x mailto:a@b.test", &[]);
        check("https:// and http://", &[]);
        check("xhttp://a.test", &[]);
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_text(text in "(h|t|p|s|:|/|\\.|a|é| |\n|http://|https://|\\)|\\(){0,40}") {
            let joined: String = pieces(&text)
                .iter()
                .map(|piece| match piece { Piece::Words(words) | Piece::Link(words) => *words })
                .collect();
            prop_assert_eq!(joined, text);
        }
    }
}
