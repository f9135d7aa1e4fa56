//! Settings of passkeys.
use platform::config::Problem;
use serde::{Deserialize, Serialize};
use url::{Host, Url};
use uuid::Uuid;

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Passkeys {
    /// People may sign in with passkeys, where `[server] public_url` has a name and no address.
    pub enabled: bool,
    /// Passkeys of one account at most.
    pub most: u32,
    /// Other origins of ours that may ask for the passkeys of this one (`https://passport.example.org`); browsers
    /// read them at `/.well-known/webauthn`.
    pub related_origins: Vec<String>,
    /// The models (AAGUID) of authenticators that may keep passkeys, each vouched for by its maker's certificate. Empty:
    /// every model may, and none is asked where it comes from.
    pub attestation: Vec<String>,
    /// PEM file of the certificates that vouch for models: their makers' roots.
    pub attestation_roots: String,
}

impl Default for Passkeys {
    fn default() -> Self {
        Self {
            enabled: true,
            most: 20,
            related_origins: Vec::new(),
            attestation: Vec::new(),
            attestation_roots: String::new(),
        }
    }
}

impl Passkeys {
    /// Whether they are offered at this URL: a passkey is bound to a name, never to an address.
    pub fn are_at(&self, public_url: &str) -> bool {
        self.enabled && Url::parse(public_url).is_ok_and(|url| matches!(url.host(), Some(Host::Domain(_))))
    }

    pub(super) fn problems(&self) -> Vec<Problem> {
        let is_origin = |text: &&String| {
            Url::parse(text)
                .is_ok_and(|url| url.scheme() == "https" && url.origin().ascii_serialization() == **text)
        };
        let wrong = self.related_origins.iter().filter(|text| !is_origin(text));
        let text = |origin: &String| format!("`{origin}` is no origin: https://, a host, and no path");
        let mut found: Vec<_> =
            wrong.map(|origin| Problem::new("passkeys.related_origins", text(origin))).collect();
        if !(1..=100).contains(&self.most) {
            found.push(Problem::new("passkeys.most", "must be from 1 to 100"));
        }
        // Browsers read five different names at least, and need read no more.
        if self.related_origins.len() > 5 {
            found.push(Problem::new("passkeys.related_origins", "must be five at most"));
        }
        let is_model = |text: &&String| Uuid::try_parse(text).is_ok_and(|model| !model.is_nil());
        let wrong = self.attestation.iter().filter(|text| !is_model(text));
        let text = |model: &String| format!("`{model}` is no AAGUID: 8-4-4-4-12 hexadecimal digits");
        found.extend(wrong.map(|model| Problem::new("passkeys.attestation", text(model))));
        if self.attestation.is_empty() != self.attestation_roots.is_empty() {
            found.push(Problem::new("passkeys.attestation_roots", "goes together with `attestation`"));
        }
        found
    }
}
