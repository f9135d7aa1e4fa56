//! What a token says when somebody asks (RFC 7662, RFC 9701): who may ask about which, and the answer.

use serde::Serialize;

use crate::{
    UnixTime,
    client::Client,
    scope::Scopes,
    token::{access::Audience, binding::Confirmation},
};

/// The media type of a signed answer, and the `typ` of its header (RFC 9701 §5).
pub const SIGNED: &str = "application/token-introspection+jwt";
pub const TYP: &str = "token-introspection+jwt";

/// What is known of a living token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Token {
    pub active: True,
    pub iss: String,
    pub client_id: String,
    pub sub: String,
    /// What to call the person who stands behind the token; none where nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(skip_serializing_if = "Scopes::is_empty")]
    pub scope: Scopes,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<Audience>,
    pub iat: UnixTime,
    pub exp: UnixTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<UnixTime>,
    /// How strongly the person was proven (RFC 9470 §6.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
}

/// Always true: a token that is not alive has no [`Token`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct True;

impl Serialize for True {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(true)
    }
}

/// The answer: everything about a living token that the asker may see, or nothing but that there is none
/// (RFC 7662 §2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    Active(Box<Token>),
    Inactive { active: bool },
}

impl Answer {
    pub const INACTIVE: Self = Self::Inactive { active: false };
}

/// A client sees its own tokens, and those meant for a resource that it is (RFC 7662 §4).
pub fn may_see(client: &Client, issued_to: &str, audience: &[String]) -> bool {
    client.client_id == issued_to
        || audience.iter().any(|one| *one == client.client_id || client.serves.contains(one))
}

/// The claims of a signed answer (RFC 9701 §5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignedAnswer<'a> {
    pub iss: &'a str,
    pub aud: &'a str,
    pub iat: UnixTime,
    pub token_introspection: &'a Answer,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_02_a_stranger_sees_nothing() {
        let client = Client {
            client_id: "api".to_owned(),
            serves: vec!["https://api.test".to_owned()],
            ..Client::default()
        };
        assert!(may_see(&client, "api", &[]));
        assert!(may_see(&client, "web", &["https://api.test".to_owned()]));
        assert!(may_see(&client, "web", &["x".to_owned(), "api".to_owned()]));
        assert!(!may_see(&client, "web", &[]));
        assert!(!may_see(&client, "web", &["https://other.test".to_owned()]));
        assert_eq!(serde_json::to_string(&Answer::INACTIVE).unwrap(), r#"{"active":false}"#);
    }

    #[test]
    fn a_living_token_tells_what_it_is() {
        let token = Token {
            active: True,
            iss: "https://op.test".to_owned(),
            client_id: "web".to_owned(),
            sub: "s".to_owned(),
            username: Some("s".to_owned()),
            scope: Scopes::parse("openid").unwrap(),
            token_type: Some("Bearer"),
            aud: None,
            iat: 1,
            exp: 2,
            auth_time: None,
            acr: None,
            cnf: None,
        };
        insta::assert_snapshot!(
            serde_json::to_string(&Answer::Active(Box::new(token))).unwrap(),
            @r#"{"active":true,"iss":"https://op.test","client_id":"web","sub":"s","username":"s","scope":"openid","token_type":"Bearer","iat":1,"exp":2}"#
        );
    }
}
