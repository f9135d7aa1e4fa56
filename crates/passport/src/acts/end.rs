//! Ending all that hangs on an account at once (INV-13): what a reset, a freeze and a disabling have in common.
use platform::{Fault, clock::Moment};

use crate::{
    account::{AccountId, acting::Acting},
    acts, client, computer,
    desk::Desk,
    grant,
    link::{self, Purpose},
    recovery, second_step,
};

/// What was ended, for the page that tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    pub sessions: usize,
    /// Names of the sites that held something.
    pub sites: Vec<String>,
    pub computers: u64,
}

/// Ends sessions, grants with their codes and tokens, known computers, links and recoveries. The links that
/// undo a change stay: an attacker must not be able to end those by a reset.
pub async fn end_everything(desk: &Desk, tx: &Acting, now: Moment, id: AccountId) -> Result<Ended, Fault> {
    tx.raise_epoch().await?;
    let mut sites = Vec::new();
    for client in grant::store::list_clients_of_account(tx, now, id).await? {
        if let Some(registered) = client::store::find(tx, &client).await? {
            sites.push(registered.client.client_name);
        }
    }
    sites.sort();
    let sessions = acts::sessions::end_all(desk, tx, now, id).await?;
    grant::store::revoke_of_account(tx, id).await?;
    let computers = computer::store::drop_of_account(tx, id).await?;
    end_links(tx, now, id).await?;
    Ok(Ended { sessions, sites, computers })
}

/// Makes every link and recovery of an account unusable but those that undo, and those of strangers who want their
/// address out of it: after its password or address changed (EM-03).
pub async fn end_links(tx: &Acting, now: Moment, id: AccountId) -> Result<(), Fault> {
    let stays = |purpose: &Purpose| *purpose == Purpose::NotMe || purpose.is_a_strangers();
    let purposes: Vec<Purpose> = Purpose::ALL.into_iter().filter(|purpose| !stays(purpose)).collect();
    link::store::end_links(tx, now, id, &purposes).await?;
    // Whoever waits to be let in without a second proof knew the older password.
    second_step::store::waivers::end_waiver(tx).await?;
    recovery::store::end_open(tx, id).await
}
