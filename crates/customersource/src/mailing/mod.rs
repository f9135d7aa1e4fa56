//! The letters that the portal writes, and what became of each: for whoever did not get one, and for staff who help.
//! Knows what no letter says but its subject.
pub mod actions;
pub mod bundle;
pub mod entity;
pub mod store;

use std::time::Duration;

use platform::clock::Moment;

use crate::{ids::InvitationId, newsletter::NewsletterId, profile::ProfileId};

platform::id!(MailingId);

/// How long what became of a letter is known.
pub const KEPT: Duration = Duration::from_secs(60 * 86_400);

/// What a letter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A claim's link.
    Claim,
    Invitation,
    /// It tells what happened to a profile or a company.
    Notice,
    /// It asks for the proof of a new address.
    Proof,
    /// A seat in a course, a reply: what people asked for.
    Bulletin,
    /// An issue of a newsletter.
    Issue,
}

impl Kind {
    const ALL: [Self; 6] =
        [Self::Claim, Self::Invitation, Self::Notice, Self::Proof, Self::Bulletin, Self::Issue];

    pub const fn text(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Invitation => "invitation",
            Self::Notice => "notice",
            Self::Proof => "proof",
            Self::Bulletin => "bulletin",
            Self::Issue => "issue",
        }
    }

    pub fn of_text(text: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.text() == text).unwrap_or(Self::Notice)
    }
}

/// Where a letter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits in the outbox.
    Queued,
    /// The mail server took it.
    Sent,
    /// It was refused, or tried for too long.
    GivenUp,
    /// It was taken, and came back.
    Returned,
}

impl State {
    pub const fn text(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::GivenUp => "given_up",
            Self::Returned => "returned",
        }
    }

    pub fn of_text(text: &str) -> Self {
        match text {
            "queued" => Self::Queued,
            "sent" => Self::Sent,
            "returned" => Self::Returned,
            _ => Self::GivenUp,
        }
    }
}

/// What a letter is about.
#[derive(Clone, Copy, Debug)]
pub struct Regarding {
    pub kind: Kind,
    pub profile: Option<ProfileId>,
    pub invitation: Option<InvitationId>,
    pub newsletter: Option<NewsletterId>,
}

impl Regarding {
    pub const fn of(kind: Kind) -> Self {
        Self { kind, profile: None, invitation: None, newsletter: None }
    }

    #[must_use]
    pub const fn profile(self, profile: ProfileId) -> Self {
        Self { profile: Some(profile), ..self }
    }
}

/// A letter, as staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailing {
    pub id: MailingId,
    pub kind: Kind,
    pub subject: String,
    pub sent_to: String,
    pub profile: Option<ProfileId>,
    pub invitation: Option<InvitationId>,
    pub newsletter: Option<NewsletterId>,
    pub state: State,
    /// Why it did not arrive, or not yet, as the other side said it; without addresses.
    pub why: Option<String>,
    pub made_at: Moment,
    pub state_at: Moment,
}
