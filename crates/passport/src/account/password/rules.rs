//! Which passwords are accepted: long enough, not too long, and not the first ones that a guesser tries.
//! No rules of composition. Knows no hash.
use platform::{email::EmailAddress, secrets::Secret};
use unicode_normalization::UnicodeNormalization as _;

/// In bytes. Eight is the least that OWASP ASVS 6.2.1 allows.
pub const SHORTEST: usize = 8;
/// In bytes; longer ones are refused before anything is computed (PW-02).
pub const LONGEST: usize = 1024;

/// In lower case, sorted; see the file's head.
const COMMON: &str = include_str!("../common_passwords.txt");

/// Why a password is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    Missing,
    TooShort,
    TooLong,
    /// It is the e-mail address, or the part before the `@`.
    IsAddress,
    /// Among the first that anybody would try.
    TooCommon,
    /// A guesser who knows how people choose passwords finds it soon, for this reason.
    Weak(Weakness),
    /// It stands in a list of breached passwords.
    Breached,
}

/// Why a password is soon guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    Keys,
    Repeats,
    Sequence,
    Date,
    Name,
    Words,
}

/// Only the length: what an operator may set, and what a sign-in is asked at all.
pub fn check_length(password: &str) -> Result<(), Refused> {
    match password.len() {
        0 => Err(Refused::Missing),
        1..SHORTEST => Err(Refused::TooShort),
        SHORTEST..=LONGEST => Ok(()),
        _ => Err(Refused::TooLong),
    }
}

/// Everything that a person who chooses a password is told, but for lists of breaches. `least` is in characters, so that
/// every script counts alike.
pub fn check(password: &str, email: &EmailAddress, least: usize) -> Result<(), Refused> {
    match check_length(password) {
        Err(Refused::Missing) => return Err(Refused::Missing),
        Err(Refused::TooLong) => return Err(Refused::TooLong),
        _ if password.chars().count() < least => return Err(Refused::TooShort),
        _ => {}
    }
    let folded = password.trim().to_lowercase();
    let core = core_of(&folded);
    let local = email.key().split('@').next().unwrap_or_default();
    let address = email.as_str().to_lowercase();
    if folded == address || folded == email.key() || core == local || says_only(&folded, &[&address, local]) {
        return Err(Refused::IsAddress);
    }
    if is_common(&folded) || is_common(core) || distinct(&folded) < 4 {
        return Err(Refused::TooCommon);
    }
    match weakness(password, &[address.as_str(), local]) {
        Some(why) => Err(Refused::Weak(why)),
        None => Ok(()),
    }
}

/// Little stands there besides these, however often they do.
fn says_only(folded: &str, known: &[&str]) -> bool {
    let mut rest = folded.to_owned();
    for known in known.iter().filter(|known| known.chars().count() > 2) {
        rest = rest.replace(known, "");
    }
    rest.len() < folded.len() && rest.chars().filter(|c| c.is_alphanumeric()).count() < 4
}

/// Why a guesser would find it soon, unless it is strong enough. `about` is what strangers know of its owner.
fn weakness(password: &str, about: &[&str]) -> Option<Weakness> {
    use zxcvbn::feedback::Warning as Said;
    let found = zxcvbn::zxcvbn(password, about);
    if found.score() >= zxcvbn::Score::Two {
        return None;
    }
    Some(match found.feedback().and_then(zxcvbn::feedback::Feedback::warning) {
        Some(Said::StraightRowsOfKeysAreEasyToGuess | Said::ShortKeyboardPatternsAreEasyToGuess) => {
            Weakness::Keys
        }
        Some(Said::RepeatsLikeAaaAreEasyToGuess | Said::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess) => {
            Weakness::Repeats
        }
        Some(Said::SequencesLikeAbcAreEasyToGuess) => Weakness::Sequence,
        Some(Said::RecentYearsAreEasyToGuess | Said::DatesAreOftenEasyToGuess) => Weakness::Date,
        Some(
            Said::NamesAndSurnamesByThemselvesAreEasyToGuess | Said::CommonNamesAndSurnamesAreEasyToGuess,
        ) => Weakness::Name,
        _ => Weakness::Words,
    })
}

/// Without the digits and marks that people hang on the end (“password2026!”).
fn core_of(folded: &str) -> &str {
    folded.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation())
}

fn is_common(folded: &str) -> bool {
    let found = common().binary_search(&folded);
    !folded.is_empty() && found.is_ok()
}

fn common() -> &'static [&'static str] {
    static LIST: std::sync::OnceLock<Vec<&'static str>> = std::sync::OnceLock::new();
    LIST.get_or_init(|| COMMON.lines().filter(|line| !line.starts_with("# ")).collect())
}

fn distinct(text: &str) -> usize {
    let mut seen: Vec<char> = text.chars().collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len()
}

/// A password as it is hashed: NFC, every kind of space a plain one (RFC 8265 §4.2, OpaqueString), so that it is the
/// same from every keyboard. Nothing else is mapped.
pub fn normalized(password: &str) -> String {
    let spaces = password.chars().map(|c| if c.is_whitespace() && !c.is_control() { ' ' } else { c });
    spaces.nfc().collect()
}

/// The same text as another keyboard or an older program may have given it; `None` when there is no other.
pub fn other_form(password: &str) -> Option<String> {
    let normalized = normalized(password);
    let decomposed: String = normalized.nfd().collect();
    [password.to_owned(), decomposed].into_iter().find(|form| *form != normalized)
}

/// A secret answer as it is compared: spaces and letter case make no difference (BF-05).
pub fn fold_answer(answer: &str) -> String {
    answer.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// No account has such a password, so nothing is computed for it (PW-02).
pub fn too_long(password: &Secret) -> bool {
    password.expose().len() > LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(password: &str) -> Result<(), Refused> {
        check(password, &EmailAddress::parse("Maria.Silva@contoso.example").unwrap(), 8)
    }

    #[test]
    fn a_password_that_stands_alone_is_longer_and_every_script_counts_alike() {
        let email = EmailAddress::parse("maria@contoso.example").unwrap();
        let told = |password: &str| check(password, &email, 15);
        assert_eq!(told("jqxzvwkp tmbrl"), Err(Refused::TooShort), "fourteen");
        assert_eq!(told("jqxzvwkp tmbrlg"), Ok(()));
        assert_eq!(told("密码密码密码是这个"), Err(Refused::TooShort), "nine characters in 27 bytes");
        assert_eq!(told(""), Err(Refused::Missing));
    }

    #[test]
    fn what_a_guesser_finds_soon_is_refused_with_the_reason() {
        for (weak, why) in
            [("abcabcabcabcabcabc", Weakness::Repeats), ("abcdefghijklmnopqrst", Weakness::Sequence)]
        {
            let told = told(weak);
            assert!(matches!(told, Err(Refused::Weak(_) | Refused::TooCommon)), "{weak}: {told:?}");
            if let Err(Refused::Weak(said)) = told {
                assert_eq!(said, why, "{weak}");
            }
        }
        assert_eq!(told("maria.silva maria.silva"), Err(Refused::IsAddress), "what everybody knows of her");
        assert_eq!(told("seven green kettles sing"), Ok(()));
    }

    #[test]
    fn pw_01_any_long_phrase_is_accepted_without_rules_of_composition() {
        for good in [
            "correct horse battery staple",
            "só minúsculas e espaços",
            "密码是这个我的小秘密",
            "𝔲𝔫𝔦𝔠𝔬𝔡𝔢 𝔬𝔨",
            "jqxzvwkp",
            &"long and longer ".repeat(64),
        ] {
            assert_eq!(told(good), Ok(()), "{good:?}");
        }
    }

    #[test]
    fn pw_01_what_everybody_tries_first_is_refused() {
        for bad in [
            "12345678",
            "password",
            "PassWord",
            "password2026!",
            "Microsoft1",
            "CustomerSource",
            "senha123",
            "aaaaaaaaaaaa",
            "abababababab",
            " iloveyou ",
        ] {
            assert_eq!(told(bad), Err(Refused::TooCommon), "{bad:?}");
        }
    }

    #[test]
    fn pw_01_the_address_is_no_password() {
        for bad in ["maria.silva@contoso.example", "MARIA.SILVA", "maria.silva", "Maria.Silva99"] {
            assert_eq!(told(bad), Err(Refused::IsAddress), "{bad:?}");
        }
    }

    #[test]
    fn pw_02_the_length_is_counted_in_bytes_and_has_two_ends() {
        assert_eq!(told(""), Err(Refused::Missing));
        assert_eq!(told("jqxzvwk"), Err(Refused::TooShort));
        assert_eq!(told(&"jqxz vwkp tmbr ls".repeat(60)), Ok(()));
        assert_eq!(told(&("jqxzvwkp".repeat(128) + "x")), Err(Refused::TooLong));
    }

    #[test]
    fn the_list_is_sorted_and_holds_what_it_says() {
        let list = common();
        assert!(list.len() >= 3_000 && list.is_sorted());
        for word in list {
            assert!(word.len() >= SHORTEST && *word == word.to_lowercase(), "{word}");
        }
    }

    #[test]
    fn a_password_is_the_same_from_every_keyboard() {
        let (composed, decomposed) = ("Caf\u{e9} \u{212b}", "Cafe\u{301}\u{a0}A\u{30a}");
        assert_eq!(normalized(composed), normalized(decomposed));
        assert_ne!(normalized("\u{ff21}bc"), normalized("Abc"), "widths and letter case stay");
        assert_eq!(other_form("plain words"), None);
        assert_eq!(other_form(decomposed).as_deref(), Some(decomposed));
        assert_eq!(other_form("Caf\u{e9}").as_deref(), Some("Cafe\u{301}"));
    }

    #[test]
    fn bf_05_an_answer_is_compared_without_case_and_spare_blanks() {
        assert_eq!(fold_answer("  São   JOSÉ \t"), "são josé");
        assert_ne!(fold_answer("São José"), fold_answer("Sao Jose"));
        assert_eq!(fold_answer(" \u{a0} "), "");
    }
}
