//! DPoP proofs, check by check (DP-01 to DP-04).

use proptest::prelude::*;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::json;

use super::*;

const NOW: UnixTime = 1_000_000;
const URL: &str = "https://op.test/oauth2/token";
const EXPECTED: Expected<'_> = Expected { method: "POST", url: URL, access_token: None };

fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

fn jwk() -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(pair().public_key())})
}

fn signed(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let input = format!("{}.{}", encode(header), encode(claims));
    let signature = pair().sign(input.as_bytes());
    jws::append_signature(input, signature.as_ref())
}

/// A good proof, its header and claims changed first.
fn proof(change: impl FnOnce(&mut Value, &mut Value)) -> String {
    let mut header = json!({"typ": "dpop+jwt", "alg": "EdDSA", "jwk": jwk()});
    let mut claims = json!({"jti": "j1", "htm": "POST", "htu": URL, "iat": NOW});
    change(&mut header, &mut claims);
    signed(&header, &claims)
}

#[track_caller]
fn refused_as(proof: &str, words: &str) {
    let error = check(proof, &EXPECTED, NOW).expect_err("the proof must be refused");
    assert_eq!(error.code, ErrorCode::InvalidDpopProof);
    assert!(error.description.as_str().contains(words), "{error}");
}

#[test]
fn a_good_proof_names_its_key_and_itself() {
    let found = check(&proof(|_, claims| claims["nonce"] = json!("n")), &EXPECTED, NOW).unwrap();
    let key = PublicKey::read(jwk().as_object().unwrap()).unwrap();
    assert_eq!(found.jkt, key.thumbprint());
    assert_eq!((found.jti.as_str(), found.nonce.as_deref()), ("j1", Some("n")));
    assert!(found.ends_at > NOW + LONGEST_AGE);
}

#[test]
fn dp_01_zero_or_two_headers() {
    assert_eq!(header(&[]), Ok(None));
    assert_eq!(header(&[b"a"]), Ok(Some("a")));
    for headers in [&[b"a".as_slice(), b"b"][..], &[b"a", b"a"], &[b"\xff"], &[&[b'a'; 9000]]] {
        assert_eq!(header(headers).unwrap_err().code, ErrorCode::InvalidDpopProof);
    }
}

#[test]
fn dp_01_type_algorithm_and_key() {
    refused_as(&proof(|header, _| header["typ"] = json!("JWT")), "typ");
    refused_as(&proof(|header, _| drop(header.as_object_mut().unwrap().remove("typ"))), "typ");
    for alg in ["none", "None", "HS256", "ES384"] {
        refused_as(&proof(|header, _| header["alg"] = json!(alg)), "algorithm");
    }
    refused_as(&proof(|header, _| header["alg"] = json!("RS256")), "ES256, PS256 or EdDSA");
    refused_as(&proof(|header, _| header["alg"] = json!("ES256")), "signature");
    refused_as(&proof(|header, _| drop(header.as_object_mut().unwrap().remove("jwk"))), "no jwk");
    refused_as(&proof(|header, _| header["jwk"] = json!("text")), "cannot be read");
    refused_as(&proof(|header, _| header["jwk"]["d"] = json!("AAAA")), "private");
    refused_as(&proof(|header, _| header["jwk"] = json!({"kty": "oct", "k": "AAAA"})), "private");
    refused_as(&proof(|header, _| header["crit"] = json!(["b64"])), "cannot be read");
}

#[test]
fn dp_01_a_signature_of_another_key_or_over_other_claims() {
    let mut other = jwk();
    let pair = Ed25519KeyPair::from_seed_unchecked(&[8; 32]).unwrap();
    other["x"] = json!(URL_SAFE_NO_PAD.encode(pair.public_key()));
    refused_as(&proof(|header, _| header["jwk"] = other), "signature");
    let (good, changed) = (proof(|_, _| {}), proof(|_, claims| claims["jti"] = json!("j2")));
    let mixed = format!("{}.{}", good.rsplit_once('.').unwrap().0, changed.rsplit_once('.').unwrap().1);
    refused_as(&mixed, "signature");
    refused_as("a.b", "cannot be read");
    refused_as("", "cannot be read");
}

#[test]
fn dp_02_method_and_address_must_be_those_of_the_request() {
    for htm in ["GET", "post", ""] {
        refused_as(&proof(|_, claims| claims["htm"] = json!(htm)), "htm");
    }
    for htu in [
        "https://evil.test/oauth2/token",
        "https://op.test/oauth2/token/",
        "https://op.test/oauth2/tokens",
        "http://op.test/oauth2/token",
        "https://op.test:8443/oauth2/token",
        "https://op.test@evil.test/oauth2/token",
        "https://u:p@op.test/oauth2/token",
        "/oauth2/token",
        "",
    ] {
        refused_as(&proof(|_, claims| claims["htu"] = json!(htu)), "htu");
    }
    for htu in [
        "https://op.test/oauth2/token?x=1",
        "https://op.test/oauth2/token#x",
        "https://op.test:443/oauth2/token",
        "HTTPS://OP.test/oauth2/token",
        "https://op.test/a/../oauth2/token",
    ] {
        assert!(check(&proof(|_, claims| claims["htu"] = json!(htu)), &EXPECTED, NOW).is_ok(), "{htu}");
    }
    for name in ["htm", "htu", "iat", "jti"] {
        refused_as(&proof(|_, claims| drop(claims.as_object_mut().unwrap().remove(name))), name);
    }
}

#[test]
fn dp_03_the_time_must_be_near() {
    let at = |iat: Value| check(&proof(|_, claims| claims["iat"] = iat), &EXPECTED, NOW).is_ok();
    for near in [-60, -10, 0, 10, 30] {
        assert!(at(json!(NOW + near)), "{near}");
    }
    for far in [-3600, -600, -61, 31, 600, 3600] {
        assert!(!at(json!(NOW + far)), "{far}");
    }
    for odd in [json!("1000000"), json!(null), json!(1e300), json!([NOW]), json!(NOW as f64 + 0.5)] {
        assert!(!at(odd.clone()), "{odd}");
    }
    // nbf and exp mean nothing here and are tolerated.
    let spare = proof(|_, claims| {
        claims["nbf"] = json!(NOW + 9);
        claims["exp"] = json!(NOW - 9);
    });
    assert!(check(&spare, &EXPECTED, NOW).is_ok());
}

#[test]
fn dp_04_at_a_resource_the_proof_names_the_token() {
    let expected = Expected { access_token: Some("token"), ..EXPECTED };
    let with = |ath: &str| check(&proof(|_, claims| claims["ath"] = json!(ath)), &expected, NOW).is_ok();
    assert!(with(&hash("token")));
    assert!(!with(&hash("other")) && !with("") && !with("token"));
    assert!(check(&proof(|_, _| {}), &expected, NOW).is_err());
}

#[test]
fn an_empty_or_endless_jti_is_refused() {
    refused_as(&proof(|_, claims| claims["jti"] = json!("")), "jti");
    refused_as(&proof(|_, claims| claims["jti"] = json!("a".repeat(257))), "jti");
    refused_as(&proof(|_, claims| claims["jti"] = json!(5)), "jti");
}

proptest! {
    #[test]
    fn any_text_is_judged_without_a_panic(text in "\\PC{0,200}|([A-Za-z0-9_-]{0,60}\\.){0,3}[A-Za-z0-9_-]{0,60}") {
        prop_assert!(check(&text, &EXPECTED, NOW).is_err());
    }

    #[test]
    fn any_claims_are_judged_without_a_panic(htu in ".{0,40}", iat in any::<i64>(), jti in ".{0,300}") {
        let proof = proof(|_, claims| {
            claims["htu"] = json!(htu);
            claims["iat"] = json!(iat);
            claims["jti"] = json!(jti);
        });
        prop_assert!(check(&proof, &EXPECTED, NOW).is_err() || htu.starts_with("http"));
    }
}
