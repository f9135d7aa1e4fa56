//! What programs that write to the same file do to each other: each has its turn.
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait as _, Statement};

use crate::{
    Fault,
    db::{Database, tests::opened},
};

/// Keeps a row of its own.
async fn write(db: &Database) -> Result<(), Fault> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("row {}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let tx = db.begin().await?;
    let sql = "INSERT INTO kept (name) VALUES ($1)";
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, [name.into()])).await?;
    tx.commit().await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_writes_now_and_then_has_a_turn_beside_a_program_that_writes_without_pause() {
    const TURNS: u32 = 30;
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("x.db").display());
    let (busy, other) = (opened(&url).await, Database::open(&url, 2).await.unwrap());
    let is_over = Arc::new(AtomicBool::new(false));
    let without_pause = (0..64).map(|_| {
        let (busy, is_over) = (busy.clone(), Arc::clone(&is_over));
        tokio::spawn(async move {
            while !is_over.load(Ordering::Relaxed) {
                write(&busy).await.unwrap();
            }
        })
    });
    let without_pause: Vec<_> = without_pause.collect();
    let mut waited = Duration::ZERO;
    for _ in 0..TURNS {
        let in_its_stride = busy.troubles().commits().0 + 20;
        while busy.troubles().commits().0 < in_its_stride {
            tokio::task::yield_now().await;
        }
        let begun = Instant::now();
        write(&other).await.unwrap();
        waited += begun.elapsed();
    }
    is_over.store(true, Ordering::Relaxed);
    assert!(join_all(without_pause).await.iter().all(Result::is_ok));
    assert!(waited / TURNS < Duration::from_millis(100), "waited {:?} for each turn", waited / TURNS);
}
