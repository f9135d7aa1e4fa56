//! The numbers that code and tests name requirements and attacks by: each stands in `docs/REQUIREMENTS.md`, and each
//! that stands there has a test.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{Source, sources};

const LIST: &str = "docs/REQUIREMENTS.md";

/// A family of numbers (`CS`), and one of it.
type Number = (String, u32);

/// The numbers that the list explains.
fn explained(sources: &[Source]) -> BTreeSet<Number> {
    let list = sources.iter().find(|source| source.path == LIST).expect("the list is there");
    let lines = list.lines().filter_map(|(_, line)| line.strip_prefix("- **")?.split("**").next());
    lines.map(|number| read(number).expect("each line of the list begins with a number")).collect()
}

/// `CS-14`.
fn read(word: &str) -> Option<Number> {
    let (family, digits) = word.split_once('-')?;
    let is_family = (2..=3).contains(&family.len()) && family.bytes().all(|byte| byte.is_ascii_uppercase());
    let number = digits.parse().ok()?;
    (is_family && digits.len() <= 2).then(|| (family.to_owned(), number))
}

/// What a text names: `CS-14`, and everything from `CS-10 to CS-33`.
fn named(text: &str) -> BTreeSet<Number> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let text = text.replace("\n//!", "").replace("\n///", "");
    let mut found = BTreeSet::new();
    let mut before: [Option<&str>; 2] = [None, None];
    for word in text.split(|c: char| !is_part(c)).filter(|word| !word.is_empty()) {
        if let Some((family, number)) = read(word) {
            let from = match before {
                [Some(first), Some("to")] => {
                    read(first).filter(|(of, _)| *of == family).map(|(_, from)| from)
                }
                _ => None,
            };
            found.extend((from.unwrap_or(number)..=number).map(|number| (family.clone(), number)));
        }
        before = [before[1], Some(word)];
    }
    found
}

/// The numbers in the names of functions: `cs_14_…`, `…_as_03_…`.
fn in_names(source: &Source) -> BTreeSet<Number> {
    let names = source.code().filter_map(|(_, line)| line.split_once("fn ")?.1.split(['(', '<']).next());
    let mut found = BTreeSet::new();
    for name in names {
        let parts: Vec<&str> = name.split('_').collect();
        for pair in parts.windows(2) {
            let two_digits = pair[1].len() == 2 || pair[0] == "inv";
            found.extend(
                read(&format!("{}-{}", pair[0].to_ascii_uppercase(), pair[1])).filter(|_| two_digits),
            );
        }
    }
    found
}

fn is_test(source: &Source) -> bool {
    let path = source.path.as_str();
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("tests.rs")
}

fn written((family, number): &Number) -> String {
    if family == "INV" { format!("{family}-{number}") } else { format!("{family}-{number:02}") }
}

#[test]
fn every_number_that_is_named_is_explained() {
    let sources = sources();
    let explained = explained(&sources);
    let families: BTreeSet<&str> = explained.iter().map(|(family, _)| family.as_str()).collect();
    let mut missing: BTreeMap<String, &str> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.is_rust() || source.path.ends_with(".md")) {
        for number in named(&source.text) {
            let name = written(&number);
            // A range may have gaps.
            let is_written = source.text.contains(&name);
            if is_written && families.contains(number.0.as_str()) && !explained.contains(&number) {
                missing.insert(name, &source.path);
            }
        }
    }
    assert!(missing.is_empty(), "{LIST} does not explain {missing:?}");
}

#[test]
fn everything_that_is_explained_has_a_test() {
    let sources = sources();
    let mut tested = BTreeSet::new();
    for source in sources.iter().filter(|source| source.is_rust()) {
        tested.extend(in_names(source));
        if is_test(source) {
            tested.extend(named(&source.text));
        }
    }
    let missing: Vec<String> =
        explained(&sources).iter().filter(|number| !tested.contains(*number)).map(written).collect();
    assert!(missing.is_empty(), "no test names {missing:?}");
}

#[test]
fn numbers_are_found_in_texts_and_names() {
    let one = |family: &str, number: u32| (family.to_owned(), number);
    let text = "as the FAQ says (CS-10 to CS-12, INV-3).\n//! PW-01 to\n//! PW-02; UTF-8, x-CS-99";
    let all: Vec<Number> = named(text).into_iter().filter(|(family, _)| family != "UTF").collect();
    assert_eq!(all, [one("CS", 10), one("CS", 11), one("CS", 12), one("INV", 3), one("PW", 1), one("PW", 2)]);
    let source = Source::new("tests/x.rs", "    async fn a_link_as_03_is_dead(town: Town) {}");
    assert_eq!(in_names(&source).into_iter().collect::<Vec<_>>(), [one("AS", 3)]);
}
