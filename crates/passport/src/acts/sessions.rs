//! Beginning and ending sessions, with all that hangs on them.
use oidc::assurance::Methods;
use platform::{
    Fault,
    clock::Moment,
    security_event::{By, Event, Note},
};

use crate::{
    account::{AccountId, acting::Acting},
    automatic,
    desk::Desk,
    grant,
    history::{self, Kind, NewEvent, Source},
    session::{BATCH, Browser, Lifetime, Session, SessionId, store},
    tell::{self},
};

/// Signs a person in who just proved who they are, by `methods`: again, in the session that this browser has for them already
/// (its `sid` stays, so the other sites stay signed in; its cookie is worth nothing any more), or in a new one.
/// Either way the secret is new, so that a planted cookie is worth nothing (BR-04).
pub async fn begin_or_renew(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    (methods, auth_time): (Methods, Moment),
    browser: Browser<'_>,
) -> Result<(Session, String), Fault> {
    let (random, account) = (&desk.random, tx.id());
    let secret = random.token();
    let id = browser.session_of(account).map_or_else(|| SessionId::new(now, random), |session| session.id);
    let session = Session { id, account, auth_time, shared: browser.shared, methods };
    let session = match browser.session_of(account) {
        Some(_) => begin_as(desk, tx, now, session, &secret, browser).await?,
        None => begin_new(desk, tx, now, session, &secret, browser).await?,
    };
    Ok((session, secret))
}

/// Begins `session`, or begins it anew if it is there and was not ended, with a given secret. Ended meanwhile: a
/// new one of the same account and proof is begun.
pub async fn begin_as(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    session: Session,
    secret: &str,
    browser: Browser<'_>,
) -> Result<Session, Fault> {
    let lifetime = (&desk.settings.session).into();
    if store::set_renewed(tx, now, lifetime, &session, secret, browser).await? {
        return Ok(session);
    }
    let taken = store::find_account(tx, session.id).await?.is_some();
    let id = if taken { SessionId::new(now, &desk.random) } else { session.id };
    begin_new(desk, tx, now, Session { id, ..session }, secret, browser).await
}

/// Begins a session that is not there. When the account has too many then, the oldest end.
async fn begin_new(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    session: Session,
    secret: &str,
    browser: Browser<'_>,
) -> Result<Session, Fault> {
    let lifetime = (&desk.settings.session).into();
    store::add_session(tx, now, lifetime, &session, secret, browser).await?;
    let most = u64::from(desk.settings.session.most_sessions);
    for oldest in store::list_beyond(tx, session.account, most).await? {
        end(desk, tx, now, oldest).await?;
    }
    Ok(session)
}

/// Ends a session: its row, the grants that live only as long as it does, and a message to every client
/// that was signed in through it. Answers the names of these clients.
pub async fn end(desk: &Desk, tx: &Acting, now: Moment, id: SessionId) -> Result<Vec<String>, Fault> {
    Ok(end_open(desk, tx, now, id).await?.unwrap_or_default())
}

/// The same; `None` when it was ended before.
async fn end_open(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    id: SessionId,
) -> Result<Option<Vec<String>>, Fault> {
    if !store::spend_session(tx, now, id).await? {
        return Ok(None);
    }
    let told = tell::clients::enqueue(desk, tx, now, &[id]).await?;
    grant::store::revoke_of_session(tx, id).await?;
    Ok(Some(told))
}

/// Ends a session as “Sign Out” in its browser would: with the automatic sign-ins that lead into it.
pub async fn sign_out(desk: &Desk, tx: &Acting, now: Moment, id: SessionId) -> Result<Vec<String>, Fault> {
    let told = end(desk, tx, now, id).await?;
    for automatic in automatic::store::list_of_session(tx, now, tx.id(), id).await? {
        automatic::store::end(tx, now, automatic).await?;
    }
    Ok(told)
}

/// Ends every session of an account and every automatic sign-in, as a reset, a disabling or “sign out
/// everywhere” does (RM-03). Answers how many sessions there were.
pub async fn end_all(desk: &Desk, tx: &Acting, now: Moment, account: AccountId) -> Result<usize, Fault> {
    end_others(desk, tx, now, account, None).await
}

/// By the operator's word: all sessions, all automatic sign-ins, all grants, as “sign out everywhere” does. `None`
/// when there is no such account.
pub async fn end_by_operator(desk: &Desk, now: Moment, id: AccountId) -> Result<Option<usize>, Fault> {
    let Some(tx) = Acting::on(&desk.db, id).await? else { return Ok(None) };
    let ended = end_all(desk, &tx, now, id).await?;
    grant::store::revoke_of_account(&tx, id).await?;
    tx.raise_epoch().await?;
    let (kind, source) = (Kind::SessionsEnded, &Source::default());
    let event = NewEvent { account: id, kind, source, detail: "" };
    history::record(&tx, now, &desk.random, event).await?;
    tx.commit().await?;
    Ok(Some(ended))
}

/// The same for all sessions but `kept`: for the person who changes a password and stays where they are. However
/// many there are, it takes a handful of statements, and a job for each message.
pub async fn end_others(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    account: AccountId,
    kept: Option<SessionId>,
) -> Result<usize, Fault> {
    let mut open = store::list_open(tx, account).await?;
    open.retain(|id| Some(*id) != kept);
    store::spend_others(tx, now, account, kept).await?;
    tell::clients::enqueue(desk, tx, now, &open).await?;
    grant::store::revoke_of_other_sessions(tx, account, kept).await?;
    automatic::store::end_of_account(tx, now, account).await?;
    Ok(open.len())
}

/// Ends sessions whose time is over, as Sign Out does; their automatic sign-ins stay. One transaction an account,
/// at most a batch of sessions; answers how many it looked at.
pub async fn end_lapsed(desk: &Desk, now: Moment) -> Result<usize, Fault> {
    let lifetime: Lifetime = (&desk.settings.session).into();
    let mut lapsed = store::list_lapsed(desk.db.reader(), now, lifetime, BATCH).await?;
    lapsed.sort_unstable();
    for of_one in lapsed.chunk_by(|(one, _), (other, _)| one == other) {
        let Some((account, _)) = of_one.first() else { continue };
        let Some(tx) = Acting::on(&desk.db, *account).await? else { continue };
        for (_, id) in of_one {
            // Somebody may have come back to it a moment ago.
            if !store::is_live(&tx, now, lifetime, *id).await?
                && end_open(desk, &tx, now, *id).await?.is_some()
            {
                tx.tell(Note::of(Event::SessionLapsed).account(tx.id()).by(By::Clock));
            }
        }
        tx.commit().await?;
    }
    Ok(lapsed.len())
}
