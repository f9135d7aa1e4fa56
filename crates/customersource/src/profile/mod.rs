//! Profiles: the people of a company as the business system knows them. Knows no Passport.
pub mod entity;
pub mod store;

use crate::organization::OrganizationId;

platform::id!(ProfileId);

/// A profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub id: ProfileId,
    pub organization: OrganizationId,
    pub first_name: String,
    pub last_name: String,
    /// The address on file, byte for byte: mails go here (CS-16).
    pub email: String,
    /// What [`platform::email::EmailAddress::key`] makes of it.
    pub email_key: String,
    pub is_admin: bool,
    pub is_bill_to: bool,
    /// False once it is removed.
    pub is_active: bool,
}

impl Profile {
    /// First and last name.
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }
}
