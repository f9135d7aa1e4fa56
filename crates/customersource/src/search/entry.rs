//! What the index holds of a text: its words as they are and their stems, title, summary and body apart. The same
//! on both engines.
use std::collections::{BTreeMap, HashMap, HashSet};

use platform::language::Language;

use super::{code, stem::Stems, vocabulary::Word, words};

/// PostgreSQL counts no position beyond, and no word twice after so many times.
const LAST_POSITION: usize = 16_383;
const MOST_POSITIONS: usize = 32;
/// So many words of a body are in the index.
const MOST_WORDS: usize = 60_000;

/// The words of something in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub language: Language,
    title: Vec<String>,
    summary: Vec<String>,
    body: Vec<String>,
    /// What a mistyped word may have meant.
    pub(super) vocabulary: Vec<Word>,
}

impl Entry {
    /// A language that has no stems of its own is read as English.
    pub fn new(tag: &str, title: &str, summary: &str, body: &str) -> Self {
        let language = Language::of_tag(tag).unwrap_or(Language::EnUs);
        let stems = Stems::of(language);
        let part = |text: &str| {
            let mut all = words(text);
            all.truncate(MOST_WORDS);
            let each: HashSet<&str> = all.iter().map(String::as_str).collect();
            let stem_of: HashMap<&str, String> =
                each.into_iter().map(|word| (word, stems.stem(word))).collect();
            let is_new = |stem: &&String| !stem_of.contains_key(stem.as_str());
            let added = all.iter().filter_map(|word| stem_of.get(word.as_str())).filter(is_new);
            let mut added: Vec<String> = added.cloned().collect();
            all.append(&mut added);
            all.extend(code::forms(text).into_iter().take(MOST_WORDS));
            all
        };
        let vocabulary = Word::all([title, summary, body]);
        Self { language, title: part(title), summary: part(summary), body: part(body), vocabulary }
    }

    /// Title, summary and body as FTS5 splits them into words again.
    pub fn for_sqlite(&self) -> [String; 3] {
        [self.title.join(" "), self.summary.join(" "), self.body.join(" ")]
    }

    /// The heading and all of it as `tsvector`, as PostgreSQL writes them: no parser of its own cuts the words
    /// differently.
    pub fn for_postgres(&self) -> [String; 2] {
        let parts = [(&self.title, "A"), (&self.summary, "B"), (&self.body, "C")];
        [vector(parts.iter().take(2)), vector(parts.iter())]
    }
}

fn vector<'a>(parts: impl Iterator<Item = &'a (&'a Vec<String>, &'a str)>) -> String {
    let mut found = BTreeMap::<&str, Vec<String>>::new();
    let mut position = 0;
    for (part, weight) in parts {
        for word in *part {
            position += 1;
            let places = found.entry(word).or_default();
            if places.len() < MOST_POSITIONS && (position < LAST_POSITION || places.is_empty()) {
                places.push(format!("{}{weight}", position.min(LAST_POSITION)));
            }
        }
    }
    let words: Vec<_> = found.iter().map(|(word, places)| format!("'{word}':{}", places.join(","))).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_words_and_stems_in_their_places() {
        let entry = Entry::new("en-US", "Posting a journal", "What posts", "post post");
        assert_eq!(entry.for_sqlite(), ["posting a journal post", "what posts post", "post post"]);
        assert_eq!(
            entry.for_postgres(),
            [
                "'a':2A 'journal':3A 'post':4A,7B 'posting':1A 'posts':6B 'what':5B",
                "'a':2A 'journal':3A 'post':4A,7B,8C,9C 'posting':1A 'posts':6B 'what':5B"
            ]
        );
    }

    #[test]
    fn a_number_with_letters_is_found_however_it_is_written() {
        for text in ["GP-1042", "GP1042", "GP 1042", "gp_1042.", "(GP/1042)"] {
            let [words, ..] = Entry::new("en-US", text, "", "").for_sqlite();
            let words: Vec<_> = words.split(' ').collect();
            for form in ["gp", "1042", "gp1042"] {
                assert!(words.contains(&form), "{form} of {text}: {words:?}");
            }
        }
    }

    #[test]
    fn a_quote_or_a_backslash_is_no_part_of_a_word() {
        let entry = Entry::new("pt-BR", "d'água \\ 'x':1A", "", "");
        let [_, words] = entry.for_postgres();
        assert!(!words.contains('\\') && words.matches('\'').count() % 2 == 0, "{words}");
    }
}
