//! Values of sea-orm as SQLite's, and rows of SQLite as sea-orm's.
use std::collections::BTreeMap;

use rusqlite::{
    ToSql,
    types::{Null, ValueRef},
};
use sea_orm::{ProxyRow, Value};

/// Gives the values of a statement to its places: `?` in order, `$1` by its number, which may stand more than once.
pub(super) fn bind(prepared: &mut rusqlite::Statement<'_>, values: &[Value]) -> Result<(), rusqlite::Error> {
    for place in 1..=prepared.parameter_count() {
        let number = match prepared.parameter_name(place) {
            None => place,
            Some(name) => name.trim_start_matches(['$', '?']).parse().unwrap_or(usize::MAX),
        };
        let value = number.checked_sub(1).and_then(|at| values.get(at));
        let Some(value) = value else {
            return Err(rusqlite::Error::InvalidParameterCount(values.len(), prepared.parameter_count()));
        };
        bind_one(prepared, place, value)?;
    }
    Ok(())
}

fn bind_one(
    prepared: &mut rusqlite::Statement<'_>,
    place: usize,
    value: &Value,
) -> Result<(), rusqlite::Error> {
    let mut to = |value: &dyn ToSql| prepared.raw_bind_parameter(place, value);
    match value {
        Value::Bool(value) => to(value),
        Value::TinyInt(value) => to(value),
        Value::SmallInt(value) => to(value),
        Value::Int(value) => to(value),
        Value::BigInt(value) => to(value),
        Value::TinyUnsigned(value) => to(value),
        Value::SmallUnsigned(value) => to(value),
        Value::Unsigned(value) => to(value),
        Value::BigUnsigned(Some(value)) => match i64::try_from(*value) {
            Ok(value) => to(&value),
            Err(error) => Err(rusqlite::Error::ToSqlConversionFailure(Box::new(error))),
        },
        Value::Float(value) => to(value),
        Value::Double(value) => to(value),
        Value::String(value) => to(value),
        Value::Char(value) => to(&value.map(String::from)),
        Value::Bytes(value) => to(value),
        Value::Uuid(value) => to(&value.as_ref().map(|value| value.as_bytes().as_slice())),
        Value::Json(Some(value)) => to(&value.to_string()),
        Value::BigUnsigned(None) | Value::Json(None) => to(&Null),
        other => {
            Err(rusqlite::Error::ToSqlConversionFailure(format!("no value of SQLite: {other:?}").into()))
        }
    }
}

/// What a column holds, as far as its table says more than SQLite does.
#[derive(Clone, Copy)]
enum Kind {
    Boolean,
    Uuid,
    Plain,
}

impl Kind {
    fn of(declared: Option<&str>) -> Self {
        match declared {
            Some("boolean" | "BOOLEAN") => Self::Boolean,
            Some("uuid_text" | "UUID_TEXT") => Self::Uuid,
            _ => Self::Plain,
        }
    }

    fn read(self, value: ValueRef<'_>) -> Result<Value, rusqlite::Error> {
        Ok(match (self, value) {
            (_, ValueRef::Null) => Value::BigInt(None),
            (Self::Boolean, ValueRef::Integer(number)) => Value::Bool(Some(number != 0)),
            (_, ValueRef::Integer(number)) => Value::BigInt(Some(number)),
            (_, ValueRef::Real(number)) => Value::Double(Some(number)),
            (_, text @ ValueRef::Text(_)) => Value::String(Some(text.as_str()?.to_owned())),
            (Self::Uuid, ValueRef::Blob(bytes)) => match uuid::Uuid::from_slice(bytes) {
                Ok(uuid) => Value::Uuid(Some(uuid)),
                Err(_) => Value::Bytes(Some(bytes.to_vec())),
            },
            (_, ValueRef::Blob(bytes)) => Value::Bytes(Some(bytes.to_vec())),
        })
    }
}

/// As many columns as a tuple of sea-orm has at most.
const LARGEST_TUPLE: usize = 12;

/// The rows that a statement answers, at most so many.
pub(super) fn rows(
    prepared: &mut rusqlite::Statement<'_>,
    most: usize,
) -> Result<Vec<ProxyRow>, rusqlite::Error> {
    let columns: Vec<_> = prepared
        .columns()
        .iter()
        .map(|column| (column.name().to_owned(), Kind::of(column.decl_type())))
        .collect();
    let (mut rows, mut found) = (prepared.raw_query(), Vec::new());
    while found.len() < most
        && let Some(row) = rows.next()?
    {
        let mut values = BTreeMap::new();
        for (at, (name, kind)) in columns.iter().enumerate() {
            let value = kind.read(row.get_ref(at)?)?;
            // A tuple is read by the place in the order of names; these names stand before all others, in theirs.
            if (2..=LARGEST_TUPLE).contains(&columns.len())
                && let Some(place) = u32::try_from(at).ok().and_then(char::from_u32)
            {
                values.insert(place.to_string(), value.clone());
            }
            values.insert(name.clone(), value);
        }
        found.push(ProxyRow::new(values));
    }
    Ok(found)
}
