//! Wrong guesses in a row at one account on computers that it does not know: after so many, new computers wait, and
//! each further guess doubles the wait (NIST SP 800-63B §3.2.2).
use std::{sync::LazyLock, time::Duration};

use platform::{
    Fault,
    clock::Moment,
    db::{Asks, Fixed},
};
use sea_orm::{ConnectionTrait, Statement};

use crate::account::{AccountId, acting::Acting};

/// The first wait, and the longest: the owner has known computers, recovery, and a letter that says so.
const FIRST: Duration = Duration::from_secs(3600);
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);

static GUESSED_AT: LazyLock<Fixed> = LazyLock::new(|| {
    Fixed::of(
        "SELECT account.id, guess_streak.waits_until FROM account \
         LEFT JOIN guess_streak ON guess_streak.account_id = account.id WHERE account.email_key = $1",
    )
});

/// The account of an address, and until when guesses at it wait on unknown computers, if they do.
pub async fn find_guessed_at(
    db: &impl Asks,
    email_key: &str,
) -> Result<Option<(AccountId, Option<Moment>)>, Fault> {
    db.find(&GUESSED_AT, vec![email_key.into()], |row| Ok((row.read()?, row.read()?))).await
}

/// Counts a guess that may turn out wrong; answers how many there were in a row with it. `most` may be
/// made freely.
pub async fn count(
    db: &impl ConnectionTrait,
    now: Moment,
    account: AccountId,
    most: u32,
) -> Result<u32, Fault> {
    let sql = "INSERT INTO guess_streak (account_id, failures, waits_until) VALUES ($1, 1, 0) \
               ON CONFLICT (account_id) DO UPDATE SET failures = guess_streak.failures + 1 RETURNING failures";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [account.into()]);
    let row = db.query_one_raw(statement).await?.ok_or_else(|| Fault::bug("a count gave no row"))?;
    let failures: i64 = row.try_get("", "failures")?;
    let failures = u32::try_from(failures).unwrap_or(u32::MAX);
    if let Some(wait) = wait(failures, most) {
        let sql = "UPDATE guess_streak SET waits_until = $2 WHERE account_id = $1";
        let values = [account.into(), (now + wait).into()];
        db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    }
    Ok(failures)
}

/// A right guess, or a new password: the row is over.
pub async fn end(db: &Acting, account: AccountId) -> Result<(), Fault> {
    let sql = "UPDATE guess_streak SET failures = 0, waits_until = 0 WHERE account_id = $1";
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [account.into()])).await?;
    Ok(())
}

/// How long the next guess waits after `failures` in a row, when `most` may be made freely.
fn wait(failures: u32, most: u32) -> Option<Duration> {
    let beyond = failures.checked_sub(most)?;
    let doubled = FIRST.checked_mul(1_u32.checked_shl(beyond.min(31)).unwrap_or(u32::MAX));
    Some(doubled.unwrap_or(LONGEST).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_from_the_hundredth_guess_on_and_has_an_end() {
        let hours = |failures| wait(failures, 100).map(|wait| wait.as_secs() / 3600);
        assert_eq!(hours(99), None);
        assert_eq!([hours(100), hours(101), hours(102), hours(107)], [Some(1), Some(2), Some(4), Some(128)]);
        assert_eq!([hours(108), hours(140), hours(u32::MAX)], [Some(168); 3]);
    }
}
