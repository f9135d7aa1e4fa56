//! A forgotten password: which ways there are, what a stranger is shown, when a proof counts. Decisions only;
//! knows no page.
pub mod back;
pub mod code;
pub mod entity;
pub mod store;

use std::time::Duration;

use platform::{clock::Moment, language::Language};

use crate::{
    account::{AccountId, question},
    channel::{self, Channel},
};

platform::id!(
    /// Names a recovery: a proof that was given, and what became of it.
    RecoveryId
);

/// How a person shows who they are (PP-25).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A link to the alternate address (PP-26).
    Alternate,
    /// Account information and the secret answer, both (PP-27).
    Answer,
    /// Billing information of a paid account (PP-28).
    Billing,
    /// A link to the account's own address, once that was proven.
    Email,
    /// An operator knows the person otherwise, and gave them a code.
    Support,
}

impl Way {
    pub const ALL: [Self; 5] = [Self::Alternate, Self::Answer, Self::Billing, Self::Email, Self::Support];

    /// The word in the history, and the form's.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alternate => "alternate",
            Self::Answer => "answer",
            Self::Billing => "billing",
            Self::Email => "email",
            Self::Support => "support",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == word)
    }

    /// What must be as it is for a while before this way counts at once.
    pub const fn channel(self) -> Option<Channel> {
        match self {
            Self::Alternate => Some(Channel::Alternate),
            Self::Answer => Some(Channel::Answer),
            Self::Billing => Some(Channel::Billing),
            Self::Email => Some(Channel::Email),
            Self::Support => None,
        }
    }
}

/// What an account has on file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OnFile {
    pub question: bool,
    pub information: bool,
    pub billing: bool,
}

/// The ways that a page shows. Those of the addresses are always among them, in the FAQ's words (“If you provided …”):
/// a page that hid one would tell who has one, and they are the ways that need no memory (WCAG 2.2, 3.3.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
    /// By the account's own address: where the operator wants it (`[recovery] primary_email`).
    pub email: bool,
    pub answer: bool,
    pub billing: bool,
}

impl OnFile {
    pub const fn offered(self, email: bool) -> Offered {
        Offered { email, answer: self.question && self.information, billing: self.billing }
    }
}

impl Offered {
    pub const fn has(self, way: Way) -> bool {
        match way {
            Way::Alternate => true,
            Way::Email => self.email,
            Way::Answer => self.answer,
            Way::Billing => self.billing,
            Way::Support => false,
        }
    }
}

/// What an address that has no account is shown: always the same for the same address, and like others
/// (EN-03).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoy {
    pub offered: Offered,
    /// A key of the catalogue.
    pub question: &'static str,
    /// The language that the pretended owner signed up in. Whoever asks in another gets the same question.
    pub language: Language,
}

/// Questions as people write them, beside those that sign-up offers.
const OWN_QUESTIONS: [&str; 6] = [
    "decoy-question-summer",
    "decoy-question-car",
    "decoy-question-song",
    "decoy-question-neighbour",
    "decoy-question-team",
    "decoy-question-dish",
];

/// `tag` is a MAC of the address: nobody without the key knows what it decides.
pub fn decoy(tag: &[u8; 32], usual: Language, email_leads_back: bool) -> Decoy {
    let [answer, billing, own, question, language, ..] = *tag;
    let pick = |list: &[&'static str]| {
        list.get(usize::from(question) % list.len().max(1)).copied().unwrap_or("question-first-pet")
    };
    Decoy {
        offered: Offered { email: email_leads_back, answer: answer % 4 != 0, billing: billing % 8 == 0 },
        question: if own % 4 == 0 { pick(&OWN_QUESTIONS) } else { pick(&question::OFFERED) },
        language: match language % 8 {
            0 => Language::ALL.into_iter().find(|other| *other != usual).unwrap_or(usual),
            _ => usual,
        },
    }
}

/// What decides how long a proof waits.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances {
    pub way: Way,
    /// Since when the account knows the computer, if it does.
    pub computer: Option<Moment>,
    /// When what is proven became what it is, if that is known.
    pub changed: Option<Moment>,
    /// The account asks for more than its password: then nothing weaker counts at once, wherever.
    pub guarded: bool,
    pub cool_down: Duration,
}

/// How long a proof waits before it counts (decisions 0023 and 0077). What others may know, find out or read in a
/// mailbox that is not the owner's alone waits where the account was never used; the mailbox that the owner named for
/// this does not. Whatever is new waits in either case, and what an operator says always.
pub fn wait(now: Moment, circumstances: Circumstances) -> Duration {
    let Circumstances { way, computer, changed, guarded, cool_down } = circumstances;
    if guarded || channel::is_new(now, cool_down, changed, computer) {
        return cool_down;
    }
    match (way, computer) {
        (Way::Support, _) => cool_down,
        (Way::Alternate, _) | (_, Some(_)) => Duration::ZERO,
        (Way::Answer | Way::Billing | Way::Email, None) => cool_down,
    }
}

/// How long a proof counts once it does: at once it is used at once, after waiting the person comes back.
pub const fn lasts(waited: Duration) -> Duration {
    if waited.is_zero() { Duration::from_secs(15 * 60) } else { Duration::from_secs(7 * 24 * 3600) }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Open,
    /// Its owner said that it was somebody else.
    Vetoed,
    /// A new password was set.
    Done,
    /// Overtaken: by another one, or by a change of the password or the address.
    Ended,
}

/// A recovery, found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    pub id: RecoveryId,
    pub account: AccountId,
    pub way: Way,
    pub state: State,
    pub ready_at: Moment,
    pub ends_at: Moment,
}

/// What somebody who returns with a proof may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Set a new password.
    Ready,
    /// Come back later.
    Waits(Moment),
    /// Nothing: begin again.
    Over,
}

impl Recovery {
    pub fn standing(&self, now: Moment) -> Readiness {
        if self.state != State::Open || now >= self.ends_at {
            Readiness::Over
        } else if now < self.ready_at {
            Readiness::Waits(self.ready_at)
        } else {
            Readiness::Ready
        }
    }
}

#[cfg(test)]
mod tests;
