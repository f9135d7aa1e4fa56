//! The audit: who did what, when and why, in a chain that shows every later change. Knows no page.
pub mod entity;
pub mod store;
pub mod told;

use platform::{clock::Moment, secrets::Mac, security_event::By};
use uuid::Uuid;

use crate::{company::CompanyId, profile::ProfileId, rp::Subject};

/// Where the chain begins.
pub const BEGINNING: [u8; 32] = [0; 32];

/// Something that is being done.
pub struct Deed<'a> {
    pub actor: Actor<'a>,
    pub company: Option<CompanyId>,
    /// `profile.saved`, `association.ended`, …
    pub action: &'static str,
    /// `profile:…`, `invitation:…`, …
    pub target: String,
    /// What changed, and the reason.
    pub detail: serde_json::Value,
}

/// Who does it.
#[derive(Clone, Copy, Debug)]
pub enum Actor<'a> {
    /// Somebody who acts as a profile.
    Profile(&'a Subject, ProfileId),
    /// A Passport by itself.
    Subject(&'a Subject),
    Staff(&'a Subject),
    /// Whoever holds a link out of a mail to this profile.
    Mailbox(ProfileId),
    /// The command line.
    Operator,
    /// Time alone.
    Clock,
}

impl Actor<'_> {
    /// As it is stored: a Passport is issuer and subject, never a label.
    pub fn text(&self) -> String {
        match self {
            Self::Profile(subject, _) | Self::Subject(subject) => format!("{} {}", subject.iss, subject.sub),
            Self::Staff(subject) => format!("staff {} {}", subject.iss, subject.sub),
            Self::Mailbox(profile) => format!("mailbox of profile {profile}"),
            Self::Operator => "operator".into(),
            Self::Clock => "clock".into(),
        }
    }

    /// The same in a word, for the operator's log.
    pub const fn by(&self) -> By {
        match self {
            Self::Profile(..) | Self::Subject(_) | Self::Mailbox(_) => By::Visitor,
            Self::Staff(_) => By::Staff,
            Self::Operator => By::Operator,
            Self::Clock => By::Clock,
        }
    }

    pub fn profile(&self) -> Option<ProfileId> {
        match self {
            Self::Profile(_, profile) => Some(*profile),
            _ => None,
        }
    }
}

/// One line of the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub seq: i64,
    pub at: Moment,
    pub actor: String,
    pub acting_profile: Option<Uuid>,
    pub company: Option<Uuid>,
    pub action: String,
    pub target: String,
    pub detail: String,
}

impl Line {
    /// The line's link of the chain: a MAC, so that who can write the table cannot write history.
    pub fn link(&self, mac: &Mac, prev: &[u8]) -> [u8; 32] {
        mac.sign(&self.bytes(prev))
    }

    /// Whether `hash` is this line's, made with any key of the ring.
    pub fn is_linked(&self, mac: &Mac, prev: &[u8], hash: &[u8]) -> bool {
        mac.verify(&self.bytes(prev), hash)
    }

    /// Every field with its length before it, so that no two lines have the same bytes.
    fn bytes(&self, prev: &[u8]) -> Vec<u8> {
        let id = |id: Option<Uuid>| id.map_or_else(String::new, |id| id.to_string());
        let parts = [
            self.seq.to_string(),
            self.at.unix_millis().to_string(),
            self.actor.clone(),
            id(self.acting_profile),
            id(self.company),
            self.action.clone(),
            self.target.clone(),
            self.detail.clone(),
        ];
        let mut bytes = prev.to_vec();
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

/// What reading the whole chain tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chain {
    /// Unbroken; how many lines, and the last link, to be noted elsewhere.
    Whole { lines: i64, head: [u8; 32] },
    /// The first line that is not what was written, or is missing.
    Broken { seq: i64 },
}

#[cfg(test)]
mod tests;
