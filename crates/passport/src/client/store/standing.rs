//! What a request stands on, read at once: a grant with its account, its client and its session (decision 0072). Read
//! to be written for, all of it is locked in the order that everybody keeps (decision 0021).
use std::sync::LazyLock;

use platform::{
    Fault,
    clock::Moment,
    db::{Asks, Database, Fixed, Row, Tx},
};

use crate::{
    account::{
        self, Account,
        acting::{Acting, Refusal},
    },
    client::{Registered, store as clients},
    grant::{self, Grant, GrantId},
    session::{self, Lifetime, Session, Times},
};

/// A grant, whose it is and where.
#[derive(Clone, Debug)]
pub struct Standing {
    pub grant: Grant,
    pub account: Account,
    pub client: Registered,
}

static STANDING: LazyLock<Fixed> = LazyLock::new(|| {
    Fixed::of(format!(
        "SELECT {}, {}, {} FROM grants JOIN account ON account.id = grants.account_id \
         JOIN client ON client.id = grants.client_id WHERE grants.id = $1",
        grant::store::COLUMNS,
        account::store::COLUMNS,
        clients::COLUMNS,
    ))
});

pub async fn find_standing(db: &impl Asks, id: GrantId) -> Result<Option<Standing>, Fault> {
    let read = |row: &mut Row<'_>| {
        Ok(Standing {
            grant: grant::store::read(row)?,
            account: account::store::read(row)?,
            client: clients::read(row)?,
        })
    };
    db.find(&STANDING, vec![id.into()], read).await
}

/// What somebody who asks for a grant's tokens stands on; it stays so until the transaction ends.
#[derive(Clone, Debug)]
pub struct Held {
    pub grant: Grant,
    /// Whoever asks, be the grant theirs or not.
    pub caller: Registered,
    /// Of the grant's session, if it has one that is there.
    pub session: Option<Times>,
}

static HELD: LazyLock<Fixed> = LazyLock::new(|| {
    let text = format!(
        "SELECT {}, {}, {}, {} FROM grants JOIN account ON account.id = grants.account_id \
         JOIN client ON client.id = $2 LEFT JOIN session ON session.id = grants.session_id WHERE grants.id = $1",
        account::store::COLUMNS,
        grant::store::COLUMNS,
        clients::COLUMNS,
        session::store::TIMES,
    );
    // A session's end ends its grants, so that one that was waited for is seen by the grant.
    Fixed::locking(text, "FOR UPDATE OF account FOR SHARE OF client FOR UPDATE OF grants")
});

/// Begins to write for the account of a grant, at the word of this client. Else a transaction that holds nothing: there
/// is no such grant, or no such client any more.
pub async fn hold(db: &Database, id: GrantId, client_id: &str) -> Result<Result<(Acting, Held), Tx>, Fault> {
    let read = |row: &mut Row<'_>| {
        let account = account::store::read(row)?;
        let grant = grant::store::read(row)?;
        Ok((account, Held { grant, caller: clients::read(row)?, session: session::store::read_times(row)? }))
    };
    let tx = db.begin().await?;
    Ok(match tx.find(&HELD, vec![id.into(), client_id.into()], read).await? {
        Some((account, held)) => Ok((Acting::holding(tx, account), held)),
        None => Err(tx),
    })
}

static PERSON_AT: LazyLock<Fixed> = LazyLock::new(|| {
    let text = format!(
        "SELECT {}, {}, {} FROM account JOIN session ON session.id = $2 AND session.account_id = account.id \
         JOIN client ON client.id = $3 WHERE account.id = $1",
        account::store::COLUMNS,
        session::store::TIMES,
        clients::COLUMNS,
    );
    Fixed::locking(text, "FOR UPDATE OF account FOR SHARE OF session FOR SHARE OF client")
});

/// As [`Acting::in_session`], for what is given to a client, with the client as it is now and stays.
pub async fn hold_person(
    db: &Database,
    lifetime: Lifetime,
    now: Moment,
    (session, before): &(Session, Account),
    client_id: &str,
) -> Result<(Acting, Option<Registered>), Refusal> {
    let read = |row: &mut Row<'_>| {
        Ok((account::store::read(row)?, session::store::read_times(row)?, clients::read(row)?))
    };
    let tx = db.begin().await?;
    let values = vec![session.account.into(), session.id.into(), client_id.into()];
    let Some((account, times, client)) = tx.find(&PERSON_AT, values, read).await? else {
        drop(tx);
        // One of the three is gone: the long way finds out which.
        let tx = Acting::in_session(db, lifetime, now, session, before).await?;
        let client = clients::find_held(&tx, client_id).await?;
        return Ok((tx, client));
    };
    let is_live = times.is_some_and(|times| times.is_live(now, lifetime));
    if !account.is_active() || !is_live || account.epoch != before.epoch {
        return Err(Refusal::Ended);
    }
    Ok((Acting::holding(tx, account), Some(client)))
}
