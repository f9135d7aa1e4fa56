//! Nobody writes for an account of Passport but through `account::acting::Acting`, nor for a visitor of the portal but
//! through `acting::Acting`: both lock first and read again what the writing stands on (docs/decisions/0021, 0039).
use crate::tree::{Source, hold, sources};

/// Where else a transaction of Passport begins, and whose it is.
const BEGINS: &[(&str, &str)] = &[
    ("account/acting.rs", "the entry point itself"),
    ("acts/claim_name.rs", "asking for a letter looks at no account"),
    ("acts/recover/reset_letter.rs", "asking for a link looks at no account"),
    ("acts/register.rs", "clients are no account's"),
    ("acts/seed.rs", "clients are no account's"),
    ("budget/", "budgets are nobody's"),
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
    ("pages/device.rs", "the budget of typed codes"),
    ("subject/", "the key of pairwise names is nobody's"),
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
    "passkey",
    "recovery",
    "second_step",
    "session",
    "support",
];

/// Writing functions of their stores that need no account's lock.
const WRITE_FREELY: &[(&str, &str)] = &[
    ("account::add_account", "its row is its lock"),
    ("billing::add_supplier", "clients that may file facts"),
    ("billing::drop_supplier", "clients that may file facts"),
    ("billing::set_supplier_named", "clients that may file facts"),
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

/// Where a transaction becomes such a one, because it locked and read the account's row with other rows.
const HOLDS: &[&str] = &["account/acting.rs", "client/store/standing.rs"];

#[test]
fn who_locks_the_account_with_other_rows_is_known() {
    hold(sources().iter().flat_map(holds_elsewhere));
}

fn holds_elsewhere(source: &Source) -> Vec<String> {
    if of_passport(source).is_none_or(|path| HOLDS.contains(&path)) {
        return Vec::new();
    }
    let holds = source.code().filter(|(_, line)| line.contains("Acting::holding("));
    let ask = "the account's row is locked first: ask as client/store/standing.rs does, and list it in tests/tidy/authority.rs";
    holds.map(|(number, _)| source.complaint(number, ask)).collect()
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

/// Where else a door of the portal begins a transaction, and whose it is.
const PORTAL_BEGINS: &[(&str, &str)] = &[
    ("pages/backchannel_logout.rs", "the provider ends visits"),
    ("pages/bounces.rs", "mail servers report what became of letters"),
    ("pages/decline.rs", "the link in a mail is the proof"),
    ("pages/frontchannel_logout.rs", "the provider ends visits"),
    ("pages/link.rs", "the budget of links that lead nowhere"),
    ("pages/security_events.rs", "the provider closed a Passport"),
    ("pages/sign_in.rs", "a visit begins"),
    ("pages/sign_out.rs", "a visit ends"),
    ("pages/undo.rs", "the link in a mail is the proof"),
    ("pages/unsubscribe.rs", "the link in a mail is the proof"),
    ("visitor/anybody.rs", "when a visit was last used"),
];

/// Verbs of the portal that serve others besides visitors: links in mails, the clock, the business system, bulks.
const FOR_OTHERS_TOO: &[&str] = &[
    "admin_case::effect",
    "association::decline",
    "association::end",
    "association::end_unrecorded",
    "association::given_up",
    "association::language_of",
    "association::passport_closed",
    "association::send",
    "association::tell_people",
    "people::add_for",
    "people::appoint_first",
    "people::closed",
    "people::described",
    "people::detach",
    "people::gone",
    "people::invite_for",
    "people::take_turn",
    "newsgroup::index",
    "newsgroup::index_anew",
];

fn of_portal(source: &Source) -> Option<&str> {
    source.path.strip_prefix("crates/customersource/src/").filter(|_| source.is_product_code())
}

/// Where an administrator acts without a visit that says how they were proven, and what by.
const BY_LETTER: &[(&str, &str)] = &[
    ("association/store/undoable.rs", "the link in a mail is the proof"),
    ("bulk/actions.rs", "a job carries out what was confirmed in a visit"),
    ("people/actions/mod.rs", "the same job"),
    ("profile/mod.rs", "where it is"),
];

#[test]
fn administrators_without_a_visit_are_known() {
    hold(sources().iter().flat_map(administers_without_a_visit));
}

fn administers_without_a_visit(source: &Source) -> Vec<String> {
    let Some(path) = of_portal(source) else { return Vec::new() };
    if BY_LETTER.iter().any(|(listed, _)| path == *listed) {
        return Vec::new();
    }
    let ask = "ask how the visit was proven: `Administrator::of` with its mark; what nobody visits for is listed in tests/tidy/authority.rs";
    let by_letter = source.code().filter(|(_, line)| line.contains("by_letter("));
    by_letter.map(|(number, _)| source.complaint(number, ask)).collect()
}

#[test]
fn transactions_for_visitors_begin_in_one_place() {
    hold(sources().iter().flat_map(begins_past_acting));
}

fn begins_past_acting(source: &Source) -> Vec<String> {
    let Some(path) = of_portal(source) else { return Vec::new() };
    let is_door = path.starts_with("pages/") || path.starts_with("visitor");
    if !is_door || PORTAL_BEGINS.iter().any(|(listed, _)| path == *listed) {
        return Vec::new();
    }
    let ask =
        "write for a visitor through `acting::Acting`; what is nobody's is listed in tests/tidy/authority.rs";
    let begins = source.code().filter(|(_, line)| line.contains(".begin()"));
    begins.map(|(number, _)| source.complaint(number, ask)).collect()
}

#[test]
fn verbs_for_visitors_take_nothing_but_acting() {
    hold(sources().iter().flat_map(takes_any_transaction));
}

fn takes_any_transaction(source: &Source) -> Vec<String> {
    let Some((room, rest)) = of_portal(source).and_then(|path| path.split_once('/')) else {
        return Vec::new();
    };
    let is_verbs = rest == "actions.rs" || rest.starts_with("actions/");
    if !is_verbs || !["admin_case", "association", "people", "newsgroup"].contains(&room) {
        return Vec::new();
    }
    let lines: Vec<_> = source.code().collect();
    let mut complaints = Vec::new();
    for (at, (number, line)) in lines.iter().enumerate() {
        let Some(name) = line.trim_start().strip_prefix("pub async fn ") else { continue };
        let full = format!("{room}::{}", name.split(['(', '<']).next().unwrap_or_default());
        let first = lines.get(at + 1).map_or("", |(_, next)| next);
        if format!("{line}{first}").contains(": &Tx")
            && !full.contains("::notify")
            && full != "association::administrators"
            && !FOR_OTHERS_TOO.contains(&full.as_str())
        {
            let what =
                format!("`{full}` writes for a visitor: take `&Acting`, or list it with whom else it serves");
            complaints.push(source.complaint(*number, what));
        }
    }
    complaints
}

#[test]
fn the_rules_see_what_they_should() {
    let page =
        Source::new("crates/passport/src/pages/account/x.rs", "let tx = passport.db.begin().await?;\n");
    assert_eq!(begins_elsewhere(&page).len(), 1);
    let begins = "let tx = portal.db.begin().await?;\n";
    let door = |path| begins_past_acting(&Source::new(path, begins)).len();
    assert_eq!(door("crates/customersource/src/pages/staff/x.rs"), 1);
    assert_eq!(door("crates/customersource/src/pages/undo.rs"), 0);
    let page = Source::new("crates/customersource/src/pages/x.rs", "Administrator::by_letter(&profile)\n");
    assert_eq!(administers_without_a_visit(&page).len(), 1);
    let verb = |text| {
        takes_any_transaction(&Source::new("crates/customersource/src/people/actions/x.rs", text)).len()
    };
    assert_eq!(verb("pub async fn rename(\n    tx: &Tx,\n"), 1);
    assert_eq!(verb("pub async fn rename(tx: &Acting<Own>) {\n"), 0);
    let store = |text| writes_freely(&Source::new("crates/passport/src/grant/store.rs", text)).len();
    assert_eq!(store("pub async fn revoke(db: &impl ConnectionTrait, id: GrantId) {\n"), 1);
    assert_eq!(store("pub async fn spend_code(\n    db: &impl ConnectionTrait,\n"), 1);
    assert_eq!(store("pub async fn spend_code(\n    db: &Acting,\n"), 0);
    assert_eq!(store("pub async fn find(db: &impl ConnectionTrait) {\n"), 0);
}
