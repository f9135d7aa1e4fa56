//! A number of 32 bits as columns hold it.
use sea_orm::{
    ColIdx, DbErr, QueryResult, TryFromU64, TryGetError, TryGetable, Value,
    sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr},
};
use serde::{Deserialize, Serialize};

/// The value of an INTEGER column. SQLite knows one kind of integers, of 64 bits, and says so; PostgreSQL's INTEGER has
/// 32. This reads both. What reads an `i32` from a row would find none on SQLite (tests/tidy/stored.rs).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Int(pub i32);

impl From<i32> for Int {
    fn from(number: i32) -> Self {
        Self(number)
    }
}

impl From<Int> for i32 {
    fn from(Int(number): Int) -> Self {
        number
    }
}

impl From<Int> for Value {
    fn from(Int(number): Int) -> Self {
        number.into()
    }
}

impl TryGetable for Int {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        if let Ok(number) = i32::try_get_by(row, index) {
            return Ok(Self(number));
        }
        let number = i64::try_get_by(row, index)?;
        <i32 as TryFrom<i64>>::try_from(number)
            .map(Self)
            .map_err(|error| DbErr::Type(error.to_string()).into())
    }
}

impl ValueType for Int {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        <i32 as ValueType>::try_from(value).map(Self)
    }

    fn type_name() -> String {
        "Int".to_owned()
    }

    fn array_type() -> ArrayType {
        <i32 as ValueType>::array_type()
    }

    fn column_type() -> ColumnType {
        <i32 as ValueType>::column_type()
    }
}

impl Nullable for Int {
    fn null() -> Value {
        <i32 as Nullable>::null()
    }
}

impl TryFromU64 for Int {
    fn try_from_u64(number: u64) -> Result<Self, DbErr> {
        i32::try_from_u64(number).map(Self)
    }
}
