//! What the provider signs and posts, one fault at a time (BL-01), with a key made for the test.
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    JsonWebKeySet,
    core::{CoreJsonWebKey, CoreJwsSigningAlgorithm},
};
use platform::clock::Moment;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::{
    logout_token::{LogoutToken, read},
    security_event::{self, SecurityEvent},
    signed::{Bad, Expected},
};

const NOW: Moment = Moment::from_unix_seconds(1_795_000_000);
const ISSUER: &str = "https://passport.example";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

fn key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn keys(kid: Option<&str>) -> JsonWebKeySet<CoreJsonWebKey> {
    let x = URL_SAFE_NO_PAD.encode(key(1).public_key().as_ref());
    let mut jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": x, "alg": "EdDSA", "use": "sig"});
    if let Some(kid) = kid {
        jwk["kid"] = kid.into();
    }
    serde_json::from_value(json!({ "keys": [jwk] })).unwrap()
}

fn header() -> Value {
    json!({"alg": "EdDSA", "kid": "k1", "typ": "logout+jwt"})
}

fn payload() -> Value {
    json!({
        "iss": ISSUER,
        "aud": "customersource",
        "iat": NOW.unix_seconds(),
        "exp": NOW.unix_seconds() + 120,
        "jti": "j1",
        "sid": "s1",
        "sub": "ann",
        "events": { EVENT: {} },
    })
}

fn signed(header: &Value, payload: &Value, seed: u8) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(payload));
    let signature = URL_SAFE_NO_PAD.encode(key(seed).sign(text.as_bytes()).as_ref());
    format!("{text}.{signature}")
}

const EXPECTED: Expected<'_> = Expected {
    iss: ISSUER,
    client_id: "customersource",
    algorithm: &CoreJwsSigningAlgorithm::EdDsa,
    now: NOW,
};

fn check(token: &str) -> Result<LogoutToken, Bad> {
    read(token, &keys(Some("k1")), &EXPECTED)
}

fn with(name: &str, value: Value) -> Result<LogoutToken, Bad> {
    let mut payload = payload();
    payload[name] = value;
    check(&signed(&header(), &payload, 1))
}

fn without(name: &str) -> Result<LogoutToken, Bad> {
    let mut payload = payload();
    payload.as_object_mut().unwrap().remove(name);
    check(&signed(&header(), &payload, 1))
}

#[track_caller]
fn refused<T: std::fmt::Debug>(outcome: Result<T, Bad>) {
    assert!(matches!(outcome, Err(Bad::Content(_))), "{outcome:?}");
}

#[test]
fn bl_02_a_good_token_names_session_and_subject() {
    let token = check(&signed(&header(), &payload(), 1)).unwrap();
    assert_eq!((token.sid.as_deref(), token.sub.as_deref()), (Some("s1"), Some("ann")));
    assert_eq!(without("sid").unwrap().sub.as_deref(), Some("ann"));
    assert_eq!(without("sub").unwrap().sid.as_deref(), Some("s1"));
    assert!(with("aud", json!(["other", "customersource"])).is_ok());
    assert!(without("exp").is_ok());
}

#[test]
fn bl_01_every_header_but_ours_is_refused() {
    let with_header = |header: Value| check(&signed(&header, &payload(), 1));
    for alg in
        [json!("none"), json!("None"), json!("HS256"), json!("RS256"), json!("bogus"), json!(null), json!(1)]
    {
        refused(with_header(json!({"alg": alg, "kid": "k1"})));
    }
    refused(with_header(json!({"kid": "k1"})));
    refused(with_header(json!({"alg": "EdDSA", "typ": "at+jwt"})));
    refused(with_header(json!({"alg": "EdDSA", "crit": ["x"]})));
    for typ in ["JWT", "jwt", "logout+jwt", "application/logout+jwt"] {
        assert!(with_header(json!({"alg": "EdDSA", "typ": typ})).is_ok(), "{typ}");
    }
    assert!(with_header(json!({"alg": "EdDSA"})).is_ok(), "no kid: every key is tried");
}

#[test]
fn bl_01_another_key_verifies_nothing() {
    assert_eq!(check(&signed(&header(), &payload(), 2)), Err(Bad::Signature));
    assert_eq!(
        check(&signed(&json!({"alg": "EdDSA", "kid": "../../dev/null"}), &payload(), 1)),
        Err(Bad::Signature)
    );
    let good = signed(&header(), &payload(), 1);
    let (text, _) = good.rsplit_once('.').unwrap();
    assert_eq!(check(&format!("{text}.")), Err(Bad::Signature));
}

#[test]
fn bl_01_every_claim_is_held_against_what_it_must_be() {
    refused(with("iss", json!("https://evil.example")));
    refused(with("iss", json!(format!("{ISSUER}/"))));
    refused(with("aud", json!("other")));
    refused(with("aud", json!([])));
    refused(with("aud", json!(null)));
    refused(with("events", json!({})));
    refused(with("events", json!({"http://schemas.openid.net/event/other": {}})));
    refused(with("events", json!({ EVENT: {}, "more": {} })));
    refused(with("events", json!({ EVENT: true })));
    refused(with("events", json!([EVENT])));
    refused(with("nonce", json!("n")));
    refused(with("nonce", json!(null)));
    refused(with("jti", json!("")));
    for name in ["iss", "aud", "iat", "jti", "events"] {
        refused(without(name));
    }
    let mut nobody = payload();
    nobody.as_object_mut().unwrap().retain(|name, _| name != "sid" && name != "sub");
    refused(check(&signed(&header(), &nobody, 1)));
}

#[test]
fn bl_01_time_is_checked_on_both_sides() {
    let at = |by: i64| json!(NOW.unix_seconds() + by);
    assert!(with("iat", at(-120)).is_ok());
    refused(with("iat", at(-121)));
    assert!(with("iat", at(60)).is_ok());
    refused(with("iat", at(61)));
    refused(with("exp", at(0)));
    for wrong in [json!("1795000000"), json!(null), json!([]), json!(-1)] {
        refused(with("iat", wrong));
    }
}

#[test]
fn bl_01_an_id_token_is_no_logout_token() {
    let id_token = json!({
        "iss": ISSUER, "aud": "customersource", "sub": "ann", "sid": "s1", "nonce": "n",
        "iat": NOW.unix_seconds(), "exp": NOW.unix_seconds() + 600,
    });
    refused(check(&signed(&json!({"alg": "EdDSA", "kid": "k1"}), &id_token, 1)));
}

#[test]
fn what_is_no_token_is_refused_without_a_look_at_keys() {
    for text in ["", "a", "a.b", "a.b.c", "a.b.c.d", "....", "e30.e30.e30", &"x".repeat(100_000)] {
        refused(check(text));
    }
    let padded = format!("{}=", signed(&header(), &payload(), 1));
    refused(check(&padded));
}

#[test]
fn an_old_token_is_refused_before_its_name_is_forgotten() {
    assert!(super::logout_token::KEPT > Duration::from_secs(120 + 60));
}

const PURGED: &str = "https://schemas.openid.net/secevent/risc/event-type/account-purged";

fn event(change: impl FnOnce(&mut Value)) -> Result<SecurityEvent, Bad> {
    let mut payload = json!({
        "iss": ISSUER, "aud": "customersource", "iat": NOW.unix_seconds() - 100_000, "jti": "j1",
        "sub_id": { "format": "iss_sub", "iss": ISSUER, "sub": "ann" },
        "events": { PURGED: {} },
    });
    change(&mut payload);
    let header = json!({"alg": "EdDSA", "kid": "k1", "typ": "secevent+jwt"});
    security_event::read(&signed(&header, &payload, 1), &keys(Some("k1")), &EXPECTED)
}

#[test]
fn a_security_event_says_whose_passport_is_gone() {
    let Ok(SecurityEvent::Purged(subject)) = event(|_| ()) else { panic!("refused") };
    assert_eq!((subject.iss.as_str(), subject.sub.as_str()), (ISSUER, "ann"));
    let other = json!({"https://schemas.openid.net/secevent/risc/event-type/account-disabled": {}});
    assert_eq!(event(|claims| claims["events"] = other), Ok(SecurityEvent::Other));
}

#[test]
fn every_claim_of_a_security_event_is_held_against_what_it_must_be() {
    refused(event(|claims| claims["iss"] = json!("https://evil.example")));
    refused(event(|claims| claims["aud"] = json!("other")));
    refused(event(|claims| claims["iat"] = json!(NOW.unix_seconds() + 61)));
    refused(event(|claims| claims["jti"] = json!("")));
    refused(event(|claims| claims["events"] = json!({})));
    refused(event(|claims| claims["events"]["more"] = json!({})));
    refused(event(|claims| claims["sub_id"]["iss"] = json!("https://evil.example")));
    refused(event(|claims| claims["sub_id"]["format"] = json!("email")));
    refused(event(|claims| claims["sub_id"]["sub"] = json!("")));
    refused(event(|claims| {
        claims.as_object_mut().unwrap().remove("sub_id");
    }));
}

#[test]
fn a_token_for_one_purpose_is_none_for_another() {
    let as_event = |token: &str| security_event::read(token, &keys(Some("k1")), &EXPECTED);
    refused(as_event(&signed(&header(), &payload(), 1)));
    refused(as_event(&signed(&json!({"alg": "EdDSA", "kid": "k1", "typ": "JWT"}), &payload(), 1)));
    refused(check(&signed(&json!({"alg": "EdDSA", "kid": "k1", "typ": "secevent+jwt"}), &payload(), 1)));
}
