//! Noting what a site is given, and taking it back with all that was issued for it.
use oidc::client::Client;
use platform::{Fault, clock::Moment};

use crate::{
    account::{AccountId, acting::Acting},
    consent::{Given, Wanted, store},
    desk::Desk,
    grant,
    history::{self, Kind, NewEvent, Source},
    tell::{self},
};

/// Writes down that a site is given this, in the transaction that authorizes; `agreed` when the person just said
/// yes.
pub async fn note(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    (account, client): (AccountId, &Client),
    wanted: Wanted,
    agreed: bool,
    source: &Source,
) -> Result<(), Fault> {
    let before = store::find(tx, account, &client.client_id).await?;
    let after = match before {
        Some(before) => before.with(&wanted, agreed, now),
        None => Some(Given {
            client_id: client.client_id.clone(),
            scope: wanted.scope,
            claims: wanted.claims,
            agreed,
            since: now,
            used_at: now,
        }),
    };
    if let Some(after) = after {
        store::set(tx, account, &after).await?;
    }
    if agreed {
        let event = NewEvent { account, kind: Kind::SiteAllowed, source, detail: &client.client_name };
        history::record(tx, now, &desk.random, event).await?;
    }
    Ok(())
}

/// Takes back what a site was given: its grants die, those for offline use too (RT-06), and it is told that the
/// person is signed out. False when it had nothing.
pub async fn withdraw(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    account: AccountId,
    client: &Client,
    source: &Source,
) -> Result<bool, Fault> {
    let had_consent = store::drop_consent(tx, account, &client.client_id).await?;
    let sessions = grant::store::list_sessions_at_client(tx, account, &client.client_id).await?;
    let had_grants = grant::store::revoke_of_client(tx, account, &client.client_id).await? > 0;
    if !had_consent && !had_grants {
        return Ok(false);
    }
    for session in sessions {
        tell::clients::enqueue_one(desk, tx, now, client, account, session).await?;
    }
    let event = NewEvent { account, kind: Kind::SiteWithdrawn, source, detail: &client.client_name };
    history::record(tx, now, &desk.random, event).await?;
    Ok(true)
}
