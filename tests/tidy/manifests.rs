//! What a crate's manifest asks for is used.

use crate::tree::{Source, find_word, hold, sources};

#[test]
fn every_dependency_is_used_by_the_crate_that_names_it() {
    let sources = sources();
    let manifests = sources.iter().filter(|source| source.path.ends_with("/Cargo.toml"));
    hold(manifests.filter(|manifest| !manifest.path.starts_with("fuzz/")).flat_map(|manifest| {
        let folder = manifest.path.trim_end_matches("Cargo.toml");
        let own: Vec<_> = sources.iter().filter(|source| source.path.starts_with(folder)).collect();
        unused(manifest, &own)
    }));
}

fn unused(manifest: &Source, own: &[&Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut is_dependency = false;
    for (number, line) in manifest.lines() {
        if let Some(header) = line.strip_prefix('[') {
            is_dependency = header.trim_end_matches(']').ends_with("dependencies");
            continue;
        }
        let Some((name, _)) = line.split_once(['.', ' ', '=']).filter(|_| is_dependency) else { continue };
        let name = name.replace('-', "_");
        if name.is_empty() || name.starts_with('#') {
            continue;
        }
        let is_named = |source: &&Source| {
            (source.is_rust() || source.path.ends_with(".html"))
                && source.text.lines().any(|line| find_word(line, &name).next().is_some())
        };
        if !own.iter().any(is_named) {
            complaints.push(manifest.complaint(number, format!("`{name}` is used nowhere in this crate")));
        }
    }
    complaints
}

#[test]
fn the_rule_sees_what_it_looks_for() {
    let manifest = "[package]\nname = \"a\"\n\n[dependencies]\n# why\nsea-orm.workspace = true\nurl = \"2\"\n\n[dev-dependencies]\ntoml.workspace = true\n";
    let manifest = Source::new("crates/a/Cargo.toml", manifest);
    let source = Source::new("crates/a/src/lib.rs", "use sea_orm::Set;\n");
    let found = unused(&manifest, &[&source]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains(":7: `url`") && found[1].contains(":10: `toml`"), "{found:?}");
}
