//! The commented file and the defaults say the same.
use std::path::Path;

use platform::config::load;

use super::Settings;

#[test]
fn the_commented_file_equals_the_defaults() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/passport.toml");
    let loaded: Settings = load(Some(&file), std::iter::empty()).unwrap();
    assert_eq!(serde_json::to_value(&loaded).unwrap(), serde_json::to_value(Settings::default()).unwrap());
    let text: toml::Table = std::fs::read_to_string(&file).unwrap().parse().unwrap();
    let defaults = toml::Table::try_from(Settings::default()).unwrap();
    for (section, keys) in &defaults {
        for key in keys.as_table().unwrap().keys() {
            assert!(
                text.get(section).is_some_and(|section| section.get(key).is_some()),
                "{section}.{key} is not in the file"
            );
        }
    }
}

#[test]
fn ft_18_a_password_hash_below_the_minimum_is_refused() {
    let environment = [("PASSPORT__PASSWORD__MEMORY_KIB", "8192"), ("PASSPORT__PASSWORD__PASSES", "2")];
    let environment = environment.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let error = load::<Settings>(None, environment).err().unwrap().to_string();
    assert!(error.contains("weaker than the OWASP minimum"), "{error}");
}

#[test]
fn a_signing_key_is_published_for_as_long_as_its_longest_token_lives() {
    let refused = |overlap: &str, access: &str, id: &str| {
        let environment = [
            ("PASSPORT__KEYS__OVERLAP_HOURS", overlap),
            ("PASSPORT__TOKENS__ACCESS_SECONDS", access),
            ("PASSPORT__TOKENS__ID_SECONDS", id),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        load::<Settings>(None, environment.into_iter()).err().map(|error| error.to_string())
    };
    assert_eq!(refused("1", "3600", "3600"), None);
    for (access, id) in [("3601", "300"), ("300", "3601")] {
        let error = refused("1", access, id).unwrap();
        assert!(error.contains("keys.overlap_hours: must be at least as long as tokens live"), "{error}");
    }
    assert_eq!(refused("2", "3601", "3601"), None);
}
