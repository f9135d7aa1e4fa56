//! Moving the secrets of authenticator apps to the newest line of the key file: those in use, and those in the links that
//! undo a change. Knows no other secret.
use platform::{Fault, clock::Moment, random::Random, secrets::Seal};

use crate::{
    account::{AccountId, acting::Acting},
    desk::Vault,
    link::{self, Purpose},
    notice::{Former, Told},
    second_step::{
        codes::{in_base64, of_base64},
        store,
    },
};

/// Accounts that are looked at in one go.
const PAGE: u64 = 1_000;

/// Answers how many secrets were moved.
pub async fn reseal(vault: &Vault, now: Moment) -> Result<u64, Fault> {
    let (reader, mut after, mut moved) = (vault.db.reader(), None, 0);
    loop {
        let ids = store::list_ids(reader, after, PAGE).await?;
        let Some(last) = ids.last() else { break };
        after = Some(*last);
        for id in ids {
            moved += move_of(vault, now, id).await?;
        }
    }
    // Whose app was taken away, and may come back.
    let mut after = None;
    loop {
        let ids = link::store::list_accounts(reader, now, Purpose::NotMe, after, PAGE).await?;
        let Some(last) = ids.last() else { return Ok(moved) };
        after = Some(*last);
        for id in ids {
            moved += move_of(vault, now, id).await?;
        }
    }
}

async fn move_of(vault: &Vault, now: Moment, id: AccountId) -> Result<u64, Fault> {
    let (random, apps) = (&vault.random, &vault.second.apps);
    let Some(tx) = Acting::on(&vault.db, id).await? else { return Ok(0) };
    let mut moved = u64::from(store::set_resealed(&tx, random, apps).await?);
    for link in link::store::list_usable(&tx, now, id, Purpose::NotMe).await? {
        if let Some(detail) = renewed(random, apps, id, &link.detail)? {
            link::store::set_detail(&tx, link.id, &detail).await?;
            moved += 1;
        }
    }
    tx.commit().await?;
    Ok(moved)
}

/// What a link knows, sealed anew; `None` when it holds no secret, or one that is sealed so already.
fn renewed(random: &Random, apps: &Seal, id: AccountId, detail: &str) -> Result<Option<String>, Fault> {
    let mut told = Told::read(detail);
    let Former::SecondStep { former: Some(former) } = &mut told.former else { return Ok(None) };
    let Some(sealed) = former.sealed.as_deref().and_then(of_base64) else { return Ok(None) };
    let Some(sealed) = apps.renew(random, id.0.as_bytes(), &sealed)? else { return Ok(None) };
    former.sealed = Some(in_base64(&sealed));
    serde_json::to_string(&told).map(Some).map_err(Fault::bug)
}
