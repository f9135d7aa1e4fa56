//! Where the business system says something else than what somebody changed in the portal: it waits until staff
//! accept it, or keep what the portal has. Knows no file.
pub mod entity;
pub mod store;

use platform::clock::Moment;

use crate::profile::{Profile, ProfileId, entity::Stored, held::Field};

platform::id!(DifferenceId);

/// One field of one profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub id: DifferenceId,
    pub profile: ProfileId,
    pub field: Field,
    /// What the business system says.
    pub theirs: String,
    pub seen_at: Moment,
}

impl Difference {
    /// What the portal says.
    pub fn ours(&self, profile: &Profile) -> String {
        match self.field {
            Field::Email => profile.email.clone(),
            Field::FirstName => profile.first_name.clone(),
            Field::LastName => profile.last_name.clone(),
            Field::State => Stored::of(profile.is_active).text().to_owned(),
        }
    }
}
