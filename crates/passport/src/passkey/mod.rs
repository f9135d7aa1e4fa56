//! Passkeys: what an account is signed in to with instead of its password. Knows no page and no session.
pub mod ceremony;
pub mod entity;
pub mod model;
pub mod store;
pub mod webauthn;

use platform::{clock::Moment, plain::names_a_link, web::Site};
use serde::{Deserialize, Serialize};
use url::Host;
use uuid::Uuid;

use crate::{account::AccountId, config};
use webauthn::{RelyingParty, attestation::Models};

platform::id!(
    /// Names a passkey of an account; no authenticator is told.
    PasskeyId
);

/// Longest name that a person gives to one, in characters.
pub const LONGEST_NAME: usize = 60;

/// A passkey of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    pub id: PasskeyId,
    pub account: AccountId,
    /// As the authenticator calls it.
    pub credential_id: Vec<u8>,
    /// What the authenticator calls the account.
    pub user_handle: Uuid,
    /// A COSE key; no secret.
    pub public_key: Vec<u8>,
    /// The model of the authenticator, as it says itself; all zero where it does not.
    pub aaguid: Uuid,
    /// It may be on several devices.
    pub backup_eligible: bool,
    /// It is.
    pub backed_up: bool,
    /// Words for how its authenticator can be reached.
    pub transports: Vec<String>,
    pub sign_count: i64,
    pub name: String,
    /// [`crate::history::agent::summary`] of the browser that made it.
    pub agent: String,
    pub created_at: Moment,
    pub used_at: Option<Moment>,
}

/// For whom passkeys are, by the settings. `None`: there are none here, because the operator does not want them or
/// because a passkey is bound to a name and the public URL has an address.
pub fn relying_party(site: &Site, settings: &config::Passkeys) -> Option<RelyingParty> {
    let Some(Host::Domain(id)) = site.public_url.host() else { return None };
    let origins = std::iter::once(site.origin()).chain(settings.related_origins.iter().cloned());
    settings.enabled.then(|| RelyingParty { id: id.to_owned(), origins: origins.collect() })
}

/// The models that the operator insists on, if any.
///
/// # Errors
/// In words for the operator: the roots cannot be read.
pub fn models(settings: &config::Passkeys) -> Result<Option<Models>, String> {
    if settings.attestation.is_empty() {
        return Ok(None);
    }
    let allowed = settings.attestation.iter().filter_map(|text| Uuid::try_parse(text).ok()).collect();
    let path = &settings.attestation_roots;
    let told = |error: String| format!("[passkeys] attestation_roots: {path}: {error}");
    let roots = std::fs::read(path).map_err(|error| told(error.to_string()))?;
    Models::new(allowed, &roots).map(Some).map_err(told)
}

impl Passkey {
    /// What its owner, or the operator, may read of it.
    pub fn as_json(&self) -> serde_json::Value {
        serde_json::json!({
            "id": self.id, "account": self.account, "name": self.name, "model": self.aaguid,
            "synced": self.backed_up, "made_at": self.created_at.rfc3339(), "made_with": self.agent,
            "last_used_at": self.used_at.map(Moment::rfc3339),
        })
    }
}

/// Why a name is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadName {
    Empty,
    TooLong,
    /// It stands in letters, and is no link there.
    Link,
}

/// A name as it is kept.
pub fn name(typed: &str) -> Result<&str, BadName> {
    let name = typed.trim();
    match name.chars().count() {
        0 => Err(BadName::Empty),
        1..=LONGEST_NAME if names_a_link(name) => Err(BadName::Link),
        1..=LONGEST_NAME => Ok(name),
        _ => Err(BadName::TooLong),
    }
}
