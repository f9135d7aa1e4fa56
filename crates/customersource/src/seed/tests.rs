//! What seed data may say.
use super::*;

fn unfit(json: &str) -> String {
    Seed::parse(json).and_then(|seed| seed.check()).unwrap_err().to_string()
}

#[test]
fn unknown_keys_are_named() {
    assert!(unfit(r#"{"stuff": []}"#).contains("stuff"));
    assert!(unfit(r#"{"staff": [{"subject": "s", "name": "Sam", "role": "king"}]}"#).contains("king"));
    assert!(unfit(r#"{"companies": [{"external_id": "a", "name": "A", "kinds": "x"}]}"#).contains("kinds"));
}

#[test]
fn senseless_entries_are_refused_with_their_name() {
    let entitlement = |starts: &str, ends: &str| {
        unfit(&format!(
            r#"{{"entitlements": [{{"company": "c", "plan": "p", "starts_on": "{starts}", "ends_on": "{ends}"}}]}}"#
        ))
    };
    assert!(entitlement("2026-02-01", "2026-01-01").contains("entitlement of c to p"));
    assert!(entitlement("2026-2-1", "2026-03-01").contains("days are like"));
    assert!(unfit(r#"{"plans": [{"code": "p", "category": "gold", "name": "P"}]}"#).contains("plan p"));
    assert!(unfit(r#"{"companies": [{"external_id": "c", "name": "A\nBcc: x"}]}"#).contains("company c"));
}

#[test]
fn what_stands_there_twice_is_refused() {
    let twice = |list: &str, entry: &str| unfit(&format!(r#"{{"{list}": [{entry}, {entry}]}}"#));
    assert!(twice("companies", r#"{"external_id": "c", "name": "C"}"#).contains("company c"));
    let entitlement = r#"{"company": "c", "plan": "p", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}"#;
    assert!(twice("entitlements", entitlement).contains("entitlement of c to p"));
}

#[test]
fn there_is_no_time_zone_but_those_of_the_world() {
    assert!(
        unfit(r#"{"companies": [{"external_id": "c", "name": "C", "time_zone": "Mars/X"}]}"#)
            .contains("Mars")
    );
}

#[test]
fn the_example_in_the_documents_is_good() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/SEED.md");
    let text = std::fs::read_to_string(path).unwrap();
    let example = text.split_once("```json customersource\n").unwrap().1.split("```").next().unwrap();
    let seed = Seed::parse(example).unwrap();
    seed.check().unwrap();
    assert!(
        seed.profiles[0].bill_to == Some(true) && seed.companies.len() == 1 && seed.entitlements.len() == 1
    );
}
