//! Work on many people of one company, as an administrator looked at it and confirmed it: inviting those who were
//! chosen, adding those of a table. Knows no page.
pub mod actions;
pub mod entity;
pub mod store;
pub mod table;

use std::time::Duration;

use platform::{clock::Moment, language::Language, limits::Limit};

use crate::{company::CompanyId, profile::ProfileId, rp::Subject};

platform::id!(BulkId);

/// How many invitations a company sends by confirmed bulks; what is over waits for its turn.
pub const INVITES: Limit = Limit::new("bulk invites", 500, Duration::from_secs(3600));
/// How many bulks a company begins.
pub const BULKS: Limit = Limit::new("bulks", 20, Duration::from_secs(3600));
/// So many people are in one.
pub const MOST: usize = 20_000;
/// The largest table, in bytes.
pub const LARGEST: usize = 4 << 20;
/// How long drafts and results are kept.
pub const KEPT: Duration = Duration::from_secs(14 * 86_400);

pub use entity::bulk::{Kind, State};

/// A bulk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bulk {
    pub id: BulkId,
    pub company: CompanyId,
    pub by: ProfileId,
    pub subject: Subject,
    pub kind: Kind,
    pub state: State,
    /// For mail to people who have not chosen one.
    pub language: Language,
    /// Whoever is added is invited, too.
    pub invites: bool,
    pub created_at: Moment,
}

/// One person of a bulk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// From 1; of a table: the line of the file.
    pub number: i32,
    pub profile: Option<ProfileId>,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    /// What became of it; what is known beforehand is not tried.
    pub outcome: Option<Outcome>,
}

/// What became of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Invited,
    Added,
    AddedInvited,
    AddedNotInvited,
    /// The last invitation is not a minute old.
    TooSoon,
    /// This person had their share for now.
    TooMany,
    Declined,
    /// No such person any more.
    Gone,
    /// Another name, address or Passport than the page showed when it was confirmed.
    Changed,
    /// Who confirmed it administers the company no more.
    NotAdministrator,
    NoFirstName,
    NoLastName,
    NoEmail,
    /// The company has somebody of this address.
    There,
    /// The table has this address twice.
    Twice,
    /// The row has more or fewer cells than the header.
    Cells,
}

impl Outcome {
    const ALL: [Self; 16] = [
        Self::Invited,
        Self::Added,
        Self::AddedInvited,
        Self::AddedNotInvited,
        Self::TooSoon,
        Self::TooMany,
        Self::Declined,
        Self::Gone,
        Self::Changed,
        Self::NotAdministrator,
        Self::NoFirstName,
        Self::NoLastName,
        Self::NoEmail,
        Self::There,
        Self::Twice,
        Self::Cells,
    ];

    pub const fn text(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Added => "added",
            Self::AddedInvited => "added-invited",
            Self::AddedNotInvited => "added-not-invited",
            Self::TooSoon => "too-soon",
            Self::TooMany => "too-many",
            Self::Declined => "declined",
            Self::Gone => "gone",
            Self::Changed => "changed",
            Self::NotAdministrator => "not-administrator",
            Self::NoFirstName => "no-first-name",
            Self::NoLastName => "no-last-name",
            Self::NoEmail => "no-email",
            Self::There => "there",
            Self::Twice => "twice",
            Self::Cells => "cells",
        }
    }

    pub fn of_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.text() == text)
    }

    /// Catalogue key.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Invited => "bulk-invited",
            Self::Added => "bulk-added",
            Self::AddedInvited => "bulk-added-invited",
            Self::AddedNotInvited => "bulk-added-not-invited",
            Self::TooSoon => "bulk-too-soon",
            Self::TooMany => "bulk-too-many",
            Self::Declined => "bulk-declined",
            Self::Gone => "bulk-gone",
            Self::Changed => "bulk-changed",
            Self::NotAdministrator => "bulk-not-administrator",
            Self::NoFirstName => "person-first-name-wrong",
            Self::NoLastName => "person-last-name-wrong",
            Self::NoEmail => "associate-email-malformed",
            Self::There => "bulk-there",
            Self::Twice => "bulk-twice",
            Self::Cells => "bulk-cells",
        }
    }

    pub const fn is_well(self) -> bool {
        matches!(self, Self::Invited | Self::Added | Self::AddedInvited)
    }
}

/// How far a bulk is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub all: i64,
    /// Still to be done.
    pub open: i64,
    pub well: i64,
}

impl Count {
    /// Done without success, or left out from the beginning.
    pub const fn unwell(self) -> i64 {
        self.all - self.open - self.well
    }
}
