//! The address that somebody wants for their own profile: it counts once a link in its mailbox was followed. Knows no
//! profile but its id.
pub mod entity;
pub mod letter;
pub mod store;

use std::time::Duration;

use platform::{clock::Moment, email::EmailAddress};

use crate::{profile::ProfileId, rp::Subject};

/// How long the link works.
pub const LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// An address that waits for its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAddress {
    pub profile: ProfileId,
    pub email: String,
    /// The Passport that asked; no other takes the proof.
    pub subject: Subject,
    pub expires_at: Moment,
}

impl NewAddress {
    pub fn email(&self) -> Option<EmailAddress> {
        EmailAddress::parse(&self.email).ok()
    }
}
