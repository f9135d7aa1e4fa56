//! The schema's history, one file a step, one set per half; knows no query.
//!
//! Steps only ever add: a binary one version older must run on the newer schema.
use migration_ground::{
    MigratorTrait, SchemaManager,
    prelude::*,
    sea_orm::{DatabaseConnection, DbBackend, TransactionTrait as _},
};

pub mod customersource;
mod ground;
pub mod passport;

/// Brings the schema of `M` up to date. Nodes that start together wait for one another.
pub async fn up<M: MigratorTrait>(db: &DatabaseConnection) -> Result<(), DbErr> {
    if db.get_database_backend() != DbBackend::Postgres {
        return M::up(db, None).await;
    }
    // Held by a transaction of its own, so that it ends with the connection whatever happens.
    let lock = db.begin().await?;
    lock.execute_unprepared("SELECT pg_advisory_xact_lock(7277477837)").await?;
    M::up(db, None).await?;
    lock.commit().await
}

/// The names of steps that `db` still lacks.
pub async fn pending<M: MigratorTrait>(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    if !SchemaManager::new(db).has_table("seaql_migrations").await? {
        return Ok(M::migrations().iter().map(|step| step.name().to_owned()).collect());
    }
    let steps = M::get_pending_migrations(db).await?;
    Ok(steps.iter().map(|step| step.name().to_owned()).collect())
}
