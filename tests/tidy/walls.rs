//! Who may name whom: crates, rooms and doors, the database, the clock and randomness.

use crate::tree::{Source, find_word, hold, sources};

/// A crate and the crates it never names, neither in its manifest nor in its sources.
struct Wall {
    around: &'static str,
    never: &'static [&'static str],
    why: &'static str,
}

const WALLS: &[Wall] = &[
    Wall {
        around: "oidc",
        never: &[
            "axum",
            "sea_orm",
            "tokio",
            "reqwest",
            "platform",
            "migrations",
            "passport",
            "customersource",
            "demo",
            "mailbox",
        ],
        why: "it decides over values: no I/O, nothing of ours",
    },
    Wall {
        around: "platform",
        never: &["oidc", "migrations", "passport", "customersource", "demo", "mailbox", "testkit"],
        why: "it is the ground under both halves and knows neither",
    },
    Wall {
        around: "migrations",
        never: &["oidc", "platform", "passport", "customersource", "demo", "mailbox"],
        why: "a schema's history must not change when today's code does",
    },
    Wall {
        around: "mailbox",
        never: &["oidc", "platform", "migrations", "passport", "customersource", "demo", "testkit"],
        why: "it is an ordinary mail server to whoever sends",
    },
    Wall {
        around: "passport",
        never: &["customersource", "demo", "mailbox"],
        why: "the portal is a relying party like any other",
    },
    Wall {
        around: "customersource",
        never: &["oidc", "passport", "demo", "mailbox"],
        why: "the portal learns about a person only through the protocol",
    },
];

/// Folders of a half that are doors; every other folder is a room.
const DOORS: &[&str] = &["command", "endpoints", "jobs", "pages", "response", "visitor"];

/// Who may speak to the database besides each room's `entity`, `store` and `actions`, and why.
const MAY_NAME_SEA_ORM: &[(&str, &str)] = &[
    ("migrations/", "the schema's history"),
    ("crates/platform/src/db", "connections and transactions"),
    ("crates/platform/src/outbox", "its own table"),
    ("crates/platform/src/former.rs", "its own table"),
    ("crates/platform/src/limits", "its own table"),
    ("crates/platform/src/nodes.rs", "its own table"),
    ("crates/platform/src/once.rs", "its own table"),
    ("crates/platform/src/sweep.rs", "any table, by its name"),
    ("crates/platform/src/clock.rs", "a moment is a column's value"),
    ("crates/platform/src/id.rs", "an id is a column's value"),
    ("crates/platform/src/fault.rs", "a database error becomes a fault"),
    ("crates/testkit/", "tests look into the tables"),
];

/// What makes time or randomness.
const SOURCES_OF_CHANGE: &[&str] = &[
    "SystemTime::now",
    "OffsetDateTime::now",
    "Utc::now",
    "now_v7",
    "new_v4",
    "SystemRandom",
    "OsRng",
    "thread_rng",
    "getrandom",
    "rand::random",
];

/// Where time and randomness are made.
const MAY_MAKE_CHANGE: &[&str] = &[
    "crates/platform/src/clock.rs",
    "crates/platform/src/random.rs",
    // Making keys and blinding RSA take their library's own generator; a seeded one would be a weak key.
    "crates/passport/src/key/pair.rs",
];

#[test]
fn no_crate_depends_across_its_wall() {
    let sources = sources();
    hold(WALLS.iter().flat_map(|wall| {
        let manifest = format!("/{}/Cargo.toml", wall.around);
        let manifest = sources.iter().find(|source| format!("/{}", source.path).ends_with(&manifest));
        breaches_in_manifest(wall, manifest.unwrap_or_else(|| panic!("the crate `{}` is gone", wall.around)))
    }));
}

#[test]
fn no_source_names_a_crate_across_its_wall() {
    let sources = sources();
    let rust = || sources.iter().filter(|source| source.is_rust());
    hold(WALLS.iter().flat_map(|wall| rust().flat_map(|source| breaches_in_source(wall, source))));
}

fn breaches_in_manifest(wall: &Wall, manifest: &Source) -> Vec<String> {
    let mut section = "";
    let mut complaints = Vec::new();
    for (number, line) in manifest.lines() {
        let mut name = line.split(['.', '=', ' ']).next().unwrap_or_default();
        if let Some(header) = line.strip_prefix('[') {
            section = header.trim_end_matches(']');
            // `[dependencies.name]` is both a section and a dependency.
            name = section.rsplit_once("dependencies.").map_or("", |(_, name)| name);
        }
        // What only tests use is not linked: the ground's own tests need the real tables.
        if section.contains("dependencies")
            && !(section == "dev-dependencies" && name == "migrations")
            && wall.never.contains(&name.replace('-', "_").as_str())
        {
            complaints.push(
                manifest.complaint(number, format!("`{}` never uses `{name}`: {}", wall.around, wall.why)),
            );
        }
    }
    complaints
}

fn breaches_in_source(wall: &Wall, source: &Source) -> Vec<String> {
    let outside = |(name, path): (&str, &str)| name != wall.around || !path.starts_with("src/");
    if source.place().is_none_or(outside) || source.path.ends_with("src/testing.rs") {
        return Vec::new();
    }
    let named = |line: &str| wall.never.iter().find(|name| names_crate(line, name)).copied();
    let complain =
        |number, name| source.complaint(number, format!("no `{name}` in `{}`: {}", wall.around, wall.why));
    source.code().filter_map(|(number, line)| named(line).map(|name| complain(number, name))).collect()
}

/// True when `name` begins a path (`name::…`, `use name;`), as a crate does and an own module does not.
fn names_crate(line: &str, name: &str) -> bool {
    find_word(line, name).any(|at| {
        let (before, after) = (&line[..at], &line[at + name.len()..]);
        let begins = !before.ends_with("::") || before.ends_with(" ::");
        begins && (after.starts_with("::") || (before.ends_with("use ") && after.starts_with([';', ' '])))
    })
}

#[test]
fn doors_speak_no_sql_and_stores_are_the_only_ones_that_do() {
    hold(sources().iter().flat_map(names_the_database));
}

fn names_the_database(source: &Source) -> Vec<String> {
    let file = source.path.rsplit('/').next().unwrap_or_default();
    let listed = MAY_NAME_SEA_ORM.iter().any(|(path, _)| source.path.starts_with(path));
    let store = ["entity.rs", "store.rs", "actions.rs"].contains(&file)
        || ["/entity/", "/store/", "/actions/"].iter().any(|folder| source.path.contains(folder));
    if !source.is_product_code() || listed || (store && room(&source.path).is_some()) {
        return Vec::new();
    }
    let ask = "only a room's entity.rs, store.rs and actions.rs name sea_orm: move the query there";
    source
        .code()
        .filter(|(_, line)| find_word(line, "sea_orm").next().is_some())
        .map(|(number, _)| source.complaint(number, ask))
        .collect()
}

#[test]
fn no_room_knows_the_web() {
    hold(sources().iter().flat_map(names_the_web));
}

fn names_the_web(source: &Source) -> Vec<String> {
    let Some(room) = room(&source.path).filter(|_| source.is_rust()) else { return Vec::new() };
    let ask = format!("`{room}` is a room and never names axum: what speaks HTTP is a door");
    let named = source.code().filter(|(_, line)| find_word(line, "axum").next().is_some());
    named.map(|(number, _)| source.complaint(number, &ask)).collect()
}

/// The room that a file of a half stands in; doors and the files beside them stand in none.
fn room(path: &str) -> Option<&str> {
    let halves = ["crates/passport/src/", "crates/customersource/src/"];
    let (first, _) = halves.iter().find_map(|half| path.strip_prefix(half))?.split_once('/')?;
    (!DOORS.contains(&first)).then_some(first)
}

#[test]
fn time_and_randomness_are_values() {
    hold(sources().iter().flat_map(makes_change));
}

fn makes_change(source: &Source) -> Vec<String> {
    if !source.is_product_code() || MAY_MAKE_CHANGE.contains(&source.path.as_str()) {
        return Vec::new();
    }
    let made =
        |line: &str| SOURCES_OF_CHANGE.iter().find(|name| find_word(line, name).next().is_some()).copied();
    let ask = |name| {
        format!("`{name}`: take `now: Moment` or `&Random` instead; two files of `platform` make them")
    };
    source
        .code()
        .filter_map(|(number, line)| made(line).map(|name| source.complaint(number, ask(name))))
        .collect()
}

/// Words of a transaction that is not `platform::db::Tx`: that one alone knows whether something was kept.
const OTHER_TRANSACTIONS: &[&str] =
    &["TransactionTrait", "DatabaseTransaction", "begin_with_options", "SAVEPOINT"];

#[test]
fn there_is_one_kind_of_transaction() {
    hold(sources().iter().flat_map(makes_transactions));
}

fn makes_transactions(source: &Source) -> Vec<String> {
    let may = ["migrations/", "crates/platform/src/db/"].iter().any(|path| source.path.starts_with(path));
    if !source.is_product_code() || may {
        return Vec::new();
    }
    let other = |line: &str| {
        OTHER_TRANSACTIONS.iter().any(|word| find_word(line, word).next().is_some())
            || line.contains("\"BEGIN")
    };
    let beside = |line: &str| line.contains(".ground()") && !line.contains("migrations::");
    source
        .code()
        .take_while(|(_, line)| *line != "mod tests {")
        .filter(|(_, line)| other(line) || beside(line))
        .map(|(number, _)| {
            source.complaint(
                number,
                "write in a transaction of `Database::begin`: it is kept whole or not at all",
            )
        })
        .collect()
}

#[test]
fn other_transactions_are_found() {
    for line in
        ["use sea_orm::TransactionTrait as _;", "db.execute_unprepared(\"BEGIN\")", "portal.db.ground()"]
    {
        let found = makes_transactions(&Source::new("crates/passport/src/grant/store.rs", line));
        assert_eq!(found.len(), 1, "{line}");
    }
    let migrating = "migrations::up::<Steps>(&self.db.ground()).await?;";
    assert!(makes_transactions(&Source::new("crates/passport/src/state.rs", migrating)).is_empty());
}

#[test]
fn the_walls_stand_where_they_should() {
    let wall = &WALLS[0];
    for line in ["axum.workspace = true", "sea-orm = \"2\"", "tokio={path=\"x\"}"] {
        let manifest = Source::new("Cargo.toml", &format!("[build-dependencies]\n{line}\n"));
        assert_eq!(breaches_in_manifest(wall, &manifest).len(), 1, "{line}");
    }
    let manifest = "[package]\nname = \"axum\"\n[dependencies]\nserde = \"1\"\n[dependencies.reqwest]\n";
    assert_eq!(breaches_in_manifest(wall, &Source::new("Cargo.toml", manifest)).len(), 1);

    let breach = |text| breaches_in_source(wall, &Source::new("crates/oidc/src/pkce.rs", text)).len();
    assert_eq!(
        breach("use tokio;\nuse axum::Router;\nfn f() { ::sea_orm::x() }\nlet a = &platform::b;\n"),
        4
    );
    assert_eq!(
        breach("// axum::Router\nuse crate::platform::x;\nlet platform = 1;\nuse self::tokio::y;\n"),
        0
    );
}

#[test]
fn rooms_and_doors_are_told_apart() {
    assert_eq!(room("crates/passport/src/grant/store.rs"), Some("grant"));
    assert_eq!(room("crates/passport/src/endpoints/token/code.rs"), None);
    assert_eq!(room("crates/customersource/src/visitor.rs"), None);
    assert_eq!(room("crates/platform/src/web/mod.rs"), None);

    let query = "use sea_orm::EntityTrait;\n";
    assert_eq!(names_the_database(&Source::new("crates/passport/src/grant/store.rs", query)).len(), 0);
    assert_eq!(names_the_database(&Source::new("crates/passport/src/grant/mod.rs", query)).len(), 1);
    assert_eq!(names_the_database(&Source::new("crates/passport/src/pages/store.rs", query)).len(), 1);
    let web = "use axum::Router;\n";
    assert_eq!(names_the_web(&Source::new("crates/customersource/src/rp/callback.rs", web)).len(), 1);
    assert_eq!(names_the_web(&Source::new("crates/customersource/src/pages/home.rs", web)).len(), 0);
    let clock = "let now = std::time::SystemTime::now();\n";
    assert_eq!(makes_change(&Source::new("crates/passport/src/grant/mod.rs", clock)).len(), 1);
    assert_eq!(makes_change(&Source::new("crates/platform/src/clock.rs", clock)).len(), 0);
}

#[test]
fn bodies_are_sent_piece_by_piece_in_one_way() {
    hold(sources().iter().flat_map(streams));
}

fn streams(source: &Source) -> Vec<String> {
    if !source.is_product_code() || source.path == "crates/platform/src/web/streamed.rs" {
        return Vec::new();
    }
    let ask = "send it with `platform::web::streamed`: compression asks once more after the end";
    let found = source.code().filter(|(_, line)| line.contains("Body::from_stream"));
    found.map(|(number, _)| source.complaint(number, ask)).collect()
}
