//! The schema's history, one file a step, one set per half; knows no query.
//!
//! Steps only ever add: a binary one version older must run on the newer schema, so that steps which this binary
//! does not know are no trouble. All that is missing is done in one transaction: a migration that is killed leaves
//! nothing half done.
use migration_ground::{
    IntoSchemaManagerConnection, MigratorTrait, SchemaManager,
    prelude::*,
    sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, TransactionTrait as _},
};

pub mod customersource;
mod ground;
pub mod passport;

const TABLE: &str = "seaql_migrations";

/// Brings the schema of `M` up to date. Nodes that start together wait for one another.
pub async fn up<M: MigratorTrait>(db: &DatabaseConnection) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Postgres {
        let tx = db.begin().await?;
        // The lock and the work are of one transaction: when its connection dies, both end. A step takes its time.
        tx.execute_unprepared(
            "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; \
             SET LOCAL idle_in_transaction_session_timeout = 0; SELECT pg_advisory_xact_lock(7277477837)",
        )
        .await?;
        steps::<M, _>(&tx).await?;
        return tx.commit().await;
    }
    // One connection, which is closed and so rolled back when this is left.
    db.execute_unprepared("BEGIN IMMEDIATE").await?;
    let done = steps::<M, _>(db).await;
    db.execute_unprepared(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
    done
}

async fn steps<M: MigratorTrait, C: ConnectionTrait>(tx: &C) -> Result<(), DbErr>
where
    for<'c> &'c C: IntoSchemaManagerConnection<'c>,
{
    let done = applied(tx).await?;
    let missing: Vec<_> =
        M::migrations().into_iter().filter(|step| !done.iter().any(|name| name == step.name())).collect();
    if !missing.is_empty() {
        M::install(tx).await?;
    }
    for step in missing {
        step.up(&SchemaManager::new(tx)).await?;
        let now = match tx.get_database_backend() {
            DbBackend::Postgres => "extract(epoch FROM clock_timestamp())::bigint",
            _ => "unixepoch()",
        };
        let sql = format!("INSERT INTO {TABLE} (version, applied_at) VALUES ($1, {now})");
        let values = [step.name().into()];
        tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    }
    Ok(())
}

/// The names of all steps that this binary knows.
pub fn known<M: MigratorTrait>() -> Vec<String> {
    M::migrations().iter().map(|step| step.name().to_owned()).collect()
}

/// The names of steps that `db` still lacks.
pub async fn pending<M: MigratorTrait>(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let done = applied(db).await?;
    Ok(known::<M>().into_iter().filter(|name| !done.contains(name)).collect())
}

/// The names of steps that a newer binary did and this one does not know.
pub async fn newer<M: MigratorTrait>(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let known = known::<M>();
    Ok(applied(db).await?.into_iter().filter(|name| !known.contains(name)).collect())
}

/// True when somebody laid this database's tables, whoever it was.
pub async fn is_laid(db: &DatabaseConnection) -> Result<bool, DbErr> {
    Ok(!applied(db).await?.is_empty())
}

async fn applied<C>(db: &C) -> Result<Vec<String>, DbErr>
where
    C: ConnectionTrait,
{
    let backend = db.get_database_backend();
    let there = match backend {
        DbBackend::Postgres => "SELECT 1 WHERE to_regclass('seaql_migrations') IS NOT NULL",
        _ => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'",
    };
    if db.query_one_raw(Statement::from_string(backend, there)).await?.is_none() {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT version FROM {TABLE} ORDER BY version");
    let rows = db.query_all_raw(Statement::from_string(backend, sql)).await?;
    rows.iter().map(|row| row.try_get("", "version")).collect()
}
