//! A stored word has one spelling: no query compares a column with a literal, nor writes one. A word of a type
//! (`DeriveActiveEnum`, `as_str`) is found by the compiler when it changes.

use std::collections::BTreeSet;

use crate::tree::{Source, hold, sources};

/// What compares a column, or fills one.
const CALLS: &[&str] = &[".eq(", ".ne(", ".is_in([", ".is_not_in([", "Set(", "Expr::value(", "Expr::val("];

#[test]
fn no_query_spells_a_stored_word() {
    hold(sources().iter().flat_map(spells_a_word));
}

fn spells_a_word(source: &Source) -> Vec<String> {
    // A migration says what was true when it was written, whatever a type is called later.
    if !source.is_product_code() || source.path.starts_with("migrations/") {
        return Vec::new();
    }
    // An empty text is no word: `Set("".into())` is lawful.
    let is_word = |after: &str| after.strip_prefix('"').is_some_and(|text| !text.starts_with('"'));
    let spells = |line: &str| {
        CALLS.iter().any(|call| line.match_indices(call).any(|(at, _)| is_word(&line[at + call.len()..])))
    };
    let ask = "a stored word is a value of the entity's enum, not a literal in a query";
    let code = source.delivered();
    code.filter(|(_, line)| spells(line)).map(|(number, _)| source.complaint(number, ask)).collect()
}

/// A store reads a word back by its type, too: no comparison with a literal, no choice between two.
#[test]
fn no_store_reads_a_stored_word_by_its_spelling() {
    hold(sources().iter().flat_map(reads_a_word));
}

fn is_store(source: &Source) -> bool {
    let halves = ["crates/passport/src/", "crates/customersource/src/"];
    source.is_product_code()
        && halves.iter().any(|half| source.path.starts_with(half))
        && (source.path.ends_with("/store.rs") || source.path.contains("/store/"))
}

fn reads_a_word(source: &Source) -> Vec<String> {
    let reads = |line: &str| {
        let compares =
            ["== \"", "!= \""].iter().any(|sign| line.split(sign).skip(1).any(|rest| !rest.starts_with('"')));
        let chooses = line.contains("Set(if ") && line.contains("{ \"");
        let matches = line.contains("match row.") && line.contains(".as_str()");
        compares || chooses || matches
    };
    let ask =
        "a stored word is a value of the entity's enum, also where it is read and where one of two is chosen";
    let code = source.delivered().filter(|_| is_store(source));
    code.filter(|(_, line)| reads(line)).map(|(number, _)| source.complaint(number, ask)).collect()
}

/// SQL that is written out spells words; each is one that a type of the same half has, so that whoever renames it there
/// hears of the query.
#[test]
fn words_in_sql_are_those_of_types() {
    let sources = sources();
    for half in ["crates/passport/src/", "crates/customersource/src/"] {
        let known: BTreeSet<String> =
            sources.iter().filter(|source| source.path.starts_with(half)).flat_map(words_of_types).collect();
        let stores = sources.iter().filter(|source| source.path.starts_with(half) && is_store(source));
        hold(stores.flat_map(|source| unknown_words(source, &known)));
    }
}

/// Words that types of a source are stored as: arms that give a text, and the variants of an entity's enums.
fn words_of_types(source: &Source) -> Vec<String> {
    let is_entity = source.path.contains("/entity");
    let mut words = Vec::new();
    for (_, line) in source.delivered() {
        if let Some((_, rest)) = line.split_once("=> \"") {
            words.extend(rest.split('"').next().map(str::to_owned));
        }
        if let Some((word, _)) = line.trim().strip_prefix('"').and_then(|rest| rest.split_once("\" => ")) {
            words.push(word.to_owned());
        }
        let variant = line.trim().trim_end_matches(',');
        if is_entity && line.trim().ends_with(',') && variant.chars().all(char::is_alphanumeric) {
            let mut word = String::new();
            for c in variant.chars() {
                if c.is_uppercase() && !word.is_empty() {
                    word.push('_');
                }
                word.extend(c.to_lowercase());
            }
            words.push(word);
        }
    }
    words
}

fn unknown_words(source: &Source, known: &BTreeSet<String>) -> Vec<String> {
    let mut complaints = Vec::new();
    for (number, line) in source.delivered() {
        for (at, _) in line.match_indices('\'') {
            let Some((word, _)) = line[at + 1..].split_once('\'') else { continue };
            let is_word = word.len() > 2 && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            if is_word && !known.contains(word) {
                complaints
                    .push(source.complaint(number, format!("no type of this half is stored as '{word}'")));
            }
        }
    }
    complaints
}

#[test]
fn the_rules_see_words_that_are_read_or_written_out() {
    let store = |text: &str| Source::new("crates/customersource/src/newsletter/store.rs", text);
    let reads = |text: &str| reads_a_word(&store(text)).len();
    assert_eq!(reads("is_open: row.state == \"open\",\n"), 1);
    assert_eq!(reads("state: Set(if about.is_open { \"open\" } else { \"closed\" }.into()),\n"), 1);
    assert_eq!(reads("state: match row.state.as_str() {\n"), 1);
    assert_eq!(reads("is_open: row.state == Stored::Open,\nif text == \"\" {\n"), 0);
    let entity = Source::new(
        "crates/customersource/src/newsletter/entity.rs",
        "pub enum Stored {\n    Open,\n    InHand,\n}\nSelf::Gone => \"gone\",\n",
    );
    let known: BTreeSet<String> = words_of_types(&entity).into_iter().collect();
    let unknown = |text: &str| unknown_words(&store(text), &known).len();
    assert_eq!(unknown("let sql = \"WHERE state IN ('open', 'in_hand') AND kind <> 'gone'\";\n"), 0);
    assert_eq!(unknown("let sql = \"WHERE state = 'opened'\";\n"), 1);
}

#[test]
fn the_rule_sees_what_it_looks_for() {
    let found = |text: &str| spells_a_word(&Source::new("crates/passport/src/device/store.rs", text)).len();
    assert_eq!(found(".filter(Column::State.eq(\"waiting\"))\n.filter(Column::State.ne(\"over\"))\n"), 2);
    assert_eq!(found(".filter(Column::State.is_in([\"waiting\", \"allowed\"]))\n"), 1);
    assert_eq!(
        found("state: Set(\"waiting\".to_owned()),\n.col_expr(Column::State, Expr::value(\"over\"))\n"),
        2
    );
    assert_eq!(found(".filter(Column::State.eq(Stored::Waiting))\nagent: Set(\"\".into()),\n"), 0);
    assert_eq!(found("#[cfg(test)]\nmod tests {\n    let a = Set(\"waiting\");\n}\n"), 0);
}

#[test]
fn a_number_of_32_bits_is_read_as_both_engines_say_it() {
    hold(sources().iter().flat_map(reads_32_bits));
}

/// SQLite's integers have 64 bits: read as `i32` there is an error, and as `Option<i32>` silently nothing.
fn reads_32_bits(source: &Source) -> Vec<String> {
    let is_own = ["crates/platform/src/db/int.rs", "tests/tidy/stored.rs"].contains(&source.path.as_str());
    if !source.path.ends_with(".rs") || is_own {
        return Vec::new();
    }
    let is_entity = source.text.contains("DeriveEntityModel");
    let reads = |line: &str| {
        let field =
            line.trim_start().starts_with("pub ") && (line.contains(": i32,") || line.contains("<i32>,"));
        let from_row = line.contains("try_get") || line.contains("into_tuple");
        (is_entity && field) || (from_row && line.contains("i32"))
    };
    let code = source.code();
    code.filter(|(_, line)| reads(line))
        .map(|(number, _)| source.complaint(number, "read the number as `platform::db::Int`"))
        .collect()
}

#[test]
fn the_rule_sees_numbers_of_32_bits() {
    let found = |text: &str| reads_32_bits(&Source::new("crates/passport/src/device/store.rs", text)).len();
    assert_eq!(
        found(
            "#[derive(DeriveEntityModel)]\npub struct Model {\n    pub a: i32,\n    pub b: Option<i32>,\n}\n"
        ),
        2
    );
    assert_eq!(found("let number: i32 = row.try_get(\"\", \"number\")?;\n"), 1);
    assert_eq!(found("let found = query.into_tuple::<(i32, Moment)>();\n"), 1);
    assert_eq!(found("pub struct Plan {\n    pub rank: i32,\n}\n"), 0);
}
