//! The claims of an ID token (OIDC Core §2, §3.1.3.6), built and not signed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest;
use serde::Serialize;

use crate::{
    UnixTime,
    claims::{StandardClaims, released},
    client::Client,
    jws::SigningAlgorithm,
    scope::Scopes,
};

/// What the mint knows when it makes an ID token.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub issuer: &'a str,
    pub subject: &'a str,
    pub client: &'a Client,
    /// When the person proved who they are; the same at every refresh.
    pub auth_time: UnixTime,
    /// Of the authorization request; a refreshed ID token has none (OIDC Core §12.2).
    pub nonce: Option<&'a str>,
    /// The session, for logout.
    pub sid: Option<&'a str>,
    pub acr: Option<&'a str>,
    pub amr: &'a [&'a str],
    /// The access token issued beside it, for `at_hash`; `None` leaves the claim out.
    pub access_token: Option<&'a str>,
    pub scope: &'a Scopes,
    pub known: &'a StandardClaims,
}

/// The claims of an ID token, to be signed as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IdTokenClaims {
    pub iss: String,
    pub sub: String,
    pub aud: String,
    pub exp: UnixTime,
    pub iat: UnixTime,
    pub auth_time: UnixTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<String>,
    /// Nothing unless the client wants its claims here.
    #[serde(flatten)]
    pub standard: StandardClaims,
}

/// Builds the claims of an ID token that lives for `lifetime` seconds.
pub fn id_token(facts: &Facts<'_>, now: UnixTime, lifetime: i64) -> IdTokenClaims {
    let own = |text: &str| text.to_owned();
    let alg = facts.client.id_token_signed_response_alg;
    let standard = match facts.client.claims_in_id_token {
        true => released(facts.known, facts.scope),
        false => StandardClaims::default(),
    };
    IdTokenClaims {
        iss: own(facts.issuer),
        sub: own(facts.subject),
        aud: facts.client.client_id.clone(),
        exp: now.saturating_add(lifetime),
        iat: now,
        auth_time: facts.auth_time,
        nonce: facts.nonce.map(own),
        sid: facts.sid.map(own),
        acr: facts.acr.map(own),
        amr: facts.amr.iter().map(|method| own(method)).collect(),
        at_hash: facts.access_token.map(|token| half_hash(alg, token)),
        standard,
    }
}

/// `at_hash` and `c_hash`: the left half of the digest that belongs to the signing algorithm
/// (OIDC Core §3.1.3.6); SHA-512 for Ed25519, which hashes with it inside.
pub fn half_hash(alg: SigningAlgorithm, text: &str) -> String {
    let algorithm = match alg {
        SigningAlgorithm::RS256 | SigningAlgorithm::PS256 | SigningAlgorithm::ES256 => &digest::SHA256,
        SigningAlgorithm::EdDSA => &digest::SHA512,
    };
    let digest = digest::digest(algorithm, text.as_bytes());
    let whole = digest.as_ref();
    URL_SAFE_NO_PAD.encode(whole.split_at(whole.len() / 2).0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn written(client: &Client, change: impl FnOnce(&mut Facts<'_>)) -> serde_json::Value {
        let scope = Scopes::parse("openid email").unwrap();
        let known = StandardClaims {
            name: Some("Alice".to_owned()),
            email: Some("alice@a.test".to_owned()),
            email_verified: Some(true),
            ..StandardClaims::default()
        };
        let mut facts = Facts {
            issuer: "https://op.test",
            subject: "s1",
            client,
            auth_time: 900,
            nonce: None,
            sid: None,
            acr: None,
            amr: &[],
            access_token: None,
            scope: &scope,
            known: &known,
        };
        change(&mut facts);
        serde_json::to_value(id_token(&facts, 1000, 300)).unwrap()
    }

    fn client(claims_in_id_token: bool) -> Client {
        Client { client_id: "web".to_owned(), claims_in_id_token, ..Client::default() }
    }

    #[test]
    fn the_least_id_token_has_nothing_empty_in_it() {
        assert_eq!(
            written(&client(false), |_| ()),
            json!({"iss": "https://op.test", "sub": "s1", "aud": "web", "exp": 1300, "iat": 1000, "auth_time": 900})
        );
    }

    #[test]
    fn everything_asked_for_is_there() {
        let token = written(&client(true), |facts| {
            facts.nonce = Some("n");
            facts.sid = Some("sid1");
            facts.acr = Some("pwd");
            facts.amr = &["pwd"];
            facts.access_token = Some("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
        });
        // at_hash as in the example of OIDC Core A.3.
        assert_eq!(
            token,
            json!({"iss": "https://op.test", "sub": "s1", "aud": "web", "exp": 1300, "iat": 1000,
                "auth_time": 900, "nonce": "n", "sid": "sid1", "acr": "pwd", "amr": ["pwd"],
                "at_hash": "77QmUPtjPfzWtF2AnpK9RQ",
                "email": "alice@a.test", "email_verified": true})
        );
    }

    #[test]
    fn claims_stay_out_of_the_id_token_of_a_client_that_does_not_want_them() {
        assert!(written(&client(false), |_| ()).get("email").is_none());
        assert!(written(&client(true), |_| ()).get("name").is_none(), "the scope profile was not granted");
    }

    #[test]
    fn the_hash_belongs_to_the_algorithm() {
        assert_eq!(half_hash(SigningAlgorithm::ES256, "a").len(), 22);
        assert_eq!(half_hash(SigningAlgorithm::EdDSA, "a").len(), 43);
    }
}
