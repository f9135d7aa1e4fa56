//! The demonstration companies and people, as seed documents; knows no server.
use std::{collections::BTreeMap, path::Path};

/// Companies, plans and profiles, in the format of `customersource seed`.
pub const PORTAL: &str = include_str!("../data/portal.json");

/// Staff of the portal: e-mail address of the Passport, name, role.
pub const STAFF: [(&str, &str, &str); 3] = [
    ("sofia.reis@customersource.example", "Sofia Reis", "support"),
    ("alan.brooks@customersource.example", "Alan Brooks", "approver"),
    ("elena.costa@customersource.example", "Elena Costa", "editor"),
];
/// Their password. It opens nothing but a demonstration on one's own machine.
pub const STAFF_PASSWORD: &str = "behind the demo counter";

/// The addresses to try, by what is special about them.
const PEOPLE: &str = include_str!("../data/people.json");

/// Group name → addresses in the directory of profiles.
pub fn groups() -> serde_json::Result<BTreeMap<String, Vec<String>>> {
    serde_json::from_str(PEOPLE)
}

/// Leaves `people.json` in the data folder, for scripts.
pub fn write(folder: &Path) -> std::io::Result<()> {
    std::fs::write(folder.join("people.json"), PEOPLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profiles_of(address: &str) -> Vec<serde_json::Value> {
        let portal: serde_json::Value = serde_json::from_str(PORTAL).unwrap();
        let all = portal["profiles"].as_array().unwrap().clone();
        all.into_iter().filter(|profile| profile["email"] == address).collect()
    }

    #[test]
    fn every_person_is_in_the_directory_as_their_group_says() {
        let groups = groups().unwrap();
        assert!(groups["single"].len() >= 5);
        for (group, addresses) in &groups {
            for address in addresses {
                let profiles = profiles_of(address);
                let wanted = if group == "three" { 3 } else { 1 };
                assert_eq!(profiles.len(), wanted, "{group} {address}");
                if group == "admin" {
                    assert_eq!(profiles[0]["administrator"], true, "{address}");
                }
            }
        }
    }

    #[test]
    fn one_address_occurs_in_both_companies() {
        let companies: Vec<_> = profiles_of("pat.lee@adventure-works.example")
            .iter()
            .map(|profile| profile["company"].to_string())
            .collect();
        assert!(companies.contains(&"\"C-100\"".to_owned()) && companies.contains(&"\"C-200\"".to_owned()));
    }
}
