//! What a company's administrators, its people themselves and staff do with profiles: the states that a list
//! shows, and the verdicts on what may be done. Knows no page.
pub mod actions;
pub mod csv;
pub mod store;

use std::time::Duration;

use platform::{clock::Moment, limits::UsedUp};

use crate::{
    association::{Association, Invitation, State},
    profile::Profile,
};

/// An administrator counts as out of reach when nobody had or used the profile for so long.
pub const UNREACHABLE: Duration = Duration::from_secs(90 * 86_400);

/// How it stands with a profile, for the table (CS-49).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Involvement {
    NotInvited,
    Invited,
    Associated,
    Expired,
}

/// Which people a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Only {
    #[default]
    Everybody,
    Associated,
    Invited,
    /// Neither of both.
    NotInvited,
    /// Nobody ever had the profile.
    NeverSignedIn,
    /// For staff alone.
    Removed,
}

impl Only {
    pub const OF_COMPANY: [Self; 5] =
        [Self::Everybody, Self::Associated, Self::Invited, Self::NotInvited, Self::NeverSignedIn];
    pub const OF_STAFF: [Self; 6] = [
        Self::Everybody,
        Self::Associated,
        Self::Invited,
        Self::NotInvited,
        Self::NeverSignedIn,
        Self::Removed,
    ];

    /// What an address calls it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Everybody => "",
            Self::Associated => "associated",
            Self::Invited => "invited",
            Self::NotInvited => "not-invited",
            Self::NeverSignedIn => "never",
            Self::Removed => "removed",
        }
    }

    /// What cannot be read is everybody.
    pub fn of_text(text: &str) -> Self {
        Self::OF_STAFF.into_iter().find(|only| only.text() == text).unwrap_or_default()
    }

    /// Catalogue key.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Everybody => "only-everybody",
            Self::Associated => "standing-associated",
            Self::Invited => "standing-invited",
            Self::NotInvited => "standing-not-invited",
            Self::NeverSignedIn => "only-never-signed-in",
            Self::Removed => "only-removed",
        }
    }
}

/// How the last invitation fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fared {
    OnItsWay,
    Sent,
    Accepted,
    Declined,
    Replaced,
    Withdrawn,
    Expired,
    Undeliverable,
}

/// One person of a company with everything that the table shows.
#[derive(Clone, Debug)]
pub struct Person {
    pub profile: Profile,
    pub current: Option<Association>,
    /// The last one that was not a claim.
    pub invitation: Option<Invitation>,
    /// When somebody last had the profile, or was given it.
    pub reached_at: Option<Moment>,
}

impl Person {
    pub fn standing(&self, now: Moment) -> Involvement {
        match (&self.current, self.fared(now)) {
            (Some(_), _) => Involvement::Associated,
            (None, Some(Fared::OnItsWay | Fared::Sent)) => Involvement::Invited,
            (None, Some(Fared::Expired)) => Involvement::Expired,
            (None, _) => Involvement::NotInvited,
        }
    }

    /// An administrator whom nobody reaches through the portal (CS-53).
    pub fn is_unreachable(&self, now: Moment) -> bool {
        self.profile.is_admin && self.reached_at.is_none_or(|at| now.since(at) >= UNREACHABLE)
    }

    pub fn fared(&self, now: Moment) -> Option<Fared> {
        self.invitation.as_ref().map(|invitation| fared(invitation, &self.profile, now))
    }

    /// The link that can be withdrawn.
    pub fn live_invitation(&self, now: Moment) -> Option<&Invitation> {
        let is_live = matches!(self.fared(now), Some(Fared::OnItsWay | Fared::Sent));
        self.invitation.as_ref().filter(|_| is_live)
    }
}

/// Expiry is a matter of the clock, and a link to a former address is none, whatever the row still says.
pub fn fared(invitation: &Invitation, profile: &Profile, now: Moment) -> Fared {
    match invitation.state {
        State::Accepted(_) => Fared::Accepted,
        State::Declined => Fared::Declined,
        State::Superseded => Fared::Replaced,
        State::Revoked => Fared::Withdrawn,
        State::Undeliverable => Fared::Undeliverable,
        State::Expired => Fared::Expired,
        State::Queued | State::Pending if now >= invitation.expires_at => Fared::Expired,
        State::Queued | State::Pending if invitation.sent_to_key != profile.email_key => Fared::Withdrawn,
        State::Queued => Fared::OnItsWay,
        State::Pending => Fared::Sent,
    }
}

/// What became of saving a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    Done {
        /// The invitation that was to go out with it.
        invited: Option<Invited>,
        /// An invitation to the former address ended by it.
        withdrawn: bool,
        /// The new address waits until its mailbox has proved it.
        asked: bool,
    },
    /// Somebody else saved meanwhile: this is what they saved.
    Conflict(Box<Profile>),
    /// It would send one letter too many for now.
    TooManyLetters(UsedUp),
    /// It would leave the company without an administrator (CS-40).
    LastAdministrator,
    NotFound,
}

/// What became of staff's mending of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mended {
    Done,
    /// Somebody else saved meanwhile: this is what they saved.
    Conflict(Box<Profile>),
    Bound(actions::Bound),
    NotFound,
}

/// What became of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invited {
    Sent,
    /// The last one is not a minute old.
    TooSoon,
    /// The profile, its address or the company had its share for now.
    TooMany(UsedUp),
    /// Whoever reads the mailbox said a moment ago that it was not for them.
    Declined,
}

/// What became of the link in a new mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proved {
    Done,
    /// It is too old, was used or replaced, or another Passport asked.
    Dead,
}

/// What became of removing a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    Done,
    LastAdministrator,
    NotFound,
}

#[cfg(test)]
mod tests;
