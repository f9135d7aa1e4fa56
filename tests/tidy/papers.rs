//! What the papers for engineers name is there: each decision in its list, each path of our own in the tree.

use std::collections::BTreeSet;

use crate::tree::{Source, hold, sources};

/// Papers whose paths are checked. Decisions are history, and not among them.
const PAPERS: &[&str] = &[
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/ARCHITECTURE.md",
    "docs/LIMITS.md",
    "docs/PERFORMANCE.md",
    "deploy/README.md",
];

/// Below which folders a path may be said to begin.
const BELOW: &[&str] =
    &["", "crates/", "crates/passport/src/", "crates/customersource/src/", "crates/oidc/src/", "deploy/"];

#[test]
fn every_decision_stands_in_the_list_by_its_title() {
    let sources = sources();
    let list = find(&sources, "docs/decisions/README.md");
    let mut files: Vec<(String, &str)> = sources
        .iter()
        .filter(|source| source.path != list.path)
        .filter_map(|source| Some((line_of(source)?, source.path.as_str())))
        .collect();
    files.sort();
    let listed: Vec<&str> = list.text.lines().filter(|line| line.starts_with("- ")).collect();
    let missing = files.iter().filter(|(line, _)| !listed.contains(&line.as_str()));
    let strange = listed.iter().filter(|line| !files.iter().any(|(file, _)| file == *line));
    hold(
        missing
            .map(|(line, path)| format!("{path}: docs/decisions/README.md lacks `{line}`"))
            .chain(strange.map(|line| format!("docs/decisions/README.md: no decision is `{line}`"))),
    );
}

/// `- 0001 [Title](0001-title.md)`, of a decision's first line `# 0001 Title`.
fn line_of(source: &Source) -> Option<String> {
    let name = source.path.strip_prefix("docs/decisions/")?;
    let head = source.text.lines().next().unwrap_or_default();
    let (number, title) = head.trim_start_matches("# ").split_once(' ').unwrap_or_default();
    Some(format!("- {} [{title}]({name})", number.trim_end_matches(':')))
}

#[test]
fn every_path_that_a_paper_names_is_in_the_tree() {
    let sources = sources();
    hold(PAPERS.iter().flat_map(|paper| {
        let paper = find(&sources, paper);
        let named = paper.lines().flat_map(|(number, line)| {
            paths(line).filter(|path| !is_there(&sources, path)).map(move |path| (number, path.to_owned()))
        });
        named
            .map(|(number, path)| paper.complaint(number, format!("`{path}` is not there")))
            .collect::<Vec<_>>()
    }));
}

/// What stands in backticks and looks like a path of ours: it ends in `.rs`, or in `/` below a folder.
fn paths(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2).filter(|quoted| {
        let plain = quoted.chars().all(|c| c.is_ascii_alphanumeric() || "/_-.".contains(c));
        plain && !quoted.starts_with('/') && (quoted.ends_with(".rs") || quoted.ends_with('/'))
    })
}

/// A bare name (`store.rs`) is there when some folder has it.
fn is_there(sources: &[Source], path: &str) -> bool {
    if !path.contains('/') {
        let end = format!("/{path}");
        return sources.iter().any(|source| source.path.ends_with(&end));
    }
    BELOW.iter().any(|below| {
        // `platform/clock.rs` is said for `crates/platform/src/clock.rs`.
        let short = path.split_once('/').map(|(name, rest)| format!("{below}{name}/src/{rest}"));
        let full = Some(format!("{below}{path}"));
        [full, short].into_iter().flatten().any(|full| {
            sources
                .iter()
                .any(|source| source.path == full || (full.ends_with('/') && source.path.starts_with(&full)))
        })
    })
}

#[test]
fn options_of_the_bench_are_those_that_performance_tells_of() {
    let sources = sources();
    let paper = find(&sources, "docs/PERFORMANCE.md");
    let told: BTreeSet<String> = paper.lines().flat_map(|(_, line)| options(line)).collect();
    let has = fields(find(&sources, "crates/xtask/src/bench.rs"));
    let (lost, untold): (Vec<_>, Vec<_>) = (told.difference(&has).collect(), has.difference(&told).collect());
    assert!(lost.is_empty() && untold.is_empty(), "no options: {lost:?}; not in {}: {untold:?}", paper.path);
}

/// `--rows` and the like.
fn options(line: &str) -> Vec<String> {
    let words = line.split(|c: char| !(c.is_ascii_lowercase() || c == '-'));
    words
        .filter_map(|word| word.strip_prefix("--"))
        .filter(|name| name.starts_with(char::is_alphabetic))
        .map(str::to_owned)
        .collect()
}

/// Fields under `#[arg(long…)]`, as options are spelt.
fn fields(source: &Source) -> BTreeSet<String> {
    let lines: Vec<_> = source.lines().map(|(_, line)| line.trim()).collect();
    let is_option = |pair: &&[&str]| pair[0].starts_with("#[arg(long");
    let name = |pair: &[&str]| pair[1].split(':').next().unwrap_or_default().replace('_', "-");
    lines.windows(2).filter(is_option).map(name).collect()
}

fn find<'a>(sources: &'a [Source], path: &str) -> &'a Source {
    sources.iter().find(|source| source.path == path).expect("the paper is there")
}

#[test]
fn the_rules_see_what_they_look_for() {
    let tree =
        [Source::new("crates/platform/src/clock.rs", ""), Source::new("crates/passport/src/acts/end.rs", "")];
    let line = "`platform/clock.rs`, `clock.rs`, `lost.rs`, `acts/`, `acts/gone.rs`, `nowhere/`, `/metrics/`, `a b.rs`";
    let missing: Vec<_> = paths(line).filter(|path| !is_there(&tree, path)).collect();
    assert_eq!(missing, ["lost.rs", "acts/gone.rs", "nowhere/"]);
    assert_eq!(options("`cargo xtask bench --only code-flow --no-peer`, --"), ["only", "no-peer"]);
    let code = "    #[arg(long, global = true)]\n    no_peer: bool,\n    other: bool,\n";
    assert_eq!(fields(&Source::new("a.rs", code)).into_iter().collect::<Vec<_>>(), ["no-peer"]);
    let decision = Source::new("docs/decisions/0001-a.md", "# 0001: A title\n");
    assert_eq!(line_of(&decision).as_deref(), Some("- 0001 [A title](0001-a.md)"));
}
