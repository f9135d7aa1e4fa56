//! The files of the work tree as the rules read them; it knows no rule.

use std::path::Path;
use std::process::Command;
use std::{fs, iter};

/// A text file: its path from the root of the workspace, and what it says.
pub struct Source {
    pub path: String,
    pub text: String,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// Numbered from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// The numbered lines of a Rust file without its comments.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let without_comment =
            |line: &str| line.trim_start().starts_with("//").then_some(0).or_else(|| line.find(" //"));
        self.lines()
            .map(move |(number, line)| (number, without_comment(line).map_or(line, |end| &line[..end])))
    }

    /// The lines of code that a release has: without what stands under `#[cfg(test)]`, to the item's end.
    pub fn delivered(&self) -> impl Iterator<Item = (usize, &str)> {
        let indent = |line: &str| line.len() - line.trim_start().len();
        let mut left_out: Option<(usize, bool)> = None;
        self.code().filter(move |(_, line)| match left_out {
            None if line.trim() == "#[cfg(test)]" => {
                left_out = Some((indent(line), false));
                false
            }
            None => true,
            Some((depth, is_begun)) => {
                let is_attribute = !is_begun && line.trim_start().starts_with('#');
                let closes = is_begun && line.trim_start().starts_with(['}', ']', ')']);
                let is_whole = !is_begun && (line.ends_with(';') || line.ends_with('}'));
                let ends = indent(line) == depth && !line.trim().is_empty() && (closes || is_whole);
                left_out = (!ends || is_attribute).then_some((depth, is_begun || !is_attribute));
                false
            }
        })
    }

    /// `Cargo.toml:3: what to do`, the form in which every rule complains.
    pub fn complaint(&self, line: usize, what: impl AsRef<str>) -> String {
        format!("{}:{line}: {}", self.path, what.as_ref())
    }

    /// The crate's name and the path below its folder, for a file in `crates/` or `migrations/`.
    pub fn place(&self) -> Option<(&str, &str)> {
        if self.path.starts_with("migrations/") {
            Some(self.path.as_str())
        } else {
            self.path.strip_prefix("crates/")
        }?
        .split_once('/')
    }

    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Rust that is linked into a program: not tests, not the errands around the programs.
    pub fn is_product_code(&self) -> bool {
        let in_crate =
            |(name, _): (&str, &str)| !["bench", "testkit", "xtask"].contains(&name) && !self.is_test();
        self.is_rust() && self.place().is_some_and(in_crate)
    }

    /// Code that only tests run: a suite, or what stands beside the code that it tests.
    pub fn is_test(&self) -> bool {
        let has_room = self.path.starts_with("tests/") || self.path.contains("/tests/");
        self.is_rust() && (has_room || self.path.ends_with("tests.rs"))
    }
}

/// Every text file that is in version control or about to be, in the order of the paths.
pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let listing = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .expect("tidy reads the list of files from git");
    assert!(listing.status.success(), "git: {}", String::from_utf8_lossy(&listing.stderr));
    let mut paths: Vec<_> = listing.stdout.split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
    paths.sort();
    paths.dedup();
    let read = |path: &str| fs::read_to_string(root.join(path)).ok().map(|text| Source::new(path, &text));
    let sources: Vec<_> = paths.iter().filter_map(|path| read(path)).collect();
    assert!(
        sources.iter().any(|source| source.path == "Cargo.toml"),
        "the list of files is not the workspace's"
    );
    sources
}

/// Fails with every complaint at once.
#[track_caller]
pub fn hold(complaints: impl IntoIterator<Item = String>) {
    let complaints: Vec<_> = complaints.into_iter().collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// Where `word` stands in `line` with no letter, digit or underscore beside it.
pub fn find_word<'a>(line: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let mut from = 0;
    iter::from_fn(move || {
        loop {
            let at = from + line.get(from..)?.find(word)?;
            from = at + word.len();
            let is_name = |c: char| c.is_alphanumeric() || c == '_';
            let begins_inside = word.starts_with(is_name) && line[..at].ends_with(is_name);
            let ends_inside = word.ends_with(is_name) && line[from..].starts_with(is_name);
            if !begins_inside && !ends_inside {
                return Some(at);
            }
        }
    })
}

#[test]
fn a_word_is_found_only_whole() {
    assert_eq!(find_word("use axum::Router; axum_server", "axum").collect::<Vec<_>>(), [4]);
    assert_eq!(find_word("openidconnect::x", "oidc::").count(), 0);
    assert_eq!(find_word("(oidc::x, my_oidc::y)", "oidc::").count(), 1);
}

#[test]
fn comments_are_not_code() {
    let source = Source::new("a.rs", "//! axum\nlet a = 1; // axum\nlet url = \"http://x\";\n");
    let code: Vec<_> = source.code().map(|(_, line)| line).collect();
    assert_eq!(code, ["", "let a = 1;", "let url = \"http://x\";"]);
}

#[test]
fn a_file_knows_its_crate() {
    assert_eq!(Source::new("crates/oidc/src/lib.rs", "").place(), Some(("oidc", "src/lib.rs")));
    assert_eq!(Source::new("migrations/src/lib.rs", "").place(), Some(("migrations", "src/lib.rs")));
    assert_eq!(Source::new("docs/a.md", "").place(), None);
    assert!(!Source::new("crates/passport/src/grant/tests.rs", "").is_product_code());
    assert!(Source::new("crates/passport/src/grant/tests/kept.rs", "").is_test());
    assert!(Source::new("crates/passport/src/grant/store.rs", "").is_product_code());
}
