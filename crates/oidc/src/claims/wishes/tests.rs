//! Which wishes are read, which are kept, and what they release.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn parse(value: &Value) -> ClaimsRequest {
    ClaimsRequest::parse(&value.to_string()).unwrap()
}

fn scopes(text: &str) -> Scopes {
    Scopes::parse(text).unwrap()
}

#[test]
fn the_example_of_the_document_is_read() {
    let request = parse(&json!({
        "userinfo": {
            "given_name": {"essential": true},
            "nickname": null,
            "email": {"essential": true},
            "http://example.info/claims/groups": null
        },
        "id_token": {
            "auth_time": {"essential": true},
            "acr": {"values": ["urn:mace:incommon:iap:silver"]}
        }
    }));
    assert!(request.userinfo["given_name"].essential && !request.userinfo["nickname"].essential);
    assert_eq!(request.id_token["acr"].texts().collect::<Vec<_>>(), ["urn:mace:incommon:iap:silver"]);
    let kept = request.within(&scopes("openid profile"));
    assert_eq!(
        kept.userinfo.keys().collect::<Vec<_>>(),
        ["given_name", "nickname"],
        "the scope email is not the client's"
    );
    assert_eq!(kept.id_token.keys().collect::<Vec<_>>(), ["acr", "auth_time"]);
}

#[test]
fn whatever_has_another_shape_is_refused() {
    for text in [
        "",
        "x",
        "[]",
        "null",
        "\"a\"",
        "{",
        "{\"userinfo\":[]}",
        "{\"id_token\":\"email\"}",
        "{\"userinfo\":{\"email\":true}}",
        "{\"userinfo\":{\"email\":\"a@b.test\"}}",
        "{\"userinfo\":{\"email\":{\"essential\":\"true\"}}}",
        "{\"userinfo\":{\"email\":{\"values\":\"a\"}}}",
        "{\"userinfo\":{\"email\":{\"value\":\"a\",\"values\":[\"a\"]}}}",
    ] {
        assert!(ClaimsRequest::parse(text).is_err(), "{text}");
    }
    assert!(
        ClaimsRequest::parse(&format!("{{\"x\":{}1{}}}", "[".repeat(900), "]".repeat(900))).is_err(),
        "deep"
    );
    assert!(ClaimsRequest::parse(&format!("{{\"x\":\"{}\"}}", "x".repeat(MAX))).is_err(), "long");
}

#[test]
fn members_of_other_places_and_names_are_ignored() {
    let request =
        parse(&json!({"verified_claims": {"a": 1}, "userinfo": null, "id_token": {"made_up": null}}));
    assert!(request.within(&scopes("openid profile email")).is_empty());
}

#[test]
fn a_subject_may_be_named_in_either_place() {
    assert_eq!(parse(&json!({"id_token": {"sub": {"value": "alice"}}})).subject(), Some("alice"));
    assert_eq!(parse(&json!({"userinfo": {"sub": {"value": "bob"}}})).subject(), Some("bob"));
    assert_eq!(parse(&json!({"id_token": {"sub": null}})).subject(), None);
}

#[test]
fn a_wish_releases_one_claim_beside_the_scopes() {
    let known = StandardClaims {
        name: Some("Alice".into()),
        email: Some("alice@a.test".into()),
        email_verified: Some(true),
        ..StandardClaims::default()
    };
    let released = |wishes: Value| {
        let request = parse(&json!({"userinfo": wishes}));
        serde_json::to_value(released_with(&known, &scopes("openid"), &request.userinfo)).unwrap()
    };
    assert_eq!(released(json!({"name": {"essential": true}})), json!({"name": "Alice"}));
    assert_eq!(
        released(json!({"email": null, "phone_number": {"essential": true}})),
        json!({"email": "alice@a.test"})
    );
    assert_eq!(
        released(json!({"name": {"value": "Bob"}, "email": {"values": ["x", "alice@a.test"]}})),
        json!({"email": "alice@a.test"})
    );
    assert_eq!(released(json!({})), json!({}));
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "[\\[\\]{}:,\"a-z ]{0,80}|.{0,60}") {
        if let Ok(request) = ClaimsRequest::parse(&text) {
            let written = serde_json::to_string(&request).unwrap();
            prop_assert_eq!(serde_json::from_str::<ClaimsRequest>(&written).unwrap(), request);
        }
    }
}
