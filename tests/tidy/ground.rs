//! What the ground under both halves may not know, and what nobody builds twice on it.

use crate::tree::{Source, hold, sources};

/// The two products, in whatever spelling.
const PRODUCTS: &[&str] = &["passport", "customersource", "portal"];

/// Where the ground names them nevertheless, and why.
const MAY_NAME_PRODUCTS: &[(&str, &str)] = &[
    ("crates/platform/src/texts.rs", "the names of an installation, which the texts of both are given"),
    (
        "crates/platform/src/secrets.rs",
        "the salt of all that is derived: another one would open nothing at rest",
    ),
    ("crates/platform/src/testing.rs", "tests need real tables"),
];

#[test]
fn the_ground_names_neither_product() {
    let sources = sources();
    hold(sources.iter().flat_map(names_a_product));
    for (path, why) in MAY_NAME_PRODUCTS {
        assert!(sources.iter().any(|source| source.path == *path), "{path} is gone; it might: {why}");
    }
}

fn names_a_product(source: &Source) -> Vec<String> {
    let is_listed = MAY_NAME_PRODUCTS.iter().any(|(path, _)| source.path == *path);
    if !source.path.starts_with("crates/platform/src/") || !source.is_product_code() || is_listed {
        return Vec::new();
    }
    let named = |line: &str| {
        let line = line.to_lowercase();
        PRODUCTS.iter().any(|product| line.contains(product))
    };
    let ask = "the ground knows neither product: let the half say it";
    let code = source.delivered();
    code.filter(|(_, line)| named(line)).map(|(number, _)| source.complaint(number, ask)).collect()
}

#[test]
fn names_with_a_mac_are_made_in_one_place() {
    hold(sources().iter().flat_map(makes_a_name));
}

fn makes_a_name(source: &Source) -> Vec<String> {
    if !source.is_product_code() || source.path.starts_with("crates/platform/src/secrets") {
        return Vec::new();
    }
    let ask = "what is handed out with its MAC is a `platform::secrets::Named`";
    let makes = |line: &str| line.contains(".sign(") && line.contains(".concat()");
    source.code().filter(|(_, line)| makes(line)).map(|(number, _)| source.complaint(number, ask)).collect()
}

#[test]
fn the_rules_see_what_they_look_for() {
    let ground = |text: &str| names_a_product(&Source::new("crates/platform/src/web/site.rs", text)).len();
    assert_eq!(ground("let agent = \"Passport/1\";\nif product == \"customersource\" {}\n"), 2);
    assert_eq!(
        ground("// Passport\nlet a = 1;\n#[cfg(test)]\nmod tests { const A: &str = \"passport\"; }\n"),
        0
    );
    assert_eq!(names_a_product(&Source::new("crates/passport/src/lib.rs", "\"passport\"\n")).len(), 0);
    let line = "URL_SAFE_NO_PAD.encode([name, &mac.sign(name)].concat())\n";
    assert_eq!(makes_a_name(&Source::new("crates/passport/src/grant/token.rs", line)).len(), 1);
    assert_eq!(makes_a_name(&Source::new("crates/platform/src/secrets/named.rs", line)).len(), 0);
}
