//! Security event tokens (RFC 8417): what happened to an account beyond its sessions, in the words of OpenID RISC
//! 1.0 §2; built and not signed.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::UnixTime;

/// The `typ` of its header (RFC 8417 §2.3).
pub const TYP: &str = "secevent+jwt";
/// What a push carries (RFC 8935 §2).
pub const MEDIA_TYPE: &str = "application/secevent+jwt";

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountEvent {
    /// The account is gone for good; its `sub` never comes back.
    Purged,
    /// Nobody can sign in to it for now.
    Disabled,
    /// Its owner can again.
    Enabled,
}

impl AccountEvent {
    /// The event's type URI.
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Purged => "https://schemas.openid.net/secevent/risc/event-type/account-purged",
            Self::Disabled => "https://schemas.openid.net/secevent/risc/event-type/account-disabled",
            Self::Enabled => "https://schemas.openid.net/secevent/risc/event-type/account-enabled",
        }
    }
}

/// The claims, to be signed as they are. There is neither `sub` nor `exp`, so that nothing takes it for an ID token
/// (Shared Signals Framework 1.0 §4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SecurityEventClaims {
    pub iss: String,
    pub aud: String,
    pub iat: UnixTime,
    pub jti: String,
    pub sub_id: SubjectId,
    pub events: Map<String, Value>,
}

/// Whom it is about: RFC 9493 §3.2.3.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SubjectId {
    format: &'static str,
    pub iss: String,
    pub sub: String,
}

/// What a token is about.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub subject: &'a str,
    /// Unique for ever; chosen by the caller.
    pub jti: &'a str,
}

/// Builds the claims of a security event token with this one event.
pub fn security_event(facts: &Facts<'_>, now: UnixTime, event: AccountEvent) -> SecurityEventClaims {
    SecurityEventClaims {
        iss: facts.issuer.to_owned(),
        aud: facts.client_id.to_owned(),
        iat: now,
        jti: facts.jti.to_owned(),
        sub_id: SubjectId { format: "iss_sub", iss: facts.issuer.to_owned(), sub: facts.subject.to_owned() },
        events: Map::from_iter([(event.uri().to_owned(), Value::Object(Map::new()))]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_security_event_token_cannot_be_taken_for_an_id_token() {
        let facts = Facts { issuer: "https://op.test", client_id: "web", subject: "s1", jti: "j" };
        insta::assert_snapshot!(
            serde_json::to_string(&security_event(&facts, 1000, AccountEvent::Purged)).unwrap(),
            @r#"{"iss":"https://op.test","aud":"web","iat":1000,"jti":"j","sub_id":{"format":"iss_sub","iss":"https://op.test","sub":"s1"},"events":{"https://schemas.openid.net/secevent/risc/event-type/account-purged":{}}}"#
        );
    }
}
