//! A person signed in to the portal in one browser, and the profile that they act as. Knows no page.
pub mod entity;
pub mod store;

use std::time::Duration;

use platform::{clock::Moment, secrets};
use uuid::Uuid;

use crate::{
    config,
    ids::AssociationId,
    rp::{SKEW, Subject},
};

/// The cookie's name, after the product's. It ends with the browser session (CS-33).
pub const COOKIE: &str = "session";

/// So many visits a Passport has at most; a further one ends the one that was used longest ago.
pub const MOST: u64 = 100;

/// A session that was found by its cookie and is alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the cookie's secret: the row's name.
    pub digest: [u8; 32],
    pub subject: Subject,
    /// How the person calls this Passport: a label, never a key.
    pub label: String,
    /// The Passport's own verified address, for notices.
    pub email: Option<String>,
    /// The association chosen for this visit.
    pub association: Option<AssociationId>,
    /// What the last fresh sign-in was for: the claim, or the invitation, whose link was opened (CS-23).
    pub proven_for: Option<Uuid>,
    /// When the person last proved who they are, by the provider's word.
    pub auth_time: Moment,
    /// How strongly they did; empty when the provider says nothing.
    pub acr: String,
    pub seen_at: Moment,
}

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub struct Lifetime {
    pub idle: Duration,
    pub absolute: Duration,
}

impl From<&config::Portal> for Lifetime {
    fn from(settings: &config::Portal) -> Self {
        Self {
            idle: Duration::from_secs(u64::from(settings.session_idle_minutes) * 60),
            absolute: Duration::from_secs(u64::from(settings.session_absolute_hours) * 3600),
        }
    }
}

impl Session {
    pub fn digest_of(secret: &str) -> [u8; 32] {
        secrets::digest(secret.as_bytes())
    }

    /// Whether the last sign-in proves who this is, for so long.
    pub fn proves(&self, now: Moment, within: Duration) -> bool {
        now.since(self.auth_time) <= within && self.auth_time <= now + SKEW
    }
}

#[cfg(test)]
mod tests;
