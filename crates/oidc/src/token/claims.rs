//! The claims of an ID token (OIDC Core §2, §3.1.3.6), built and not signed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest;
use serde::Serialize;

use crate::{
    UnixTime,
    claims::{
        StandardClaims,
        wishes::{Wishes, released_with},
    },
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
    /// The session, for clients that are told of its end.
    pub sid: Option<&'a str>,
    pub acr: Option<&'a str>,
    pub amr: &'a [&'static str],
    /// The access token issued beside it, for `at_hash`; `None` leaves the claim out.
    pub access_token: Option<&'a str>,
    /// What else the authorization endpoint sends along with this ID token; nothing at the token endpoint.
    pub beside: Beside<'a>,
    pub scope: &'a Scopes,
    pub known: &'a StandardClaims,
    /// Claims that the `claims` parameter wants in the ID token.
    pub wishes: &'a Wishes,
}

/// What stands in the same answer of the authorization endpoint (OIDC Core §3.3.2.11, FAPI 1.0
/// Advanced §5.2.2.1).
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// For `c_hash`.
    pub code: Option<&'a str>,
    /// For `s_hash`.
    pub state: Option<&'a str>,
    /// The ID token comes alone, so no UserInfo can be asked: what the scopes release stands in it
    /// (OIDC Core §5.4).
    pub nothing_else: bool,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub c_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s_hash: Option<String>,
    /// Nothing unless the client wants its claims here.
    #[serde(flatten)]
    pub standard: StandardClaims,
}

/// Builds the claims of an ID token that lives for `lifetime` seconds.
pub fn id_token(facts: &Facts<'_>, now: UnixTime, lifetime: i64) -> IdTokenClaims {
    let own = |text: &str| text.to_owned();
    let alg = facts.client.id_token_signed_response_alg;
    let by_scope = facts.client.claims_in_id_token || facts.beside.nothing_else;
    let nothing = Scopes::default();
    let standard = released_with(facts.known, if by_scope { facts.scope } else { &nothing }, facts.wishes);
    IdTokenClaims {
        iss: own(facts.issuer),
        sub: own(facts.subject),
        aud: facts.client.client_id.clone(),
        exp: now.saturating_add(lifetime),
        iat: now,
        auth_time: facts.auth_time,
        nonce: facts.nonce.map(own),
        sid: facts.sid.filter(|_| facts.client.is_told_of_sign_outs()).map(own),
        acr: facts.acr.map(own),
        amr: facts.amr.iter().map(|method| own(method)).collect(),
        at_hash: facts.access_token.map(|token| half_hash(alg, token)),
        c_hash: facts.beside.code.map(|code| half_hash(alg, code)),
        s_hash: facts.beside.state.map(|state| half_hash(alg, state)),
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
    use crate::claims::wishes::Wish;
    use serde_json::json;

    fn written(client: &Client, change: impl FnOnce(&mut Facts<'_>)) -> serde_json::Value {
        let scope = Scopes::parse("openid email").unwrap();
        let known = StandardClaims {
            name: Some("Alice".to_owned()),
            email: Some("alice@a.test".to_owned()),
            email_verified: Some(true),
            ..StandardClaims::default()
        };
        let wishes = Wishes::from([("name".to_owned(), Wish::default())]);
        let wishes = if client.client_name == "wishes" { wishes } else { Wishes::new() };
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
            beside: Beside::default(),
            scope: &scope,
            known: &known,
            wishes: &wishes,
        };
        change(&mut facts);
        serde_json::to_value(id_token(&facts, 1000, 300)).unwrap()
    }

    fn client(claims_in_id_token: bool) -> Client {
        let backchannel_logout_uri = Some("https://a.test/out".to_owned());
        Client {
            client_id: "web".to_owned(),
            claims_in_id_token,
            backchannel_logout_uri,
            ..Client::default()
        }
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
    fn a_client_that_is_not_told_of_sign_outs_is_told_no_session() {
        let sid = |client: &Client| written(client, |facts| facts.sid = Some("sid1")).get("sid").is_some();
        let untold = Client { backchannel_logout_uri: None, ..client(false) };
        assert!(sid(&client(false)) && !sid(&untold));
        assert!(sid(&Client { frontchannel_logout_uri: Some("https://a.test/out".to_owned()), ..untold }));
    }

    #[test]
    fn claims_stay_out_of_the_id_token_of_a_client_that_does_not_want_them() {
        assert!(written(&client(false), |_| ()).get("email").is_none());
        assert!(written(&client(true), |_| ()).get("name").is_none(), "the scope profile was not granted");
    }

    #[test]
    fn a_claim_that_was_asked_for_by_name_stands_there_without_its_scope() {
        let client = Client { client_name: "wishes".to_owned(), ..client(false) };
        assert_eq!(written(&client, |_| ())["name"], "Alice");
        assert!(written(&client, |_| ()).get("email").is_none());
    }

    #[test]
    fn what_comes_with_an_id_token_is_hashed_into_it() {
        let token = written(&client(false), |facts| {
            facts.beside = Beside { code: Some("c0de"), state: Some("S"), nothing_else: false };
        });
        let alg = SigningAlgorithm::RS256;
        assert_eq!(token["c_hash"], half_hash(alg, "c0de"));
        assert_eq!(token["s_hash"], half_hash(alg, "S"));
        assert!(token.get("email").is_none());
    }

    #[test]
    fn an_id_token_that_comes_alone_carries_what_the_scopes_release() {
        let token = written(&client(false), |facts| facts.beside.nothing_else = true);
        assert_eq!(token["email"], "alice@a.test");
    }

    #[test]
    fn the_hash_belongs_to_the_algorithm() {
        assert_eq!(half_hash(SigningAlgorithm::ES256, "a").len(), 22);
        assert_eq!(half_hash(SigningAlgorithm::EdDSA, "a").len(), 43);
    }
}
