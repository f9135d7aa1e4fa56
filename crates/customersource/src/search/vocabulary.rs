//! The words that can be found, and which of them somebody may have meant who mistyped one. Knows no table and no
//! reader.
use std::collections::BTreeMap;

use super::fold;

/// Shorter words have too many neighbours, longer ones are no words.
const LETTERS: std::ops::RangeInclusive<usize> = 4..=30;
/// So many words of one text are known.
const MOST: usize = 5_000;

/// A word as it is searched and as it was first written, in small letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub word: String,
    pub shown: String,
}

impl Word {
    /// Every word of these texts, each once.
    pub fn all(texts: [&str; 3]) -> Vec<Self> {
        let mut known = BTreeMap::new();
        for text in texts {
            for word in text.split(|c: char| !c.is_alphanumeric()) {
                if known.len() < MOST
                    && LETTERS.contains(&word.chars().count())
                    && word.chars().all(char::is_alphabetic)
                {
                    known.entry(fold(word)).or_insert_with(|| word.to_lowercase());
                }
            }
        }
        known.into_iter().map(|(word, shown)| Self { word, shown }).collect()
    }
}

/// Where words like one are looked for: with its beginning or its end, and about as long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    pub head: String,
    pub tail: String,
    pub letters: std::ops::RangeInclusive<i32>,
}

/// The two letters and the three by which a word is looked for.
pub fn sides(word: &str) -> (String, String) {
    let count = word.chars().count();
    (word.chars().take(2).collect(), word.chars().skip(count.saturating_sub(3)).collect())
}

impl Near {
    pub fn to(word: &str) -> Self {
        let (head, tail) = sides(word);
        let letters = i32::try_from(word.chars().count()).unwrap_or(i32::MAX);
        Self { head, tail, letters: letters.saturating_sub(2)..=letters.saturating_add(2) }
    }
}

/// What `typed` may have meant: the nearest of these words, if one is near enough; `None` when it is one of them.
pub fn nearest<'a>(typed: &str, words: &'a [Word]) -> Option<&'a Word> {
    let most = if typed.chars().count() <= 5 { 1 } else { 2 };
    let distance = |word: &Word| strsim::osa_distance(typed, &word.word);
    let found = words
        .iter()
        .map(|word| (distance(word), word))
        .min_by(|(one, a), (other, b)| one.cmp(other).then_with(|| a.word.cmp(&b.word)));
    found.filter(|(distance, _)| (1..=most).contains(distance)).map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(typed: &str, text: &str) -> Option<String> {
        nearest(typed, &Word::all([text, "", ""])).map(|word| word.shown.clone())
    }

    #[test]
    fn a_slip_of_the_finger_means_the_word_beside_it() {
        let text = "Invitation, Instalação; journal planet";
        for (typed, word) in [
            ("invitaton", "invitation"),
            ("invtiation", "invitation"),
            ("invitattion", "invitation"),
            ("instalasao", "instalação"),
            ("nvitation", "invitation"),
            ("jurnal", "journal"),
        ] {
            assert_eq!(meant(typed, text).as_deref(), Some(word), "{typed}");
        }
        for none in ["invitation", "plan", "xyzzy", "jour", ""] {
            assert_eq!(meant(none, text), None, "{none}");
        }
    }

    #[test]
    fn words_are_looked_for_by_their_beginning_or_their_end() {
        let near = Near::to("invitaton");
        assert_eq!((near.head.as_str(), near.tail.as_str(), near.letters), ("in", "ton", 7..=11));
        assert_eq!(Word::all(["a 2026 GP-1042 Não", "", ""]), []);
    }
}
