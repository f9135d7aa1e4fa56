//! Codes and refresh tokens: MACed names of a grant, one purpose each. A stolen database holds none of them.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::secrets::{Keyring, Mac};
use uuid::Uuid;

use super::{GrantId, access::AccessNames};

/// Makes and reads names. What was made for one purpose is no name for another (INV-2).
#[derive(Clone)]
pub struct Names {
    code: Mac,
    refresh: Mac,
    device: Mac,
    pub access: AccessNames,
}

const ID: usize = 16;
const TAG: usize = 32;

impl Names {
    pub fn new(keyring: &Keyring) -> Self {
        let mac = |purpose| keyring.mac(purpose);
        Self {
            code: mac("authorization code"),
            refresh: mac("refresh token"),
            device: mac("device code"),
            access: AccessNames::new(keyring),
        }
    }

    pub fn code(&self, id: GrantId) -> String {
        signed(&self.code, id.0.as_bytes())
    }

    pub fn read_code(&self, text: &str) -> Option<GrantId> {
        let name = opened(&self.code, text, ID..=ID)?;
        Some(GrantId(Uuid::from_slice(&name).ok()?))
    }

    pub fn refresh(&self, id: GrantId, generation: i32) -> String {
        signed(&self.refresh, &[id.0.as_bytes().as_slice(), &generation.to_be_bytes()].concat())
    }

    pub fn read_refresh(&self, text: &str) -> Option<(GrantId, i32)> {
        let name = opened(&self.refresh, text, ID + 4..=ID + 4)?;
        let (id, generation) = name.split_first_chunk::<ID>()?;
        Some((GrantId(Uuid::from_bytes(*id)), i32::from_be_bytes(generation.try_into().ok()?)))
    }

    /// A device code (RFC 8628); the room of devices knows what the id names.
    pub fn device(&self, id: Uuid) -> String {
        signed(&self.device, id.as_bytes())
    }

    pub fn read_device(&self, text: &str) -> Option<Uuid> {
        let name = opened(&self.device, text, ID..=ID)?;
        Uuid::from_slice(&name).ok()
    }
}

pub(super) fn signed(mac: &Mac, name: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode([name, &mac.sign(name)].concat())
}

pub(super) fn opened(mac: &Mac, text: &str, length: std::ops::RangeInclusive<usize>) -> Option<Vec<u8>> {
    let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let split = bytes.len().checked_sub(TAG).filter(|split| length.contains(split))?;
    let tag = bytes.split_off(split);
    mac.verify(&bytes, &tag).then_some(bytes)
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
