//! What a person is called at a site: the account's id, or another name in every sector (OIDC Core §8). The one place
//! that turns an account into a `sub`. Knows no page.
pub mod entity;
pub mod store;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc::client::{Client, SubjectType};
use platform::{
    Fault,
    db::{Connection, Database},
    random::Random,
    secrets::{Keyring, Seal},
};
use ring::hmac;
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use crate::account::AccountId;

const SEALED_FOR: &[u8] = b"pairwise subjects";

/// The key of pairwise subjects. It is random, kept sealed, and never changes: another key would make strangers of
/// everybody at every pairwise site, so it does not hang on the key file, only its seal does.
pub struct PairwiseKey {
    seal: Seal,
    key: OnceCell<hmac::Key>,
}

impl PairwiseKey {
    pub fn new(keyring: &Keyring) -> Self {
        Self { seal: keyring.seal("pairwise key"), key: OnceCell::new() }
    }

    /// The key, which is there once [`Self::make_or_reseal`] ran. A command that ran none reads it, by the connection
    /// that its caller holds.
    async fn get(&self, db: &impl Connection) -> Result<&hmac::Key, Fault> {
        let read = || async {
            let sealed = store::find_pairwise_key(db).await?;
            let bytes = self.open(&sealed.ok_or_else(|| Fault::bug("there is no pairwise key"))?)?;
            Ok::<_, Fault>(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
        };
        self.key.get_or_try_init(read).await
    }

    fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
        self.seal.open(SEALED_FOR, sealed).ok_or_else(|| {
            Fault::unavailable("the pairwise key cannot be opened: is this the newest key file?")
        })
    }

    /// Makes the key if there is none, seals it with the newest key of the key file, and has it at hand from then on.
    pub async fn make_or_reseal(&self, db: &Database, random: &Random) -> Result<(), Fault> {
        let tx = db.begin().await?;
        match store::find_pairwise_key(&tx).await? {
            Some(sealed) => {
                let again = self.seal.seal(random, SEALED_FOR, &self.open(&sealed)?)?;
                store::set_pairwise_key(&tx, again).await?;
            }
            None => {
                // Another node may be first: then its key stays.
                let fresh = Zeroizing::new(random.bytes::<32>());
                let sealed = self.seal.seal(random, SEALED_FOR, fresh.as_slice())?;
                store::add_pairwise_key(&tx, sealed).await?;
            }
        }
        self.get(&tx).await?;
        tx.commit().await
    }
}

/// What a client calls people by.
#[derive(Clone)]
pub enum Subjects {
    Public,
    Pairwise { key: hmac::Key, sector: String },
}

impl Subjects {
    /// The `sub` of an account: in ID tokens, at UserInfo, in logout tokens, at introspection, and what an
    /// `id_token_hint` is compared with.
    pub fn subject(&self, account: AccountId) -> String {
        match self {
            Self::Public => account.to_string(),
            Self::Pairwise { key, sector } => pairwise(key, sector, account),
        }
    }
}

/// How this client calls people.
pub async fn subjects_of(
    pairwise: &PairwiseKey,
    db: &impl Connection,
    client: &Client,
) -> Result<Subjects, Fault> {
    if client.subject_type == SubjectType::Public {
        return Ok(Subjects::Public);
    }
    let sector = client.sector().unwrap_or_else(|| client.client_id.clone());
    Ok(Subjects::Pairwise { key: pairwise.get(db).await?.clone(), sector })
}

/// The `sub` of one account at one client; see [`Subjects::subject`].
pub async fn subject_for(
    pairwise: &PairwiseKey,
    db: &impl Connection,
    client: &Client,
    account: AccountId,
) -> Result<String, Fault> {
    Ok(subjects_of(pairwise, db, client).await?.subject(account))
}

fn pairwise(key: &hmac::Key, sector: &str, account: AccountId) -> String {
    let message = [sector.as_bytes(), &[0], account.0.as_bytes()].concat();
    URL_SAFE_NO_PAD.encode(hmac::sign(key, &message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_name_is_the_same_in_its_sector_and_another_elsewhere() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[1; 32]);
        let account = |number| AccountId(Uuid::from_u128(number));
        let name = pairwise(&key, "rp1.test", account(1));
        assert_eq!(name, pairwise(&key, "rp1.test", account(1)));
        assert_eq!(name.len(), 43);
        for (sector, number) in [("rp2.test", 1), ("rp1.test", 2), ("", 1)] {
            assert_ne!(name, pairwise(&key, sector, account(number)));
        }
        assert_ne!(name, pairwise(&hmac::Key::new(hmac::HMAC_SHA256, &[2; 32]), "rp1.test", account(1)));
    }
}
