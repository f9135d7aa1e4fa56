//! Every numbered requirement of the portal, and every numbered attack on either program, has a test that bears its
//! number.

use std::collections::BTreeSet;

use crate::tree::sources;

/// The requirements, as the FAQ's answers are numbered; a test's name begins with one.
const REQUIREMENTS: &[(&str, std::ops::RangeInclusive<u32>)] =
    &[("cs", 1..=8), ("cs", 10..=23), ("cs", 30..=34), ("cs", 40..=53), ("cs", 60..=64)];

/// The attacks; a test's name holds one.
const ATTACKS: &[(&str, std::ops::RangeInclusive<u32>)] =
    &[("as", 1..=18), ("en", 1..=4), ("em", 1..=11), ("br", 1..=18), ("fx", 1..=15), ("portal_rule", 1..=18)];

/// The names of all functions that may be tests.
fn names() -> BTreeSet<String> {
    let sources = sources();
    let rust = sources.iter().filter(|source| source.is_rust());
    let lines = rust.flat_map(|source| source.code().map(|(_, line)| line.trim().to_owned()));
    let name = |line: String| {
        let (_, rest) = line.split_once("fn ")?;
        Some(rest.split(['(', '<']).next()?.to_owned())
    };
    lines.filter_map(name).collect()
}

fn ids(
    of: &'static [(&'static str, std::ops::RangeInclusive<u32>)],
) -> impl Iterator<Item = (&'static str, u32)> {
    of.iter().flat_map(|(kind, numbers)| numbers.clone().map(|number| (*kind, number)))
}

#[test]
fn every_requirement_has_a_test_whose_name_begins_with_its_number() {
    let names = names();
    let missing: Vec<String> = ids(REQUIREMENTS)
        .map(|(kind, number)| format!("{kind}_{number:02}_"))
        .filter(|id| !names.iter().any(|name| name.starts_with(id)))
        .collect();
    assert!(missing.is_empty(), "no test begins with {missing:?}");
}

#[test]
fn every_attack_has_a_test_that_bears_its_number() {
    let names = names();
    let holds = |name: &str, id: &str| name.starts_with(id) || name.contains(&format!("_{id}"));
    let missing: Vec<String> =
        ids(ATTACKS)
            .map(|(kind, number)| {
                if kind == "portal_rule" {
                    format!("{kind}_{number}_")
                } else {
                    format!("{kind}_{number:02}_")
                }
            })
            .filter(|id| !names.iter().any(|name| holds(name, id)))
            .collect();
    assert!(missing.is_empty(), "no test bears {missing:?}");
}
