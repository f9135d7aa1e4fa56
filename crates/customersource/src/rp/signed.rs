//! What the provider signs and posts here, as far as all of it is alike: a compact JWS under one of its published
//! keys (RFC 7515 §5.2). Knows not what the claims mean.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    JsonWebKey as _, JsonWebKeyId, JsonWebKeySet,
    core::{CoreJsonWebKey, CoreJwsSigningAlgorithm},
};
use platform::{Fault, clock::Moment, plain};
use serde::Deserialize;
use serde_json::Value;

use super::Rp;

/// No token of a sane provider is longer.
const LONGEST: usize = 16 * 1024;

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// No key at hand verifies it; newer ones might.
    Signature,
    /// For the log.
    Content(&'static str),
}

impl Bad {
    /// For the log.
    pub const fn why(self) -> &'static str {
        match self {
            Self::Signature => "no key verifies the signature",
            Self::Content(why) => why,
        }
    }
}

/// What a token must fit.
pub struct Expected<'a> {
    pub iss: &'a str,
    pub client_id: &'a str,
    pub algorithm: &'a CoreJwsSigningAlgorithm,
    pub now: Moment,
}

impl Expected<'_> {
    /// Whether an `aud`, one or several, names this client.
    pub fn is_for_us(&self, aud: &Value) -> bool {
        match aud {
            Value::String(one) => one == self.client_id,
            Value::Array(all) => all.iter().any(|one| one == self.client_id),
            _ => false,
        }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: Value,
    typ: Option<String>,
    kid: Option<String>,
    crit: Option<Value>,
}

/// The verified payload of a token whose `typ` is one of `types`; one without stands for the plain `JWT`.
pub fn payload(
    token: &str,
    keys: &JsonWebKeySet<CoreJsonWebKey>,
    expected: &Expected<'_>,
    types: &[&str],
) -> Result<Vec<u8>, Bad> {
    if token.len() > LONGEST {
        return Err(Bad::Content("too long"));
    }
    let mut parts = token.split('.');
    let (Some(header), Some(payload), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Bad::Content("not three parts"));
    };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Bad::Content("not base64url"));
    let head: Header =
        serde_json::from_slice(&decode(header)?).map_err(|_| Bad::Content("unreadable header"))?;
    check_header(&head, expected, types)?;
    let signed = format!("{header}.{payload}");
    let signature = decode(signature)?;
    let fits = |key: &&CoreJsonWebKey| {
        head.kid.as_ref().is_none_or(|kid| key.key_id() == Some(&JsonWebKeyId::new(kid.clone())))
    };
    let verifies = |key: &CoreJsonWebKey| {
        key.verify_signature(expected.algorithm, signed.as_bytes(), &signature).is_ok()
    };
    if !keys.keys().iter().filter(fits).any(verifies) {
        return Err(Bad::Signature);
    }
    let payload = decode(payload)?;
    if serde_json::from_slice::<Value>(&payload).is_ok_and(|value| !plain::is_plain_json(&value)) {
        return Err(Bad::Content("control characters"));
    }
    Ok(payload)
}

fn check_header(head: &Header, expected: &Expected<'_>, types: &[&str]) -> Result<(), Bad> {
    let algorithm: CoreJwsSigningAlgorithm =
        serde_json::from_value(head.alg.clone()).map_err(|_| Bad::Content("unknown alg"))?;
    if algorithm != *expected.algorithm {
        return Err(Bad::Content("another alg than this client's"));
    }
    if head.crit.is_some() {
        return Err(Bad::Content("unknown crit"));
    }
    let typ = head.typ.as_deref().unwrap_or("JWT");
    let typ = typ.strip_prefix("application/").unwrap_or(typ);
    if !types.iter().any(|known| typ.eq_ignore_ascii_case(known)) {
        return Err(Bad::Content("another typ"));
    }
    Ok(())
}

impl Rp {
    /// Reads with the keys at hand and, where none of them fits, with newer ones. The inner error is a refusal.
    pub async fn read_signed<T>(
        &self,
        now: Moment,
        read: impl Fn(&JsonWebKeySet<CoreJsonWebKey>, &Expected<'_>) -> Result<T, Bad>,
    ) -> Result<Result<T, Bad>, Fault> {
        let metadata = self.0.provider.metadata(now).await?;
        let expected = Expected {
            iss: self.issuer(),
            client_id: &self.0.settings.client_id,
            algorithm: &self.0.algorithm,
            now,
        };
        match read(metadata.jwks(), &expected) {
            Err(Bad::Signature) => match self.0.provider.newer_keys(now, &metadata).await? {
                Some(newer) => Ok(read(newer.jwks(), &expected)),
                None => Ok(Err(Bad::Signature)),
            },
            outcome => Ok(outcome),
        }
    }
}
