//! A person signed in to Passport in one browser: when, until when. Knows no page and no client.
pub mod actions;
pub mod entity;
pub mod store;

use std::time::Duration;

use platform::clock::Moment;

use crate::{account::AccountId, config};

platform::id!(
    /// Names a session; also the `sid` that clients are told (OIDC Back-Channel Logout §2.1).
    SessionId
);

/// A session that was found by its cookie and is alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub account: AccountId,
    /// When the person last proved who they are.
    pub auth_time: Moment,
}

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub struct Lifetime {
    pub idle: Duration,
    pub absolute: Duration,
}

impl From<&config::Session> for Lifetime {
    fn from(settings: &config::Session) -> Self {
        Self {
            idle: Duration::from_secs(u64::from(settings.idle_minutes) * 60),
            absolute: Duration::from_secs(u64::from(settings.absolute_hours) * 3600),
        }
    }
}

/// The cookie's name, after the product's: `__Host-passport-session`.
pub const COOKIE: &str = "session";
