//! Rows of several tables in one answer: each table's columns under a name of its own. Knows no table.
use sea_orm::{
    DbErr, EntityTrait, FromQueryResult, IdenStatic as _, Iterable as _, QueryResult, TryGetError,
};

/// `a.column AS a_column` of every column of a table that a statement calls `alias`, for [`joined`].
pub fn columns<E: EntityTrait>(alias: &str) -> String {
    let column = |column: E::Column| {
        let name = column.as_str();
        format!("{alias}.{name} AS {alias}_{name}")
    };
    E::Column::iter().map(column).collect::<Vec<_>>().join(", ")
}

/// The row of the table that the statement calls `alias`; `None` where nothing was joined.
pub fn joined<M: FromQueryResult>(row: &QueryResult, alias: &str) -> Result<Option<M>, DbErr> {
    match M::from_query_result_nullable(row, &format!("{alias}_")) {
        Ok(found) => Ok(Some(found)),
        Err(TryGetError::Null(_)) => Ok(None),
        Err(TryGetError::DbErr(error)) => Err(error),
    }
}
