//! Codes and refresh tokens: MACed names of a grant, one purpose each. A stolen database holds none of them.
use platform::secrets::{Keyring, Named};
use uuid::Uuid;

use super::{GrantId, access::AccessNames};

/// Makes and reads names. What was made for one purpose is no name for another (INV-2).
#[derive(Clone)]
pub struct Names {
    code: Named<GrantId>,
    refresh: Named<(GrantId, i32)>,
    device: Named<Uuid>,
    pub access: AccessNames,
}

impl Names {
    pub fn new(keyring: &Keyring) -> Self {
        Self {
            code: Named::new(keyring, "authorization code"),
            refresh: Named::new(keyring, "refresh token"),
            device: Named::new(keyring, "device code"),
            access: AccessNames::new(keyring),
        }
    }

    pub fn code(&self, id: GrantId) -> String {
        self.code.name(&id)
    }

    pub fn read_code(&self, text: &str) -> Option<GrantId> {
        self.code.read(text)
    }

    pub fn refresh(&self, id: GrantId, generation: i32) -> String {
        self.refresh.name(&(id, generation))
    }

    pub fn read_refresh(&self, text: &str) -> Option<(GrantId, i32)> {
        self.refresh.read(text)
    }

    /// A device code (RFC 8628); the room of devices knows what the id names.
    pub fn device(&self, id: Uuid) -> String {
        self.device.name(&id)
    }

    pub fn read_device(&self, text: &str) -> Option<Uuid> {
        self.device.read(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names::new(&Keyring::from_bytes([7; 32]))
    }

    fn id() -> GrantId {
        GrantId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001))
    }

    #[test]
    fn a_name_is_read_back_for_its_own_purpose_only() {
        let (code, refresh) = (names().code(id()), names().refresh(id(), 3));
        assert_eq!(names().read_code(&code), Some(id()));
        assert_eq!(names().read_refresh(&refresh), Some((id(), 3)));
        assert_eq!(names().read_refresh(&code), None);
        assert_eq!(names().read_code(&refresh), None);
        assert_eq!(names().access.read_opaque(&code), None);
        assert_eq!(names().read_device(&code), None);
        let device = Uuid::from_u128(5);
        assert_eq!(names().read_device(&names().device(device)), Some(device));
        assert_eq!(names().read_code(&names().device(device)), None);
        assert_eq!(Names::new(&Keyring::from_bytes([8; 32])).read_code(&code), None);
    }

    #[test]
    fn a_changed_name_is_no_name() {
        let token = names().code(id());
        for place in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            assert_eq!(names().read_code(std::str::from_utf8(&changed).unwrap()), None, "{place}");
        }
        for text in ["", "A", "====", token.get(1..).unwrap(), &format!("{token}A"), &format!("{token}=")] {
            assert_eq!(names().read_code(text), None, "{text}");
        }
    }
}
