//! Every type in `docs/GLOSSARY.md` is where its line says.

use crate::tree::{Source, sources};

#[test]
fn every_word_of_the_glossary_is_where_its_line_says() {
    let sources = sources();
    let find = |path: &str| sources.iter().find(|source| source.path == path);
    let glossary = find("docs/GLOSSARY.md").expect("the glossary is there");
    let lines = glossary.lines().filter(|(_, line)| line.starts_with("| `"));
    let complaints: Vec<String> = lines
        .flat_map(|(number, line)| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let (words, place) = (cells[1], format!("crates/{}", cells[3].trim_matches('`')));
            let place = find(&place);
            let is_missing =
                |word: &&str| !place.is_some_and(|place| declares(place, word.trim_matches('`')));
            let words: Vec<&str> = words.split(", ").filter(is_missing).collect();
            words.into_iter().map(move |word| glossary.complaint(number, format!("{word} is not there")))
        })
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

fn declares(source: &Source, word: &str) -> bool {
    let kinds = ["struct", "enum", "trait"].map(|kind| format!("{kind} {word}"));
    let is_end = |rest: &str| rest.chars().next().is_none_or(|c| !c.is_alphanumeric());
    source.code().any(|(_, line)| {
        kinds.iter().any(|kind| line.split_once(kind.as_str()).is_some_and(|(_, rest)| is_end(rest)))
    })
}
