//! The claims of an access token that is a JWT (RFC 9068 §2.2), built and not signed.

use serde::Serialize;

use super::binding::Confirmation;
use crate::{UnixTime, scope::Scopes};

/// The `typ` of its header.
pub const TYP: &str = "at+jwt";

/// Whom a token is for: one text, or a list (RFC 7519 §4.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    /// Nobody named: the token is for the issuer's own endpoints (RFC 9068 §3).
    pub fn of(mut resources: Vec<String>, issuer: &str) -> Self {
        match (resources.len(), resources.pop()) {
            (1, Some(one)) => Self::One(one),
            (_, Some(last)) => {
                resources.push(last);
                Self::Several(resources)
            }
            (_, None) => Self::One(issuer.to_owned()),
        }
    }
}

/// The claims, to be signed as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccessTokenClaims {
    pub iss: String,
    pub sub: String,
    pub aud: Audience,
    pub client_id: String,
    pub exp: UnixTime,
    pub iat: UnixTime,
    /// Names the grant, so that our own endpoints can look it up.
    pub jti: String,
    #[serde(skip_serializing_if = "Scopes::is_empty")]
    pub scope: Scopes,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<UnixTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_is_one_text_a_list_or_the_issuer() {
        let written = |resources: &[&str]| {
            let resources = resources.iter().map(|text| (*text).to_owned()).collect();
            serde_json::to_string(&Audience::of(resources, "https://op.test")).unwrap()
        };
        assert_eq!(written(&[]), r#""https://op.test""#);
        assert_eq!(written(&["a"]), r#""a""#);
        assert_eq!(written(&["a", "b"]), r#"["a","b"]"#);
    }

    #[test]
    fn absent_claims_are_left_out() {
        let claims = AccessTokenClaims {
            iss: "https://op.test".to_owned(),
            sub: "svc".to_owned(),
            aud: Audience::One("a".to_owned()),
            client_id: "svc".to_owned(),
            exp: 2,
            iat: 1,
            jti: "j".to_owned(),
            scope: Scopes::default(),
            auth_time: None,
            acr: None,
            cnf: None,
        };
        insta::assert_snapshot!(
            serde_json::to_string(&claims).unwrap(),
            @r#"{"iss":"https://op.test","sub":"svc","aud":"a","client_id":"svc","exp":2,"iat":1,"jti":"j"}"#
        );
    }
}
