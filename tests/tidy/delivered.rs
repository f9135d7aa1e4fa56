//! What a release leaves out: the examples by which tests show every page.

use crate::tree::{Source, hold, sources};

#[test]
fn examples_of_pages_are_built_for_tests_only() {
    hold(sources().iter().flat_map(delivers_examples));
}

fn delivers_examples(source: &Source) -> Vec<String> {
    if !source.is_product_code() || source.path == "crates/platform/src/web/page.rs" {
        return Vec::new();
    }
    let is_example = |line: &str| line.contains("Samples for ") || line.contains("fn sample");
    let ask = "an example is for tests: put `#[cfg(test)]` above it";
    let found = source.delivered().filter(|(_, line)| is_example(line));
    found.map(|(number, _)| source.complaint(number, ask)).collect()
}

#[test]
fn an_example_is_seen_unless_its_item_is_for_tests() {
    let told = |text: &str| delivers_examples(&Source::new("crates/passport/src/pages/help.rs", text)).len();
    let example = "impl page::Samples for HelpPage {\n    fn samples() {\n        x()\n    }\n}\n";
    assert_eq!(told(example), 2);
    assert_eq!(told(&format!("#[cfg(test)]\n{example}")), 0);
    assert_eq!(told(&format!("#[cfg(test)]\n{example}\nfn sample_word() {{}}\n")), 1);
    assert_eq!(told("#[cfg(test)]\nmod tests;\n\nfn sample() {}\n"), 1);
    assert_eq!(told("impl Row {\n    #[cfg(test)]\n    fn sample() {\n        Row\n    }\n}\n"), 0);
    assert_eq!(
        told("impl Row {\n    #[cfg(test)]\n    fn one() {\n        Row\n    }\n    fn sample() {}\n}\n"),
        1
    );
}
