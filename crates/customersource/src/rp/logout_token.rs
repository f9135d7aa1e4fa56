//! Logout tokens: what the provider says when a session of its own has ended (OIDC Back-Channel Logout
//! §2.4–2.6). Ends nothing itself.
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    JsonWebKey as _, JsonWebKeyId, JsonWebKeySet,
    core::{CoreJsonWebKey, CoreJwsSigningAlgorithm},
};
use platform::{Fault, clock::Moment};
use serde::Deserialize;
use serde_json::Value;

use super::Rp;
use crate::association::SKEW;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// An older token is refused; so a spent `jti` need not be kept for longer than [`KEPT`].
const OLDEST: Duration = Duration::from_secs(120);
pub const KEPT: Duration = Duration::from_secs(600);
/// No token of a sane provider is longer.
const LONGEST: usize = 16 * 1024;

/// What a good logout token says: whose sessions end. At least one of the two is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutToken {
    pub iss: String,
    pub jti: String,
    pub sid: Option<String>,
    pub sub: Option<String>,
}

/// Why a logout token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// No key at hand verifies it; newer ones might.
    Signature,
    /// For the log.
    Content(&'static str),
}

/// What a logout token must fit.
pub struct Expected<'a> {
    pub iss: &'a str,
    pub client_id: &'a str,
    pub algorithm: &'a CoreJwsSigningAlgorithm,
    pub now: Moment,
}

#[derive(Deserialize)]
struct Header {
    alg: Value,
    typ: Option<String>,
    kid: Option<String>,
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Payload {
    iss: String,
    aud: Value,
    iat: serde_json::Number,
    exp: Option<serde_json::Number>,
    jti: String,
    events: serde_json::Map<String, Value>,
    sub: Option<String>,
    sid: Option<String>,
    /// Present at all, even as null, means that this is no logout token.
    #[serde(default, deserialize_with = "present")]
    nonce: bool,
}

fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Value::deserialize(from).map(|_| true)
}

/// Reads and checks a logout token against `keys`. Replay is the caller's to check, by `jti`.
pub fn read(
    token: &str,
    keys: &JsonWebKeySet<CoreJsonWebKey>,
    expected: &Expected<'_>,
) -> Result<LogoutToken, Bad> {
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
    check_header(&head, expected)?;
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
    let payload: Payload =
        serde_json::from_slice(&decode(payload)?).map_err(|_| Bad::Content("unreadable payload"))?;
    check_payload(payload, expected)
}

fn check_header(head: &Header, expected: &Expected<'_>) -> Result<(), Bad> {
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
    if !typ.eq_ignore_ascii_case("logout+jwt") && !typ.eq_ignore_ascii_case("JWT") {
        return Err(Bad::Content("another typ"));
    }
    Ok(())
}

fn check_payload(token: Payload, expected: &Expected<'_>) -> Result<LogoutToken, Bad> {
    let is_for_us = match &token.aud {
        Value::String(one) => one == expected.client_id,
        Value::Array(all) => all.iter().any(|one| one == expected.client_id),
        _ => false,
    };
    let seconds =
        |number: &serde_json::Number| number.as_f64().map(|at| Moment::from_unix_seconds(at as i64));
    let issued = seconds(&token.iat).ok_or(Bad::Content("unreadable iat"))?;
    let expires = token.exp.as_ref().map(|exp| seconds(exp).ok_or(Bad::Content("unreadable exp")));
    let is_logout = token.events.len() == 1 && token.events.get(EVENT).is_some_and(Value::is_object);
    let refused = [
        (token.iss != expected.iss, "another iss"),
        (!is_for_us, "another aud"),
        (issued > expected.now + SKEW, "issued in the future"),
        (expected.now.since(issued) > OLDEST, "too old"),
        (expires.transpose()?.is_some_and(|at| at <= expected.now), "expired"),
        (!is_logout, "no logout event, or others beside it"),
        (token.nonce, "a nonce"),
        (token.jti.is_empty(), "an empty jti"),
        (token.sid.is_none() && token.sub.is_none(), "neither sid nor sub"),
    ];
    if let Some((_, why)) = refused.into_iter().find(|(is_so, _)| *is_so) {
        return Err(Bad::Content(why));
    }
    Ok(LogoutToken { iss: token.iss, jti: token.jti, sid: token.sid, sub: token.sub })
}

impl Rp {
    /// Reads a logout token, with newer keys if those at hand do not fit. The inner error is a refusal.
    pub async fn read_logout_token(
        &self,
        now: Moment,
        token: &str,
    ) -> Result<Result<LogoutToken, Bad>, Fault> {
        let metadata = self.0.provider.metadata(now).await?;
        let expected = Expected {
            iss: self.issuer(),
            client_id: &self.0.settings.client_id,
            algorithm: &self.0.algorithm,
            now,
        };
        let read_with = |keys| read(token, keys, &expected);
        match read_with(metadata.jwks()) {
            Err(Bad::Signature) => match self.0.provider.newer_keys(now, &metadata).await? {
                Some(newer) => Ok(read_with(newer.jwks())),
                None => Ok(Err(Bad::Signature)),
            },
            outcome => Ok(outcome),
        }
    }
}
