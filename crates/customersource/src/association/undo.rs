//! The link in an administrator's notice that ends an association: a MACed name of both, stored nowhere.
//! Knows no page and no row.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::secrets::Mac;
use uuid::Uuid;

use super::AssociationId;
use crate::profile::ProfileId;

/// What an administrator's link names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undo {
    pub association: AssociationId,
    /// The administrator that it was sent to.
    pub administrator: ProfileId,
}

impl Undo {
    fn name(&self) -> [u8; 32] {
        let mut name = [0; 32];
        let both = self.association.0.as_bytes().iter().chain(self.administrator.0.as_bytes());
        for (target, byte) in name.iter_mut().zip(both) {
            *target = *byte;
        }
        name
    }

    /// The link's secret: 86 characters of base64url.
    pub fn sign(&self, mac: &Mac) -> String {
        let name = self.name();
        URL_SAFE_NO_PAD.encode([name, mac.sign(&name)].concat())
    }

    /// What a secret names, if it is ours.
    pub fn read(mac: &Mac, secret: &str) -> Option<Self> {
        let bytes = (secret.len() == 86).then(|| URL_SAFE_NO_PAD.decode(secret).ok()).flatten()?;
        let (name, tag) = bytes.split_at_checked(32)?;
        let (association, administrator) = name.split_at_checked(16)?;
        let id = |bytes: &[u8]| Uuid::from_slice(bytes).ok();
        let undo = Self {
            association: AssociationId(id(association)?),
            administrator: ProfileId(id(administrator)?),
        };
        mac.verify(name, tag).then_some(undo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::secrets::Keyring;

    #[test]
    fn a_link_names_what_it_was_made_for_and_cannot_be_made_without_the_key() {
        let mac = Keyring::from_bytes([5; 32]).mac("undo");
        let undo = Undo {
            association: AssociationId(Uuid::from_u128(7)),
            administrator: ProfileId(Uuid::from_u128(9)),
        };
        let secret = undo.sign(&mac);
        assert_eq!(Undo::read(&mac, &secret), Some(undo));
        assert_eq!(Undo::read(&Keyring::from_bytes([6; 32]).mac("undo"), &secret), None);
        let other = Undo { administrator: ProfileId(Uuid::from_u128(8)), ..undo };
        let mixed: String = other.sign(&mac).chars().take(44).chain(secret.chars().skip(44)).collect();
        for bad in ["", "x", &mixed, &format!("{secret}A"), &"ä".repeat(43)] {
            assert_eq!(Undo::read(&mac, bad), None, "{bad}");
        }
    }
}
