//! Staff: Passports that may help companies, each with one role. Knows no company.
pub mod actions;
pub mod entity;
pub mod store;

use std::time::Duration;

use platform::limits::Limit;
use serde::{Deserialize, Serialize};

use crate::{rp::Subject, strength::AsStaff};

/// How fresh a sign-in must be for anything that staff does.
pub const FRESH: Duration = Duration::from_secs(5 * 60);
/// How much one of them changes in an hour.
pub const ACTIONS: Limit = Limit::new("staff actions", 20, Duration::from_secs(3600));

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks things up, helps with invitations and associations, opens cases.
    Support,
    /// That, and approves what another one opened.
    Approver,
    /// Content and maintenance windows.
    Editor,
}

impl Role {
    /// Companies and people.
    pub fn may_help(self) -> bool {
        matches!(self, Self::Support | Self::Approver)
    }

    /// Content.
    pub fn may_edit(self) -> bool {
        self == Self::Editor
    }

    pub const ALL: [Self; 3] = [Self::Support, Self::Approver, Self::Editor];

    pub const fn text(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Approver => "approver",
            Self::Editor => "editor",
        }
    }

    pub fn of_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.text() == text)
    }
}

/// A Passport with a role, as the table says at this moment. Whoever comes with it may be anybody who knows a password:
/// what the role allows is asked of a [`Staff`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    subject: Subject,
    role: Role,
}

impl Listed {
    /// For what the menu shows; it allows nothing.
    pub fn role(&self) -> Role {
        self.role
    }

    /// With what the role allows, for whoever was proven as the staff must be.
    pub fn proven(self, _: AsStaff) -> Staff {
        Staff(self)
    }
}

/// Somebody of the staff, proven as strongly as the staff must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff(Listed);

impl Staff {
    pub fn subject(&self) -> &Subject {
        &self.0.subject
    }

    pub fn role(&self) -> Role {
        self.0.role
    }

    pub fn may_help(&self) -> bool {
        self.0.role.may_help()
    }

    pub fn may_approve(&self) -> bool {
        self.0.role == Role::Approver
    }

    pub fn may_edit(&self) -> bool {
        self.0.role.may_edit()
    }

    /// What others write is looked after by everybody of the staff.
    pub fn may_moderate(&self) -> bool {
        true
    }
}

/// One line of the list of staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Member {
    pub issuer: String,
    pub subject: String,
    pub role: Role,
    pub name: String,
}

/// Why something was done: somebody else must be able to follow it. `None` when it says too little or too much.
pub fn reason(text: &str) -> Option<String> {
    let text = text.trim().replace("\r\n", "\n");
    let length = text.chars().count();
    let is_plain = !text.chars().any(|c| c.is_control() && c != '\n');
    ((3..=1000).contains(&length) && is_plain).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_what_it_is_and_an_approver_helps_as_well() {
        let subject = Subject { iss: "i".into(), sub: "s".into() };
        let of = |role| Staff(Listed { subject: subject.clone(), role });
        let support = of(Role::Support);
        assert!(support.may_help() && !support.may_approve() && !support.may_edit());
        let approver = of(Role::Approver);
        assert!(approver.may_help() && approver.may_approve() && !approver.may_edit());
        let editor = of(Role::Editor);
        assert!(!editor.may_help() && !editor.may_approve() && editor.may_edit());
    }

    #[test]
    fn a_reason_says_something() {
        assert_eq!(reason("  called back \r\n ok "), Some("called back \n ok".into()));
        for bad in ["", "  ", "ok", "a\u{0}bc", &"x".repeat(1001)] {
            assert_eq!(reason(bad), None, "{bad:?}");
        }
    }
}
