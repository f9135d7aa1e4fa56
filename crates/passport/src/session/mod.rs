//! A person signed in to Passport in one browser: when, until when. Knows no page and no client.
pub mod acting;
pub mod entity;
pub mod store;

use std::time::Duration;

use oidc::assurance::Methods;
use platform::clock::Moment;

use crate::{account::AccountId, config, history};

platform::id!(
    /// Names a session; also the `sid` that clients are told (OIDC Back-Channel Logout §2.1).
    SessionId
);

/// A session that was found by its cookie and is alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub account: AccountId,
    /// When the person last proved who they are; of several proofs, the first.
    pub auth_time: Moment,
    /// Others use the computer too.
    pub shared: bool,
    /// By what the person was proven.
    pub methods: Methods,
}

/// By what a person was proven then, as it stands in a row: methods, and for which proof they were written. A program that
/// knows no methods moves the time alone; it knows passwords, and so it was one, whatever stands beside it.
pub fn proven_by(methods: Methods, auth_time: Moment, written_for: Option<Moment>) -> Methods {
    if written_for == Some(auth_time) { methods } else { Methods::PASSWORD }
}

/// What decides whether a session lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    pub ended_at: Option<Moment>,
    pub ends_at: Moment,
    pub seen_at: Moment,
    /// Others use the computer too.
    pub shared: bool,
}

impl Times {
    /// Nobody ended it, and its time has not run out.
    pub fn is_live(&self, now: Moment, lifetime: Lifetime) -> bool {
        self.ended_at.is_none() && now < self.ends_at && now.since(self.seen_at) < lifetime.idle(self.shared)
    }
}

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub struct Lifetime {
    pub idle: Duration,
    /// On a shared computer.
    pub shared_idle: Duration,
    pub absolute: Duration,
}

impl From<&config::Session> for Lifetime {
    fn from(settings: &config::Session) -> Self {
        Self {
            idle: Duration::from_secs(u64::from(settings.idle_minutes) * 60),
            shared_idle: Duration::from_secs(u64::from(settings.shared_idle_minutes) * 60),
            absolute: Duration::from_secs(u64::from(settings.absolute_hours) * 3600),
        }
    }
}

impl Lifetime {
    pub fn idle(&self, shared: bool) -> Duration {
        if shared { self.shared_idle } else { self.idle }
    }
}

/// The browser in which somebody signs in.
#[derive(Clone, Copy, Debug)]
pub struct Browser<'a> {
    /// [`crate::visitor::source`].
    pub source: &'a history::Source,
    /// The sessions that are alive in it already, one an account.
    pub sessions: &'a [Session],
    /// Others use the computer too: nothing is remembered, and the session ends soon when idle.
    pub shared: bool,
}

impl Browser<'_> {
    pub(crate) fn session_of(&self, account: AccountId) -> Option<&Session> {
        self.sessions.iter().find(|session| session.account == account)
    }
}

/// A live session as its owner sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub id: SessionId,
    pub created_at: Moment,
    pub seen_at: Moment,
    pub auth_time: Moment,
    pub shared: bool,
    pub source: history::Source,
}

/// The cookie's name, after the product's.
pub const COOKIE: &str = "session";

/// How many rows a job looks at in one transaction.
pub const BATCH: u64 = 200;

/// At most so many people are signed in to one browser at once.
pub const MOST: usize = 10;
