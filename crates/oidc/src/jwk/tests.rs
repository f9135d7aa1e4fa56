//! Keys as others write them: what is read, what is refused, and what their names are.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read(jwk: Value) -> Result<PublicKey, NotAKey> {
    PublicKey::read(jwk.as_object().unwrap())
}

/// The key of RFC 7638 §3.1.
const N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

#[test]
fn the_thumbprint_is_that_of_rfc_7638() {
    let key = read(json!({"kty": "RSA", "n": N, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"})).unwrap();
    assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

#[test]
fn the_thumbprint_of_an_ed25519_key_is_that_of_rfc_8037() {
    let key =
        read(json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}));
    assert_eq!(key.unwrap().thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn dp_01_a_key_with_private_members_is_refused() {
    for private in PRIVATE {
        let mut jwk = json!({"kty": "RSA", "n": N, "e": "AQAB"});
        jwk[private] = json!("AQAB");
        assert_eq!(read(jwk), Err(NotAKey::Private), "{private}");
    }
    assert_eq!(read(json!({"kty": "oct", "k": "AAAA"})), Err(NotAKey::Private));
}

#[test]
fn short_keys_foreign_curves_and_malformed_members_are_refused() {
    let short = URL_SAFE_NO_PAD.encode([0x80; 128]);
    assert_eq!(read(json!({"kty": "RSA", "n": short, "e": "AQAB"})), Err(NotAKey::Size));
    let padded = URL_SAFE_NO_PAD.encode([[0].as_slice(), &[0x80; 256]].concat());
    assert_eq!(read(json!({"kty": "RSA", "n": padded, "e": "AQAB"})), Err(NotAKey::Member));
    assert_eq!(read(json!({"kty": "RSA", "n": N})), Err(NotAKey::Member));
    assert_eq!(read(json!({"kty": "RSA", "n": 5, "e": "AQAB"})), Err(NotAKey::Member));
    assert_eq!(read(json!({"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"})), Err(NotAKey::Kind));
    assert_eq!(read(json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"})), Err(NotAKey::Member));
    assert_eq!(read(json!({"kty": "OKP", "crv": "X25519", "x": "AA"})), Err(NotAKey::Kind));
    assert_eq!(read(json!({})), Err(NotAKey::Kind));
}

#[test]
fn an_algorithm_of_another_kind_of_key_never_verifies() {
    let key = read(json!({"kty": "RSA", "n": N, "e": "AQAB"})).unwrap();
    for algorithm in
        [SigningAlgorithm::RS256, SigningAlgorithm::PS256, SigningAlgorithm::ES256, SigningAlgorithm::EdDSA]
    {
        assert!(!key.verify(algorithm, b"message", &[0; 64]), "{algorithm}");
        assert!(!key.verify(algorithm, b"message", &[]), "{algorithm}");
    }
}

#[test]
fn the_signature_of_rfc_8037_is_good_and_a_changed_one_is_not() {
    let key =
        read(json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}))
            .unwrap();
    let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let mut signature = URL_SAFE_NO_PAD
        .decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")
        .unwrap();
    assert!(key.verify(SigningAlgorithm::EdDSA, message, &signature));
    signature[0] ^= 1;
    assert!(!key.verify(SigningAlgorithm::EdDSA, message, &signature));
}

proptest! {
    #[test]
    fn any_members_are_read_without_a_panic(
        kty in "RSA|EC|OKP|oct|[a-z]{0,4}",
        crv in proptest::option::of("P-256|Ed25519|[A-Z]{0,3}"),
        x in "[A-Za-z0-9_=+-]{0,50}",
        n in "[A-Za-z0-9_-]{0,400}",
    ) {
        let mut jwk = json!({"kty": kty, "x": x, "y": x, "n": n, "e": x});
        if let Some(crv) = crv {
            jwk["crv"] = json!(crv);
        }
        if let Ok(key) = read(jwk) {
            prop_assert_eq!(key.thumbprint().len(), 43);
            prop_assert!(!key.verify(SigningAlgorithm::ES256, b"", b""));
        }
    }
}
