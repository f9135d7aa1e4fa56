//! Text as it is searched: small, without accents, the same on every engine; knows no table.
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// “Ávila” and “AVILA” are “avila”.
pub fn fold(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_case_are_gone() {
        for (text, folded) in
            [("Ávila", "avila"), ("SÃO João", "sao joao"), ("A\u{301}vila", "avila"), ("İ", "i")]
        {
            assert_eq!(fold(text), folded);
        }
    }
}
