//! What people write into a form can be given back to them: every such field has a label by its name.

use std::collections::BTreeMap;

use crate::tree::{Source, hold, sources};

/// Fields whose words are given back by no error page, and why.
const NOT_GIVEN_BACK: &[(&str, &str)] = &[
    ("answer", "a secret"),
    ("code", "a secret"),
    ("user_code", "a secret"),
    ("expiry", "a proof"),
    ("invoice_number", "a proof"),
    ("last_four_digits", "a proof"),
    ("q", "of a search: it stands in the address"),
    ("who", "of a search: it stands in the address"),
    ("whom", "of a search: it stands in the address"),
    ("from", "of a search: it stands in the address"),
    ("until", "of a search: it stands in the address"),
];

/// What is ticked, chosen or never shown.
const NOT_WRITTEN: &[&str] =
    &["type=\"hidden\"", "type=\"checkbox\"", "type=\"radio\"", "type=\"password\"", "type=\"file\""];

/// The names of the fields that people write into.
fn written(template: &str) -> Vec<&str> {
    let tags = ["<input", "<textarea"].iter().flat_map(|tag| template.split(tag).skip(1));
    let tags = tags.filter_map(|rest| {
        let tag = rest.split_once('>')?.0;
        let name = tag.split_once(" name=\"")?.1.split('"').next()?;
        (!NOT_WRITTEN.iter().any(|kind| tag.contains(kind)) && !name.contains('{')).then_some(name)
    });
    let macros = template.split("field::text(shell, errors, \"").skip(1);
    tags.chain(macros.filter_map(|rest| rest.split('"').next())).collect()
}

fn without_label(template: &Source, labels: &str) -> Vec<String> {
    let known = |name: &str| {
        NOT_GIVEN_BACK.iter().any(|(given, _)| *given == name) || labels.contains(&format!("(\"{name}\", "))
    };
    let names = written(&template.text).into_iter().filter(|name| !known(name));
    names.map(|name| template.complaint(1, format!("the field {name} has no label in labels.rs"))).collect()
}

#[test]
fn whatever_is_written_into_a_form_has_a_label_to_be_given_back_by() {
    let all = sources();
    let labels: BTreeMap<_, _> = all
        .iter()
        .filter(|source| source.path.ends_with("/src/labels.rs"))
        .filter_map(|source| Some((source.place()?.0, source.text.as_str())))
        .collect();
    let of = |source: &Source| source.place().and_then(|(half, _)| labels.get(half).copied());
    let templates = all.iter().filter(|source| source.path.contains("/templates/"));
    hold(templates.filter_map(|source| Some(without_label(source, of(source)?))).flatten());
}

#[test]
fn fields_are_told_apart() {
    let ask =
        |text: &str| without_label(&Source::new("x.html", text), "    (\"place\", \"training-place\"),");
    assert_eq!(ask("<input id=\"a\" name=\"a\"><textarea name=\"b\"></textarea>").len(), 2);
    assert_eq!(ask("{% call field::text(shell, errors, \"c\", \"\") %}").len(), 1);
    for known in
        ["<input name=\"place\">", "<input type=\"hidden\" name=\"a\">", "<input name=\"{{ name }}\">"]
    {
        assert_eq!(ask(known), Vec::<String>::new(), "{known}");
    }
}
