//! Noting what a site is given, and taking it back with all that was issued for it.
use oidc::client::{Client, SubjectType};
use platform::{Fault, clock::Moment};

use crate::{
    account::{self, AccountId, acting::Acting},
    client,
    consent::{Given, Wanted, store},
    desk::Desk,
    grant,
    history::{self, Kind, NewEvent, Source},
    subject::subjects_of,
    tell::{self},
};

/// Writes down that a site is given this, in the transaction that authorizes; `agreed` when the person just said
/// yes.
pub async fn note(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    given: (&Client, Wanted, bool),
    source: &Source,
) -> Result<(), Fault> {
    let before = store::find(tx, tx.id(), &given.0.client_id).await?;
    note_after(desk, tx, now, before, given, source).await
}

/// The same where this transaction has read what the site had `before`.
pub async fn note_after(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    before: Option<Given>,
    (client, wanted, agreed): (&Client, Wanted, bool),
    source: &Source,
) -> Result<(), Fault> {
    let account = tx.id();
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
    note_name(desk, tx, client).await?;
    if agreed {
        let event = NewEvent { account, kind: Kind::SiteAllowed, source, detail: &client.client_name };
        history::record(tx, now, &desk.random, event).await?;
    }
    Ok(())
}

/// Writes down what a site calls the account, if that is a name of its own.
async fn note_name(desk: &Desk, tx: &Acting, client: &Client) -> Result<(), Fault> {
    match client.subject_type {
        SubjectType::Public => Ok(()),
        SubjectType::Pairwise => {
            store::add_name(tx, &subjects_of(&desk.pairwise, tx, client).await?.subject(tx.id())).await
        }
    }
}

/// Accounts that are read at a time.
const PAGE: u64 = 1_000;

/// Writes down what a site calls everybody of whom it was given something before such names were noted.
pub async fn note_names(desk: &Desk, client_id: &str) -> Result<(), Fault> {
    let Some(registered) = client::store::find(desk.db.reader(), client_id).await? else { return Ok(()) };
    let mut after = None;
    loop {
        let ids = store::list_accounts_of_client(desk.db.reader(), client_id, after, PAGE).await?;
        let Some(last) = ids.last() else { return Ok(()) };
        after = Some(*last);
        for id in ids {
            if let Some(tx) = Acting::on(&desk.db, id).await? {
                note_name(desk, &tx, &registered.client).await?;
                tx.commit().await?;
            }
        }
    }
}

/// The account that this client calls `subject`, if there is one. A name is one-way, and found because it was noted
/// when the site was first given it. `noted`: those of before are as well; until then all accounts are walked through.
pub async fn account_of(
    desk: &Desk,
    client: &Client,
    subject: &str,
    noted: bool,
) -> Result<Option<AccountId>, Fault> {
    let reader = desk.db.reader();
    if client.subject_type == SubjectType::Public {
        return Ok(subject.parse().ok());
    }
    let subjects = subjects_of(&desk.pairwise, reader, client).await?;
    let found = store::find_named(reader, subject).await?;
    // The name of another sector is nobody's here.
    if let Some(found) = found.filter(|id| subjects.subject(*id) == subject) {
        return Ok(Some(found));
    }
    if noted {
        return Ok(None);
    }
    let mut after = None;
    loop {
        let ids = account::store::list_ids(reader, after, 5 * PAGE).await?;
        let Some(last) = ids.last() else { return Ok(None) };
        after = Some(*last);
        if let Some(found) = ids.into_iter().find(|id| subjects.subject(*id) == subject) {
            return Ok(Some(found));
        }
    }
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
