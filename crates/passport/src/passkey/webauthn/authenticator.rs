//! What an authenticator says of itself (§6.1): bytes of a fixed shape, read to the last one.
use coset::cbor::{self, Value};
use uuid::Uuid;

use super::{LONGEST_ID, Wrong, key::PublicKey};

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;
const EXTENDED: u8 = 1 << 7;

/// Authenticator data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatorData {
    pub rp_id_hash: [u8; 32],
    flags: u8,
    pub sign_count: u32,
    /// A new credential; in registrations only.
    pub attested: Option<Attested>,
}

/// A new credential as its authenticator made it (§6.5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attested {
    /// The model; all zero where it does not say.
    pub aaguid: Uuid,
    pub credential_id: Vec<u8>,
    pub key: PublicKey,
    /// The key as it stands there: a COSE key.
    pub encoded_key: Vec<u8>,
}

impl AuthenticatorData {
    pub fn read(bytes: &[u8]) -> Result<Self, Wrong> {
        let mut rest = bytes;
        let rp_id_hash = take::<32>(&mut rest)?;
        let [flags] = take::<1>(&mut rest)?;
        let sign_count = u32::from_be_bytes(take(&mut rest)?);
        let attested = match flags & ATTESTED {
            0 => None,
            _ => Some(Attested::read(&mut rest)?),
        };
        if flags & EXTENDED != 0 {
            one_item(&mut rest)?;
        }
        if !rest.is_empty() {
            return Err(Wrong::Unreadable);
        }
        if flags & BACKED_UP != 0 && flags & BACKUP_ELIGIBLE == 0 {
            return Err(Wrong::Flags);
        }
        Ok(Self { rp_id_hash, flags, sign_count, attested })
    }

    pub const fn is_user_present(&self) -> bool {
        self.flags & USER_PRESENT != 0
    }

    pub const fn is_user_verified(&self) -> bool {
        self.flags & USER_VERIFIED != 0
    }

    /// It may be on several devices; never changes.
    pub const fn is_backup_eligible(&self) -> bool {
        self.flags & BACKUP_ELIGIBLE != 0
    }

    /// It is.
    pub const fn is_backed_up(&self) -> bool {
        self.flags & BACKED_UP != 0
    }
}

impl Attested {
    fn read(rest: &mut &[u8]) -> Result<Self, Wrong> {
        let aaguid = Uuid::from_bytes(take(rest)?);
        let length = usize::from(u16::from_be_bytes(take(rest)?));
        if !(1..=LONGEST_ID).contains(&length) {
            return Err(Wrong::Unreadable);
        }
        let (id, after) = rest.split_at_checked(length).ok_or(Wrong::Unreadable)?;
        *rest = after;
        let before = *rest;
        let item = one_item(rest)?;
        let encoded_key = before.strip_suffix(*rest).unwrap_or_default().to_vec();
        Ok(Self { aaguid, credential_id: id.to_vec(), key: PublicKey::of_item(item)?, encoded_key })
    }
}

/// One CBOR item from the front.
fn one_item(rest: &mut &[u8]) -> Result<Value, Wrong> {
    cbor::de::from_reader(rest).map_err(|_| Wrong::Unreadable)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Wrong> {
    let (head, after) = rest.split_first_chunk::<N>().ok_or(Wrong::Unreadable)?;
    *rest = after;
    Ok(*head)
}
