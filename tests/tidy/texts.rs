//! The catalogues of words: complete in every language, every text used, every used text there.

use std::collections::BTreeMap;

use crate::tree::{Source, hold, sources};

const LANGUAGES: &[&str] = &["en-US", "pt-BR"];

/// Endings that the code puts behind a stem that it holds whole, and where that is done.
const ENDINGS: &[(&str, &str)] =
    &[("-heading", "crates/platform/src/web/trouble.rs"), ("-text", "crates/platform/src/web/trouble.rs")];

/// Beginnings of keys that the code puts together, so that no file holds them whole, and where that is done.
const INDIRECT: &[(&str, &str)] = &[];

/// One message of one language.
struct Message<'a> {
    source: &'a Source,
    line: usize,
    /// The crate whose catalogue it stands in.
    owner: &'a str,
    language: &'a str,
    /// The catalogue's path below the language's folder.
    file: &'a str,
    key: &'a str,
}

impl Message<'_> {
    fn complaint(&self, what: impl AsRef<str>) -> String {
        self.source.complaint(self.line, what)
    }
}

fn messages(sources: &[Source]) -> Vec<Message<'_>> {
    let mut messages = Vec::new();
    for source in sources.iter().filter(|source| source.path.ends_with(".ftl")) {
        let place = source
            .place()
            .and_then(|(owner, path)| Some((owner, path.strip_prefix("texts/")?.split_once('/')?)));
        let Some((owner, (language, file))) = place else { continue };
        let keys = source.lines().filter_map(|(line, text)| Some((line, message_key(text)?)));
        messages.extend(keys.map(|(line, key)| Message { source, line, owner, language, file, key }));
    }
    messages
}

/// The key of a line that begins a message: `key-of-words = …`.
fn message_key(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let key = key.strip_suffix(' ').unwrap_or(key);
    let begins = key.starts_with(|c: char| c.is_ascii_lowercase());
    let shape = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (begins && key.chars().all(shape)).then_some(key)
}

#[test]
fn every_language_has_every_text() {
    let sources = sources();
    hold(untranslated(&messages(&sources)));
}

fn untranslated(messages: &[Message<'_>]) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut languages: BTreeMap<_, Vec<&Message<'_>>> = BTreeMap::new();
    for message in messages {
        languages.entry((message.owner, message.file, message.key)).or_default().push(message);
    }
    for ((owner, file, key), found) in languages {
        for language in LANGUAGES {
            match found.iter().filter(|message| message.language == *language).collect::<Vec<_>>()[..] {
                [] => complaints.push(
                    found[0].complaint(format!("add `{key}` to crates/{owner}/texts/{language}/{file}")),
                ),
                [_] => {}
                [_, second, ..] => {
                    complaints.push(second.complaint(format!("`{key}` stands here twice: keep one")))
                }
            }
        }
        let strange = found.iter().filter(|message| !LANGUAGES.contains(&message.language));
        complaints.extend(
            strange.map(|message| message.complaint("no such language: en-US and pt-BR are complete")),
        );
    }
    complaints.extend(in_two_files(messages));
    complaints
}

/// One catalogue is made of all files of a language: a program with the same key in two of them serves no page.
fn in_two_files(messages: &[Message<'_>]) -> Vec<String> {
    let mut first: BTreeMap<_, &Message<'_>> = BTreeMap::new();
    let mut complaints = Vec::new();
    for message in messages {
        let known = *first.entry((message.owner, message.language, message.key)).or_insert(message);
        if known.file != message.file {
            complaints.push(message.complaint(format!("`{}` stands in {} already", message.key, known.file)));
        }
    }
    complaints
}

#[test]
fn every_text_that_a_page_asks_for_exists() {
    let sources = sources();
    let messages = messages(&sources);
    hold(sources.iter().flat_map(|source| missing(source, &messages)));
}

fn missing(source: &Source, messages: &[Message<'_>]) -> Vec<String> {
    let Some((owner, path)) = source.place() else { return Vec::new() };
    if !path.starts_with("templates/") {
        return Vec::new();
    }
    // A half reads its own catalogue first and then the shared one.
    let exists = |key: &str| {
        messages.iter().any(|found| found.key == key && [owner, "platform"].contains(&found.owner))
    };
    let asked = source.lines().flat_map(|(number, line)| asked_keys(line).map(move |key| (number, key)));
    asked
        .filter(|(_, key)| !exists(key))
        .map(|(number, key)| {
            source.complaint(number, format!("no catalogue of `{owner}` or `platform` has `{key}`: add it"))
        })
        .collect()
}

/// The keys in `.t("key")`, `.t1("key", …)`, `.t2("key", …)`, `.count("key", …)`.
fn asked_keys(line: &str) -> impl Iterator<Item = &str> {
    let calls = line.match_indices(".t").chain(line.match_indices(".count"));
    calls.filter_map(|(at, call)| {
        let rest = line[at + call.len()..].trim_start_matches(|c: char| c.is_ascii_digit());
        rest.strip_prefix("(\"")?.split_once('"').map(|(key, _)| key)
    })
}

/// Plurals follow counts: a text that only looks like a number would be given the plural of many.
#[test]
fn what_has_plurals_is_given_a_count() {
    let sources = sources();
    hold(messages(&sources).iter().flat_map(|message| without_count(message, &sources)));
}

fn without_count(message: &Message<'_>, sources: &[Source]) -> Vec<String> {
    let text = message.source.text.lines().skip(message.line - 1);
    let ends = |line: &&str| message_key(line).is_none_or(|key| key == message.key);
    if message.language != LANGUAGES[0] || !text.take_while(ends).any(|line| line.ends_with("->")) {
        return Vec::new();
    }
    let quoted = format!("\"{}\"", message.key);
    let named = |source: &Source| -> Vec<String> {
        let own = source.place().is_some_and(|(reader, _)| reader == message.owner);
        let lines = source.lines().filter(|(_, line)| own && line.contains(&quoted));
        let bare = lines.filter(|(_, line)| !line.contains(&format!("count({quoted}")));
        bare.map(|(number, _)| source.complaint(number, format!("{quoted} has plurals: `count` it")))
            .collect()
    };
    sources.iter().flat_map(named).collect()
}

#[test]
fn every_text_is_used() {
    let sources = sources();
    let messages = messages(&sources);
    let unused =
        messages.iter().filter(|message| message.language == LANGUAGES[0] && !is_used(message, &sources));
    hold(unused.map(|message| {
        message.complaint(format!("no template or source holds \"{}\": remove it", message.key))
    }));
}

fn is_used(message: &Message<'_>, sources: &[Source]) -> bool {
    let stems = ENDINGS.iter().filter_map(|(ending, _)| message.key.strip_suffix(ending));
    let quoted: Vec<_> = stems.chain([message.key]).map(|key| format!("\"{key}\"")).collect();
    let referenced = format!("{{ {} }}", message.key);
    let reads = |source: &Source| match source.place() {
        // The shared catalogue serves every crate.
        Some((reader, path)) if reader == message.owner || message.owner == "platform" => {
            let by_code = source.is_rust() || path.starts_with("templates/");
            (by_code && quoted.iter().any(|key| source.text.contains(key)))
                || (path.starts_with("texts/") && source.text.contains(&referenced))
        }
        _ => false,
    };
    INDIRECT.iter().any(|(prefix, _)| message.key.starts_with(prefix)) || sources.iter().any(reads)
}

#[test]
fn no_exception_outlives_its_need() {
    let sources = sources();
    let messages = messages(&sources);
    let begins = |prefix: &str| messages.iter().any(|message| message.key.starts_with(prefix));
    let ends = |ending: &str| messages.iter().any(|message| message.key.ends_with(ending));
    let idle = INDIRECT.iter().filter(|(prefix, _)| !begins(prefix));
    let idle = idle.chain(ENDINGS.iter().filter(|(ending, _)| !ends(ending)));
    hold(
        idle.map(|(part, _)| {
            format!("tests/tidy/texts.rs: no key has `{part}` any more: remove the exception")
        }),
    );
}

#[test]
fn the_rules_see_what_they_look_for() {
    assert_eq!(message_key("sign-in-title = Sign in"), Some("sign-in-title"));
    assert_eq!(message_key("    .label = x"), None);
    assert_eq!(message_key("    more = text"), None);
    assert_eq!(message_key("# note = x"), None);
    assert_eq!(
        asked_keys(r#"{{ p.t("a-b") }} {{ p.t1("c", x) }} {{ p.title("d") }} {{ p.t(e) }}"#)
            .collect::<Vec<_>>(),
        ["a-b", "c"]
    );
    let plural = [
        Source::new("crates/passport/texts/en-US/p.ftl", "many =\n    { $n ->\n    }\none = 1\n"),
        Source::new("crates/passport/src/p.rs", "t.count(\"many\", n);\nt.t1(\"many\", n);\nt.t(\"one\")\n"),
    ];
    let found: Vec<_> =
        messages(&plural).iter().flat_map(|message| without_count(message, &plural)).collect();
    assert_eq!(found, ["crates/passport/src/p.rs:2: \"many\" has plurals: `count` it"]);

    let sources = [
        Source::new(
            "crates/passport/texts/en-US/a.ftl",
            "one = 1\ntwo = 2\nthree = { one }\nlate-text = 4\n",
        ),
        Source::new("crates/passport/texts/pt-BR/a.ftl", "one = 1\nthree = 3\nthree = 4\nlate-text = 4\n"),
        Source::new("crates/passport/templates/a.html", "{{ p.t(\"three\") }} {{ p.t(\"four\") }}"),
        Source::new("crates/passport/src/a.rs", "Trouble::page(\"late\")"),
    ];
    let messages = messages(&sources);
    let complaints = untranslated(&messages);
    assert_eq!(
        complaints,
        [
            "crates/passport/texts/pt-BR/a.ftl:3: `three` stands here twice: keep one",
            "crates/passport/texts/en-US/a.ftl:2: add `two` to crates/passport/texts/pt-BR/a.ftl",
        ]
    );
    let asked: Vec<_> = sources.iter().flat_map(|source| missing(source, &messages)).collect();
    assert_eq!(
        asked,
        ["crates/passport/templates/a.html:1: no catalogue of `passport` or `platform` has `four`: add it"]
    );
    let used: Vec<_> = messages.iter().take(4).map(|message| is_used(message, &sources)).collect();
    assert_eq!(used, [true, false, true, true]);
}

#[test]
fn a_text_in_two_files_of_a_language_is_found() {
    let source = |file: &str| Source::new(&format!("crates/passport/texts/{file}"), "one = 1\n");
    let twice = [source("en-US/a.ftl"), source("pt-BR/a.ftl"), source("en-US/b.ftl"), source("pt-BR/b.ftl")];
    assert_eq!(
        untranslated(&messages(&twice)),
        [
            "crates/passport/texts/en-US/b.ftl:1: `one` stands in a.ftl already",
            "crates/passport/texts/pt-BR/b.ftl:1: `one` stands in a.ftl already",
        ]
    );
}
