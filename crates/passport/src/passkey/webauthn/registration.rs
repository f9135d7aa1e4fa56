//! A new passkey (§7.1). Attestation statements are asked for, and believed, only where the operator names models.
use coset::cbor::{self, Value};
use platform::{
    clock::Moment,
    secrets::{digest, same},
};
use serde::Deserialize;

use super::{
    ClientData, Credential, Encoded, RelyingParty, Wrong,
    attestation::{Models, Statement},
    authenticator::{Attested, AuthenticatorData},
    read,
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    #[serde(rename = "clientDataJSON")]
    client_data: Encoded,
    attestation_object: Encoded,
    #[serde(default)]
    transports: Vec<String>,
}

/// An answer that was read and not judged.
#[derive(Debug)]
pub struct Creation {
    pub client: ClientData,
    raw_id: Vec<u8>,
    authenticator: AuthenticatorData,
    transports: Vec<String>,
    statement: Statement,
    /// What a statement is signed over (§8.2): authenticator data, and the digest of what the browser says.
    signed: Vec<u8>,
}

/// How a passkey is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// The person asked for it, and the authenticator made sure of them.
    Asked,
    /// By the browser on its own, right after a password that it had filled in (§5.1.3, conditional mediation).
    Quietly,
}

/// A passkey as its authenticator made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPasskey {
    pub attested: Attested,
    pub sign_count: u32,
    pub backup_eligible: bool,
    pub backed_up: bool,
    /// How the authenticator can be reached, in words of the document.
    pub transports: Vec<String>,
}

/// Words for ways to reach an authenticator (§5.8.4); others are left out.
const TRANSPORTS: [&str; 6] = ["usb", "nfc", "ble", "smart-card", "hybrid", "internal"];

impl Creation {
    pub fn read(json: &str) -> Result<Self, Wrong> {
        let Credential { raw_id, response, .. } = read::<Response>(json)?;
        let mut transports: Vec<String> = TRANSPORTS.map(str::to_owned).into();
        transports.retain(|word| response.transports.contains(word));
        let (data, statement) = attestation_object(&response.attestation_object.0)?;
        Ok(Self {
            client: ClientData::read(&response.client_data.0)?,
            raw_id: raw_id.0,
            authenticator: AuthenticatorData::read(&data)?,
            transports,
            statement,
            signed: [data.as_slice(), &digest(&response.client_data.0)].concat(),
        })
    }

    /// `models` where the operator insists on some.
    pub fn judge(
        self,
        rp: &RelyingParty,
        manner: Manner,
        models: Option<(&Models, Moment)>,
    ) -> Result<NewPasskey, Wrong> {
        self.client.check("webauthn.create", rp)?;
        let said = self.authenticator;
        if !same(&said.rp_id_hash, &digest(rp.id.as_bytes())) {
            return Err(Wrong::RelyingParty);
        }
        if manner == Manner::Asked {
            match (said.is_user_present(), said.is_user_verified()) {
                (false, _) => return Err(Wrong::Presence),
                (true, false) => return Err(Wrong::Verification),
                (true, true) => {}
            }
        }
        let (backup_eligible, backed_up) = (said.is_backup_eligible(), said.is_backed_up());
        let attested = said.attested.ok_or(Wrong::Unreadable)?;
        if attested.credential_id != self.raw_id {
            return Err(Wrong::Unreadable);
        }
        if let Some((models, now)) = models {
            models.check(now, &self.statement, attested.aaguid, &self.signed)?;
        }
        let (sign_count, transports) = (said.sign_count, self.transports);
        Ok(NewPasskey { attested, sign_count, backup_eligible, backed_up, transports })
    }
}

/// The one text `authData` of the map that stands alone there (§6.5.4), and what stands beside it once.
fn attestation_object(mut object: &[u8]) -> Result<(Vec<u8>, Statement), Wrong> {
    let item: Value = cbor::de::from_reader(&mut object).map_err(|_| Wrong::Unreadable)?;
    let Value::Map(entries) = item else { return Err(Wrong::Unreadable) };
    let one = |wanted: &str| {
        let mut named = entries.iter().filter(|(name, _)| name.as_text() == Some(wanted));
        named.next().filter(|_| named.next().is_none()).map(|(_, value)| value.clone())
    };
    let format = one("fmt").and_then(|format| format.into_text().ok());
    match (one("authData"), object.is_empty()) {
        (Some(Value::Bytes(data)), true) => Ok((data, Statement { format, said: one("attStmt") })),
        _ => Err(Wrong::Unreadable),
    }
}
