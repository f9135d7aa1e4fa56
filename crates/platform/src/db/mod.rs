//! One database behind one name: SQLite with a single writer, or PostgreSQL; knows no table.
use std::{path::PathBuf, sync::Arc, time::Duration};

use sea_orm::{DatabaseConnection, DbErr, SqlxPostgresConnector, sqlx::PgPool};
use tokio::sync::Notify;

use crate::{Fault, clock::Clock, config, fault::Cause};

pub mod attempt;
mod condition;
pub mod copy;
pub mod described;
mod filling;
mod fixed;
mod held;
mod int;
pub mod joined;
mod line;
mod link;
mod postgres;
mod reader;
pub mod rows;
mod sqlite;
pub mod through;
mod trouble;
mod tx;

pub use condition::{Condition, Finding};
pub use filling::Filling;
pub use fixed::{Asks, Cell, Fixed, Read, Row};
pub(crate) use held::settled;
pub use held::{Asked, counted, one_at_a_time};
pub use int::Int;
use reader::Pool;
pub use reader::Reader;
/// For whoever hands a connection on to a query of its room and asks nothing of it.
pub use sea_orm::ConnectionTrait as Connection;
pub use trouble::Troubles;
pub use tx::Tx;

/// The connections of one half.
#[derive(Clone)]
pub struct Database {
    read: Reader,
    ground: Ground,
    write: Write,
    shared: tx::Shared,
    about: Arc<config::Database>,
    clock: Clock,
}

/// What migrations work on.
#[derive(Clone)]
enum Ground {
    Sqlite(sqlite::File),
    Postgres(DatabaseConnection),
}

#[derive(Clone)]
enum Write {
    Sqlite(line::Writer),
    Postgres(postgres::Servers),
}

impl Database {
    /// Opens `sqlite:PATH` (made when absent) or `postgres://…`, everything else as by default.
    pub async fn open(url: &str, connections: u32) -> Result<Self, Fault> {
        let about = config::Database { url: url.to_owned(), connections, ..config::Database::default() };
        Self::with(&about, Clock::system()).await
    }

    /// Opens the database of these settings; `clock` is compared with the server's.
    ///
    /// SQLite gets exactly one writing connection and a pool of readers: writers that wait in line are
    /// faster than writers that collide, and those that wait together share a commit. On PostgreSQL, too, readers have
    /// connections of their own. Commits are durable on both engines.
    pub async fn with(about: &config::Database, clock: Clock) -> Result<Self, Fault> {
        let shared = tx::Shared { jobs: Arc::new(Notify::new()), troubles: Arc::default() };
        let (read, ground, write) = if let Some(path) = about.file() {
            let file = sqlite::File::new(path);
            file.guard()?;
            let readers = Pool::Sqlite(Arc::new(file.readers(about.connections)));
            let writer = line::Writer::new(file.clone(), Arc::clone(&shared.troubles));
            drop(writer.turn().await?);
            (readers, Ground::Sqlite(file), Write::Sqlite(writer))
        } else {
            let servers = postgres::Servers::open(about, &shared.troubles).await?;
            let pool = |pool: &PgPool| SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
            (
                Pool::Postgres(pool(&servers.readers), servers.readers.clone()),
                Ground::Postgres(pool(&servers.pool)),
                Write::Postgres(servers),
            )
        };
        let read = Reader { pool: read, troubles: Arc::clone(&shared.troubles) };
        Ok(Self { read, ground, write, shared, about: Arc::new(about.clone()), clock })
    }

    /// For reading outside a transaction.
    pub fn reader(&self) -> &Reader {
        &self.read
    }

    /// Begins a writing transaction; dropped without [`Tx::commit`] it is rolled back.
    pub async fn begin(&self) -> Result<Tx, Fault> {
        held::refuse_if_held(&self.shared.troubles)?;
        held::count(|asked| asked.transactions += 1);
        match self.begun().await {
            // It had broken while it lay in the pool; the next one is looked at before.
            Err(error)
                if !self.is_sqlite()
                    && matches!(error, DbErr::Exec(_))
                    && Cause::of(&error) == Cause::Away =>
            {
                Ok(self.begun().await?)
            }
            begun => Ok(begun?),
        }
    }

    async fn begun(&self) -> Result<Tx, DbErr> {
        let (link, text) = match &self.write {
            Write::Sqlite(writer) => (writer.turn().await.map(link::Link::Sqlite), ""),
            Write::Postgres(servers) => (servers.link().await, servers.begin()),
        };
        let link =
            link.inspect_err(|error| self.shared.troubles.note(error, "no connection to write with"))?;
        Tx::begin(link, text, self.shared.clone()).await
    }

    /// A connection outside the writer's, for migrations and nothing else; on SQLite each is another one.
    pub fn ground(&self) -> DatabaseConnection {
        match &self.ground {
            Ground::Sqlite(file) => sqlite::ground(file.clone()),
            Ground::Postgres(pool) => pool.clone(),
        }
    }

    /// Wakes the worker that carries out jobs.
    pub fn jobs(&self) -> &Arc<Notify> {
        &self.shared.jobs
    }

    /// What went wrong so far.
    pub fn troubles(&self) -> &Troubles {
        &self.shared.troubles
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self.write, Write::Sqlite(_))
    }

    /// SQLite: lets the file have so many pages and no more, as a full disk would; 0: no bound.
    pub async fn bound_pages(&self, pages: u32) {
        if let Write::Sqlite(writer) = &self.write {
            writer.bound(pages).await;
        }
    }

    pub async fn close(self) -> Result<(), Fault> {
        self.read.pool.close().await?;
        if let Ground::Postgres(pool) = &self.ground {
            pool.close_by_ref().await?;
        }
        if let Write::Sqlite(writer) = &self.write {
            writer.close().await;
        }
        Ok(())
    }
}

/// A connection to a file of SQLite's behind a program's back, for what looks into its tables.
pub fn open_file(path: PathBuf) -> DatabaseConnection {
    sqlite::ground(sqlite::File::new(path))
}

/// How long readiness may take to find out.
const LOOK: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests;
