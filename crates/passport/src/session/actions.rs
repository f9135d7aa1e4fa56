//! Beginning and ending sessions, with all that hangs on them.
use platform::{Fault, clock::Moment, db::Tx, random::Random};

use super::{Lifetime, Session, SessionId, store};
use crate::{account::AccountId, grant, jobs::tell_clients, state::Passport};

/// Begins a session for a person who just proved who they are; answers it with its secret.
/// Every sign-in makes a new one, so that a planted cookie is worth nothing (BR-04).
async fn begin(
    tx: &Tx,
    now: Moment,
    random: &Random,
    lifetime: Lifetime,
    account: AccountId,
) -> Result<(Session, String), Fault> {
    let session = Session { id: SessionId::new(now, random), account, auth_time: now };
    let secret = random.token();
    store::add_session(tx, now, lifetime, &session, &secret).await?;
    Ok((session, secret))
}

/// Signs a person in: again, in the session that this browser has for them already (its `sid` stays, so the
/// other sites stay signed in; its cookie is worth nothing any more), or in a new one.
pub async fn begin_or_renew(
    tx: &Tx,
    now: Moment,
    random: &Random,
    lifetime: Lifetime,
    account: AccountId,
    current: Option<&Session>,
) -> Result<(Session, String), Fault> {
    if let Some(current) = current.filter(|session| session.account == account) {
        let secret = random.token();
        if store::set_renewed(tx, now, lifetime, current.id, &secret).await? {
            return Ok((Session { auth_time: now, ..current.clone() }, secret));
        }
    }
    begin(tx, now, random, lifetime, account).await
}

/// Ends a session: its row, the grants that live only as long as it does, and a message to every client
/// that was signed in through it. Answers the names of these clients.
pub async fn end(passport: &Passport, tx: &Tx, now: Moment, id: SessionId) -> Result<Vec<String>, Fault> {
    if !store::spend_session(tx, now, id).await? {
        return Ok(vec![]);
    }
    let told = tell_clients::enqueue(passport, tx, now, id).await?;
    grant::store::revoke_of_session(tx, id).await?;
    Ok(told)
}

/// Ends every session of an account, as a reset, a disabling or “sign out everywhere” does.
pub async fn end_all(passport: &Passport, tx: &Tx, now: Moment, account: AccountId) -> Result<usize, Fault> {
    let sessions = store::list_live(tx, now, account).await?;
    for id in &sessions {
        end(passport, tx, now, *id).await?;
    }
    Ok(sessions.len())
}
