//! Profiles: the people of a company as the business system knows them. Knows no Passport.
pub mod entity;
pub mod held;
pub mod store;

use crate::{company::CompanyId, strength::AsAdministrator};

platform::id!(ProfileId);

/// Where a profile is from that an administrator wrote; others are named by the business system that they are of.
pub const OWN_SOURCE: &str = "portal";

/// A profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub id: ProfileId,
    pub company: CompanyId,
    pub first_name: String,
    pub last_name: String,
    /// The address on file, byte for byte: mails go here (CS-16).
    pub email: String,
    /// What [`platform::email::EmailAddress::key`] makes of it.
    pub email_key: String,
    pub is_admin: bool,
    pub is_bill_to: bool,
    /// Counts every change: who saves an older one is told (`409`).
    pub version: i32,
    /// False once it is removed.
    pub is_active: bool,
    /// The business system says that they want no newsletters; personal letters go all the same.
    pub no_bulk_mail: bool,
}

/// Somebody who may manage the profiles of one company, and of no other. Every query on them begins with this
/// value, and it is made of nothing but the acting profile's current row (INV-7, portal rule 12), for a visit that was
/// proven as strongly as administrators must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Administrator {
    company: CompanyId,
    profile: ProfileId,
}

impl Administrator {
    /// `None` for whoever is none now.
    pub fn of(acting: &Profile, _: AsAdministrator) -> Option<Self> {
        Self::by_letter(acting)
    }

    /// The same where nobody visits: for what was confirmed in a visit before, and for the link of a letter.
    pub fn by_letter(acting: &Profile) -> Option<Self> {
        (acting.is_active && acting.is_admin).then_some(Self { company: acting.company, profile: acting.id })
    }

    pub fn company(&self) -> CompanyId {
        self.company
    }

    /// The acting profile.
    pub fn profile(&self) -> ProfileId {
        self.profile
    }
}

/// Why a profile is an administrator's; kept beside the mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdminSource {
    BillTo,
    Granted,
    Support,
}

impl AdminSource {
    pub const fn text(self) -> &'static str {
        match self {
            Self::BillTo => "bill_to",
            Self::Granted => "granted",
            Self::Support => "support",
        }
    }
}

/// The longest first or last name, in characters.
pub const LONGEST_NAME: usize = 100;

/// A name as it is stored. Names come into mail subjects: no line may break, nothing invisible may hide.
pub fn name_of(text: &str) -> Option<String> {
    let text = text.trim();
    let hides = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
    };
    let fits = !text.is_empty() && text.chars().count() <= LONGEST_NAME && !text.contains(hides);
    fits.then(|| text.to_owned())
}

/// A name that somebody typed or brought in a table: no address and no link either, for names stand in letters that we
/// send to others.
pub fn typed_name(text: &str) -> Option<String> {
    name_of(text).filter(|name| !platform::plain::names_a_link(name))
}

impl Profile {
    /// First and last name.
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn em_06_a_name_is_one_line_that_hides_nothing() {
        assert_eq!(name_of("  José d’Ávila "), Some("José d’Ávila".into()));
        let long = "x".repeat(LONGEST_NAME + 1);
        for bad in ["", "   ", "a\r\nBcc: x", "a\0", "a\u{2028}b", "a\u{202e}b", "a\u{200b}", long.as_str()] {
            assert_eq!(name_of(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn only_an_active_profile_with_the_mark_administers_and_only_its_own_company() {
        let id = uuid::Uuid::from_u128;
        let profile = Profile {
            id: ProfileId(id(1)),
            company: CompanyId(id(2)),
            first_name: "Ann".into(),
            last_name: "Lee".into(),
            email: "ann@contoso.example".into(),
            email_key: "ann@contoso.example".into(),
            is_admin: true,
            is_bill_to: false,
            version: 1,
            is_active: true,
            no_bulk_mail: false,
        };
        let administrator = Administrator::by_letter(&profile).unwrap();
        assert_eq!(administrator.company(), CompanyId(id(2)));
        assert_eq!(Administrator::by_letter(&Profile { is_admin: false, ..profile.clone() }), None);
        assert_eq!(Administrator::by_letter(&Profile { is_active: false, ..profile }), None);
    }
}
