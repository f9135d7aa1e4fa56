//! Beginning and ending sessions, with all that hangs on them.
use platform::{Fault, clock::Moment, random::Random};

use super::{Browser, Lifetime, Session, SessionId, store};
use crate::{
    account::{AccountId, acting::Acting},
    automatic, grant,
    jobs::tell_clients,
    state::Passport,
};

/// Signs a person in who just proved who they are: again, in the session that this browser has for them already
/// (its `sid` stays, so the other sites stay signed in; its cookie is worth nothing any more), or in a new one.
/// Either way the secret is new, so that a planted cookie is worth nothing (BR-04).
pub async fn begin_or_renew(
    tx: &Acting,
    now: Moment,
    random: &Random,
    lifetime: Lifetime,
    account: AccountId,
    browser: Browser<'_>,
) -> Result<(Session, String), Fault> {
    let secret = random.token();
    let id = browser.session_of(account).map_or_else(|| SessionId::new(now, random), |session| session.id);
    let session = Session { id, account, auth_time: now, shared: browser.shared };
    let session = begin_as(tx, now, random, lifetime, session, &secret, browser).await?;
    Ok((session, secret))
}

/// Begins `session`, or begins it anew if it is there and was not ended, with a given secret. Ended meanwhile: a
/// new one of the same account and proof is begun.
pub async fn begin_as(
    tx: &Acting,
    now: Moment,
    random: &Random,
    lifetime: Lifetime,
    session: Session,
    secret: &str,
    browser: Browser<'_>,
) -> Result<Session, Fault> {
    if store::set_renewed(tx, now, lifetime, &session, secret, browser).await? {
        return Ok(session);
    }
    let taken = store::find_account(tx, session.id).await?.is_some();
    let session = if taken { Session { id: SessionId::new(now, random), ..session } } else { session };
    store::add_session(tx, now, lifetime, &session, secret, browser).await?;
    Ok(session)
}

/// Ends a session: its row, the grants that live only as long as it does, and a message to every client
/// that was signed in through it. Answers the names of these clients.
pub async fn end(passport: &Passport, tx: &Acting, now: Moment, id: SessionId) -> Result<Vec<String>, Fault> {
    if !store::spend_session(tx, now, id).await? {
        return Ok(vec![]);
    }
    let told = tell_clients::enqueue(passport, tx, now, id).await?;
    grant::store::revoke_of_session(tx, id).await?;
    Ok(told)
}

/// Ends every session of an account and every automatic sign-in, as a reset, a disabling or “sign out
/// everywhere” does (RM-03). Answers how many sessions there were.
pub async fn end_all(
    passport: &Passport,
    tx: &Acting,
    now: Moment,
    account: AccountId,
) -> Result<usize, Fault> {
    end_others(passport, tx, now, account, None).await
}

/// The same for all sessions but `kept`: for the person who changes a password and stays where they are.
pub async fn end_others(
    passport: &Passport,
    tx: &Acting,
    now: Moment,
    account: AccountId,
    kept: Option<SessionId>,
) -> Result<usize, Fault> {
    automatic::store::end_of_account(tx, now, account).await?;
    let sessions: Vec<_> =
        store::list_live(tx, now, account).await?.into_iter().filter(|id| Some(*id) != kept).collect();
    for id in &sessions {
        end(passport, tx, now, *id).await?;
    }
    Ok(sessions.len())
}
