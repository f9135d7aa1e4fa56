//! Statements in fixed words, for what hot requests ask: written once, and their rows read column by column. To build a
//! query each time, and a row of names for its answer, cost several times what the engine takes (decision 0072). Knows
//! no table.
use rusqlite::types::ValueRef;
use sea_orm::{
    ActiveEnum, ConnectionTrait, DbBackend, Value,
    sqlx::{self, Row as _, ValueRef as _, postgres::PgRow},
};
use uuid::Uuid;

use super::Int;
use crate::{Fault, clock::Moment};

/// A statement as each engine is told it. Values stand as `$1`, `$2` and so on.
pub struct Fixed {
    sqlite: String,
    postgres: String,
}

impl Fixed {
    pub fn of(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { postgres: text.clone(), sqlite: text }
    }

    /// A question that locks what it finds (`FOR UPDATE OF account FOR SHARE OF client`), in this order. The one writer
    /// of SQLite needs no locks.
    pub fn locking(text: impl Into<String>, locks: &str) -> Self {
        let sqlite = text.into();
        Self { postgres: format!("{sqlite} {locks}"), sqlite }
    }

    pub(super) fn text(&self, backend: DbBackend) -> &str {
        if backend == DbBackend::Postgres { &self.postgres } else { &self.sqlite }
    }
}

/// Makes something of a row.
pub type Read<T> = fn(&mut Row<'_>) -> Result<T, Fault>;

/// What may be asked in fixed words.
pub trait Asks: ConnectionTrait {
    /// The first row that there is.
    fn find<T: Send + 'static>(
        &self,
        question: &'static Fixed,
        values: Vec<Value>,
        read: Read<T>,
    ) -> impl Future<Output = Result<Option<T>, Fault>> + Send;
}

/// A row of an answer, read from left to right.
pub struct Row<'a> {
    of: Of<'a>,
    at: usize,
}

enum Of<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a PgRow),
}

impl<'a> Row<'a> {
    pub(super) const fn of_sqlite(row: &'a rusqlite::Row<'a>) -> Self {
        Self { of: Of::Sqlite(row), at: 0 }
    }

    pub(super) const fn of_postgres(row: &'a PgRow) -> Self {
        Self { of: Of::Postgres(row), at: 0 }
    }

    fn step(&mut self) -> usize {
        let at = self.at;
        self.at += 1;
        at
    }

    /// The next column.
    pub fn read<T: Cell>(&mut self) -> Result<T, Fault> {
        let at = self.step();
        match self.of {
            Of::Sqlite(row) => {
                let value = row.get_ref(at).map_err(Fault::bug)?;
                T::of_sqlite(value).ok_or_else(|| unlike(at, std::any::type_name::<T>()))
            }
            Of::Postgres(row) => T::of_postgres(row, at).map_err(Fault::bug),
        }
    }

    /// The next column, a text, without a copy of it.
    pub fn text<T>(&mut self, read: impl FnOnce(&str) -> T) -> Result<T, Fault> {
        let at = self.step();
        match self.of {
            Of::Sqlite(row) => {
                let value = row.get_ref(at).map_err(Fault::bug)?;
                Ok(read(value.as_str().map_err(|_| unlike(at, "text"))?))
            }
            Of::Postgres(row) => Ok(read(row.try_get(at).map_err(Fault::bug)?)),
        }
    }

    /// The next column, a word that its entity has a type for.
    pub fn word<T: ActiveEnum<Value = String>>(&mut self) -> Result<T, Fault> {
        let word: String = self.read()?;
        T::try_from_value(&word).map_err(Fault::bug)
    }

    /// Leaves out so many columns.
    pub const fn skip(&mut self, columns: usize) {
        self.at += columns;
    }
}

fn unlike(at: usize, what: &str) -> Fault {
    Fault::bug(format!("column {at} of a row does not hold {what}"))
}

/// What a column can be read as.
pub trait Cell: Sized {
    /// `None`: the value is of another kind.
    fn of_sqlite(value: ValueRef<'_>) -> Option<Self>;
    fn of_postgres(row: &PgRow, at: usize) -> Result<Self, sqlx::Error>;
}

impl Cell for i64 {
    fn of_sqlite(value: ValueRef<'_>) -> Option<Self> {
        value.as_i64().ok()
    }

    fn of_postgres(row: &PgRow, at: usize) -> Result<Self, sqlx::Error> {
        row.try_get(at)
    }
}

impl Cell for Int {
    fn of_sqlite(value: ValueRef<'_>) -> Option<Self> {
        value.as_i64().ok()?.try_into().ok().map(Self)
    }

    fn of_postgres(row: &PgRow, at: usize) -> Result<Self, sqlx::Error> {
        row.try_get(at).map(Self)
    }
}

impl Cell for Moment {
    fn of_sqlite(value: ValueRef<'_>) -> Option<Self> {
        i64::of_sqlite(value).map(Self::from_unix_millis)
    }

    fn of_postgres(row: &PgRow, at: usize) -> Result<Self, sqlx::Error> {
        i64::of_postgres(row, at).map(Self::from_unix_millis)
    }
}

impl Cell for bool {
    fn of_sqlite(value: ValueRef<'_>) -> Option<Self> {
        value.as_i64().ok().map(|number| number != 0)
    }

    fn of_postgres(row: &PgRow, at: usize) -> Result<Self, sqlx::Error> {
        row.try_get(at)
    }
}

impl Cell for String {
    fn of_sqlite(value: ValueRef<'_>) -> Option<Self> {
        value.as_str().ok().map(str::to_owned)
    }

    fn of_postgres(row: &PgRow, at: usize) -> Result<Self, sqlx::Error> {
        row.try_get(at)
    }
}

impl Cell for Vec<u8> {
    fn of_sqlite(value: ValueRef<'_>) -> Option<Self> {
        value.as_blob().ok().map(<[u8]>::to_vec)
    }

    fn of_postgres(row: &PgRow, at: usize) -> Result<Self, sqlx::Error> {
        row.try_get(at)
    }
}

impl Cell for Uuid {
    fn of_sqlite(value: ValueRef<'_>) -> Option<Self> {
        Self::from_slice(value.as_blob().ok()?).ok()
    }

    fn of_postgres(row: &PgRow, at: usize) -> Result<Self, sqlx::Error> {
        row.try_get(at)
    }
}

impl<T: Cell> Cell for Option<T> {
    fn of_sqlite(value: ValueRef<'_>) -> Option<Self> {
        if value == ValueRef::Null { Some(None) } else { T::of_sqlite(value).map(Some) }
    }

    fn of_postgres(row: &PgRow, at: usize) -> Result<Self, sqlx::Error> {
        if row.try_get_raw(at)?.is_null() { Ok(None) } else { T::of_postgres(row, at).map(Some) }
    }
}

/// Makes a newtype over another cell one, too.
#[macro_export]
macro_rules! cell_of {
    ($type:ty, $inner:ty) => {
        impl $crate::db::Cell for $type {
            fn of_sqlite(value: $crate::db::through::words::ValueRef<'_>) -> Option<Self> {
                <$inner as $crate::db::Cell>::of_sqlite(value).map(Self)
            }

            fn of_postgres(
                row: &$crate::db::through::words::PgRow,
                at: usize,
            ) -> Result<Self, $crate::db::through::words::SqlxError> {
                <$inner as $crate::db::Cell>::of_postgres(row, at).map(Self)
            }
        }
    };
}
