//! What Web Authentication Level 3 decides: what an authenticator said, as a browser handed it over, is read strictly and
//! judged. Values in, a verdict out: no clock, no database. Challenges are the caller's.
pub mod assertion;
pub mod attestation;
pub mod authenticator;
pub mod key;
pub mod registration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

/// Longest answer of a browser that is read, in bytes. Without attestation one has about a thousand.
pub const LARGEST: usize = 16 * 1024;
/// Longest id of a credential (§4, Credential ID).
pub const LONGEST_ID: usize = 1023;

/// For whom passkeys are: the domain that they are bound to, and the origins that may ask for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    /// A host name; never an address.
    pub id: String,
    /// As browsers send them; compared letter by letter.
    pub origins: Vec<String>,
}

/// Why an answer is refused: one word for the log. Nobody is told which it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    TooLarge,
    Unreadable,
    /// An answer to another question: a registration for a sign-in, say.
    Type,
    Origin,
    /// Asked for by a page that stands in another site's frame.
    Framed,
    RelyingParty,
    /// Nobody touched the authenticator.
    Presence,
    /// The authenticator did not make sure who touched it.
    Verification,
    /// Flags that no authenticator sets together, or that changed though they never do.
    Flags,
    /// An algorithm that was not offered, or a key of another kind than its algorithm.
    Algorithm,
    Signature,
    /// Of somebody else than it says.
    UserHandle,
    /// Of a model that may keep no passkeys here.
    Model,
    /// Its maker does not vouch for its model.
    Attestation,
}

impl Wrong {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "too large",
            Self::Unreadable => "unreadable",
            Self::Type => "type",
            Self::Origin => "origin",
            Self::Framed => "framed",
            Self::RelyingParty => "relying party",
            Self::Presence => "presence",
            Self::Verification => "verification",
            Self::Flags => "flags",
            Self::Algorithm => "algorithm",
            Self::Signature => "signature",
            Self::UserHandle => "user handle",
            Self::Model => "model",
            Self::Attestation => "attestation",
        }
    }
}

/// What the browser says of the ceremony (§5.8.1); the authenticator signs its digest.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    /// The challenge in base64url, as it was given.
    pub challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    top_origin: Option<String>,
}

impl ClientData {
    fn read(bytes: &[u8]) -> Result<Self, Wrong> {
        serde_json::from_slice(bytes).map_err(|_| Wrong::Unreadable)
    }

    fn check(&self, kind: &str, rp: &RelyingParty) -> Result<(), Wrong> {
        if self.kind != kind {
            return Err(Wrong::Type);
        }
        if !rp.origins.contains(&self.origin) {
            return Err(Wrong::Origin);
        }
        if self.cross_origin || self.top_origin.is_some() {
            return Err(Wrong::Framed);
        }
        Ok(())
    }
}

/// Bytes that stand in JSON as base64url without padding.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Encoded(Vec<u8>);

impl<'de> Deserialize<'de> for Encoded {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        URL_SAFE_NO_PAD.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}

/// `PublicKeyCredential.toJSON()` (§5.1), with the answer to one of the two questions.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credential<R> {
    raw_id: Encoded,
    #[serde(rename = "type")]
    kind: String,
    response: R,
}

fn read<R: for<'de> Deserialize<'de>>(json: &str) -> Result<Credential<R>, Wrong> {
    if json.len() > LARGEST {
        return Err(Wrong::TooLarge);
    }
    let credential: Credential<R> = serde_json::from_str(json).map_err(|_| Wrong::Unreadable)?;
    if credential.kind != "public-key" {
        return Err(Wrong::Type);
    }
    match credential.raw_id.0.len() {
        1..=LONGEST_ID => Ok(credential),
        _ => Err(Wrong::Unreadable),
    }
}

#[cfg(test)]
mod tests;
