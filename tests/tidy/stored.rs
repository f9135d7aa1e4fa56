//! A stored word has one spelling: no query compares a column with a literal, nor writes one. A word of a type
//! (`DeriveActiveEnum`, `as_str`) is found by the compiler when it changes.

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
