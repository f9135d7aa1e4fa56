//! The only list of which room knows which: what a folder of a half names of the others. Arrows go one way, so no room
//! stands in a circle; rooms name no door and no act. docs/ARCHITECTURE.md says what the floors are for.
use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{Source, hold, sources};

mod portal;
mod tables;

use tables::{CUSTOMERSOURCE, PASSPORT, Table};

#[test]
fn the_portals_arrows_are_those_of_the_table() {
    hold(compare("crates/customersource/src/", CUSTOMERSOURCE, &sources()));
}

#[test]
fn passports_arrows_are_those_of_the_table() {
    hold(compare("crates/passport/src/", PASSPORT, &sources()));
}

/// Arrows that are not in the table, and lines of the table that are in no source.
fn compare(root: &str, table: Table, sources: &[Source]) -> Vec<String> {
    let mut seen = BTreeMap::new();
    for source in sources.iter().filter(|source| source.is_product_code()) {
        let Some(path) = source.path.strip_prefix(root) else { continue };
        let from = path.split(['/', '.']).next().unwrap_or_default();
        for (line, to) in named(source) {
            if to != from && !["lib", "main"].contains(&from) {
                seen.entry((from.to_owned(), to)).or_insert((source.path.clone(), line));
            }
        }
    }
    let declared: BTreeSet<_> = table
        .iter()
        .flat_map(|(from, all)| all.iter().map(|to| ((*from).to_owned(), (*to).to_owned())))
        .collect();
    let new =
        seen.iter().filter(|(arrow, _)| !declared.contains(*arrow)).map(|((from, to), (path, line))| {
            format!("{path}:{line}: `{from}` names `{to}`, which tests/tidy/arrows/tables.rs does not allow")
        });
    let gone = declared.iter().filter(|arrow| !seen.contains_key(*arrow));
    let gone = gone.map(|(from, to)| format!("tests/tidy/arrows/tables.rs: `{from}` names `{to}` nowhere"));
    new.chain(gone).collect()
}

/// What of this crate a source names, with the line: the first word of every path that begins with `crate`.
fn named(source: &Source) -> Vec<(usize, String)> {
    let mut lines = vec![""; source.text.lines().count()];
    for (number, line) in source.delivered() {
        lines[number - 1] = line;
    }
    let code = lines.join("\n");
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        let heads = match rest.strip_prefix('{') {
            Some(list) => heads(list),
            None => vec![(0, word(rest))],
        };
        found.extend(heads.into_iter().map(|(beyond, head)| {
            (code[..at].lines().count().max(1) + rest[..beyond].matches('\n').count(), head)
        }));
    }
    for (_, head) in &mut found {
        // What the root hands on.
        match head.as_str() {
            "Portal" | "Passport" => *head = "state".into(),
            "Settings" => *head = "config".into(),
            _ => {}
        }
    }
    found.retain(|(_, head)| head.starts_with(|c: char| c.is_ascii_lowercase()));
    found
}

/// The first words of a use list's entries, and where they stand in it.
fn heads(list: &str) -> Vec<(usize, String)> {
    let (mut depth, mut begins, mut all) = (0_usize, true, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            c if begins && !c.is_whitespace() => {
                all.push((at, word(&list[at..])));
                begins = false;
            }
            _ => {}
        }
    }
    all
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn no_room_stands_in_a_circle() {
    hold(climbs(PASSPORT));
    hold(climbs(CUSTOMERSOURCE));
}

/// Lines that name something which stands at their own place or above it.
fn climbs(table: Table) -> Vec<String> {
    let place = |name: &str| table.iter().position(|(room, _)| *room == name);
    let arrows = table.iter().flat_map(|(from, all)| all.iter().map(move |to| (*from, *to)));
    arrows
        .filter(|(from, to)| place(to).is_none() || place(to) >= place(from))
        .map(|(from, to)| {
            format!("tests/tidy/arrows/tables.rs: `{from}` names `{to}`, which does not stand below it")
        })
        .collect()
}

#[test]
fn arrows_are_found_wherever_they_are_written() {
    let text = "use crate::{\n    grant::{self, Grant},\n    link,\n};\nlet a = crate::history::record();\n// crate::pages\n";
    let found = named(&Source::new("crates/passport/src/acts/a.rs", text));
    let found: Vec<_> = found.iter().map(|(line, name)| (*line, name.as_str())).collect();
    assert_eq!(found, [(2, "grant"), (3, "link"), (5, "history")]);
    let table: Table = &[("link", &[]), ("grant", &["link"])];
    let source = |path: &str, text| Source::new(&format!("crates/passport/src/{path}"), text);
    let told = compare("crates/passport/src/", table, &[source("link/mod.rs", "use crate::grant;\n")]);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        compare("crates/passport/src/", table, &[source("grant/mod.rs", "use crate::link;\n")]).is_empty()
    );
    assert_eq!(climbs(&[("link", &["grant"]), ("grant", &["link"])]).len(), 1);
}
