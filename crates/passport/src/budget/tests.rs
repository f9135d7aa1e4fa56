//! The table of limits: as the document shows it, each with a counter and a setting of its own.
use std::fmt::Write as _;

use crate::budget::*;

/// The table as the document shows it.
fn table() -> String {
    let settings = Guessing::default();
    let mut table = "| what | at most | in | `[guessing]` |\n|---|---|---|---|\n".to_owned();
    for budget in Budget::ALL {
        let (_, per, setting, what) = budget.line();
        let per = match per {
            QUARTER => "15 minutes",
            HOUR => "an hour",
            _ => "a day",
        };
        writeln!(table, "| {what} | {} | {per} | `{setting}` |", budget.most(&settings)).unwrap();
    }
    table
}

#[test]
fn the_document_repeats_the_table() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/LIMITS.md");
    let document = std::fs::read_to_string(file).unwrap();
    assert!(document.contains(&table()), "docs/LIMITS.md must hold:\n{}", table());
}

#[test]
fn ipv6_counts_by_wider_blocks_too() {
    assert_eq!(guess::wider("2001:db8:1:fe00::/56", 48).as_deref(), Some("2001:db8:1::/48"));
    assert_eq!(guess::wider("2001:db8:1:fe00::/56", 32).as_deref(), Some("2001:db8::/32"));
    assert_eq!(guess::wider("203.0.113.0/24", 48), None);
    assert_eq!(guess::wider("", 48), None);
}

#[test]
fn every_budget_has_a_counter_and_a_setting_of_its_own() {
    let defaults = serde_json::to_value(Guessing::default()).unwrap();
    let mut names: Vec<_> = Budget::ALL.iter().map(|budget| budget.line().0).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Budget::ALL.len());
    for budget in Budget::ALL {
        let setting = budget.line().2;
        assert_eq!(defaults[setting], budget.most(&Guessing::default()), "{setting}");
    }
    // And the cap of guesses in a row, which is no budget.
    assert_eq!(defaults.as_object().unwrap().len(), Budget::ALL.len() + 1);
}
