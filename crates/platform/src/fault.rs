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
        if Cause::of(&error).passes() { Self::Unavailable(text) } else { Self::Bug(text) }
    }
}

/// Why the database refused. A closed set: each is counted under its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// Two transactions waited for one another, or saw what the other changed; the same again may succeed.
    Conflict,
    /// A row, or SQLite's file, was locked for longer than we wait.
    Locked,
    /// The server ended a statement that took too long, or was told to end it.
    Cancelled,
    /// It takes no writes: a standby, or the former primary after a switchover.
    ReadOnly,
    /// The disk is full.
    Full,
    /// Reading or writing the file failed.
    Disk,
    /// There is no connection.
    Away,
    /// A UNIQUE or another constraint; the statement is at fault, not the database.
    Constraint,
    Other,
}

impl Cause {
    pub const ALL: [Self; 9] = [
        Self::Conflict,
        Self::Locked,
        Self::Cancelled,
        Self::ReadOnly,
        Self::Full,
        Self::Disk,
        Self::Away,
        Self::Constraint,
        Self::Other,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Conflict => "conflict",
            Self::Locked => "locked",
            Self::Cancelled => "cancelled",
            Self::ReadOnly => "read_only",
            Self::Full => "full",
            Self::Disk => "disk",
            Self::Away => "away",
            Self::Constraint => "constraint",
            Self::Other => "other",
        }
    }

    /// True for what is better later: 503, not 500.
    pub const fn passes(self) -> bool {
        !matches!(self, Self::Constraint | Self::Other)
    }

    pub fn of(error: &DbErr) -> Self {
        match error {
            DbErr::ConnectionAcquire(_) => Self::Away,
            DbErr::Exec(RuntimeErr::SqlxError(source)) | DbErr::Query(RuntimeErr::SqlxError(source)) => {
                of_driver(source)
            }
            DbErr::Conn(RuntimeErr::SqlxError(source)) => match of_driver(source) {
                Self::Other => Self::Away,
                known => known,
            },
            DbErr::Conn(_) => Self::Away,
            _ => Self::Other,
        }
    }
}

fn of_driver(error: &sqlx::Error) -> Cause {
    use sqlx::Error;
    match error {
        Error::Io(_) | Error::Tls(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed => {
            Cause::Away
        }
        Error::Database(error) => error.code().map_or(Cause::Other, |code| match code.len() {
            5 => of_postgres(&code),
            _ => code.parse().map_or(Cause::Other, of_sqlite),
        }),
        _ => Cause::Other,
    }
}

/// SQLSTATE, PostgreSQL appendix A.
fn of_postgres(code: &str) -> Cause {
    match code {
        "40001" | "40P01" => Cause::Conflict,
        "55P03" => Cause::Locked,
        "57014" => Cause::Cancelled,
        "25006" => Cause::ReadOnly,
        "53100" => Cause::Full,
        "58030" => Cause::Disk,
        // 25P03: the transaction idled too long. 08 connection, 53 resources, 57 operator intervention.
        "25P03" => Cause::Away,
        _ if ["08", "53", "57"].iter().any(|class| code.starts_with(class)) => Cause::Away,
        _ if code.starts_with("23") => Cause::Constraint,
        _ => Cause::Other,
    }
}

/// SQLite's result codes with their extended forms (sqlite.org/rescode.html).
fn of_sqlite(code: u32) -> Cause {
    match code & 0xff {
        5 | 6 => Cause::Locked,
        8 => Cause::ReadOnly,
        10 => Cause::Disk,
        13 => Cause::Full,
        14 => Cause::Away,
        19 => Cause::Constraint,
        _ => Cause::Other,
    }
}
