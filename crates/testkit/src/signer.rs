//! A key of somebody else's: signs client assertions, DPoP proofs and whatever a test makes up.
use std::sync::atomic::{AtomicU32, Ordering};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc::jws::{SigningAlgorithm, append_signature};
use passport::key::pair::Pair;
use platform::{random::Random, secrets};
use serde_json::{Value, json};

use crate::House;

/// A key pair in somebody else's hands.
pub struct Signer {
    pair: Pair,
    pub algorithm: SigningAlgorithm,
    /// The public half, with its `kid`.
    pub jwk: Value,
}

fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("jti-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

fn encoded(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

impl Signer {
    pub fn new(algorithm: SigningAlgorithm) -> Self {
        let (pair, _) = Pair::generate(algorithm).expect("a key can be made");
        let (_, jwk) = pair.public_jwk().expect("a key can be written");
        Self { pair, algorithm, jwk }
    }

    /// The JWK Set that a client registers.
    pub fn jwks(&self) -> Value {
        json!({ "keys": [self.jwk] })
    }

    /// The thumbprint of the key.
    pub fn jkt(&self) -> &str {
        self.jwk["kid"].as_str().expect("a kid is a text")
    }

    /// A token with this header and these claims, whatever they say.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let input = format!("{}.{}", encoded(header), encoded(claims));
        let signature = self.pair.sign(&Random::seeded(1), input.as_bytes()).expect("a key signs");
        append_signature(input, &signature)
    }

    /// A client assertion (RFC 7523) that is good, its header and claims changed first.
    pub fn assertion(
        &self,
        house: &House,
        client_id: &str,
        change: impl FnOnce(&mut Value, &mut Value),
    ) -> String {
        let now = house.clock.now().unix_seconds();
        let mut header = json!({ "alg": self.algorithm.as_str(), "kid": self.jwk["kid"] });
        let mut claims = json!({
            "iss": client_id, "sub": client_id, "aud": house.passport.issuer(),
            "iat": now, "exp": now + 60, "jti": unique(),
        });
        change(&mut header, &mut claims);
        self.sign(&header, &claims)
    }

    /// A DPoP proof (RFC 9449) for a request to `path` that is good, its header and claims changed first.
    pub fn proof(
        &self,
        house: &House,
        method: &str,
        path: &str,
        change: impl FnOnce(&mut Value, &mut Value),
    ) -> String {
        let mut jwk = self.jwk.clone();
        for name in ["kid", "use", "alg"] {
            jwk.as_object_mut().expect("a JWK is an object").remove(name);
        }
        let mut header = json!({ "typ": "dpop+jwt", "alg": self.algorithm.as_str(), "jwk": jwk });
        let mut claims = json!({
            "jti": unique(), "htm": method, "htu": house.url(path), "iat": house.clock.now().unix_seconds(),
        });
        change(&mut header, &mut claims);
        self.sign(&header, &claims)
    }

    /// The same beside an access token.
    pub fn proof_with(&self, house: &House, method: &str, path: &str, token: &str) -> String {
        let ath = URL_SAFE_NO_PAD.encode(secrets::digest(token.as_bytes()));
        self.proof(house, method, path, |_, claims| claims["ath"] = json!(ath))
    }
}

/// A client assertion with an HMAC of a secret, whatever its claims say.
pub fn mac_assertion(secret: &str, claims: &Value) -> String {
    let input = format!("{}.{}", encoded(&json!({ "alg": "HS256" })), encoded(claims));
    // HMAC fills keys up with zeros, so this is the empty one, which the library takes from nobody.
    let secret = if secret.is_empty() { "\0" } else { secret };
    let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes()).unwrap();
    let signature = jsonwebtoken::crypto::sign(input.as_bytes(), &key, jsonwebtoken::Algorithm::HS256);
    format!("{input}.{}", signature.expect("a secret signs"))
}
