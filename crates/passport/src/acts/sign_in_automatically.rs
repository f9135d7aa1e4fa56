//! The verbs of an automatic sign-in: allowed, used, ended, found stolen.
use std::time::Duration;

use oidc::assurance::Method;
use platform::{Fault, clock::Moment, secrets::digest};

use crate::{
    account::{AccountId, acting::Acting},
    acts,
    automatic::{
        Automatic, AutomaticId, Verdict, decide, letters,
        store::{self, Use},
    },
    desk::Vault,
    history::{self, Kind, NewEvent, Source},
    session::{self, Browser, Session},
    tell,
};

fn ends_at(vault: &Vault, now: Moment) -> Moment {
    now + Duration::from_secs(u64::from(vault.settings.session.automatic_days) * 24 * 3600)
}

/// Allows it for a session that just began with a proof; answers the token.
pub async fn allow(
    vault: &Vault,
    tx: &Acting,
    now: Moment,
    session: &Session,
    source: &Source,
) -> Result<String, Fault> {
    let id = AutomaticId::new(now, &vault.random);
    let token = vault.automatic.token(id, 1);
    let new = Automatic {
        id,
        account: session.account,
        digest: digest(token.as_bytes()).to_vec(),
        generation: 1,
        predecessor: 0,
        session: session.id,
        auth_time: session.auth_time,
        // Having waited once is good for one session.
        methods: session.methods.without(Method::Waived),
        created_at: now,
        rotated_at: now,
        ends_at: ends_at(vault, now),
        ended_at: None,
        source: source.clone(),
    };
    store::add_automatic(tx, new).await?;
    for oldest in
        store::list_beyond(tx, session.account, vault.settings.session.most_automatic.into()).await?
    {
        store::end(tx, now, oldest).await?;
    }
    let event = NewEvent { account: session.account, kind: Kind::AutomaticSignInAllowed, source, detail: "" };
    history::record(tx, now, &vault.random, event).await?;
    Ok(token)
}

/// What using a token gave.
#[derive(Clone, Debug)]
pub enum Used {
    SignedIn {
        session: Session,
        secret: String,
        token: String,
    },
    /// The token is worth nothing (any more).
    Refused,
}

/// Uses a token. One transaction; what is stolen is dropped whatever else happens.
pub async fn use_token(vault: &Vault, now: Moment, token: &str, browser: Browser<'_>) -> Result<Used, Fault> {
    let Some((id, presented)) = vault.automatic.read(token) else { return Ok(Used::Refused) };
    // Whose it is never changes, so it is read outside.
    let Some(whose) = store::find(vault.db.reader(), id).await? else { return Ok(Used::Refused) };
    let Some(tx) = Acting::on(&vault.db, whose.account).await? else { return Ok(Used::Refused) };
    // The second look is for whoever lost the gate: by then it is a repeat, or something worse.
    for _ in 0..2 {
        let Some(found) = store::find(&tx, id).await? else { return Ok(Used::Refused) };
        match decide(&found, presented, token, now) {
            Verdict::Refuse => return Ok(Used::Refused),
            Verdict::Stolen => {
                stolen(vault, &tx, now, &found, browser.source).await?;
                tx.commit().await?;
                return Ok(Used::Refused);
            }
            Verdict::Repeat => return repeat(vault, &tx, now, &found).await,
            Verdict::Rotate => {
                if let Some(used) = rotate(vault, &tx, now, (&found, presented), browser).await? {
                    tx.commit().await?;
                    return Ok(used);
                }
            }
        }
    }
    Err(Fault::unavailable("an automatic sign-in lost its gate twice"))
}

/// `None` when another request was faster.
async fn rotate(
    vault: &Vault,
    tx: &Acting,
    now: Moment,
    (found, presented): (&Automatic, i32),
    browser: Browser<'_>,
) -> Result<Option<Used>, Fault> {
    if !tx.account().is_active() {
        return Ok(Some(Used::Refused));
    }
    let generation = found.generation.saturating_add(1);
    let secret = vault.automatic.session_secret(found.id, generation);
    let (id, account) = (found.session, found.account);
    // What was proven on this computer, and when: using the token proves nothing.
    let (auth_time, methods) = (found.auth_time, found.methods);
    let session = Session { id, account, auth_time, shared: false, methods };
    let session = acts::sessions::begin_as(vault, tx, now, session, &secret, browser).await?;
    let token = vault.automatic.token(found.id, generation);
    let (session_id, ends_at, source) = (session.id, ends_at(vault, now), browser.source);
    let next = Use { presented, token: &token, session: session_id, ends_at, source };
    if !store::spend_token(tx, now, (found.id, found.generation), next).await? {
        return Ok(None);
    }
    let kind = Kind::SignedInAutomatically;
    let event = NewEvent { account: found.account, kind, source: browser.source, detail: "" };
    history::record(tx, now, &vault.random, event).await?;
    Ok(Some(Used::SignedIn { session, secret, token }))
}

/// The same session and the same cookies once more, unless the session has moved on or ended.
async fn repeat(vault: &Vault, tx: &Acting, now: Moment, found: &Automatic) -> Result<Used, Fault> {
    let secret = vault.automatic.session_secret(found.id, found.generation);
    let lifetime = (&vault.settings.session).into();
    let named = [(found.session, secret.clone())];
    let live = session::store::find_live(tx, now, lifetime, &named).await?;
    let token = vault.automatic.token(found.id, found.generation);
    Ok(match live.into_iter().next() {
        Some((session, _)) => Used::SignedIn { session, secret, token },
        None => Used::Refused,
    })
}

/// Somebody has a copy: every automatic sign-in of the account ends, with the sessions that they began, and the
/// owner is told (RM-02).
async fn stolen(
    vault: &Vault,
    tx: &Acting,
    now: Moment,
    found: &Automatic,
    source: &Source,
) -> Result<(), Fault> {
    tracing::warn!(account = %found.account, "A consumed automatic sign-in was presented; all of the account's are dropped");
    for live in store::list_of_account(tx, now, found.account).await? {
        acts::sessions::end(vault, tx, now, live.session).await?;
    }
    store::end_of_account(tx, now, found.account).await?;
    let event = NewEvent { account: found.account, kind: Kind::AutomaticSignInStolen, source, detail: "" };
    history::record(tx, now, &vault.random, event).await?;
    for letter in letters::stolen(&vault.site, tx.account())? {
        tell::owner::post(vault, tx, now, &letter).await?;
    }
    Ok(())
}

/// Whose automatic sign-ins a browser holds.
pub async fn accounts_of(vault: &Vault, tokens: &[String]) -> Result<Vec<AccountId>, Fault> {
    let named = tokens.iter().filter_map(|token| vault.automatic.read(token));
    let ids: Vec<_> = named.map(|(id, _)| id).collect();
    let found = store::list(vault.db.reader(), &ids).await?;
    Ok(found.into_iter().map(|found| found.account).collect())
}

/// Ends those automatic sign-ins of the account whose tokens a browser holds: at “Sign Out” and “forget this
/// account”.
pub async fn end_presented<'a>(
    vault: &Vault,
    tx: &Acting,
    now: Moment,
    tokens: impl Iterator<Item = &'a str>,
) -> Result<(), Fault> {
    for (id, _) in tokens.filter_map(|token| vault.automatic.read(token)) {
        let Some(found) = store::find(tx, id).await? else { continue };
        if found.account == tx.id() {
            store::end(tx, now, id).await?;
        }
    }
    Ok(())
}
