//! What an account of Passport is recovered by changes in few places, which tell its owner and make it wait
//! (docs/decisions/0023); and an address that nobody proved is only shown, never written to.
use crate::tree::{Source, hold, sources};

/// What writes a fact that an account is recovered by.
const WRITES: &[&str] = &[
    "::set_alternate(",
    "::set_question(",
    "::set_claims(",
    "::set_email(",
    "::set_facts(",
    "billing::store::set(",
];

/// Who may, and why the owner need not be told there.
const MAY_WRITE: &[(&str, &str)] = &[
    ("acts/addresses.rs", "tells, waits, ends what waited"),
    ("acts/claim_name.rs", "the name that was never proven"),
    ("acts/credentials.rs", "tells, waits, ends what waited"),
    ("acts/file_billing.rs", "tells, waits, ends what waited"),
    ("acts/freeze.rs", "puts back, and what is back waits"),
    ("acts/recover/proofs.rs", "the same answer, hashed anew"),
    ("acts/seed/account.rs", "the operator's word"),
    ("acts/set_facts.rs", "the operator's word, by the verbs that tell and wait"),
];

/// Who may look at an alternate address that may be unproven.
const MAY_SHOW: &[&str] = &[
    "account/mod.rs",
    "recovery/back.rs",
    "acts/addresses.rs",
    "pages/account",
    "pages/credentials/",
    "acts/import.rs",
    "acts/set_facts.rs",
    "command/account",
];

fn of_passport(source: &Source) -> Option<&str> {
    source.path.strip_prefix("crates/passport/src/").filter(|_| source.is_product_code())
}

#[test]
fn what_an_account_is_recovered_by_changes_in_few_places() {
    hold(sources().iter().flat_map(changes));
}

fn changes(source: &Source) -> Vec<String> {
    let Some(path) = of_passport(source) else { return Vec::new() };
    if MAY_WRITE.iter().any(|(listed, _)| path == *listed) {
        return Vec::new();
    }
    let ask = "a change of what an account is recovered by is told and waits: change it in acts/addresses.rs or acts/credentials.rs";
    let found = source.code().filter(|(_, line)| WRITES.iter().any(|write| line.contains(write)));
    found.map(|(number, _)| source.complaint(number, ask)).collect()
}

#[test]
fn an_address_that_nobody_proved_is_only_shown() {
    hold(sources().iter().flat_map(uses_unproven));
}

fn uses_unproven(source: &Source) -> Vec<String> {
    let Some(path) = of_passport(source) else { return Vec::new() };
    if MAY_SHOW.iter().any(|listed| path.starts_with(listed)) {
        return Vec::new();
    }
    let ask = "only `proven_alternate()` may be written to or open anything";
    let found = source.code().filter(|(_, line)| line.contains(".alternate_email()"));
    found.map(|(number, _)| source.complaint(number, ask)).collect()
}

#[test]
fn the_rules_see_what_they_should() {
    let line = "account::store::set_alternate(tx, id, None).await?;\n";
    assert_eq!(changes(&Source::new("crates/passport/src/pages/x.rs", line)).len(), 1);
    assert_eq!(changes(&Source::new("crates/passport/src/acts/addresses.rs", line)).len(), 0);
    let line = "let to = account.alternate_email();\n";
    assert_eq!(uses_unproven(&Source::new("crates/passport/src/acts/recover.rs", line)).len(), 1);
}
