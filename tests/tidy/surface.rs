//! `deploy/surface.json` names every route that the programs answer, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::tree::{Source, find_word, hold, sources};

const SURFACE: &str = "deploy/surface.json";
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// `passport POST /sign-in`; what both programs get from the ground stands under `platform`.
fn routes_in_sources(sources: &[Source]) -> BTreeSet<String> {
    let crates = ["passport", "customersource", "platform"];
    let of = |source: &&Source| {
        source.is_product_code() && source.place().is_some_and(|(name, _)| crates.contains(&name))
    };
    let code: Vec<&Source> = sources.iter().filter(of).collect();
    let constants = constants(&code);
    let mut found = BTreeSet::new();
    for source in &code {
        let name = source.place().unwrap().0;
        for call in calls(&source.text) {
            let (path, handlers) = call.split_once(',').unwrap();
            let path = match path.trim().strip_prefix('"').and_then(|path| path.strip_suffix('"')) {
                Some(path) => path.to_owned(),
                None => {
                    let constant = path.trim().rsplit("::").next().unwrap();
                    let key = (source.path.clone(), constant.to_owned());
                    let half = format!("crates/{name}/");
                    let of_half =
                        |(path, name): &(String, String)| path.starts_with(&half) && name == constant;
                    let anywhere = || constants.iter().find(|(key, _)| of_half(key)).map(|(_, v)| v);
                    let known = constants.get(&key).or_else(anywhere);
                    known.expect("the path of a route is a literal or a constant").clone()
                }
            };
            let answers = |method: &&&str| {
                find_word(handlers, method).any(|at| handlers[at + method.len()..].starts_with('('))
            };
            let methods: Vec<_> = METHODS.iter().filter(answers).collect();
            assert!(!methods.is_empty(), "{}: no method for {path}", source.path);
            found.extend(methods.iter().map(|method| format!("{name} {} {path}", method.to_uppercase())));
        }
    }
    found
}

/// The arguments of every `.route(…)`.
fn calls(text: &str) -> Vec<&str> {
    let starts = text.match_indices(".route(").map(|(at, call)| at + call.len());
    let until_closed = |start: usize| {
        let mut open = 1;
        let end = text[start..].char_indices().find(|(_, c)| {
            open += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            open == 0
        });
        &text[start..start + end.unwrap().0]
    };
    starts.map(until_closed).collect()
}

/// (file, name) → value of every `const NAME: &str = "…"`.
fn constants(code: &[&Source]) -> BTreeMap<(String, String), String> {
    let mut found = BTreeMap::new();
    for source in code {
        for (_, line) in source.code() {
            let declared = line.trim().trim_start_matches("pub(super) ").trim_start_matches("pub(crate) ");
            let declared = declared.trim_start_matches("pub ").strip_prefix("const ");
            if let Some((name, value)) = declared.and_then(|line| line.split_once(": &str = \"")) {
                let value = value.split('"').next().unwrap().to_owned();
                found.insert((source.path.clone(), name.to_owned()), value);
            }
        }
    }
    found
}

fn routes_in_surface(surface: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (program, part) in surface["programs"].as_object().unwrap() {
        for route in part["routes"].as_array().unwrap() {
            let text = |member: &str| route[member].as_str().unwrap_or_default();
            for member in ["method", "path", "role", "purpose"] {
                assert!(!text(member).is_empty(), "{SURFACE}: {member} of {route}");
            }
            let name = format!("{program} {} {}", text("method"), text("path"));
            assert!(found.insert(name.clone()), "{SURFACE} names {name} twice");
        }
    }
    found
}

#[test]
fn the_published_surface_is_what_the_programs_answer() {
    let sources = sources();
    let file = sources.iter().find(|source| source.path == SURFACE).expect("deploy/surface.json");
    let published = routes_in_surface(&serde_json::from_str(&file.text).unwrap());
    let real = routes_in_sources(&sources);
    let missing = real.difference(&published).map(|route| format!("{SURFACE}: add {route}"));
    let gone = published.difference(&real).map(|route| format!("{SURFACE}: {route} is no route any more"));
    hold(missing.chain(gone));
}

/// Where a half says which path is answered by what.
#[test]
fn each_half_has_one_table_of_routes() {
    let is_elsewhere = |source: &&Source| {
        source.place().is_some_and(|(name, path)| {
            ["passport", "customersource"].contains(&name) && path != "src/routes.rs"
        })
    };
    let sources = sources();
    let elsewhere = sources.iter().filter(|source| source.is_product_code()).filter(is_elsewhere);
    hold(elsewhere.flat_map(|source| {
        let routes = source.delivered().filter(|(_, line)| line.contains(".route("));
        routes.map(|(number, _)| source.complaint(number, "a route stands in src/routes.rs"))
    }));
}

#[test]
fn a_route_is_found_by_literal_and_by_constant() {
    let text = "pub const TOKEN: &str = \"/token\";\nRouter::new().route(TOKEN, post(a)).route(\n\"/x\", get(b).put(c))";
    let found: Vec<_> =
        routes_in_sources(&[Source::new("crates/passport/src/x.rs", text)]).into_iter().collect();
    assert_eq!(found, ["passport GET /x", "passport POST /token", "passport PUT /x"]);
}
