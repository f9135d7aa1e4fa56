//! Which scope releases which claim, and how claims are written.

use serde_json::{Value, json};

use super::*;

fn everything() -> StandardClaims {
    serde_json::from_value(json!({
        "name": "Alice A.", "given_name": "Alice", "family_name": "A.", "middle_name": "M", "nickname": "al",
        "preferred_username": "alice", "profile": "https://a.test/", "picture": "https://a.test/p",
        "website": "https://a.test/w", "gender": "female", "birthdate": "1970-01-31", "zoneinfo": "Europe/Paris",
        "locale": "en", "updated_at": 1000, "email": "alice@a.test", "email_verified": true,
        "phone_number": "+1 555", "phone_number_verified": false, "address": {"country": "US"}
    }))
    .unwrap()
}

fn released_names(scope: &str) -> Vec<String> {
    let claims = released(&everything(), &Scopes::parse(scope).unwrap());
    match serde_json::to_value(claims).unwrap() {
        Value::Object(members) => members.keys().cloned().collect(),
        other => panic!("{other}"),
    }
}

#[test]
fn every_scope_releases_exactly_its_claims() {
    for (scope, claims) in BY_SCOPE {
        let mut expected: Vec<_> = claims.iter().map(|claim| (*claim).to_owned()).collect();
        let mut got = released_names(&format!("openid {scope}"));
        expected.sort();
        got.sort();
        assert_eq!(got, expected, "{scope}");
    }
}

#[test]
fn all_scopes_release_everything_and_openid_nothing() {
    assert_eq!(released(&everything(), &Scopes::parse("profile email phone address").unwrap()), everything());
    assert_eq!(released_names("openid"), Vec::<String>::new());
}

#[test]
fn empty_claims_are_left_out() {
    let known = StandardClaims {
        name: Some(String::new()),
        email: Some(String::new()),
        email_verified: Some(true),
        address: Some(Address { locality: Some(String::new()), ..Address::default() }),
        ..StandardClaims::default()
    };
    let scope = Scopes::parse("openid profile email address").unwrap();
    let answer = UserInfo::new("s1", &known, &scope);
    assert_eq!(serde_json::to_value(answer).unwrap(), json!({"sub": "s1"}));
}

#[test]
fn verified_is_a_boolean_and_time_a_number() {
    let answer = UserInfo::new("s1", &everything(), &Scopes::parse("openid profile email").unwrap());
    let answer = serde_json::to_value(answer).unwrap();
    assert_eq!(answer.get("email_verified"), Some(&json!(true)));
    assert_eq!(answer.get("updated_at"), Some(&json!(1000)));
    assert_eq!(answer.get("sub"), Some(&json!("s1")));
}
