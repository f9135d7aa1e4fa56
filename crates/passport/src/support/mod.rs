//! What one operator asked for and a second one has to confirm, where it takes two to let somebody in again. Knows no
//! command and no proof.
pub mod entity;
pub mod store;

use std::time::Duration;

use platform::clock::Moment;

use crate::account::AccountId;

platform::id!(
    /// Names a case.
    CaseId
);

/// How long a case waits for its second operator.
pub const WAITS: Duration = Duration::from_secs(24 * 3600);

/// In characters: who, and why.
pub const LONGEST: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub id: CaseId,
    pub account: AccountId,
    /// Who asked for it.
    pub operator: String,
    pub reason: String,
    /// A code to be handed over, and not a letter.
    pub printed: bool,
    pub ends_at: Moment,
}

impl Case {
    /// Whether somebody is another operator than who asked, however the name is written.
    pub fn is_seconded_by(&self, operator: &str) -> bool {
        let fold = |name: &str| platform::fold::fold(name.trim());
        fold(&self.operator) != fold(operator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_their_own_second() {
        let (id, account) = (CaseId(uuid::Uuid::nil()), AccountId(uuid::Uuid::nil()));
        let (operator, reason, ends_at) = ("Ana".to_owned(), String::new(), Moment::from_unix_seconds(0));
        let case = Case { id, account, operator, reason, printed: true, ends_at };
        assert!(case.is_seconded_by("bea"));
        assert!(!case.is_seconded_by(" ANA ") && !case.is_seconded_by("ana"));
    }
}
