//! The code with which a person comes back to their recovery: random, and made for being written down.
//! Knows not what it opens.
use platform::random::Random;

/// Crockford's base 32: without I, L, O and U, which hands and eyes mix up.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Of five bits each: 130 bits.
const LENGTH: usize = 26;

/// A new code, in its plain form.
pub fn make(random: &Random) -> String {
    of(random.bytes::<LENGTH>())
}

/// The code that stands for a MAC: whoever proves the same once more gets the same.
pub fn of_mac(mac: [u8; 32]) -> String {
    of(*mac.first_chunk().unwrap_or(&[0; LENGTH]))
}

/// Letters for these bytes, five bits of each.
pub fn of<const N: usize>(bytes: [u8; N]) -> String {
    let letter = |byte: &u8| LETTERS.get(usize::from(byte & 31)).copied().map(char::from);
    bytes.iter().filter_map(letter).collect()
}

/// In groups, as a page shows it.
pub fn shown(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(5).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// The plain form of what somebody typed, or `None` if it is no code.
pub fn typed(text: &str) -> Option<String> {
    typed_as(text, LENGTH)
}

/// The same for a code of so many letters.
pub fn typed_as(text: &str, length: usize) -> Option<String> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let known = |c: char| u8::try_from(c).is_ok_and(|byte| LETTERS.contains(&byte));
    (plain.chars().count() == length && plain.chars().all(known)).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_survives_being_written_down_and_typed() {
        let code = make(&Random::seeded(1));
        assert_eq!(code.len(), LENGTH);
        let shown = shown(&code);
        assert_eq!(shown.split('-').map(str::len).collect::<Vec<_>>(), [5, 5, 5, 5, 5, 1]);
        let sloppy =
            format!(" {} ", shown.to_lowercase().replace('0', "o").replace('1', "l").replace('-', " "));
        assert_eq!(typed(&sloppy), Some(code));
    }

    #[test]
    fn anything_else_is_no_code() {
        let code = make(&Random::seeded(2));
        for bad in [
            "",
            "short",
            &format!("{code}0"),
            code.get(1..).unwrap(),
            &format!("U{}", code.get(1..).unwrap()),
            &"é".repeat(26),
        ] {
            assert_eq!(typed(bad), None, "{bad}");
        }
        assert_ne!(make(&Random::seeded(3)), code);
    }
}
