//! Names that may be used once: the `jti` of a proof, the state of a sign-in, a token that was revoked alone. The row
//! decides, on whatever node. A name is kept for longer than what it names could be good, whichever clock is asked.
//! Knows nothing of what is named.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::{ConnectionTrait, Statement, Value};

use crate::{Fault, clock::Moment, secrets, sweep::Over};

/// The table that names are used up in; each half has its own.
pub const OVER: Over = Over::uses("used_once", "ends_at");

/// One name, for one purpose. Only its digest is stored: a name has no place in a table that everybody with a backup
/// can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    digest: String,
    ends_at: Moment,
}

impl Once {
    /// `parts` name the thing within its purpose; they are told apart wherever one ends. `ends_at` is when it is
    /// refused for its age.
    pub fn new(purpose: &str, parts: &[&str], ends_at: Moment) -> Self {
        let mut name = purpose.as_bytes().to_vec();
        for part in parts {
            name.extend(part.len().to_be_bytes());
            name.extend(part.as_bytes());
        }
        Self { digest: URL_SAFE_NO_PAD.encode(secrets::digest(&name)), ends_at }
    }

    /// Uses the name up; true for exactly one caller, ever.
    pub async fn spend(&self, db: &impl ConnectionTrait) -> Result<bool, Fault> {
        let sql = "INSERT INTO used_once (id, ends_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
        let values = [self.digest.as_str().into(), self.ends_at.into()];
        Ok(db.execute_raw(statement(db, sql, values)).await?.rows_affected() == 1)
    }

    /// Uses up a name that may be used once in a while; true for the one caller who did, until it ends.
    pub async fn spend_anew(&self, db: &impl ConnectionTrait, now: Moment) -> Result<bool, Fault> {
        if self.spend(db).await? {
            return Ok(true);
        }
        let sql = "UPDATE used_once SET ends_at = $2 WHERE id = $1 AND ends_at <= $3";
        let values = [self.digest.as_str().into(), self.ends_at.into(), now.into()];
        Ok(db.execute_raw(statement(db, sql, values)).await?.rows_affected() == 1)
    }

    /// Whether it was used up and has not ended.
    pub async fn is_spent_beyond(&self, db: &impl ConnectionTrait, now: Moment) -> Result<bool, Fault> {
        let sql = "SELECT 1 FROM used_once WHERE id = $1 AND ends_at > $2";
        Ok(db.query_one_raw(statement(db, sql, [self.digest.as_str().into(), now.into()])).await?.is_some())
    }

    pub async fn is_spent(&self, db: &impl ConnectionTrait) -> Result<bool, Fault> {
        let sql = "SELECT 1 FROM used_once WHERE id = $1";
        Ok(db.query_one_raw(statement(db, sql, [self.digest.as_str().into()])).await?.is_some())
    }
}

fn statement(db: &impl ConnectionTrait, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_different_parts_and_purposes_are_different() {
        let name = |purpose: &str, parts: &[&str]| Once::new(purpose, parts, Moment::default());
        assert_eq!(name("a", &["b", "c"]), name("a", &["b", "c"]));
        assert_ne!(name("a", &["b", "c"]), name("a", &["bc", ""]));
        assert_ne!(name("a", &["b"]), name("ab", &[""]));
        assert_ne!(name("a", &["b"]), name("c", &["b"]));
    }
}
