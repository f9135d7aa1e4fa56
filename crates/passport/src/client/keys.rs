//! A client's public keys, as it registered them. Knows nothing of what they verify.
use jsonwebtoken::{Algorithm, DecodingKey};
use oidc::{client::Client, jws::SigningAlgorithm};
use platform::Fault;
use serde_json::{Map, Value};

use crate::state::Passport;

/// Shortest RSA modulus in bytes: 2048 bits (RFC 7518 §3.3).
const SHORTEST_MODULUS: usize = 256;

/// The keys that may have made a signature of this algorithm: the one of that name, or all that fit when
/// the token names none. Empty when there is none.
#[expect(clippy::unused_async, reason = "a client's keys may have to be fetched")]
pub async fn find(
    _: &Passport,
    client: &Client,
    kid: Option<&str>,
    alg: SigningAlgorithm,
) -> Result<Vec<DecodingKey>, Fault> {
    let keys = client.jwks.as_ref().and_then(|set| set.get("keys")).and_then(Value::as_array);
    let fitting = keys.into_iter().flatten().filter_map(|key| fitting(key.as_object()?, kid, alg));
    Ok(fitting.collect())
}

/// The algorithm in the words of the library that verifies.
pub const fn algorithm(alg: SigningAlgorithm) -> Algorithm {
    match alg {
        SigningAlgorithm::RS256 => Algorithm::RS256,
        SigningAlgorithm::PS256 => Algorithm::PS256,
        SigningAlgorithm::ES256 => Algorithm::ES256,
        SigningAlgorithm::EdDSA => Algorithm::EdDSA,
    }
}

fn fitting(key: &Map<String, Value>, kid: Option<&str>, alg: SigningAlgorithm) -> Option<DecodingKey> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let says = |name: &str, wanted: &str| text(name).is_none_or(|said| said == wanted);
    if kid.is_some_and(|kid| text("kid") != Some(kid)) || !says("use", "sig") || !says("alg", alg.as_str()) {
        return None;
    }
    match (alg, text("kty")?, text("crv")) {
        (SigningAlgorithm::RS256 | SigningAlgorithm::PS256, "RSA", _) => {
            let modulus = text("n")?;
            // Three bytes are four characters.
            let long = modulus.len() * 3 / 4 >= SHORTEST_MODULUS;
            long.then(|| DecodingKey::from_rsa_components(modulus, text("e")?).ok()).flatten()
        }
        (SigningAlgorithm::ES256, "EC", Some("P-256")) => {
            DecodingKey::from_ec_components(text("x")?, text("y")?).ok()
        }
        (SigningAlgorithm::EdDSA, "OKP", Some("Ed25519")) => DecodingKey::from_ed_components(text("x")?).ok(),
        _ => None,
    }
}
