//! What goes wrong through nobody's request: a dependency that is away, or our own mistake. Not a refusal.
use sea_orm::{DbErr, RuntimeErr, sqlx};

/// A fault rolls the transaction back and becomes 503 or 500 at the door; refusals are values, not faults.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database, or another part that we depend on, cannot be reached now. The caller may try again.
    #[error("{0}")]
    Unavailable(String),
    /// A mistake of ours or broken data: the page shows a reference, the log the text.
    #[error("{0}")]
    Bug(String),
}

impl Fault {
    pub fn bug(text: impl std::fmt::Display) -> Self {
        Self::Bug(text.to_string())
    }

    pub fn unavailable(text: impl std::fmt::Display) -> Self {
        Self::Unavailable(text.to_string())
    }
}

impl From<DbErr> for Fault {
    fn from(error: DbErr) -> Self {
        let text = error.to_string();
        match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(text),
            DbErr::Exec(RuntimeErr::SqlxError(source)) | DbErr::Query(RuntimeErr::SqlxError(source))
                if is_away(source) =>
            {
                Self::Unavailable(text)
            }
            _ => Self::Bug(text),
        }
    }
}

/// Errors that pass: no connection, a server that is stopping, a file that is busy or on a full disk.
fn is_away(error: &sqlx::Error) -> bool {
    use sqlx::Error;
    match error {
        Error::Io(_) | Error::Tls(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed => true,
        Error::Database(error) => error.code().is_some_and(|code| {
            // PostgreSQL classes 08 connection, 53 resources, 57 operator intervention, 40001/40P01 conflicts;
            // SQLite 5 busy (with its extended codes), 10 I/O, 13 full.
            code.starts_with("08")
                || code.starts_with("53")
                || code.starts_with("57")
                || code == "40001"
                || code == "40P01"
                || code
                    .parse::<u32>()
                    .is_ok_and(|code| code < 10_000 && matches!(code & 0xff, 5 | 6 | 10 | 13))
        }),
        _ => false,
    }
}

/// True when `error` is the refusal of a UNIQUE constraint: somebody else was first.
pub fn is_taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
}
