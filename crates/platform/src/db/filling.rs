//! Tables that a bulk load fills, and what PostgreSQL knows of them meanwhile; which tables, the caller says.
use super::{Connection as _, Database};
use crate::Fault;

/// So many rows come before they are first counted.
const FIRST: usize = 1_000;

/// A bulk load of some tables.
///
/// PostgreSQL plans by what it counted last, and counts by itself every minute or so: until then a table that was empty
/// seems to have stayed so, and every question walks through all of its rows. So it is told to count when what came
/// has doubled, and at the end. SQLite plans by its indexes and needs none of it.
pub struct Filling<'a> {
    db: &'a Database,
    tables: Vec<&'static str>,
    rows: usize,
    counted: usize,
}

impl<'a> Filling<'a> {
    pub const fn of(db: &'a Database, tables: Vec<&'static str>) -> Self {
        Self { db, tables, rows: 0, counted: 0 }
    }

    /// So many rows more are committed.
    pub async fn added(&mut self, rows: usize) {
        self.rows += rows;
        if self.rows >= FIRST.max(self.counted * 2) {
            self.count().await;
        }
    }

    /// There will be no more.
    pub async fn end(mut self) {
        if self.rows >= FIRST && self.rows > self.counted {
            self.count().await;
        }
    }

    /// Whoever may not count, or must wait too long, loads all the same.
    async fn count(&mut self) {
        self.counted = self.rows;
        if self.db.is_sqlite() {
            return;
        }
        if let Err(fault) = self.try_count().await {
            tracing::warn!(%fault, "The rows of a bulk load could not be counted");
        }
    }

    async fn try_count(&self) -> Result<(), Fault> {
        let tx = self.db.begin().await?;
        tx.execute_unprepared(&format!("ANALYZE {}", self.tables.join(", "))).await?;
        tx.commit().await
    }
}
