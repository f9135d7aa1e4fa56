//! The claims of a logout token (Back-Channel Logout 1.0 §2.4), built and not signed.

use serde::Serialize;

use crate::UnixTime;

/// The `typ` of its header.
pub const TYP: &str = "logout+jwt";

/// The claims, to be signed as they are. There is no field for a nonce, which must not be there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogoutTokenClaims {
    pub iss: String,
    pub sub: String,
    pub aud: String,
    pub iat: UnixTime,
    pub exp: UnixTime,
    pub jti: String,
    pub sid: String,
    pub events: Events,
}

/// Exactly one event, with an empty object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Events {
    #[serde(rename = "http://schemas.openid.net/event/backchannel-logout")]
    backchannel_logout: Nothing,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct Nothing {}

/// What a logout token is about.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub subject: &'a str,
    pub sid: &'a str,
    /// Unique for ever; chosen by the caller, new for every attempt to deliver.
    pub jti: &'a str,
}

/// Builds the claims of a logout token that lives for `lifetime` seconds (the document advises at
/// most two minutes).
pub fn logout_token(facts: &Facts<'_>, now: UnixTime, lifetime: i64) -> LogoutTokenClaims {
    LogoutTokenClaims {
        iss: facts.issuer.to_owned(),
        sub: facts.subject.to_owned(),
        aud: facts.client_id.to_owned(),
        iat: now,
        exp: now.saturating_add(lifetime),
        jti: facts.jti.to_owned(),
        sid: facts.sid.to_owned(),
        events: Events::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bl_01_a_logout_token_has_what_it_must_and_no_nonce() {
        let facts = Facts { issuer: "https://op.test", client_id: "web", subject: "s1", sid: "x", jti: "j" };
        insta::assert_snapshot!(
            serde_json::to_string(&logout_token(&facts, 1000, 120)).unwrap(),
            @r#"{"iss":"https://op.test","sub":"s1","aud":"web","iat":1000,"exp":1120,"jti":"j","sid":"x","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}"#
        );
    }
}
