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
