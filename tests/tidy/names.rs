//! A name that is imported means one type in a half: a reader of one file does not ask which of two it is. Types that
//! are named with their room (`plan::Coverage`) are free.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{Source, hold, sources};

/// Words that every room has of its own, because it decides or tells something: the import says whose.
const OF_EVERY_ROOM: &[&str] =
    &["Asked", "Facts", "Found", "Kind", "Line", "Outcome", "Refusal", "Refused", "State", "Verdict", "What"];

/// Other names that stay, and why.
const KEPT: &[(&str, &str)] = &[
    ("Administrator", "whoever is one at the door, and what a query on their company begins with"),
    ("Staff", "whoever is one at the door, and their row"),
];

#[test]
fn an_imported_name_means_one_type() {
    let sources = sources();
    for half in ["passport", "customersource"] {
        hold(ambiguous(half, &sources));
    }
}

fn ambiguous(half: &str, sources: &[Source]) -> Vec<String> {
    let root = format!("crates/{half}/src/");
    // Name → home → where it is imported first.
    let mut homes: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.is_product_code()) {
        let Some(path) = source.path.strip_prefix(&root) else { continue };
        let room = path.split(['/', '.']).next().unwrap_or_default();
        for (line, path) in imports(source) {
            let parts: Vec<_> = path.split("::").collect();
            let [first, inside @ .., name] = parts.as_slice() else { continue };
            let home = inside.first().copied().unwrap_or_default();
            let is_ours = ["crate", "platform", "oidc"].contains(first);
            if !is_ours || inside.is_empty() || home == room || inside.contains(&"entity") || !is_type(name) {
                continue;
            }
            let place = format!("{}:{line}", source.path);
            homes.entry((*name).into()).or_default().entry(format!("{first}::{home}")).or_insert(place);
        }
    }
    let twice = defined_twice(half, sources);
    let is_kept = |name: &str| OF_EVERY_ROOM.contains(&name) || KEPT.iter().any(|(kept, _)| *kept == name);
    homes.retain(|name, homes| homes.len() > 1 && twice.contains(name) && !is_kept(name));
    let complaint = |(name, homes): (String, BTreeMap<String, String>)| {
        let homes: Vec<_> = homes.iter().map(|(home, place)| format!("{home} ({place})")).collect();
        format!("`{name}` is imported from {}: rename one, or name it with its room", homes.join(" and "))
    };
    homes.into_iter().map(complaint).collect()
}

fn is_type(name: &str) -> bool {
    name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)
}

/// Names of several public types that a half may import.
fn defined_twice(half: &str, sources: &[Source]) -> BTreeSet<String> {
    let (mut once, mut twice) = (BTreeSet::new(), BTreeSet::new());
    let may_import = |source: &&Source| {
        source.is_product_code()
            && source.place().is_some_and(|(name, _)| [half, "platform", "oidc"].contains(&name))
    };
    for source in sources.iter().filter(may_import) {
        for (_, line) in source.delivered() {
            let line = line.trim_start();
            let Some(rest) = line.strip_prefix("pub ").or_else(|| line.strip_prefix("pub(crate) ")) else {
                continue;
            };
            let kinds = ["struct ", "enum ", "trait ", "type "];
            let Some(rest) = kinds.iter().find_map(|kind| rest.strip_prefix(kind)) else { continue };
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
            if !once.insert(name.clone()) {
                twice.insert(name);
            }
        }
    }
    twice
}

/// Every path of every `use`, in full, with the line on which the `use` begins; what is imported by another name is
/// left out.
fn imports(source: &Source) -> Vec<(usize, String)> {
    let (mut found, mut begun) = (Vec::new(), None::<(usize, String)>);
    for (number, line) in source.delivered() {
        let text = line.trim_start().trim_start_matches("pub ");
        match &mut begun {
            Some((_, list)) => list.push_str(line),
            None if text.starts_with("use ") => begun = Some((number, text["use ".len()..].to_owned())),
            None => continue,
        }
        if line.trim_end().ends_with(';')
            && let Some((number, list)) = begun.take()
        {
            let mut paths = Vec::new();
            spread("", list.trim_end().trim_end_matches(';'), &mut paths);
            found.extend(paths.into_iter().map(|path| (number, path)));
        }
    }
    found
}

fn spread(before: &str, list: &str, paths: &mut Vec<String>) {
    let list = list.trim();
    let Some((head, inner)) = list.split_once('{') else {
        if !list.is_empty() && !list.contains(" as ") {
            paths.push(format!("{before}{list}"));
        }
        return;
    };
    let inner = inner.trim_end().strip_suffix('}').unwrap_or(inner);
    let (mut depth, mut begin) = (0_usize, 0);
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                spread(&format!("{before}{head}"), &inner[begin..at], paths);
                begin = at + 1;
            }
            _ => {}
        }
    }
    spread(&format!("{before}{head}"), &inner[begin..], paths);
}

#[test]
fn the_rule_sees_two_homes_of_a_name() {
    let source = |path: &str, text: &str| Source::new(&format!("crates/passport/src/{path}"), text);
    let defined = [
        source("desk.rs", "pub struct Desk;\n"),
        source("grant/mod.rs", "pub struct Desk;\n"),
        source("acts/a.rs", "use crate::{\n    desk::Desk,\n    client::{self, Client},\n};\n"),
    ];
    let with = |path: &str, text: &str| {
        let mut all: Vec<_> = defined.iter().map(|source| Source::new(&source.path, &source.text)).collect();
        all.push(source(path, text));
        ambiguous("passport", &all)
    };
    assert_eq!(with("pages/b.rs", "use crate::grant::{self, Desk};\n").len(), 1);
    for fine in ["use crate::grant;\n", "use crate::grant::Desk as GrantDesk;\n", "use crate::desk::Desk;\n"]
    {
        assert!(with("pages/b.rs", fine).is_empty(), "{fine}");
    }
    assert!(with("grant/store.rs", "use crate::grant::Desk;\n").is_empty(), "a room's own");
}

/// Where the schema's older word for a company is said: rows bear the names of their columns (decision 0068).
const OF_THE_SCHEMA: &[&str] = &["organization_id", "Column::OrganizationId", "organization AS company"];

#[test]
fn a_company_has_one_noun() {
    hold(sources().iter().flat_map(calls_it_otherwise));
}

fn calls_it_otherwise(source: &Source) -> Vec<String> {
    let Some(path) = source.path.strip_prefix("crates/customersource/src/") else { return Vec::new() };
    // The table's name.
    if ["company/entity.rs", "dump/store.rs"].contains(&path) {
        return Vec::new();
    }
    let ask = "say `company`; only the schema says organization (docs/decisions/0068)";
    let otherwise = |line: &str| {
        let rest = OF_THE_SCHEMA.iter().fold(line.to_owned(), |line, known| line.replace(known, ""));
        rest.to_lowercase().contains("organization")
    };
    let lines = source.lines().filter(|(_, line)| otherwise(line));
    lines.map(|(number, _)| source.complaint(number, ask)).collect()
}

#[test]
fn the_rule_sees_another_noun() {
    let found =
        |text: &str| calls_it_otherwise(&Source::new("crates/customersource/src/plan/a.rs", text)).len();
    assert_eq!(found("use crate::organization;\nlet id: OrganizationId;\n// The organization.\n"), 3);
    assert_eq!(found(".filter(Column::OrganizationId.eq(row.organization_id))\n"), 0);
}
