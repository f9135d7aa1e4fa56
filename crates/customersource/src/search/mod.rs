//! The search over what visitors read: which words a text has, and which a visitor asks for. Knows no page and
//! no reader: who may see what was found is decided by whoever asked.
pub mod store;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// So many words of a question count, and so many characters of each.
const MOST_WORDS: usize = 8;
const LONGEST_WORD: usize = 60;

/// What an entry leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Resource,
    Thread,
}

impl Kind {
    pub const fn text(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::Thread => "thread",
        }
    }

    pub fn of_text(text: &str) -> Option<Self> {
        [Self::Resource, Self::Thread].into_iter().find(|kind| kind.text() == text)
    }
}

/// The words of a text: letters and digits alone, small, without accents, so that both engines and both
/// languages find “instalação” by “instalacao”.
pub fn words(text: &str) -> Vec<String> {
    let folded: String =
        text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(LONGEST_WORD).collect())
        .collect()
}

/// What a visitor asks for: every word must be there, each may go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question(Vec<String>);

impl Question {
    /// `None` when it says nothing.
    pub fn of(text: &str) -> Option<Self> {
        let mut words = words(text);
        words.truncate(MOST_WORDS);
        (!words.is_empty()).then_some(Self(words))
    }

    /// For FTS5: quoted words, so that none of them is an operator.
    pub fn for_sqlite(&self) -> String {
        let words: Vec<_> = self.0.iter().map(|word| format!("\"{word}\"*")).collect();
        words.join(" AND ")
    }

    /// For `to_tsquery`.
    pub fn for_postgres(&self) -> String {
        let words: Vec<_> = self.0.iter().map(|word| format!("{word}:*")).collect();
        words.join(" & ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_with_and_without_accents_and_capitals() {
        assert_eq!(words("Instalação do GP-2026.2 (SP1)"), ["instalacao", "do", "gp", "2026", "2", "sp1"]);
        assert_eq!(words("ﬁle ①"), ["file", "1"]);
        assert_eq!(words("—…!"), Vec::<String>::new());
    }

    #[test]
    fn a_question_is_words_whatever_is_typed() {
        assert_eq!(Question::of("  \"'; *"), None);
        let question = Question::of("NEAR(\"a\" OR b*) & !c | title:d").unwrap();
        assert_eq!(
            question.for_sqlite(),
            "\"near\"* AND \"a\"* AND \"or\"* AND \"b\"* AND \"c\"* AND \"title\"* AND \"d\"*"
        );
        assert_eq!(question.for_postgres(), "near:* & a:* & or:* & b:* & c:* & title:* & d:*");
        assert_eq!(Question::of(&"x ".repeat(50)).unwrap().0.len(), MOST_WORDS);
    }
}
