//! The public keys of passkeys: COSE keys (RFC 9052 §7) of the three algorithms that are offered, and no other pairing
//! of algorithm and key.
use coset::{
    AsCborValue as _, CborSerializable as _, CoseKey, KeyType, Label,
    cbor::Value,
    iana::{Algorithm, Ec2KeyParameter, EllipticCurve, KeyType as Kind, OkpKeyParameter, RsaKeyParameter},
};
use ring::signature::{ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256};
use ring::signature::{RsaPublicKeyComponents, UnparsedPublicKey};

use super::Wrong;

/// A key that a signature is checked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// A point of P-256, uncompressed.
    Es256([u8; 65]),
    Ed25519([u8; 32]),
    Rs256 {
        n: Vec<u8>,
        e: Vec<u8>,
    },
}

/// What is offered, the one that we like best first (§5.8.5).
pub const OFFERED: [i64; 3] = [Algorithm::ES256 as i64, Algorithm::EdDSA as i64, Algorithm::RS256 as i64];

/// Bytes of an RSA modulus: 2048 to 8192 bits.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=1024;

impl PublicKey {
    /// As it was stored.
    pub fn read(bytes: &[u8]) -> Result<Self, Wrong> {
        Self::of(&CoseKey::from_slice(bytes).map_err(|_| Wrong::Unreadable)?)
    }

    pub(super) fn of_item(item: Value) -> Result<Self, Wrong> {
        Self::of(&CoseKey::from_cbor_value(item).map_err(|_| Wrong::Unreadable)?)
    }

    fn of(key: &CoseKey) -> Result<Self, Wrong> {
        let Some(coset::Algorithm::Assigned(algorithm)) = key.alg else { return Err(Wrong::Algorithm) };
        let bytes = |label: i64| {
            let found = key.params.iter().find(|(name, _)| *name == Label::Int(label));
            found.and_then(|(_, value)| value.as_bytes()).map(Vec::as_slice).ok_or(Wrong::Algorithm)
        };
        let is_on = |label: i64, curve: EllipticCurve| {
            let named = Value::from(curve as u64);
            key.params.iter().any(|(name, value)| *name == Label::Int(label) && *value == named)
        };
        match (algorithm, &key.kty) {
            (Algorithm::ES256, KeyType::Assigned(Kind::EC2))
                if is_on(Ec2KeyParameter::Crv as i64, EllipticCurve::P_256) =>
            {
                let (x, y) = (bytes(Ec2KeyParameter::X as i64)?, bytes(Ec2KeyParameter::Y as i64)?);
                let point = (x.len() == 32).then(|| [&[4], x, y].concat());
                point.and_then(|point| point.try_into().ok()).map(Self::Es256).ok_or(Wrong::Algorithm)
            }
            (Algorithm::EdDSA, KeyType::Assigned(Kind::OKP))
                if is_on(OkpKeyParameter::Crv as i64, EllipticCurve::Ed25519) =>
            {
                bytes(OkpKeyParameter::X as i64)?.try_into().map(Self::Ed25519).map_err(|_| Wrong::Algorithm)
            }
            (Algorithm::RS256, KeyType::Assigned(Kind::RSA)) => {
                let (n, e) = (bytes(RsaKeyParameter::N as i64)?, bytes(RsaKeyParameter::E as i64)?);
                let is_sane = MODULUS.contains(&n.len()) && (1..=8).contains(&e.len());
                is_sane.then(|| Self::Rs256 { n: n.to_vec(), e: e.to_vec() }).ok_or(Wrong::Algorithm)
            }
            _ => Err(Wrong::Algorithm),
        }
    }

    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Wrong> {
        let verified = match self {
            Self::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature)
            }
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            Self::Rs256 { n, e } => {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
        };
        verified.map_err(|_| Wrong::Signature)
    }
}
