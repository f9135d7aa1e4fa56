//! What rooms ask of their tables in the same way, whatever the table. Knows none.
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait as _,
    QueryFilter as _, QuerySelect as _, Select, TryGetableMany, Value,
    sea_query::{Expr, OnConflict},
};

use super::Database;
use crate::Fault;

/// So many rows are asked for, or added, in one statement.
pub const AT_ONCE: usize = 200;

type ColumnOf<A> = <<A as ActiveModelTrait>::Entity as EntityTrait>::Column;

/// Adds a row, unless one is there with what only one may have; false when there is. It does nothing, rather than
/// fail: after a failure a transaction cannot be kept.
pub async fn add_once<A: ActiveModelTrait>(db: &impl ConnectionTrait, row: A) -> Result<bool, Fault> {
    let once = OnConflict::new().do_nothing().to_owned();
    match A::Entity::insert(row).on_conflict(once).exec_without_returning(db).await {
        Ok(added) => Ok(added == 1),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Stores a row whose revision was read as it says; false when somebody else changed it meanwhile.
pub async fn spend_revision<A: ActiveModelTrait>(
    db: &impl ConnectionTrait,
    mut row: A,
    (id, revision): (ColumnOf<A>, ColumnOf<A>),
) -> Result<bool, Fault> {
    let (ActiveValue::Set(key), ActiveValue::Set(read)) = (row.take(id), row.take(revision)) else {
        return Err(Fault::bug("a row is saved by its id and revision"));
    };
    let changed = A::Entity::update_many()
        .set(row)
        .col_expr(revision, Expr::col(revision).add(1))
        .filter(id.eq(key))
        .filter(revision.eq(read))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Removes what `all` has, in its order, beyond the first `most`; at most `at_once` of them.
pub async fn drop_beyond<E, Id>(
    db: &impl ConnectionTrait,
    all: Select<E>,
    id: E::Column,
    (most, at_once): (u64, u64),
) -> Result<(), Fault>
where
    E: EntityTrait,
    Id: TryGetableMany + Into<Value>,
{
    let beyond = all.select_only().column(id).offset(most).limit(at_once);
    let beyond: Vec<Id> = beyond.into_tuple().all(db).await?;
    if !beyond.is_empty() {
        E::delete_many().filter(id.is_in(beyond)).exec(db).await?;
    }
    Ok(())
}

/// Fills a column where an older program, or the time before there was such a column, left it empty, piece by piece;
/// answers how many rows were filled.
pub async fn fill<E, Id>(
    db: &Database,
    (id, column): (E::Column, E::Column),
    of: impl Fn(&E::Model) -> (Id, String),
) -> Result<usize, Fault>
where
    E: EntityTrait,
    E::Model: Sync,
    Id: Into<Value>,
{
    let mut filled = 0;
    loop {
        let rows = E::find().filter(column.is_null()).limit(AT_ONCE as u64).all(db.reader()).await?;
        if rows.is_empty() {
            return Ok(filled);
        }
        filled += rows.len();
        let tx = db.begin().await?;
        for row in &rows {
            let (key, text) = of(row);
            let fill = E::update_many().col_expr(column, Expr::value(text));
            fill.filter(id.eq(key)).filter(column.is_null()).exec(&tx).await?;
        }
        tx.commit().await?;
    }
}
