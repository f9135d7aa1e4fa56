//! The sites that may ask: their metadata and the digest of their secret. Knows no grant.
pub mod actions;
pub mod document;
pub mod ended;
pub mod entity;
pub mod fetch;
pub mod keys;
pub mod origins;
pub mod registration;
pub mod request_object;
pub mod serving;
pub mod store;
pub mod subject;

use platform::secrets;

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
