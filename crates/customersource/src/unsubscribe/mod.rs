//! The link in a mail by which its reader stops such mails, without signing in (RFC 8058): a MACed name of the
//! list and the profile, stored nowhere. Knows no page and no row.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::secrets::Mac;
use uuid::Uuid;

use crate::{newsgroup::ThreadId, newsletter::NewsletterId, profile::ProfileId, resource::ResourceId};

/// What somebody gets mails of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Newsletter(NewsletterId),
    /// The newsletter of an issue: the link stands in a mail about it.
    Issue(ResourceId),
    Thread(ThreadId),
}

/// What a link names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsubscribe {
    pub list: List,
    pub profile: ProfileId,
}

impl Unsubscribe {
    fn name(&self) -> Vec<u8> {
        let (kind, id) = match self.list {
            List::Newsletter(id) => (b'n', id.0),
            List::Issue(id) => (b'i', id.0),
            List::Thread(id) => (b't', id.0),
        };
        [&[kind], id.as_bytes().as_slice(), self.profile.0.as_bytes().as_slice()].concat()
    }

    /// The link's secret: 87 characters of base64url.
    pub fn sign(&self, mac: &Mac) -> String {
        let name = self.name();
        URL_SAFE_NO_PAD.encode([name.as_slice(), mac.sign(&name).as_slice()].concat())
    }

    /// What a secret names, if it is ours.
    pub fn read(mac: &Mac, secret: &str) -> Option<Self> {
        let bytes = (secret.len() == 87).then(|| URL_SAFE_NO_PAD.decode(secret).ok()).flatten()?;
        let (name, tag) = bytes.split_at_checked(33)?;
        let (kind, ids) = name.split_first()?;
        let (list, profile) = ids.split_at_checked(16)?;
        let (list, profile) = (Uuid::from_slice(list).ok()?, Uuid::from_slice(profile).ok()?);
        let list = match kind {
            b'n' => List::Newsletter(NewsletterId(list)),
            b'i' => List::Issue(ResourceId(list)),
            b't' => List::Thread(ThreadId(list)),
            _ => return None,
        };
        mac.verify(name, tag).then_some(Self { list, profile: ProfileId(profile) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::secrets::Keyring;

    #[test]
    fn a_link_stops_one_list_for_one_profile_and_cannot_be_made_without_the_key() {
        let mac = Keyring::from_bytes([5; 32]).mac("unsubscribe");
        let id = Uuid::from_u128;
        for list in [
            List::Newsletter(NewsletterId(id(3))),
            List::Issue(ResourceId(id(3))),
            List::Thread(ThreadId(id(3))),
        ] {
            let link = Unsubscribe { list, profile: ProfileId(id(4)) };
            let secret = link.sign(&mac);
            assert_eq!(Unsubscribe::read(&mac, &secret), Some(link));
            assert_eq!(Unsubscribe::read(&Keyring::from_bytes([6; 32]).mac("unsubscribe"), &secret), None);
            let other = Unsubscribe { profile: ProfileId(id(5)), ..link }.sign(&mac);
            let mixed: String = other.chars().take(44).chain(secret.chars().skip(44)).collect();
            for bad in ["", "x", &mixed, &format!("{secret}A")] {
                assert_eq!(Unsubscribe::read(&mac, bad), None, "{bad}");
            }
        }
    }
}
