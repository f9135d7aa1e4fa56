//! Tokens as their readers see them: taken apart, and checked against the published keys.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde_json::Value;

use crate::{House, net::Request};

/// The claims of a token, whoever signed it.
#[track_caller]
pub fn claims(token: &str) -> Value {
    part(token, 1)
}

/// The header of a token.
#[track_caller]
pub fn header(token: &str) -> Value {
    part(token, 0)
}

#[track_caller]
fn part(token: &str, place: usize) -> Value {
    let part = token.split('.').nth(place).unwrap_or_else(|| panic!("not a token: {token}"));
    let bytes = URL_SAFE_NO_PAD.decode(part).unwrap_or_else(|error| panic!("{token}: {error}"));
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{token}: {error}"))
}

/// A token with other claims (or header) than the one it was signed with.
pub fn forged(token: &str, change: impl FnOnce(&mut Value, &mut Value)) -> String {
    let (mut header, mut claims) = (header(token), claims(token));
    change(&mut header, &mut claims);
    let signature = token.split('.').nth(2).unwrap_or_default();
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", encode(&header), encode(&claims))
}

impl House {
    /// The published keys.
    pub async fn jwks(&self) -> JwkSet {
        let answer = self.net.send(Request::get(&self.url("/oauth2/jwks"))).await;
        serde_json::from_value(answer.assert_status(200).json()).expect("a JWK Set (RFC 7517 §5)")
    }

    /// The claims of a token that one of the published keys signed, of this type and algorithm. Its times are not
    /// judged: the house has a clock of its own.
    pub async fn verified(&self, token: &str, algorithm: Algorithm) -> Value {
        let head = decode_header(token).expect("a token has a header");
        let keys = self.jwks().await;
        let key =
            keys.find(head.kid.as_deref().expect("a token names its key")).expect("its key is published");
        let mut validation = Validation::new(algorithm);
        validation.validate_aud = false;
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        let key = DecodingKey::from_jwk(key).expect("a public key");
        decode::<Value>(token, &key, &validation).expect("the signature is good").claims
    }
}
