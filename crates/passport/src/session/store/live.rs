//! Whether a session lives, in fixed words: most requests of people ask for it.
use std::sync::LazyLock;

use oidc::assurance::Methods;
use platform::{
    Fault,
    clock::Moment,
    db::{Asks, Fixed, Row},
    secrets,
};

use crate::{
    account::{self, Account},
    session::{Lifetime, Session, SessionId, Times, proven_by},
};

/// What [`read_times`] reads, whatever stands beside it.
pub const TIMES: &str = "session.ended_at, session.ends_at, session.seen_at, session.shared";

/// The times of a session from the columns of [`TIMES`]; `None` where an outer join found no session.
pub fn read_times(row: &mut Row<'_>) -> Result<Option<Times>, Fault> {
    let ended_at = row.read()?;
    let rest = (row.read::<Option<Moment>>()?, row.read::<Option<Moment>>()?, row.read::<Option<bool>>()?);
    let (Some(ends_at), Some(seen_at), Some(shared)) = rest else { return Ok(None) };
    Ok(Some(Times { ended_at, ends_at, seen_at, shared }))
}

static IS_LIVE: LazyLock<Fixed> =
    LazyLock::new(|| Fixed::of(format!("SELECT {TIMES} FROM session WHERE session.id = $1")));

/// True while the session's row has not been ended and its time has not run out.
pub async fn is_live(db: &impl Asks, now: Moment, lifetime: Lifetime, id: SessionId) -> Result<bool, Fault> {
    let times = db.find(&IS_LIVE, vec![id.into()], read_times).await?.flatten();
    Ok(times.is_some_and(|times| times.is_live(now, lifetime)))
}

/// A live session, whose it is, and when it was last used.
pub type Person = (Session, Account, Moment);

static PERSON: LazyLock<Fixed> = LazyLock::new(|| {
    Fixed::of(format!(
        "SELECT session.id, session.account_id, session.auth_time, session.shared, session.methods, session.methods_at, \
         session.secret_digest, {TIMES}, {} \
         FROM session JOIN account ON account.id = session.account_id WHERE session.id = $1",
        account::store::COLUMNS,
    ))
});

struct Known {
    session: Session,
    secret_digest: Vec<u8>,
    times: Option<Times>,
    account: Account,
}

fn known(row: &mut Row<'_>) -> Result<Known, Fault> {
    let (id, account, auth_time, shared) = (row.read()?, row.read()?, row.read()?, row.read()?);
    let methods = proven_by(row.text(Methods::parse)?, auth_time, row.read()?);
    let session = Session { id, account, auth_time, shared, methods };
    Ok(Known {
        session,
        secret_digest: row.read()?,
        times: read_times(row)?,
        account: account::store::read(row)?,
    })
}

/// The person of a session that a browser names, with its secret; nobody when it has ended, or the account is not active.
pub async fn find_person(
    db: &impl Asks,
    now: Moment,
    lifetime: Lifetime,
    (id, secret): &(SessionId, String),
) -> Result<Option<Person>, Fault> {
    let Some(known) = db.find(&PERSON, vec![(*id).into()], known).await? else { return Ok(None) };
    let is_theirs = secrets::same(&known.secret_digest, &secrets::digest(secret.as_bytes()));
    let times = known.times.filter(|times| is_theirs && times.is_live(now, lifetime));
    Ok(times.filter(|_| known.account.is_active()).map(|times| (known.session, known.account, times.seen_at)))
}
