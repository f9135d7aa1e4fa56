//! Names of files: blanks and accents as people write them, in addresses (RFC 3986) and in the header that names a
//! download (RFC 6266, RFC 8187). Knows no table.
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// The longest name, in bytes: disks take 255, and a download may be given a number.
const LONGEST: usize = 200;

/// What stays as it is in a part of a path.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// `attr-char` of RFC 8187 §3.2.1.
const ATTRIBUTE: &AsciiSet = &UNRESERVED
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'^')
    .remove(b'`')
    .remove(b'|');

/// A name that every disk takes, composed (NFC), so that one name is not two; `None` for what is none.
pub fn file_name_of(text: &str) -> Option<String> {
    let name: String = text.nfc().collect();
    let is_bad = |c: char| {
        c.is_control()
            || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
            // What hides, turns the line round, or is a blank that is not one.
            || matches!(c, '\u{a0}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}')
    };
    let fits = (1..=LONGEST).contains(&name.len())
        && !name.contains(is_bad)
        && !name.starts_with(['.', ' '])
        && !name.ends_with(['.', ' '])
        && !name.contains("..")
        && !name.starts_with(is_combining_mark);
    fits.then_some(name)
}

/// The name as a part of an address.
pub fn path_of_name(name: &str) -> String {
    utf8_percent_encode(name, UNRESERVED).to_string()
}

/// What an address beside an article says, read back; `None` for what is no file's name.
pub(super) fn name_of_path(path: &str) -> Option<String> {
    file_name_of(&percent_decode_str(path).decode_utf8().ok()?)
}

/// The value of `Content-Disposition` for a download. Whoever reads no `filename*` gets the name without accents.
pub fn attachment(name: &str) -> String {
    let plain: String = name
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        // A percent sign would be read as an escape by some.
        .map(|c| if c == ' ' || (c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%')) { c } else { '_' })
        .collect();
    if plain == name {
        return format!("attachment; filename=\"{plain}\"");
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, ATTRIBUTE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_people_write_and_every_disk_takes() {
        for good in
            ["readme.txt", "GP_2026-2.cab", "a", "Preço médio (1).pdf", "日本語.txt", "a=b, c;d'e.txt"]
        {
            assert_eq!(file_name_of(good).as_deref(), Some(good), "{good}");
        }
        assert_eq!(file_name_of("Prec\u{327}o.pdf").as_deref(), Some("Preço.pdf"), "one name is not two");
        let long = "é".repeat(101);
        for bad in [
            "",
            ".htaccess",
            "a/b",
            "a\\b",
            "a..b",
            " a",
            "a ",
            "a.",
            "a\nb",
            "\"x",
            "C:x",
            "a?b",
            "a*",
            "a<b",
            "a\u{202e}fdp.exe",
            "a\u{200b}b",
            "a\u{a0}b",
            "\u{301}a",
            "..",
            &long,
        ] {
            assert_eq!(file_name_of(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn an_address_holds_any_name_and_gives_it_back() {
        let name = "Preço & 100%, #1?".replace('?', "");
        assert_eq!(path_of_name(&name), "Pre%C3%A7o%20%26%20100%25%2C%20%231");
        assert_eq!(name_of_path(&path_of_name(&name)), Some(name));
        assert_eq!(name_of_path("a%2Fb"), None);
        assert_eq!(name_of_path("%FF"), None);
    }

    #[test]
    fn a_download_is_named_as_the_rfcs_say() {
        assert_eq!(attachment("update.zip"), "attachment; filename=\"update.zip\"");
        assert_eq!(attachment("a b.zip"), "attachment; filename=\"a b.zip\"");
        let accents = "attachment; filename=\"Preco 100_.pdf\"; filename*=UTF-8''Pre%C3%A7o%20100%25.pdf";
        assert_eq!(attachment("Preço 100%.pdf"), accents);
        assert_eq!(
            attachment("日本.txt"),
            "attachment; filename=\"__.txt\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.txt"
        );
        assert!(attachment("a'b*.txt").contains("filename=\"a'b*.txt\""));
    }
}
