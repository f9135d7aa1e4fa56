//! What leads an account's owner back in, as the owner sees it: which ways are ready, and what the others lack.
use super::{OnFile, Way};
use crate::account::Account;

/// How a way stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayState {
    Ready,
    /// The address is known, and nobody proved it.
    Unproven,
    Missing,
}

impl WayState {
    const fn of(address_is_known: bool, proven: bool) -> Self {
        match (address_is_known, proven) {
            (true, true) => Self::Ready,
            (true, false) => Self::Unproven,
            (false, _) => Self::Missing,
        }
    }

    pub const fn is_ready(self) -> bool {
        matches!(self, Self::Ready)
    }
}

/// The ways of one account, in the order in which a person is shown them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back(Vec<(Way, WayState)>);

impl Back {
    /// `email_leads_back`: `[recovery] primary_email`.
    pub fn of(account: &Account, on_file: OnFile, email_leads_back: bool) -> Self {
        let own = email_leads_back.then_some((Way::Email, WayState::of(true, account.email_verified)));
        let alternate =
            WayState::of(account.alternate_email().is_some(), account.proven_alternate().is_some());
        let answer =
            if on_file.question && on_file.information { WayState::Ready } else { WayState::Missing };
        let billing = on_file.billing.then_some((Way::Billing, WayState::Ready));
        let rest = [(Way::Alternate, alternate), (Way::Answer, answer)];
        Self(own.into_iter().chain(rest).chain(billing).collect())
    }

    pub fn ways(&self) -> &[(Way, WayState)] {
        &self.0
    }

    /// How many would serve now.
    pub fn ready(&self) -> usize {
        self.0.iter().filter(|(_, standing)| standing.is_ready()).count()
    }
}

#[cfg(test)]
impl Back {
    /// One of each that a page can show.
    pub fn sample(number: i64) -> Self {
        use WayState::{Missing, Ready, Unproven};
        let all = [
            vec![(Way::Email, Unproven), (Way::Alternate, Missing), (Way::Answer, Missing)],
            vec![(Way::Email, Ready), (Way::Alternate, Unproven), (Way::Answer, Missing)],
            vec![(Way::Alternate, Ready), (Way::Answer, Ready)],
            vec![(Way::Email, Ready), (Way::Alternate, Ready), (Way::Answer, Ready), (Way::Billing, Ready)],
        ];
        let at = usize::try_from(number).unwrap_or_default() % all.len();
        Self(all.into_iter().nth(at).unwrap_or_default())
    }
}
