//! How a file begins, how long it grows and what it is called.

use crate::tree::{Source, find_word, hold, sources};

/// Beyond this a file is split.
const LONGEST: usize = 400;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "manager", "managers", "misc"];

#[test]
fn every_file_begins_with_a_sentence_that_says_what_it_owns() {
    hold(sources().iter().filter(|source| source.is_rust() && source.place().is_some()).filter_map(headless));
}

fn headless(source: &Source) -> Option<String> {
    let head: Vec<_> = source.text.lines().map_while(|line| line.strip_prefix("//!")).collect();
    let sentence = head.join("").trim().chars().any(|c| matches!(c, '.' | ':' | '?' | '!'));
    let ask = "begin the file with one `//! Sentence.`: what it owns, what it does not know";
    (!sentence || source.text.starts_with("//!\n")).then(|| source.complaint(1, ask))
}

#[test]
fn no_file_is_longer_than_a_reader_holds_in_mind() {
    let sources = sources();
    let ours = sources.iter().filter(|source| source.is_product_code() || source.is_test());
    hold(ours.filter(|source| source.text.lines().count() > LONGEST).map(|source| {
        source.complaint(
            LONGEST + 1,
            format!("{} lines: split it by what it owns", source.text.lines().count()),
        )
    }));
}

#[test]
fn every_module_is_named_for_what_it_holds() {
    hold(sources().iter().filter(|source| source.is_rust()).flat_map(empty_names));
}

fn empty_names(source: &Source) -> Vec<String> {
    let is_empty = |name: &str| EMPTY_NAMES.contains(&name.trim_end_matches(".rs"));
    let path = source.path.split('/').find(|part| is_empty(part));
    let in_path = path.map(|part| source.complaint(1, format!("`{part}` names nothing: say what is inside")));
    let inline = source.code().filter_map(|(number, line)| {
        let at = find_word(line, "mod ").next()?;
        let name = line[at + "mod ".len()..].trim_end_matches([';', '{', ' ', '}']);
        is_empty(name)
            .then(|| source.complaint(number, format!("`mod {name}` names nothing: say what is inside")))
    });
    in_path.into_iter().chain(inline).collect()
}

#[test]
fn the_rules_see_what_they_look_for() {
    let headless_texts =
        ["use std::fmt;\n", "\n//! Late.\n", "//!\n//! Late.\n", "// Not a head.\n", "//! no sentence\n"];
    for text in headless_texts {
        assert!(headless(&Source::new("a.rs", text)).is_some(), "{text:?}");
    }
    assert_eq!(
        headless(&Source::new("a.rs", "//! Owns a thing that\n//! spans lines.\nuse std::fmt;\n")),
        None
    );
    assert_eq!(empty_names(&Source::new("crates/a/src/utils/mod.rs", "")).len(), 1);
    assert_eq!(empty_names(&Source::new("crates/a/src/common.rs", "pub mod helpers {\n")).len(), 2);
    assert_eq!(empty_names(&Source::new("crates/a/src/grant/store.rs", "mod manager_of_grants;\n")).len(), 0);
}
