//! A passkey that is used (§7.2).
use platform::secrets::{digest, same};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    ClientData, Credential, Encoded, RelyingParty, Wrong, authenticator::AuthenticatorData, key::PublicKey,
    read,
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    #[serde(rename = "clientDataJSON")]
    client_data: Encoded,
    authenticator_data: Encoded,
    signature: Encoded,
    user_handle: Option<Encoded>,
}

/// An answer that was read and not judged.
#[derive(Debug)]
pub struct Assertion {
    pub client: ClientData,
    pub credential_id: Vec<u8>,
    authenticator: AuthenticatorData,
    signed: Vec<u8>,
    signature: Vec<u8>,
    user_handle: Option<Vec<u8>>,
}

/// What is stored of the passkey that an assertion names.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'a> {
    pub key: &'a [u8],
    pub user_handle: Uuid,
    pub sign_count: i64,
    pub backup_eligible: bool,
    /// The account was known before, and the authenticator need not say whose the passkey is.
    pub is_known: bool,
}

/// A passkey was used by whom it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proven {
    pub sign_count: i64,
    pub backed_up: bool,
    /// Its counter did not go on: there may be a copy.
    pub may_be_copied: bool,
}

impl Proven {
    /// The same, judged by the count that was said before.
    #[must_use]
    pub fn against(self, before: i64) -> Self {
        let may_be_copied = (self.sign_count, before) != (0, 0) && self.sign_count <= before;
        Self { may_be_copied, ..self }
    }
}

impl Assertion {
    pub fn read(json: &str) -> Result<Self, Wrong> {
        let Credential { raw_id, response, .. } = read::<Response>(json)?;
        let signed = [response.authenticator_data.0.as_slice(), &digest(&response.client_data.0)].concat();
        Ok(Self {
            client: ClientData::read(&response.client_data.0)?,
            credential_id: raw_id.0,
            authenticator: AuthenticatorData::read(&response.authenticator_data.0)?,
            signed,
            signature: response.signature.0,
            user_handle: response.user_handle.map(|handle| handle.0),
        })
    }

    pub fn judge(&self, rp: &RelyingParty, stored: Stored<'_>) -> Result<Proven, Wrong> {
        self.client.check("webauthn.get", rp)?;
        let said = &self.authenticator;
        if !same(&said.rp_id_hash, &digest(rp.id.as_bytes())) {
            return Err(Wrong::RelyingParty);
        }
        if !said.is_user_present() {
            return Err(Wrong::Presence);
        }
        if !said.is_user_verified() {
            return Err(Wrong::Verification);
        }
        if said.attested.is_some() || said.is_backup_eligible() != stored.backup_eligible {
            return Err(Wrong::Flags);
        }
        match &self.user_handle {
            Some(handle) if handle.as_slice() == stored.user_handle.as_bytes() => {}
            None if stored.is_known => {}
            _ => return Err(Wrong::UserHandle),
        }
        PublicKey::read(stored.key)?.verify(&self.signed, &self.signature)?;
        let (sign_count, before) = (i64::from(said.sign_count), stored.sign_count);
        Ok(Proven { sign_count, backed_up: said.is_backed_up(), may_be_copied: false }.against(before))
    }
}
