//! The place in a text that answers a question, with the words that were asked for marked. Knows no page.
use platform::language::Language;

use super::{Question, code, stem::Stems, words};

/// So many words stand before the first one that was asked for, and so many in all.
const BEFORE: usize = 8;
const LENGTH: usize = 32;

/// Pieces of text in their order; true for those that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet(pub Vec<(bool, String)>);

/// The first place where the text has what was asked for; `None` when it has it nowhere.
pub fn snippet(question: &Question, tag: &str, text: &str) -> Option<Snippet> {
    let stems = Stems::of(Language::of_tag(tag).unwrap_or(Language::EnUs));
    let asked: Vec<(&String, String)> = question.0.iter().map(|word| (word, stems.stem(word))).collect();
    // Forms of one word begin with one letter: most words are not worth a stem.
    let is_near = |word: &str, stem: &str| word.chars().next() == stem.chars().next();
    let answers = |word: &String| {
        asked.iter().any(|(asked, stem)| {
            word.starts_with(asked.as_str()) || (is_near(word, stem) && stems.stem(word) == *stem)
        })
    };
    let is_asked = |word: &&str| {
        let has_number = word.contains(char::is_numeric);
        words(word).iter().any(answers) || (has_number && code::forms(word).iter().any(answers))
    };
    let all: Vec<&str> = text.split_whitespace().collect();
    let first = all.iter().position(is_asked)?;
    let from = first.saturating_sub(BEFORE);
    let shown = all.iter().skip(from).take(LENGTH);
    let mut pieces = Vec::<(bool, String)>::new();
    if from > 0 {
        pieces.push((false, "… ".into()));
    }
    for word in shown {
        let is_asked = is_asked(word);
        match pieces.last_mut().filter(|(last, _)| !*last && !is_asked) {
            Some((_, piece)) => piece.push_str(word),
            None => pieces.push((is_asked, (*word).to_owned())),
        }
        match pieces.last_mut().filter(|(last, _)| !*last) {
            Some((_, piece)) => piece.push(' '),
            None => pieces.push((false, " ".into())),
        }
    }
    if from + LENGTH < all.len() {
        pieces.push((false, "…".into()));
    }
    Some(Snippet(pieces))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(question: &str, text: &str) -> Option<String> {
        let found = snippet(&Question::of(question).unwrap(), "en-US", text)?;
        let piece = |(is_asked, text): (bool, String)| if is_asked { format!("[{text}]") } else { text };
        Some(found.0.into_iter().map(piece).collect::<String>().trim().to_owned())
    }

    #[test]
    fn the_place_is_shown_with_what_was_asked_for_marked() {
        assert_eq!(of("posting", "How a journal is posted."), Some("How a journal is [posted.]".into()));
        assert_eq!(of("journ pos", "Post a journal"), Some("[Post] a [journal]".into()));
        assert_eq!(of("gp1042", "See GP-1042."), Some("See [GP-1042.]".into()));
        assert_eq!(of("nothing", "How a journal is posted."), None);
        let long = format!("{} bank {}", "word ".repeat(50), "tail ".repeat(50));
        let shown = of("bank", &long).unwrap();
        assert!(
            shown.starts_with("… word") && shown.contains("[bank] tail") && shown.ends_with('…'),
            "{shown}"
        );
        assert!(shown.len() < 250, "{shown}");
    }
}
