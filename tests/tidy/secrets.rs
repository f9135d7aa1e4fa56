//! Secrets are compared in constant time, or found by their digest (CA-09): nowhere by `==`.
use crate::tree::{Source, hold, sources};

/// What a value is called that must not be compared byte by byte.
const SECRETS: &[&str] = &["secret", "password", "token", "digest", "hash", "mac", "tag", "cookie"];

/// Where one of these is no secret, and why.
const PUBLIC: &[(&str, &str)] = &[
    ("crates/oidc/src/dpop.rs", "whoever shows the proof shows the token as well"),
    ("crates/oidc/src/certificate", "tags of ASN.1"),
    ("crates/passport/src/client/request_object.rs", "what the address itself says"),
    ("crates/passport/src/acts/credentials.rs", "two rows of ours, of which nobody typed one"),
    ("crates/customersource/src/pages/confirm.rs", "which of this browser's links its page was of"),
    ("crates/customersource/src/pages/resources/download.rs", "an entity tag of HTTP"),
    ("crates/customersource/src/front/mod.rs", "a tag of a language"),
    ("crates/customersource/src/pages/staff/edit/fields.rs", "a tag of a language"),
    ("crates/passport/src/acts/register.rs", "two rows of ours, of which nobody typed one"),
    ("crates/customersource/src/resource/mod.rs", "a tag of a language"),
];

/// The last word before the comparison, and the last one of the path behind it.
fn sides(line: &str, at: usize) -> [&str; 2] {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (left, right) = (&line[..at], &line[at + 2..]);
    let left = left.trim_end().rsplit(|c| !is_word(c)).next().unwrap_or_default();
    let right = right.trim_start_matches([' ', '&', '*']);
    let path = right.split(|c| !is_word(c) && c != '.' && c != ':').next().unwrap_or_default();
    [left, path.rsplit(['.', ':']).next().unwrap_or_default()]
}

fn compares(source: &Source) -> Vec<String> {
    let listed = PUBLIC.iter().any(|(path, _)| source.path.starts_with(path));
    if !source.is_product_code() || listed {
        return Vec::new();
    }
    let is_secret = |word: &str| SECRETS.contains(&word.rsplit('_').next().unwrap_or_default());
    let what = "compare it by `secrets::same` or `Mac::verify`, or find its row by the digest";
    let code = source.delivered();
    code.filter(|(_, line)| {
        let marks = ["==", "!="].into_iter().flat_map(|mark| line.match_indices(mark));
        marks.into_iter().any(|(at, _)| sides(line, at).into_iter().any(is_secret))
    })
    .map(|(number, _)| source.complaint(number, what))
    .collect()
}

#[test]
fn ca_09_secrets_are_compared_in_constant_time_or_found_by_their_digest() {
    hold(sources().iter().flat_map(compares));
}

#[test]
fn a_comparison_of_secrets_is_told_apart() {
    let complaints = |line: &str| compares(&Source::new("crates/passport/src/x.rs", line)).len();
    for line in
        ["if typed == row.secret {", "if link.digest != digest(secret.as_bytes()) {", "a.form_token == b"]
    {
        assert_eq!(complaints(line), 1, "{line}");
    }
    for line in [
        "if secret.len() == 43 {",
        "secrets::same(&row.digest, &digest)",
        "a == Kind::Token",
        "// a token == b",
    ] {
        assert_eq!(complaints(line), 0, "{line}");
    }
}
