//! The public keys of clients, by value. Knows no signature.
use oidc::{client::Client, jwk::PublicKey, jws::SigningAlgorithm};
use platform::Fault;
use serde_json::{Map, Value};

use crate::state::Passport;

/// The keys that a signature of this algorithm may be of; none when the client has no such key.
#[expect(clippy::unused_async, reason = "a client's keys may have to be fetched")]
pub async fn find_public(
    _: &Passport,
    client: &Client,
    kid: Option<&str>,
    alg: SigningAlgorithm,
) -> Result<Vec<PublicKey>, Fault> {
    let says = |key: &Map<String, Value>, name: &str, wanted: &str| {
        key.get(name).and_then(Value::as_str).is_none_or(|said| said == wanted)
    };
    let fits = |key: &&Map<String, Value>| {
        kid.is_none_or(|kid| says(key, "kid", kid))
            && says(key, "use", "sig")
            && says(key, "alg", alg.as_str())
    };
    Ok(registered(client).filter(fits).filter_map(|key| PublicKey::read(key).ok()).collect())
}

/// Every key of the client: for a certificate that names none.
#[expect(clippy::unused_async, reason = "a client's keys may have to be fetched")]
pub async fn list(_: &Passport, client: &Client) -> Result<Vec<PublicKey>, Fault> {
    Ok(registered(client).filter_map(|key| PublicKey::read(key).ok()).collect())
}

fn registered(client: &Client) -> impl Iterator<Item = &Map<String, Value>> {
    let keys = client.jwks.as_ref().and_then(|set| set.get("keys")).and_then(Value::as_array);
    keys.into_iter().flatten().filter_map(Value::as_object)
}
