//! What a person is called at a site: the account's id, or another name in every sector (OIDC Core §8). The one place
//! that turns an account into a `sub`.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc::client::{Client, SubjectType};
use platform::{
    Fault,
    db::Database,
    random::Random,
    secrets::{Keyring, Seal},
};
use ring::hmac;
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use super::registration::store;
use crate::{account::AccountId, state::Passport};

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

    async fn get(&self, db: &Database, random: &Random) -> Result<&hmac::Key, Fault> {
        let read = || async {
            let bytes = self.open_or_make(db, random).await?;
            Ok::<_, Fault>(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
        };
        self.key.get_or_try_init(read).await
    }

    async fn open_or_make(&self, db: &Database, random: &Random) -> Result<Zeroizing<Vec<u8>>, Fault> {
        if let Some(sealed) = store::find_pairwise_key(db.reader()).await? {
            return self.open(&sealed);
        }
        let fresh = Zeroizing::new(random.bytes::<32>());
        let tx = db.begin().await?;
        store::add_pairwise_key(&tx, self.seal.seal(random, SEALED_FOR, fresh.as_slice())?).await?;
        // Another node may have been first: what is kept counts.
        let kept =
            store::find_pairwise_key(&tx).await?.ok_or_else(|| Fault::bug("no pairwise key was kept"))?;
        tx.commit().await?;
        self.open(&kept)
    }

    fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
        self.seal.open(SEALED_FOR, sealed).ok_or_else(|| {
            Fault::bug("the pairwise key cannot be opened: is this the key file it was sealed with?")
        })
    }

    /// Makes the key if there is none, and seals it with the newest key of the key file.
    pub async fn make_or_reseal(&self, db: &Database, random: &Random) -> Result<(), Fault> {
        let bytes = self.open_or_make(db, random).await?;
        let tx = db.begin().await?;
        store::set_pairwise_key(&tx, self.seal.seal(random, SEALED_FOR, &bytes)?).await?;
        tx.commit().await
    }
}

/// The `sub` of an account at a client: in ID tokens, at UserInfo, in logout tokens, at introspection, and what an
/// `id_token_hint` is compared with.
pub async fn subject_for(passport: &Passport, client: &Client, account: AccountId) -> Result<String, Fault> {
    if client.subject_type == SubjectType::Public {
        return Ok(account.to_string());
    }
    let sector = client.sector().unwrap_or_else(|| client.client_id.clone());
    let key = passport.pairwise.get(&passport.db, &passport.random).await?;
    Ok(pairwise(key, &sector, account))
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
