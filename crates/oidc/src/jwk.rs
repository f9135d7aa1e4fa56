//! Public keys as others write them down (RFC 7517, RFC 7518 §6, RFC 8037 §2): read strictly, named by
//! their thumbprint, and asked whether a signature is theirs. It knows no private key.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{digest, signature};
use serde_json::{Map, Value};

use crate::jws::SigningAlgorithm;

/// A public key of one of the three kinds that the accepted algorithms need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256 { x: [u8; 32], y: [u8; 32] },
    Ed25519 { x: [u8; 32] },
}

/// Why a JWK is not a public key that is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAKey {
    #[error("the key holds private members")]
    Private,
    #[error("the key is not of an accepted kind")]
    Kind,
    #[error("a member of the key is missing or malformed")]
    Member,
    #[error("the RSA key has fewer than 2048 or more than 8192 bits")]
    Size,
}

/// Members that only a private or a symmetric key has (RFC 7518 §6.2.2, §6.3.2, §6.4).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

impl PublicKey {
    /// Reads a JWK.
    ///
    /// # Errors
    /// [`NotAKey`] with the first thing that is wrong.
    pub fn read(jwk: &Map<String, Value>) -> Result<Self, NotAKey> {
        if PRIVATE.iter().any(|name| jwk.contains_key(*name)) {
            return Err(NotAKey::Private);
        }
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        match (text("kty"), text("crv")) {
            (Some("RSA"), None) => Self::rsa(number(jwk, "n")?, number(jwk, "e")?),
            (Some("EC"), Some("P-256")) => {
                Ok(Self::P256 { x: coordinate(jwk, "x")?, y: coordinate(jwk, "y")? })
            }
            (Some("OKP"), Some("Ed25519")) => Ok(Self::Ed25519 { x: coordinate(jwk, "x")? }),
            _ => Err(NotAKey::Kind),
        }
    }

    fn rsa(n: Vec<u8>, e: Vec<u8>) -> Result<Self, NotAKey> {
        let bits = n.len() * 8;
        if (2048..=8192).contains(&bits) { Ok(Self::Rsa { n, e }) } else { Err(NotAKey::Size) }
    }

    /// The key's name: base64url of the SHA-256 of its required members (RFC 7638), the `jkt` of DPoP.
    pub fn thumbprint(&self) -> String {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        // Written by hand: the members stand in alphabetical order without white space (RFC 7638 §3.3).
        let members = match self {
            Self::Rsa { n, e } => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, text(e), text(n)),
            Self::P256 { x, y } => {
                format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, text(x), text(y))
            }
            Self::Ed25519 { x } => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, text(x)),
        };
        text(digest::digest(&digest::SHA256, members.as_bytes()).as_ref())
    }

    /// Whether `signature` over `message` was made with this key by that very algorithm; an algorithm of
    /// another kind of key is answered no.
    pub fn verify(&self, algorithm: SigningAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        match (self, algorithm) {
            (Self::Rsa { n, e }, SigningAlgorithm::RS256) => signature::RsaPublicKeyComponents { n, e }
                .verify(&signature::RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
            (Self::Rsa { n, e }, SigningAlgorithm::PS256) => signature::RsaPublicKeyComponents { n, e }
                .verify(&signature::RSA_PSS_2048_8192_SHA256, message, signature)
                .is_ok(),
            (Self::P256 { x, y }, SigningAlgorithm::ES256) => {
                let point = [&[4], x.as_slice(), y.as_slice()].concat();
                signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point)
                    .verify(message, signature)
                    .is_ok()
            }
            (Self::Ed25519 { x }, SigningAlgorithm::EdDSA) => {
                signature::UnparsedPublicKey::new(&signature::ED25519, x).verify(message, signature).is_ok()
            }
            _ => false,
        }
    }
}

fn bytes(jwk: &Map<String, Value>, name: &str) -> Result<Vec<u8>, NotAKey> {
    let text = jwk.get(name).and_then(Value::as_str).ok_or(NotAKey::Member)?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| NotAKey::Member)
}

/// A positive integer without leading zero bytes (RFC 7518 §2, Base64urlUInt).
fn number(jwk: &Map<String, Value>, name: &str) -> Result<Vec<u8>, NotAKey> {
    let bytes = bytes(jwk, name)?;
    if bytes.first().is_none_or(|first| *first == 0) { Err(NotAKey::Member) } else { Ok(bytes) }
}

fn coordinate(jwk: &Map<String, Value>, name: &str) -> Result<[u8; 32], NotAKey> {
    bytes(jwk, name)?.try_into().map_err(|_| NotAKey::Member)
}

#[cfg(test)]
mod tests;
