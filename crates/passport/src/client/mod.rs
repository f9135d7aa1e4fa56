//! The sites that may ask: their metadata and the digest of their secret. Knows no grant.
pub mod addresses;
pub mod document;
pub mod entity;
pub mod fetch;
pub mod keys;
pub mod origins;
pub mod registration;
pub mod request_object;
pub mod serving;
pub mod store;

use oidc::authorize::Policy;
use platform::{
    clock::Clock,
    db::Database,
    outbound::Outbound,
    random::Random,
    secrets::{self, Keyring, Seal},
};

use crate::config::{Registration, Settings};

/// How one node finds clients and asks their sites: the table, the guarded way out, and what was read a moment ago.
pub struct Clients {
    pub db: Database,
    pub random: Random,
    pub(crate) clock: Clock,
    pub outbound: Outbound,
    pub registration: Registration,
    /// What of the protocol is enabled here.
    pub policy: Policy,
    /// `[limits] scale`.
    pub(crate) scale: f64,
    /// Seals the secrets of clients that sign with them.
    pub secrets: Seal,
    /// The keys that clients publish.
    keys: keys::KeyCache,
    origins: origins::Origins,
    /// Request objects by the address that holds their digest, or by address and visit; see [`request_object::kept`].
    request_objects: quick_cache::sync::Cache<String, String>,
}

/// How many request objects are kept; each has 16 KiB at most.
const REQUEST_OBJECTS: usize = 1000;

impl Clients {
    pub fn new(
        settings: &Settings,
        policy: Policy,
        db: &Database,
        outbound: &Outbound,
        clock: &Clock,
        random: &Random,
        keyring: &Keyring,
    ) -> Self {
        Self {
            db: db.clone(),
            random: random.clone(),
            clock: clock.clone(),
            outbound: outbound.clone(),
            registration: settings.registration.clone(),
            policy,
            scale: settings.limits.scale,
            secrets: keyring.seal("client secret"),
            keys: Default::default(),
            origins: Default::default(),
            request_objects: quick_cache::sync::Cache::new(REQUEST_OBJECTS),
        }
    }
}

/// A registered client with what proves it.
#[derive(Clone, Debug)]
pub struct Registered {
    pub client: oidc::client::Client,
    /// SHA-256 of a secret of 256 random bits; nothing slower is needed for those.
    pub secret_digest: Option<Vec<u8>>,
    /// The epoch in which this proof counts: what the client is given for itself names it.
    pub epoch: i32,
}

impl Registered {
    /// Compares through the digest, in constant time.
    pub fn secret_matches(&self, presented: Option<&str>) -> bool {
        match (&self.secret_digest, presented) {
            (Some(digest), Some(secret)) => secrets::same(digest, &secrets::digest(secret.as_bytes())),
            _ => false,
        }
    }
}
