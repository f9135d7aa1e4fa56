//! Security event tokens: what the provider says of an account beyond its sessions (RFC 8417, OpenID RISC 1.0 §2).
//! Ends nothing itself.
use openidconnect::{JsonWebKeySet, core::CoreJsonWebKey};
use platform::{Fault, clock::Moment};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Rp, Subject,
    signed::{self, Bad, Expected},
};
use crate::rp::SKEW;

const TYPES: [&str; 1] = ["secevent+jwt"];
const PURGED: &str = "https://schemas.openid.net/secevent/risc/event-type/account-purged";

/// What a good token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecurityEvent {
    /// The account is gone for good. Hearing it again changes nothing, so no `jti` need be kept.
    Purged(Subject),
    /// Something else, which is no business of the portal: sessions end by logout tokens.
    Other,
}

#[derive(Deserialize)]
struct Payload {
    iss: String,
    aud: Value,
    iat: serde_json::Number,
    jti: String,
    sub_id: SubjectId,
    events: serde_json::Map<String, Value>,
}

/// RFC 9493 §3.2.3.
#[derive(Deserialize)]
struct SubjectId {
    format: String,
    #[serde(default)]
    iss: String,
    #[serde(default)]
    sub: String,
}

/// Reads and checks a security event token against `keys`. However old: what was true stays true (RFC 8417 §4.1).
pub fn read(
    token: &str,
    keys: &JsonWebKeySet<CoreJsonWebKey>,
    expected: &Expected<'_>,
) -> Result<SecurityEvent, Bad> {
    let payload = signed::payload(token, keys, expected, &TYPES)?;
    let token: Payload = serde_json::from_slice(&payload).map_err(|_| Bad::Content("unreadable payload"))?;
    let issued = token.iat.as_f64().map(|at| Moment::from_unix_seconds(at as i64));
    let refused = [
        (token.iss != expected.iss, "another iss"),
        (!expected.is_for_us(&token.aud), "another aud"),
        (issued.is_none_or(|at| at > expected.now + SKEW), "issued in the future"),
        (token.jti.is_empty(), "an empty jti"),
        (token.events.len() != 1, "not one event"),
    ];
    if let Some((_, why)) = refused.into_iter().find(|(is_so, _)| *is_so) {
        return Err(Bad::Content(why));
    }
    if !token.events.get(PURGED).is_some_and(Value::is_object) {
        return Ok(SecurityEvent::Other);
    }
    let about = token.sub_id;
    if about.format != "iss_sub" || about.iss != expected.iss || about.sub.is_empty() {
        return Err(Bad::Content("a subject that is nobody's here"));
    }
    Ok(SecurityEvent::Purged(Subject { iss: about.iss, sub: about.sub }))
}

impl Rp {
    /// Reads a security event token. The inner error is a refusal.
    pub async fn read_security_event(
        &self,
        now: Moment,
        token: &str,
    ) -> Result<Result<SecurityEvent, Bad>, Fault> {
        self.read_signed(now, |keys, expected| read(token, keys, expected)).await
    }
}
