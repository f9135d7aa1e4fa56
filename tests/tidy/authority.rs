//! Nobody writes for an account of Passport but through `account::acting::Acting`, which locks it first and reads
//! again what the writing stands on (docs/decisions/0021).
use crate::tree::{Source, hold, sources};

/// Where else a transaction of Passport begins, and whose it is.
const BEGINS: &[(&str, &str)] = &[
    ("account/acting.rs", "the entry point itself"),
    ("account/budget.rs", "budgets are nobody's"),
    ("client/", "clients are no account's"),
    ("command/account/billing.rs", "which clients may file facts"),
    ("command/client/", "clients are no account's"),
    ("endpoints/authorize/mod.rs", "a pushed request is its client's"),
    ("endpoints/caller.rs", "an assertion is its client's"),
    ("endpoints/device_authorization.rs", "a device has no account yet"),
    ("endpoints/dpop.rs", "a proof is used up"),
    ("endpoints/par.rs", "a pushed request is its client's"),
    ("endpoints/register.rs", "clients are no account's"),
    ("endpoints/revoke.rs", "a token without a person"),
    ("endpoints/token/mod.rs", "a request that names no grant"),
    ("endpoints/userinfo.rs", "a proof is used up"),
    ("jobs/mod.rs", "what is over goes, whoever's it was"),
    ("key/", "keys are nobody's"),
    ("name_claim/actions.rs", "asking for a letter looks at no account"),
    ("pages/device.rs", "the budget of typed codes"),
    ("recovery/actions/reset_letter.rs", "asking for a link looks at no account"),
    ("seed.rs", "clients are no account's"),
];

/// Rooms whose rows hang on an account.
const OF_ACCOUNTS: &[&str] = &[
    "account",
    "automatic",
    "billing",
    "channel",
    "closing",
    "computer",
    "consent",
    "device",
    "grant",
    "history",
    "link",
    "name_claim",
    "recovery",
    "session",
];

/// Writing functions of their stores that need no account's lock.
const WRITE_FREELY: &[(&str, &str)] = &[
    ("account::add_account", "its row is its lock"),
    ("billing::add_supplier", "clients that may file facts"),
    ("billing::drop_supplier", "clients that may file facts"),
    ("computer::set_digest", "a computer's new cookie, for everybody who used it"),
    ("device::add", "a device has no account yet"),
    ("grant::set_not_before_of_client", "a client's proof ended, whoever its tokens are of"),
    ("grant::revoke_of_every_account", "a client ended"),
    ("device::set_polled", "the device's own clock"),
    ("device::set_slower", "the device's own clock"),
    ("device::spend_denial", "no account gets or loses anything"),
    ("device::spend_device_code", "the grant's own gate follows"),
];

const VERBS: &[&str] = &["add", "set", "spend", "end", "revoke", "drop", "raise"];

fn of_passport(source: &Source) -> Option<&str> {
    source.path.strip_prefix("crates/passport/src/").filter(|_| source.is_product_code())
}

#[test]
fn transactions_for_accounts_begin_in_one_place() {
    hold(sources().iter().flat_map(begins_elsewhere));
}

fn begins_elsewhere(source: &Source) -> Vec<String> {
    let Some(path) = of_passport(source) else { return Vec::new() };
    if BEGINS.iter().any(|(listed, _)| path.starts_with(listed)) {
        return Vec::new();
    }
    let ask = "write for an account through `account::acting::Acting`; what is nobody's is listed in tests/tidy/authority.rs";
    let begins = source.code().filter(|(_, line)| line.contains(".begin()"));
    begins.map(|(number, _)| source.complaint(number, ask)).collect()
}

#[test]
fn stores_write_for_accounts_only_in_such_a_transaction() {
    hold(sources().iter().flat_map(writes_freely));
}

fn writes_freely(source: &Source) -> Vec<String> {
    let Some(path) = of_passport(source) else { return Vec::new() };
    let Some(room) = path.split('/').next().filter(|room| OF_ACCOUNTS.contains(room)) else {
        return Vec::new();
    };
    if !path.ends_with("/store.rs") && !path.contains("/store/") {
        return Vec::new();
    }
    let lines: Vec<_> = source.code().collect();
    let mut complaints = Vec::new();
    for (at, (number, line)) in lines.iter().enumerate() {
        let Some(rest) = line.trim_start().strip_prefix("pub async fn ") else { continue };
        let name = rest.split(['(', '<']).next().unwrap_or_default();
        let full = format!("{room}::{name}");
        let writes = VERBS.iter().any(|verb| name == *verb || name.starts_with(&format!("{verb}_")));
        let free = WRITE_FREELY.iter().any(|(listed, _)| *listed == name || *listed == full);
        // The first argument stands on this line or on the next.
        let first = lines.get(at + 1).map_or("", |(_, next)| next);
        let acts = format!("{line}{first}").contains(": &Acting");
        if writes && !free && !acts {
            complaints
                .push(source.complaint(*number, format!("`{full}` writes for an account: take `&Acting`")));
        }
    }
    complaints
}

#[test]
fn the_rules_see_what_they_should() {
    let page =
        Source::new("crates/passport/src/pages/account/x.rs", "let tx = passport.db.begin().await?;\n");
    assert_eq!(begins_elsewhere(&page).len(), 1);
    let store = |text| writes_freely(&Source::new("crates/passport/src/grant/store.rs", text)).len();
    assert_eq!(store("pub async fn revoke(db: &impl ConnectionTrait, id: GrantId) {\n"), 1);
    assert_eq!(store("pub async fn spend_code(\n    db: &impl ConnectionTrait,\n"), 1);
    assert_eq!(store("pub async fn spend_code(\n    db: &Acting,\n"), 0);
    assert_eq!(store("pub async fn find(db: &impl ConnectionTrait) {\n"), 0);
}
