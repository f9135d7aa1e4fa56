//! Logout tokens: what the provider says when a session of its own has ended (OIDC Back-Channel Logout
//! §2.4–2.6). Ends nothing itself.
use std::time::Duration;

use openidconnect::{JsonWebKeySet, core::CoreJsonWebKey};
use platform::{Fault, clock::Moment};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Rp,
    signed::{self, Bad, Expected},
};
use crate::rp::SKEW;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// An older token is refused; so a spent `jti` need not be kept for longer than [`KEPT`].
const OLDEST: Duration = Duration::from_secs(120);
pub const KEPT: Duration = Duration::from_secs(600);
/// What it may call itself; older providers say nothing better than `JWT` (§2.4).
const TYPES: [&str; 2] = ["logout+jwt", "JWT"];

/// What a good logout token says: whose sessions end. At least one of the two is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutToken {
    pub iss: String,
    pub jti: String,
    pub sid: Option<String>,
    pub sub: Option<String>,
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
    let payload = signed::payload(token, keys, expected, &TYPES)?;
    let payload: Payload =
        serde_json::from_slice(&payload).map_err(|_| Bad::Content("unreadable payload"))?;
    check_payload(payload, expected)
}

fn check_payload(token: Payload, expected: &Expected<'_>) -> Result<LogoutToken, Bad> {
    let seconds =
        |number: &serde_json::Number| number.as_f64().map(|at| Moment::from_unix_seconds(at as i64));
    let issued = seconds(&token.iat).ok_or(Bad::Content("unreadable iat"))?;
    let expires = token.exp.as_ref().map(|exp| seconds(exp).ok_or(Bad::Content("unreadable exp")));
    let is_logout = token.events.len() == 1 && token.events.get(EVENT).is_some_and(Value::is_object);
    let refused = [
        (token.iss != expected.iss, "another iss"),
        (!expected.is_for_us(&token.aud), "another aud"),
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
    /// Reads a logout token. The inner error is a refusal.
    pub async fn read_logout_token(
        &self,
        now: Moment,
        token: &str,
    ) -> Result<Result<LogoutToken, Bad>, Fault> {
        self.read_signed(now, |keys, expected| read(token, keys, expected)).await
    }
}
