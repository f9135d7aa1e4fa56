//! The link in an administrator's notice that ends an association: a MACed name of both, stored nowhere.
//! Knows no page and no row.
use platform::secrets::{self, Rest};

use super::AssociationId;
use crate::profile::ProfileId;

/// What an administrator's link names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undo {
    pub association: AssociationId,
    /// The administrator that it was sent to.
    pub administrator: ProfileId,
}

impl secrets::Field for Undo {
    fn write(&self, to: &mut Vec<u8>) {
        self.association.write(to);
        self.administrator.write(to);
    }

    fn read(from: &mut Rest<'_>) -> Option<Self> {
        Some(Self { association: secrets::Field::read(from)?, administrator: secrets::Field::read(from)? })
    }
}

#[cfg(test)]
mod tests {
    use platform::secrets::{Keyring, Named};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_link_names_what_it_was_made_for_and_cannot_be_made_without_the_key() {
        let names = |key| Named::<Undo>::new(&Keyring::from_bytes([key; 32]), "undo");
        let undo = Undo {
            association: AssociationId(Uuid::from_u128(7)),
            administrator: ProfileId(Uuid::from_u128(9)),
        };
        let secret = names(5).name(&undo);
        assert_eq!(names(5).read(&secret), Some(undo));
        assert_eq!(names(6).read(&secret), None);
        let other = Undo { administrator: ProfileId(Uuid::from_u128(8)), ..undo };
        let mixed: String = names(5).name(&other).chars().take(44).chain(secret.chars().skip(44)).collect();
        assert_eq!(names(5).read(&mixed), None);
    }
}
