//! Rows that another system describes, too: found and kept by the id that they have there. Knows no table.
use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
    marker::PhantomData,
};

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Value,
};

use super::{Tx, rows::AT_ONCE};
use crate::Fault;

/// A table with a column for who describes a row, and one for its id there.
pub trait Described: EntityTrait<Model: IntoActiveModel<Self::ActiveModel> + Send + Sync> {
    type Id: Copy + Eq + Hash + Ord + Into<Value> + Send + Sync;
    const ID: Self::Column;
    const SOURCE: Self::Column;
    const EXTERNAL_ID: Self::Column;
    fn id(row: &Self::Model) -> Self::Id;
    fn external_id(row: &Self::Model) -> Option<&str>;
}

/// Queries on such a table; a room names it `Rows`.
pub struct Rows<E>(PhantomData<E>);

impl<E: Described> Rows<E> {
    /// Those of these external ids, whatever their state.
    pub async fn list_described(
        db: &impl ConnectionTrait,
        source: &str,
        external_ids: &[&str],
    ) -> Result<HashMap<String, E::Model>, Fault> {
        let mut found = HashMap::new();
        for ids in external_ids.chunks(AT_ONCE) {
            let query = E::find().filter(E::SOURCE.eq(source));
            let rows = query.filter(E::EXTERNAL_ID.is_in(ids.iter().copied())).all(db).await?;
            found.extend(rows.into_iter().filter_map(by_external_id::<E>));
        }
        Ok(found)
    }

    /// All of a source by their external ids, read piece by piece.
    pub async fn all_described(
        db: &impl ConnectionTrait,
        source: &str,
    ) -> Result<BTreeMap<String, E::Model>, Fault> {
        let mut found = BTreeMap::new();
        let mut last: Option<E::Id> = None;
        loop {
            let mut query = E::find().filter(E::SOURCE.eq(source));
            if let Some(last) = last {
                query = query.filter(E::ID.gt(last));
            }
            let rows = query.order_by_asc(E::ID).limit(1000).all(db).await?;
            let Some(row) = rows.last() else { return Ok(found) };
            last = Some(E::id(row));
            found.extend(rows.into_iter().filter_map(by_external_id::<E>));
        }
    }

    pub async fn list(db: &impl ConnectionTrait, ids: &[E::Id]) -> Result<HashMap<E::Id, E::Model>, Fault> {
        let mut found = HashMap::new();
        for ids in ids.chunks(AT_ONCE) {
            let rows = E::find().filter(E::ID.is_in(ids.iter().copied())).all(db).await?;
            found.extend(rows.into_iter().map(|row| (E::id(&row), row)));
        }
        Ok(found)
    }

    /// Locks several, the oldest first; true when what was read before may be old. SQLite has one writer and needs no
    /// lock.
    pub async fn lock_many(tx: &Tx, ids: &[E::Id]) -> Result<bool, Fault> {
        if tx.get_database_backend() != DbBackend::Postgres {
            return Ok(false);
        }
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        for ids in ids.chunks(AT_ONCE) {
            let some = E::find().filter(E::ID.is_in(ids.iter().copied()));
            some.order_by_asc(E::ID).lock_exclusive().all(tx).await?;
        }
        Ok(true)
    }

    /// Adds those that are new.
    pub async fn add_many(db: &impl ConnectionTrait, rows: Vec<E::Model>) -> Result<(), Fault> {
        for rows in rows.chunks(AT_ONCE) {
            let rows = rows.iter().map(|row| row.clone().into_active_model().reset_all());
            E::insert_many(rows).exec_without_returning(db).await?;
        }
        Ok(())
    }

    /// Brings one up to date, but for the columns in `stays`.
    pub async fn update(db: &impl ConnectionTrait, row: &E::Model, stays: &[E::Column]) -> Result<(), Fault> {
        let mut row = row.clone().into_active_model().reset_all();
        for column in stays {
            row.not_set(*column);
        }
        E::update(row).exec_without_returning(db).await?;
        Ok(())
    }
}

fn by_external_id<E: Described>(row: E::Model) -> Option<(String, E::Model)> {
    Some((E::external_id(&row)?.to_owned(), row))
}
