//! Words that no file may hold: loose ends, silenced lints, and traces of the machine it was written on.

use crate::tree::{Source, find_word, hold, sources};

/// Loose ends. Put together here so that this file does not hold them itself.
const LOOSE_ENDS: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("todo", "!"),
    concat!("unimple", "mented!"),
    concat!("Under", " construction"),
];

/// Folders of somebody's machine.
const MACHINE_FOLDERS: &[&str] =
    &[concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/"), concat!("/wo", "rk/")];

/// The workshop's tools, which say nothing about the product.
const WORKSHOP: &[&str] =
    &[concat!("cla", "ude"), concat!("anth", "ropic"), concat!("chat", "gpt"), concat!("language", " model")];

#[test]
fn nothing_is_left_for_later() {
    // A template or catalogue may use such a word; code, scripts and documents may not.
    hold(sources().iter().filter(|source| is_written_by_us(source)).flat_map(loose_ends));
}

fn loose_ends(source: &Source) -> Vec<String> {
    let found = |line: &str| LOOSE_ENDS.iter().find(|word| find_word(line, word).next().is_some()).copied();
    let ask = |word| format!("`{word}`: do it now, or open an issue and say nothing here");
    source
        .lines()
        .filter_map(|(number, line)| found(line).map(|word| source.complaint(number, ask(word))))
        .collect()
}

fn is_written_by_us(source: &Source) -> bool {
    const KINDS: &[&str] =
        &[".rs", ".toml", ".md", ".sh", ".js", ".css", ".html", ".yaml", ".yml", ".service"];
    KINDS.iter().any(|kind| source.path.ends_with(kind))
}

#[test]
fn a_lint_is_expected_with_a_reason_and_never_allowed() {
    hold(sources().iter().filter(|source| source.is_rust()).flat_map(silenced_lints));
}

fn silenced_lints(source: &Source) -> Vec<String> {
    let mut complaints = Vec::new();
    for (number, line) in source.code() {
        if ["#[", "#![", "cfg_attr("].iter().any(|start| line.contains(start))
            && find_word(line, "allow(").next().is_some()
        {
            complaints.push(source.complaint(
                number,
                "write #[expect(lint, reason = \"…\")]: it tells when it is not needed any more",
            ));
        }
    }
    complaints
}

#[test]
fn no_file_tells_of_the_machine_it_was_written_on() {
    hold(sources().iter().filter(|source| source.path != "Cargo.lock").flat_map(traces));
}

fn traces(source: &Source) -> Vec<String> {
    let absolute = |line: &str, folder: &str| {
        let continues = |c: char| c.is_alphanumeric() || "._-~}>".contains(c);
        line.match_indices(folder).any(|(at, _)| !line[..at].ends_with(continues))
    };
    let mut complaints = Vec::new();
    for (number, line) in source.lines() {
        if let Some(folder) = MACHINE_FOLDERS.iter().find(|folder| absolute(line, folder)) {
            complaints.push(
                source.complaint(
                    number,
                    format!("`{folder}…` is a folder of one machine: write a relative path"),
                ),
            );
        }
        let lower = line.to_lowercase();
        if let Some(word) = WORKSHOP.iter().find(|word| find_word(&lower, word).next().is_some()) {
            complaints
                .push(source.complaint(number, format!("`{word}` is not about the product: leave it out")));
        }
    }
    complaints
}

#[test]
fn the_rules_see_what_they_look_for() {
    let with = |line: String| Source::new("crates/a/src/b.rs", &line);
    for word in LOOSE_ENDS {
        assert_eq!(loose_ends(&with(format!("fn f() {{}}\n// {word} later"))).len(), 1, "{word}");
    }
    assert_eq!(loose_ends(&with("MASTODON".into())).len(), 0);
    for folder in MACHINE_FOLDERS {
        assert_eq!(traces(&with(format!("see {folder}me/notes.txt"))).len(), 1, "{folder}");
        assert_eq!(traces(&with(format!("https://example.com{folder}me"))).len(), 0, "{folder}");
    }
    for word in WORKSHOP {
        assert_eq!(traces(&with(format!("written with {}", word.to_uppercase()))).len(), 1, "{word}");
    }
    let silent = ["#[al", "low(dead_code)]"].concat();
    assert_eq!(silenced_lints(&with(silent.clone())).len(), 1);
    assert_eq!(silenced_lints(&with(format!("// {silent}\nlet yes = limits.allow(key);"))).len(), 0);
}
