//! Cases: a company whose administrator is gone gets another one, by two staff people, with evidence and
//! notice (CS-53). Knows no page.
pub mod actions;
pub mod entity;
pub mod store;

use std::time::Duration;

use platform::clock::Moment;

use crate::{company::CompanyId, profile::ProfileId, rp::Subject};

platform::id!(CaseId);

/// How long the present administrators and the Bill-To contact have to object.
pub const NOTICE: Duration = Duration::from_secs(72 * 3600);

/// Whoever used a profile within so long can still object, and decides nothing about it.
pub const LATELY: Duration = Duration::from_secs(30 * 24 * 3600);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Waits for a second person.
    Open,
    /// Waits for its time.
    Approved,
    Effective,
    Refused,
}

impl State {
    pub const fn text(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Effective => "effective",
            Self::Refused => "refused",
        }
    }

    /// What cannot be read leads nowhere.
    pub fn of_text(text: &str) -> Self {
        [Self::Open, Self::Approved, Self::Effective]
            .into_iter()
            .find(|state| state.text() == text)
            .unwrap_or(Self::Refused)
    }
}

/// One case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub id: CaseId,
    pub company: CompanyId,
    /// Who is to be administrator.
    pub proposed: ProfileId,
    /// The present administrators lose their rights when it takes effect.
    pub replaces: bool,
    /// Who of the company asked, and how they were reached.
    pub asked_by: String,
    /// Invoice, order id, or the call back to the Bill-To number on file.
    pub evidence: String,
    pub opened: Subject,
    /// Label of who opened it; never a key.
    pub opened_by: String,
    pub approved: Option<Subject>,
    pub approved_by: Option<String>,
    pub state: State,
    pub opened_at: Moment,
    pub effective_at: Option<Moment>,
    /// Key of the address that whoever could object was told.
    pub approved_email: String,
    /// Label of who refused it, empty where its time did, and the reason.
    pub refused_by: String,
    pub refused_for: String,
}

/// What staff say to open one.
pub struct Proposal {
    pub proposed: ProfileId,
    pub replaces: bool,
    pub asked_by: String,
    pub evidence: String,
}

/// What became of opening, approving or refusing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// The same person cannot do both.
    NeedsAnother,
    /// It is about a profile that this person uses, or lately used.
    OwnProfile,
    /// The company has a case that runs already.
    Running,
    /// Not there, not open any more, or its profile or company is gone.
    NotFound,
}

/// When an approved case takes effect: at once when no administrator could object, because none is associated.
pub fn effective_at(now: Moment, has_associated_administrator: bool) -> Moment {
    if has_associated_administrator { now + NOTICE } else { now }
}

/// Whether somebody may approve what somebody opened.
pub fn may_approve(opened: &Subject, by: &Subject) -> bool {
    opened != by
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cs_53_it_takes_two_people_and_72_hours_or_nobody_who_could_object() {
        let subject = |sub: &str| Subject { iss: "i".into(), sub: sub.into() };
        assert!(!may_approve(&subject("a"), &subject("a")));
        assert!(may_approve(&subject("a"), &subject("b")));
        let now = Moment::from_unix_seconds(1_000);
        assert_eq!(effective_at(now, true).since(now), Duration::from_secs(259_200));
        assert_eq!(effective_at(now, false), now);
    }

    #[test]
    fn a_state_that_cannot_be_read_leads_nowhere() {
        for state in [State::Open, State::Approved, State::Effective, State::Refused] {
            assert_eq!(State::of_text(state.text()), state);
        }
        assert_eq!(State::of_text("?"), State::Refused);
    }
}
