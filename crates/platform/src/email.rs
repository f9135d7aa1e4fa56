//! E-mail addresses: what is accepted, and the key under which two spellings are one; sends nothing.
use unicode_normalization::UnicodeNormalization as _;

/// An address that may be stored and written to: as typed, trimmed, without anything that could break a header.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EmailAddress {
    text: String,
    key: String,
}

/// Why a text is not an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    Empty,
    TooLong,
    Shape,
}

impl EmailAddress {
    /// Accepts `local@domain`: one `@`, no blanks, quotes, angle brackets, commas or control characters,
    /// at most 254 bytes (64 before the `@`), a domain that IDNA accepts with at least one dot
    /// (or `localhost`). Stricter than RFC 5321, so that an address never means two mailboxes.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let text = text.trim_matches([' ', '\t']);
        if text.is_empty() {
            return Err(Malformed::Empty);
        }
        if text.len() > 254 {
            return Err(Malformed::TooLong);
        }
        if text
            .chars()
            .any(|c| c.is_control() || c.is_whitespace() || is_invisible(c) || "\"(),:;<>[]\\".contains(c))
        {
            return Err(Malformed::Shape);
        }
        let (local, domain) = text.split_once('@').ok_or(Malformed::Shape)?;
        let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
        if local.is_empty() || local.len() > 64 || dots || domain.contains('@') {
            return Err(Malformed::Shape);
        }
        Ok(Self { text: text.to_owned(), key: key_of(local, domain).ok_or(Malformed::Shape)? })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What makes two spellings one address: NFC, domain as lower-case A-labels, local part lower-cased in
    /// ASCII only (Unicode folding would turn a Kelvin sign into a `k`, which is another mailbox).
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// What shows nothing: with it, two addresses that look alike would be two accounts.
fn is_invisible(c: char) -> bool {
    // Unicode's Default_Ignorable_Code_Point, line separators, and the blank of Braille.
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

fn key_of(local: &str, domain: &str) -> Option<String> {
    // IDNA maps full-width dots and letters; a typed domain must already be what it maps to, ASCII case aside.
    let ascii = idna::domain_to_ascii_strict(domain).ok()?;
    let unicode = idna::domain_to_unicode(&ascii).0;
    let typed = domain.nfc().collect::<String>().to_ascii_lowercase();
    if ascii != typed && unicode != typed {
        return None;
    }
    let whole = ascii == "localhost" || ascii.split('.').count() > 1;
    // NFC turns a few look-alikes into ASCII (U+212A, the Kelvin sign, into `K`): these are refused.
    let composed: String = local.nfc().collect();
    let ascii_letters = |text: &str| text.bytes().filter(u8::is_ascii).count();
    if ascii_letters(&composed) > ascii_letters(local) {
        return None;
    }
    let local = composed.to_ascii_lowercase();
    (whole && !ascii.ends_with('.')).then(|| format!("{local}@{ascii}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Option<String> {
        EmailAddress::parse(text).ok().map(|address| address.key().to_owned())
    }

    #[test]
    fn ascii_case_is_one_address_and_unicode_case_is_not() {
        assert_eq!(key(" Ann.Lee@Contoso.COM "), key("ann.lee@contoso.com"));
        assert_ne!(key("mi\u{212A}e@example.com"), key("mike@example.com"), "the Kelvin sign is no k");
        assert_ne!(key("g\u{131}thub@example.com"), key("github@example.com"), "a dotless i is no i");
        assert_ne!(key("\u{430}nn@example.com"), key("ann@example.com"), "a Cyrillic а is no a");
    }

    #[test]
    fn em_08_a_domain_is_one_in_both_its_forms_and_nothing_else() {
        assert_eq!(key("a@bücher.example"), key("a@xn--bcher-kva.example"));
        for odd in ["a\u{FF20}b.com", "a\u{FE6B}b.com", "a@b\u{3002}com", "a@ｂ.com", "a@b\u{FF0E}com"] {
            assert_eq!(key(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn what_shows_nothing_makes_no_second_address() {
        for invisible in [
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{1160}',
            '\u{17b4}',
            '\u{180e}',
            '\u{200b}',
            '\u{2060}',
            '\u{2800}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{1d173}',
            '\u{e0001}',
            '\u{e0061}',
        ] {
            assert_eq!(key(&format!("an{invisible}n@acme.test")), None, "{:x}", u32::from(invisible));
        }
    }

    #[test]
    fn em_06_and_em_07_nothing_that_could_mean_a_second_recipient_passes() {
        for bad in [
            "a@evil,alice@x.com",
            "\"e@evil.test\"@victim.test",
            "alice@x <m@evil.com>",
            "grp: a@x.com;",
            "<@evil.com:alice@x.com>",
            "a@b.com\r\nBcc: c@d.com",
            "a@b.com\0",
            "a\u{2028}b@c.com",
            "a b@c.com",
            "@b.com",
            "a@",
            "a",
            "a@b@c.com",
            ".a@b.com",
            "a..b@c.com",
            "a@b",
            "a@b.com.",
        ] {
            assert_eq!(key(bad), None, "{bad:?}");
        }
        assert_eq!(EmailAddress::parse(&format!("{}@b.com", "a".repeat(65))), Err(Malformed::Shape));
        assert_eq!(EmailAddress::parse(&format!("a@{}.com", "b".repeat(260))), Err(Malformed::TooLong));
        assert_eq!(EmailAddress::parse("  "), Err(Malformed::Empty));
    }

    #[test]
    fn the_address_itself_is_kept_as_typed() {
        assert_eq!(EmailAddress::parse("Ann+crm@Contoso.com").unwrap().as_str(), "Ann+crm@Contoso.com");
    }
}
