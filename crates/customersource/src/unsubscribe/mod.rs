//! The link in a mail by which its reader stops such mails, without signing in (RFC 8058): a MACed name of the
//! list and the profile, stored nowhere. Knows no page and no row.
use platform::secrets::{self, Rest};

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

impl secrets::Field for List {
    fn write(&self, to: &mut Vec<u8>) {
        let (kind, id) = match self {
            Self::Newsletter(id) => (b'n', id.0),
            Self::Issue(id) => (b'i', id.0),
            Self::Thread(id) => (b't', id.0),
        };
        to.push(kind);
        id.write(to);
    }

    fn read(from: &mut Rest<'_>) -> Option<Self> {
        match from.bytes()? {
            [b'n'] => secrets::Field::read(from).map(Self::Newsletter),
            [b'i'] => secrets::Field::read(from).map(Self::Issue),
            [b't'] => secrets::Field::read(from).map(Self::Thread),
            _ => None,
        }
    }
}

impl secrets::Field for Unsubscribe {
    fn write(&self, to: &mut Vec<u8>) {
        self.list.write(to);
        self.profile.write(to);
    }

    fn read(from: &mut Rest<'_>) -> Option<Self> {
        Some(Self { list: secrets::Field::read(from)?, profile: secrets::Field::read(from)? })
    }
}

#[cfg(test)]
mod tests {
    use platform::secrets::{Keyring, Named};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_link_stops_one_list_for_one_profile_and_cannot_be_made_without_the_key() {
        let names = |key| Named::<Unsubscribe>::new(&Keyring::from_bytes([key; 32]), "unsubscribe");
        let id = Uuid::from_u128;
        for list in [
            List::Newsletter(NewsletterId(id(3))),
            List::Issue(ResourceId(id(3))),
            List::Thread(ThreadId(id(3))),
        ] {
            let link = Unsubscribe { list, profile: ProfileId(id(4)) };
            let secret = names(5).name(&link);
            assert_eq!(names(5).read(&secret), Some(link));
            assert_eq!(names(6).read(&secret), None);
            let other = names(5).name(&Unsubscribe { profile: ProfileId(id(5)), ..link });
            let mixed: String = other.chars().take(44).chain(secret.chars().skip(44)).collect();
            assert_eq!(names(5).read(&mixed), None);
        }
    }
}
