//! The settings' defaults, and what is refused of them.
use std::path::Path;

use platform::config::{Settings as _, load};

use super::*;

fn from(text: &str) -> Result<Settings, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("customersource.toml");
    std::fs::write(&file, text).unwrap();
    load::<Settings>(Some(&file), std::iter::empty()).map_err(|error| error.to_string())
}

#[test]
fn the_file_that_is_shipped_says_the_defaults_and_every_key() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/customersource.toml");
    let loaded: Settings = load(Some(&path), std::iter::empty()).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let (loaded, default) =
        (serde_json::to_value(&loaded).unwrap(), serde_json::to_value(Settings::default()).unwrap());
    assert_eq!(loaded, default);
    for (section, keys) in default.as_object().unwrap() {
        assert!(text.contains(&format!("[{section}]")), "[{section}] is missing");
        for key in keys.as_object().unwrap().keys() {
            assert!(text.lines().any(|line| line.starts_with(&format!("{key} ="))), "{section}.{key}");
        }
    }
}

#[test]
fn defaults_have_no_problem_but_the_missing_secret() {
    assert_eq!(Settings::default().problems(), []);
    assert_eq!(Settings::default().problems_to_serve()[0].key, "passport.client_secret");
}

#[test]
fn an_issuer_that_anybody_could_read_along_is_refused_with_its_line() {
    let error = from("[passport]\nissuer = \"http://passport.example\"\n").unwrap_err();
    assert!(error.contains(":2: passport.issuer: must be https"), "{error}");
    for bad in
        ["ftp://x", "nonsense", "https://a.example/?x=1", "https://a.example/#x", "https://u@a.example"]
    {
        assert!(from(&format!("[passport]\nissuer = \"{bad}\"\n")).is_err(), "{bad}");
    }
    assert!(from("[passport]\nissuer = \"https://passport.example/tenant\"\n").is_ok());
}

#[test]
fn unknown_keys_and_senseless_figures_are_refused() {
    assert!(from("[portal]\nself_clam = true\n").unwrap_err().contains("self_clam"));
    for bad in ["session_idle_minutes = 0", "session_absolute_hours = 1000", "link_hours = 0"] {
        assert!(from(&format!("[portal]\n{bad}\n")).is_err(), "{bad}");
    }
    assert!(from("[passport]\nclient_id = \"\"\n").is_err());
}

#[test]
fn the_issuers_host_is_named_with_its_port() {
    let of = |issuer: &str| Passport { issuer: issuer.into(), ..Default::default() }.host_and_port();
    assert_eq!(of("http://localhost:8081").as_deref(), Some("localhost:8081"));
    assert_eq!(of("https://passport.example/x").as_deref(), Some("passport.example:443"));
}
