//! Whatever is sealed for a purpose is named, by that purpose, where sealed things move to another line of the key file
//! (`passport keys reseal`): a new one is not forgotten there.
use std::collections::BTreeSet;

use crate::tree::{Source, hold, sources};

/// Where the purposes stand.
const LIST: &str = "crates/passport/src/command/keys.rs";

fn purposes(source: &Source) -> Vec<(usize, String)> {
    let ours =
        ["crates/passport/src/", "crates/platform/src/"].iter().any(|half| source.path.starts_with(half));
    if !source.is_product_code() || !ours {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (number, line) in source.delivered() {
        for (at, call) in line.match_indices(".seal(\"") {
            found.extend(line[at + call.len()..].split('"').next().map(|word| (number, word.to_owned())));
        }
        // By a constant of the same file; another file that borrows it seals for the same purpose.
        for (at, call) in line.match_indices("keyring.seal(") {
            let name = line[at + call.len()..].split(')').next().unwrap_or_default();
            let means = source.text.split_once(&format!("const {name}: &str = \""));
            found.extend(
                means.and_then(|(_, rest)| rest.split('"').next()).map(|word| (number, word.to_owned())),
            );
        }
    }
    found
}

fn listed(source: &Source) -> BTreeSet<String> {
    let list = source.text.split_once("SEALED:").map_or("", |(_, rest)| rest);
    let list = list.split("];").next().unwrap_or_default();
    list.lines()
        .filter_map(|line| line.trim().strip_prefix("(\"")?.split('"').next().map(str::to_owned))
        .collect()
}

#[test]
fn every_sealed_thing_is_named_where_it_moves_to_another_key() {
    let sources = sources();
    let list = listed(sources.iter().find(|source| source.path == LIST).expect("the list is there"));
    let found: BTreeSet<String> = sources.iter().flat_map(purposes).map(|(_, word)| word).collect();
    hold(sources.iter().flat_map(|source| {
        let unknown = purposes(source).into_iter().filter(|(_, word)| !list.contains(word));
        let ask = "say in SEALED (command/keys.rs) how it moves to another line, and move it there";
        unknown.map(|(number, _)| source.complaint(number, ask)).collect::<Vec<_>>()
    }));
    assert!(list.is_subset(&found), "sealed nowhere: {:?}", list.difference(&found).collect::<Vec<_>>());
}

#[test]
fn the_rule_sees_a_canary() {
    let canary = Source::new("crates/passport/src/canary/mod.rs", "let seal = keyring.seal(\"canary\");\n");
    assert_eq!(purposes(&canary), [(1, "canary".to_owned())]);
    let list = Source::new(
        LIST,
        "const SEALED: [(&str, &str); 1] = [\n    (\"signing key\", \"moved\"),\n];\n(\"x\")",
    );
    assert_eq!(listed(&list).into_iter().collect::<Vec<_>>(), ["signing key"]);
}
