//! A sign-in that has begun: what the browser carries, sealed, until it comes back. Knows no token.
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{PkceCodeChallenge, PkceCodeVerifier};
use platform::{Fault, clock::Moment, language::Language, secrets};
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use super::Rp;
use crate::strength::RECENT;

/// How long a sign-in may take.
pub const LIFETIME: Duration = Duration::from_secs(600);

/// A link that the sign-in was begun for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    pub digest: [u8; 32],
    pub at: Moment,
}

/// One attempt to sign in. Every tab has its own.
#[derive(Debug, Serialize, Deserialize)]
pub struct Attempt {
    pub state: String,
    pub nonce: String,
    verifier: String,
    pub begun_at: Moment,
    /// The path of this site to go on to.
    pub next: String,
    pub link: Option<Opened>,
    /// The person was asked to prove who they are, whatever session existed.
    pub fresh: bool,
    /// A proof of the last minutes was asked for.
    #[serde(default)]
    pub recent: bool,
    /// The contexts of which one was demanded; empty: none was.
    #[serde(default)]
    pub contexts: Vec<String>,
}

/// What a sign-in is begun for.
#[derive(Debug, Default)]
pub struct Wanted<'a> {
    /// The path of this site to go on to.
    pub next: &'a str,
    pub link: Option<Opened>,
    /// Ask the person to prove who they are, whatever session exists; one that is for a link always is (CS-18).
    pub fresh: bool,
    /// Ask for what is missing so that the proof is one of the last minutes.
    pub recent: bool,
    /// One of these contexts is demanded (`acr`, OIDC Core §5.5.1.1): who lacks it proves that, and no more.
    pub contexts: &'a [String],
    /// The person has no Passport yet, and makes one on the way.
    pub create: bool,
    /// Who is expected, by the word of whoever sent the person here (OIDC Core §4).
    pub login_hint: Option<&'a str>,
}

impl Attempt {
    pub(super) fn verifier(&self) -> PkceCodeVerifier {
        PkceCodeVerifier::new(self.verifier.clone())
    }
}

/// The name under which the browser keeps an attempt: short, and different for every state.
pub fn cookie_name(state: &str) -> String {
    let short: String = URL_SAFE_NO_PAD.encode(secrets::digest(state.as_bytes())).chars().take(10).collect();
    format!("signin-{short}")
}

impl Rp {
    /// Begins a sign-in: the authorization request's address, and the attempt.
    pub async fn begin(
        &self,
        now: Moment,
        language: Language,
        wanted: Wanted<'_>,
    ) -> Result<(String, Attempt), Fault> {
        let metadata = self.0.provider.metadata(now).await?;
        let attempt = Attempt {
            state: self.0.random.token(),
            nonce: self.0.random.token(),
            verifier: self.0.random.token(),
            begun_at: now,
            next: wanted.next.to_owned(),
            fresh: wanted.fresh || wanted.link.is_some(),
            link: wanted.link,
            recent: wanted.recent,
            contexts: wanted.contexts.to_vec(),
        };
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&attempt.verifier());
        let mut url = Url::parse(metadata.authorization_endpoint().as_str()).map_err(Fault::unavailable)?;
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("response_type", "code")
                .append_pair("client_id", &self.0.settings.client_id)
                .append_pair("redirect_uri", &self.0.redirect_uri)
                .append_pair("scope", self.scope())
                .append_pair("state", &attempt.state)
                .append_pair("nonce", &attempt.nonce)
                .append_pair("code_challenge", challenge.as_str())
                .append_pair("code_challenge_method", "S256")
                .append_pair("ui_locales", language.tag());
            if !attempt.contexts.is_empty() {
                let acr = json!({ "essential": true, "values": attempt.contexts });
                query.append_pair("acr_values", &attempt.contexts.join(" "));
                query.append_pair("claims", &json!({ "id_token": { "acr": acr } }).to_string());
            }
            if let Some(hint) = wanted.login_hint {
                query.append_pair("login_hint", hint);
            }
            let mut prompts = metadata.additional_metadata().prompt_values_supported.iter();
            if wanted.create && prompts.any(|prompt| prompt == "create") {
                query.append_pair("prompt", "create").append_pair("max_age", "0");
            } else if attempt.fresh {
                query.append_pair("prompt", "login").append_pair("max_age", "0");
            } else if attempt.recent {
                query.append_pair("max_age", &RECENT.as_secs().to_string());
            }
        }
        Ok((url.into(), attempt))
    }

    /// The attempt as the browser carries it.
    pub fn seal(&self, attempt: &Attempt) -> Result<String, Fault> {
        let plain = serde_json::to_vec(attempt).map_err(Fault::bug)?;
        Ok(URL_SAFE_NO_PAD.encode(self.0.seal.seal(&self.0.random, b"attempt", &plain)?))
    }

    /// The attempt that `sealed` holds, if it is ours, of this state, and not too old (MX-04, MX-06).
    pub fn open(&self, now: Moment, sealed: &str, state: &str) -> Option<Attempt> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let plain = self.0.seal.open(b"attempt", &bytes)?;
        let attempt: Attempt = serde_json::from_slice(&plain).ok()?;
        let is_young = now.is_within(LIFETIME, attempt.begun_at);
        (is_young && secrets::same(attempt.state.as_bytes(), state.as_bytes())).then_some(attempt)
    }

    /// When a sealed attempt was begun; none if it is not ours.
    pub fn begun_at(&self, sealed: &str) -> Option<Moment> {
        let plain = self.0.seal.open(b"attempt", &URL_SAFE_NO_PAD.decode(sealed).ok()?)?;
        serde_json::from_slice::<Attempt>(&plain).ok().map(|attempt| attempt.begun_at)
    }

    /// The secret of the session that this answer to this attempt begins: the same when the answer comes twice.
    pub fn session_secret(&self, attempt: &Attempt, code: &str) -> String {
        let said = [attempt.verifier.as_bytes(), b"\0", code.as_bytes()].concat();
        URL_SAFE_NO_PAD.encode(self.0.session_mac.sign(&said))
    }

    /// A link that is being confirmed, as the browser carries it.
    pub fn seal_link(&self, link: &Opened) -> Result<String, Fault> {
        let plain = serde_json::to_vec(link).map_err(Fault::bug)?;
        Ok(URL_SAFE_NO_PAD.encode(self.0.seal.seal(&self.0.random, b"link", &plain)?))
    }

    pub fn open_link(&self, sealed: &str) -> Option<Opened> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        serde_json::from_slice(&self.0.seal.open(b"link", &bytes)?).ok()
    }

    /// RFC 9207 §2.4: an authorization response names the issuer, and it is ours; one that names none is
    /// accepted only from a provider that does not promise to.
    pub async fn is_from_issuer(&self, now: Moment, iss: Option<&str>) -> Result<bool, Fault> {
        match iss {
            Some(iss) => Ok(iss == self.issuer()),
            None => {
                let metadata = self.0.provider.metadata(now).await?;
                Ok(!metadata.additional_metadata().authorization_response_iss_parameter_supported)
            }
        }
    }

    /// A token of a session, sealed for its row.
    pub fn seal_token(&self, session: &[u8; 32], token: &str) -> Result<Vec<u8>, Fault> {
        self.0.seal.seal(&self.0.random, session, token.as_bytes())
    }

    pub fn open_token(&self, session: &[u8; 32], sealed: &[u8]) -> Option<String> {
        String::from_utf8(self.0.seal.open(session, sealed)?.to_vec()).ok()
    }
}
