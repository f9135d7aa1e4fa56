//! Keys of every kind that is offered, and bytes that are none of an authenticator's.
use coset::{
    AsCborValue as _, CborSerializable as _, CoseKey, CoseKeyBuilder, KeyType, Label,
    cbor::Value,
    iana::{self, Algorithm, EllipticCurve},
};
use ring::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair as _},
};

use super::{Wrong, authenticator::AuthenticatorData, key::PublicKey};

fn bytes(key: CoseKey) -> Vec<u8> {
    key.to_vec().unwrap()
}

fn okp(curve: EllipticCurve, x: &[u8]) -> CoseKeyBuilder {
    CoseKeyBuilder::new_okp_key()
        .param(iana::OkpKeyParameter::Crv as i64, Value::from(curve as u64))
        .param(iana::OkpKeyParameter::X as i64, Value::Bytes(x.to_vec()))
}

fn rsa(n: &[u8], e: &[u8]) -> CoseKey {
    CoseKey {
        kty: KeyType::Assigned(iana::KeyType::RSA),
        alg: Some(coset::Algorithm::Assigned(Algorithm::RS256)),
        params: vec![
            (Label::Int(iana::RsaKeyParameter::N as i64), Value::Bytes(n.to_vec())),
            (Label::Int(iana::RsaKeyParameter::E as i64), Value::Bytes(e.to_vec())),
        ],
        ..CoseKey::default()
    }
}

#[test]
fn keys_of_the_three_algorithms_verify_their_own_signatures_and_no_others() {
    let pair = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(pair.as_ref()).unwrap();
    let key = okp(EllipticCurve::Ed25519, pair.public_key().as_ref()).algorithm(Algorithm::EdDSA).build();
    let ed25519 = PublicKey::read(&bytes(key)).unwrap();
    assert_eq!(ed25519.verify(b"said", pair.sign(b"said").as_ref()), Ok(()));
    assert_eq!(ed25519.verify(b"else", pair.sign(b"said").as_ref()), Err(Wrong::Signature));

    use aws_lc_rs::{
        rsa::{KeySize, PublicKeyComponents},
        signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair},
    };
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let mut signature = vec![0; pair.public_modulus_len()];
    let random = aws_lc_rs::rand::SystemRandom::new();
    pair.sign(&RSA_PKCS1_SHA256, &random, b"said", &mut signature).unwrap();
    let public: PublicKeyComponents<Vec<u8>> = pair.public_key().into();
    let rs256 = PublicKey::read(&bytes(rsa(&public.n, &public.e))).unwrap();
    assert_eq!(rs256.verify(b"said", &signature), Ok(()));
    assert_eq!(rs256.verify(b"else", &signature), Err(Wrong::Signature));
    assert_eq!(ed25519.verify(b"said", &signature), Err(Wrong::Signature));
}

#[test]
fn a_key_of_another_kind_or_size_than_its_algorithm_is_refused() {
    let refused = |key: CoseKey| PublicKey::read(&bytes(key)).err();
    let wrong = Some(Wrong::Algorithm);
    assert_eq!(refused(okp(EllipticCurve::Ed25519, &[1; 32]).algorithm(Algorithm::ES256).build()), wrong);
    assert_eq!(refused(okp(EllipticCurve::X25519, &[1; 32]).algorithm(Algorithm::EdDSA).build()), wrong);
    assert_eq!(refused(okp(EllipticCurve::Ed25519, &[1; 31]).algorithm(Algorithm::EdDSA).build()), wrong);
    assert_eq!(refused(okp(EllipticCurve::Ed25519, &[1; 32]).build()), wrong);
    assert_eq!(refused(rsa(&[1; 128], &[1, 0, 1])), wrong, "1024 bits");
    assert_eq!(refused(rsa(&[1; 2_048], &[1, 0, 1])), wrong);
    assert_eq!(refused(rsa(&[1; 256], &[])), wrong);
    let ec = |curve, x, y| {
        CoseKeyBuilder::new_ec2_pub_key(curve, vec![1; x], vec![1; y]).algorithm(Algorithm::ES256).build()
    };
    assert_eq!(refused(ec(EllipticCurve::P_384, 32, 32)), wrong);
    assert_eq!(refused(ec(EllipticCurve::P_256, 31, 33)), wrong);
    // On no curve: taken in, and no signature is its own.
    let nowhere = PublicKey::read(&bytes(ec(EllipticCurve::P_256, 32, 32))).unwrap();
    assert_eq!(nowhere.verify(b"said", &[0x30, 0]), Err(Wrong::Signature));
    let twice = Value::Map(vec![(Value::from(1), Value::from(2)), (Value::from(1), Value::from(3))]);
    assert!(CoseKey::from_cbor_value(twice).is_err(), "a label twice");
}

#[test]
fn bytes_of_an_authenticator_are_read_to_the_last() {
    let head = |flags: u8, rest: &[u8]| [&[0; 32][..], &[flags], &[0, 0, 0, 7], rest].concat();
    let read = |bytes: &[u8]| AuthenticatorData::read(bytes);
    assert_eq!(read(&head(5, &[])).unwrap().sign_count, 7);
    assert_eq!(read(&head(5, &[0])), Err(Wrong::Unreadable), "more than there should be");
    assert_eq!(read(&head(0x85, &[])), Err(Wrong::Unreadable), "extensions that are not there");
    assert!(read(&head(0x85, &[0xa0])).is_ok());
    assert_eq!(
        read(&head(0x85, &[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
        Err(Wrong::Unreadable)
    );
    assert_eq!(read(&head(0x85, &[0x81; 4_000])), Err(Wrong::Unreadable), "arrays in arrays");
    assert_eq!(read(&head(0x45, &[0; 18])), Err(Wrong::Unreadable), "an empty id");
    assert_eq!(read(&head(0x15, &[])), Err(Wrong::Flags), "backed up though it cannot be");
    for length in 0..37 {
        assert_eq!(read(&head(5, &[])[..length]), Err(Wrong::Unreadable));
    }
}
