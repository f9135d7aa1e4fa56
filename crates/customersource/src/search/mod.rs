//! The search over what visitors read: which words a text has, and which a visitor asks for. Knows no page and
//! no reader: who may see what was found is decided by whoever asked.
mod code;
mod entry;
mod snippet;
mod stem;
pub mod store;
pub mod vocabulary;

use platform::{fold::fold, language::Language};
use stem::Stems;

pub use entry::Entry;
pub use snippet::{Snippet, snippet};

/// What [`Entry`] makes of a text. Counted up when that changes: an index of an older scheme is built anew.
pub const SCHEME: i32 = 3;

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
    fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(LONGEST_WORD).collect())
        .collect()
}

/// Where the words of a question must stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Where {
    Title,
    Summary,
    Anywhere,
}

fn is_letter(word: &str) -> bool {
    word.chars().nth(1).is_none()
}

/// What a visitor asks for: every word must be there. A word may go on, but for a single letter, which half of all words
/// begin with; or it may be another form of the same word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question(Vec<String>);

impl Question {
    /// `None` when it says nothing.
    pub fn of(text: &str) -> Option<Self> {
        let mut words = words(text);
        words.truncate(MOST_WORDS);
        (!words.is_empty()).then_some(Self(words))
    }

    /// Its words, as they are searched.
    pub fn words(&self) -> &[String] {
        &self.0
    }

    /// Each word with its stem in a language; `None` for the stem that is the word itself.
    fn forms(&self, language: Language) -> impl Iterator<Item = (&str, Option<String>)> {
        let stems = Stems::of(language);
        self.0.iter().map(move |word| {
            let stem = stems.stem(word);
            (word.as_str(), (stem != *word).then_some(stem))
        })
    }

    /// For FTS5: quoted words, so that none of them is an operator.
    pub fn for_sqlite(&self, language: Language, place: Where) -> String {
        let words: Vec<_> = self
            .forms(language)
            .map(|(word, stem)| match stem {
                Some(stem) => format!("(\"{word}\"* OR \"{stem}\")"),
                None if is_letter(word) => format!("\"{word}\""),
                None => format!("\"{word}\"*"),
            })
            .collect();
        let columns = match place {
            Where::Title => "{title} : ",
            Where::Summary => "{title summary} : ",
            Where::Anywhere => "",
        };
        format!("{columns}({})", words.join(" AND "))
    }

    /// A `tsquery`, as PostgreSQL writes one, for the heading or, anywhere, for the whole text.
    pub fn for_postgres(&self, language: Language, place: Where) -> String {
        // The heading has the summary's words, too; a whole text is not read for its weights.
        let (going_on, whole) = if place == Where::Title { (":*A", ":A") } else { (":*", "") };
        let words: Vec<_> = self
            .forms(language)
            .map(|(word, stem)| match stem {
                Some(stem) => format!("('{word}'{going_on} | '{stem}'{whole})"),
                None if is_letter(word) => format!("'{word}'{whole}"),
                None => format!("'{word}'{going_on}"),
            })
            .collect();
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
            question.for_sqlite(Language::EnUs, Where::Anywhere),
            "(\"near\"* AND \"a\" AND \"or\"* AND \"b\" AND \"c\" AND (\"title\"* OR \"titl\") AND \"d\")"
        );
        assert_eq!(
            question.for_postgres(Language::EnUs, Where::Anywhere),
            "'near':* & 'a' & 'or':* & 'b' & 'c' & ('title':* | 'titl') & 'd'"
        );
        assert_eq!(
            Question::of("titles").unwrap().for_sqlite(Language::EnUs, Where::Summary),
            "{title summary} : ((\"titles\"* OR \"titl\"))"
        );
        assert_eq!(
            Question::of("titles").unwrap().for_postgres(Language::EnUs, Where::Summary),
            "('titles':* | 'titl')"
        );
        assert_eq!(Question::of(&"x ".repeat(50)).unwrap().0.len(), MOST_WORDS);
    }
}
