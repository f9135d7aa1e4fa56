//! What strangers could make grow: rows go in batches, and what lives as long as the program is bounded (FX-12).

use crate::tree::{Source, find_word, hold, sources};

/// Where a statement removes rows by their time all the same, and why.
const MAY_REMOVE_BY_TIME: &[(&str, &str)] = &[
    ("crates/passport/src/key/store.rs", "a handful of keys"),
    ("crates/customersource/src/resource/store/files.rs", "one note, named by its key as well"),
    ("crates/platform/src/outbox", "its own table, which its worker keeps small"),
];

/// What holds any number of things behind a lock, and so for as long as the program runs.
const LOCKS: [&str; 4] = ["Mutex<", "RwLock<", "OnceLock<", "LazyLock<"];
const WITHOUT_BOUND: [&str; 8] =
    ["HashMap", "HashSet", "BTreeMap", "BTreeSet", "DashMap", "DashSet", "VecDeque", "IndexMap"];

/// Where one is lawful, and why: its keys come from nobody's request.
const MAY_HOLD: &[(&str, &str)] =
    &[("crates/passport/src/client/origins.rs", "one set of what is registered, made anew each time")];

#[test]
fn what_is_over_goes_through_the_sweep_in_batches() {
    hold(sources().iter().flat_map(removes_by_time));
}

fn removes_by_time(source: &Source) -> Vec<String> {
    let listed = MAY_REMOVE_BY_TIME.iter().any(|(path, _)| source.path.starts_with(path));
    if !source.is_product_code() || listed {
        return Vec::new();
    }
    let code: Vec<_> = source.code().collect();
    let ask = "write a `sweep::Over` instead: a statement that removes all that is old holds the writer for as long";
    let begins = code.iter().enumerate().filter(|(_, (_, line))| line.contains("delete_many("));
    let by_time = begins.filter(|(at, _)| {
        let rest = code[*at..].iter().map(|(_, line)| *line);
        let until_end: Vec<_> = rest
            .scan(false, |over, line| {
                let was_over = std::mem::replace(over, line.trim_end().ends_with(';') || line.trim() == "}");
                (!was_over).then_some(line)
            })
            .collect();
        let statement = until_end.join(" ");
        [".lt(", ".lte("].iter().any(|earlier| statement.contains(earlier))
    });
    by_time.map(|(_, (number, _))| source.complaint(*number, ask)).collect()
}

#[test]
fn what_lives_as_long_as_the_program_is_bounded() {
    hold(sources().iter().flat_map(unbounded));
}

fn unbounded(source: &Source) -> Vec<String> {
    let listed = MAY_HOLD.iter().any(|(path, _)| source.path.starts_with(path));
    if !source.is_product_code() || listed {
        return Vec::new();
    }
    let ask = |name: &str| {
        format!(
            "`{name}` behind a lock grows with what strangers send: take a `quick_cache`, which has a size"
        )
    };
    let found = source.code().filter_map(|(number, line)| {
        let dash = ["DashMap", "DashSet"].iter().find(|name| find_word(line, name).next().is_some());
        let locked = LOCKS
            .iter()
            .filter_map(|lock| line.find(lock).map(|at| &line[at + lock.len()..]))
            .find_map(|inside| WITHOUT_BOUND.iter().find(|name| find_word(inside, name).next().is_some()));
        dash.or(locked).map(|name| source.complaint(number, ask(name)))
    });
    found.collect()
}

#[test]
fn labels_of_figures_are_made_in_one_place() {
    let outside = |source: &&Source| {
        source.is_product_code()
            && source.path != "crates/platform/src/telemetry.rs"
            && !source.path.starts_with("crates/platform/src/telemetry/")
    };
    let ask = "figures and their labels are made in platform/telemetry.rs, from closed sets";
    hold(sources().iter().filter(outside).flat_map(|source| {
        let named = source.code().filter(|(_, line)| find_word(line, "prometheus_client").next().is_some());
        named.map(|(number, _)| source.complaint(number, ask)).collect::<Vec<_>>()
    }));
}

/// Who adds letters to Passport's outbox, and what keeps anybody from having a stranger written to all day.
const MAY_SEND: &[(&str, &str)] = &[
    ("crates/passport/src/acts/addresses.rs", "`Budget::Letters`"),
    ("crates/passport/src/acts/claim_name.rs", "`Budget::Letters`"),
    ("crates/passport/src/acts/recover/reset_letter.rs", "`Budget::Letters`, to a proven address"),
    ("crates/passport/src/acts/sign_up.rs", "`Budget::Letters`"),
    ("crates/passport/src/tell/clients.rs", "messages to sites"),
    ("crates/passport/src/tell/events.rs", "messages to sites"),
    ("crates/passport/src/tell/owner.rs", "`post` itself"),
];

#[test]
fn letters_about_an_account_are_posted_in_one_place() {
    hold(sources().iter().flat_map(letters_elsewhere));
}

fn letters_elsewhere(source: &Source) -> Vec<String> {
    let listed = MAY_SEND.iter().any(|(path, _)| source.path.starts_with(path));
    if !source.path.starts_with("crates/passport/src/") || !source.is_product_code() || listed {
        return Vec::new();
    }
    let ask = "send it by `tell::owner::post`: an address that the account never proved may be anybody's";
    let adds = source.code().filter(|(_, line)| line.contains("outbox.add("));
    adds.map(|(number, _)| source.complaint(number, ask)).collect()
}

/// Where an age is compared all the same, and what keeps a negative one from being a grace.
const MAY_COMPARE_AGES: &[(&str, &str)] = &[
    ("crates/platform/src/clock.rs", "`is_within` itself"),
    ("crates/passport/src/automatic/mod.rs", "the line says so"),
    ("crates/passport/src/nonces.rs", "the line says so"),
    ("crates/passport/src/request/interaction.rs", "the line says so"),
    ("crates/passport/src/session/mod.rs", "a session has an end besides, and its use is noted anew"),
    ("crates/customersource/src/association/mod.rs", "the line says so"),
    ("crates/customersource/src/rp/provider.rs", "the line says so"),
    ("crates/customersource/src/session/mod.rs", "the line says so"),
    ("crates/customersource/src/session/store/mod.rs", "a session has an end besides"),
    ("crates/customersource/src/visitor/anybody.rs", "the line says so"),
    ("crates/customersource/src/pages/staff/windows.rs", "how long a window is, not how old"),
];

#[test]
fn what_must_be_recent_is_not_dated_in_the_future() {
    hold(sources().iter().flat_map(compares_ages));
}

fn compares_ages(source: &Source) -> Vec<String> {
    let listed = MAY_COMPARE_AGES.iter().any(|(path, _)| source.path.starts_with(path));
    if !source.is_product_code() || listed {
        return Vec::new();
    }
    let ask = "ask `Moment::is_within`: a clock that was wrong makes negative ages, which are no grace";
    let young = source.code().filter(|(_, line)| {
        line.split_once(".since(").is_some_and(|(_, rest)| rest.contains(") < ") || rest.contains(") <= "))
    });
    young.map(|(number, _)| source.complaint(number, ask)).collect()
}

#[test]
fn the_rules_see_what_they_look_for() {
    let store = |text: &str| removes_by_time(&Source::new("crates/passport/src/grant/store.rs", text)).len();
    assert_eq!(store("Entity::delete_many().filter(Column::EndsAt.lt(before)).exec(db)\n"), 1);
    assert_eq!(store("let a = Entity::delete_many()\n  .filter(Column::At.lte(x))\n  .exec(db);\n"), 1);
    assert_eq!(store("Entity::delete_many().filter(Column::Id.eq(id)).exec(db);\nb.lt(c);\n"), 0);
    let state = |text: &str| unbounded(&Source::new("crates/passport/src/state.rs", text)).len();
    assert_eq!(state("seen: Mutex<HashMap<String, u32>>,\nall: RwLock<Option<Arc<BTreeSet<String>>>>,\n"), 2);
    assert_eq!(state("static A: LazyLock<HashSet<u8>> = x;\nseen: DashMap<u8, u8>,\n"), 2);
    assert_eq!(state("kept: Mutex<Option<Kept>>,\nlet found = HashMap::new();\n"), 0);
    let door = |text: &str| letters_elsewhere(&Source::new("crates/passport/src/acts/close.rs", text)).len();
    assert_eq!(door("passport.outbox.add(tx, now, &letter).await?;\n"), 1);
    let age = |text: &str| compares_ages(&Source::new("crates/passport/src/visitor.rs", text)).len();
    assert_eq!(age("if now.since(at) <= RECENT {\nlet a = now.since(at) < B;\n"), 2);
    assert_eq!(age("if now.since(at) > OLD {\nif now.is_within(RECENT, at) {\n"), 0);
}
