//! What transactions that share a commit do to each other: nothing.
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
};

use futures_util::{FutureExt as _, future::join_all, poll};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::{
    Fault,
    db::{
        Database, Tx,
        attempt::Attempt,
        one_at_a_time,
        tests::{opened, put, stored},
    },
};

/// A database, and the folder that it lies in.
async fn database() -> (Database, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (opened(&format!("sqlite:{}", folder.path().join("x.db").display())).await, folder)
}

/// A transaction that has the connection and wrote.
async fn first(db: &Database) -> Tx {
    let tx = db.begin().await.unwrap();
    tx.execute_unprepared("INSERT INTO kept (name) VALUES ('first')").await.unwrap();
    tx
}

/// Ends `tx` while all of `others` wait in line; its outcome and theirs.
async fn together<T>(
    tx: Tx,
    others: impl IntoIterator<Item = impl Future<Output = T>>,
) -> (Result<(), Fault>, Vec<T>) {
    let mut others = Box::pin(join_all(others));
    assert!(poll!(&mut others).is_pending());
    tokio::join!(tx.commit(), others)
}

#[tokio::test]
async fn transactions_that_wait_together_share_one_commit() {
    let (db, _folder) = database().await;
    let (before, tx) = (db.troubles().commits(), first(&db).await);
    let names: Vec<_> = (0..20).map(|number| format!("n{number}")).collect();
    let (own, others) = together(tx, names.iter().map(|name| put(&db, name))).await;
    assert!(own.is_ok() && others.iter().all(Result::is_ok));
    assert_eq!(stored(&db).await, 22);
    let after = db.troubles().commits();
    assert_eq!((after.0 - before.0, after.1 - before.1), (1, 21));
    assert_eq!(db.troubles().replaced(), 0);
}

#[tokio::test]
async fn a_group_has_an_end_however_many_wait() {
    let (db, _folder) = database().await;
    let (before, tx) = (db.troubles().commits(), first(&db).await);
    let names: Vec<_> = (0..200).map(|number| format!("n{number}")).collect();
    let (own, others) = together(tx, names.iter().map(|name| put(&db, name))).await;
    assert!(own.is_ok() && others.iter().all(Result::is_ok));
    let after = db.troubles().commits();
    assert_eq!((after.0 - before.0, after.1 - before.1), (4, 201));
}

#[tokio::test]
async fn what_fails_or_is_dropped_is_undone_alone() {
    let (db, _folder) = database().await;
    let tx = first(&db).await;
    let names = ["a", "before", "dropped", "left", "d"];
    let (own, others) = together(tx, names.iter().map(|name| write(&db, name))).await;
    own.unwrap();
    assert_eq!(others.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, false, false, true]);
    assert_eq!(stored(&db).await, 4, "before, first, a and d");
    put(&db, "next").await.unwrap();
    assert_eq!(stored(&db).await, 5);
}

/// Keeps a row, unless its name says otherwise.
async fn write(db: &Database, name: &str) -> Result<(), Fault> {
    let tx = db.begin().await?;
    tx.execute_unprepared(&format!("INSERT INTO kept (name) VALUES ('{name}')")).await?;
    if name == "left" {
        let long = "INSERT INTO kept (name) WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n \
                    LIMIT 300000) SELECT 'left ' || x FROM n";
        let mut left = Box::pin(tx.execute_unprepared(long));
        assert!(poll!(&mut left).is_pending());
        return Err(Fault::bug("left"));
    }
    if name == "dropped" { Err(Fault::bug("dropped")) } else { tx.commit().await }
}

#[tokio::test]
async fn when_the_group_is_lost_nobody_of_it_is_told_that_it_was_kept() {
    let (db, _folder) = database().await;
    let tx = first(&db).await;
    let rolls_back = async |name: &str| {
        let tx = db.begin().await?;
        // As SQLite does by itself when a disk is full.
        if name == "rolls back" {
            tx.execute_unprepared("ROLLBACK").await?;
            return Err(Fault::bug("left"));
        }
        drop(tx);
        put(&db, name).await
    };
    let (own, others) = together(tx, [put(&db, "a")]).await;
    assert!(own.is_ok() && others.iter().all(Result::is_ok));
    let tx = db.begin().await.unwrap();
    tx.execute_unprepared("INSERT INTO kept (name) VALUES ('lost')").await.unwrap();
    let (own, others) = together(tx, ["rolls back", "after"].map(rolls_back)).await;
    assert!(matches!(own, Err(Fault::Unavailable(_))), "{own:?}");
    assert!(others[0].is_err() && others[1].is_ok(), "whoever comes later has a connection again");
    assert_eq!(stored(&db).await, 4, "before, first, a and after");
}

#[tokio::test]
async fn nobody_is_answered_while_a_crash_would_undo_it() {
    let (db, folder) = database().await;
    let tx = first(&db).await;
    let mut last = Box::pin(db.begin());
    let mut own = Box::pin(tx.commit());
    let mut other = Box::pin(put(&db, "a"));
    assert!(poll!(&mut other).is_pending());
    assert!(poll!(&mut last).is_pending());
    // Their work is done, and the last one is at work.
    let last = loop {
        assert!(poll!(&mut own).is_pending(), "told before it was durable");
        assert!(poll!(&mut other).is_pending(), "told before it was durable");
        if let Poll::Ready(last) = poll!(&mut last) {
            break last.unwrap();
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(after_a_crash(folder.path()).await, 1);
    last.commit().await.unwrap();
    own.await.unwrap();
    other.await.unwrap();
    assert_eq!(after_a_crash(folder.path()).await, 3);
}

/// The rows that a node finds that starts on what the disk holds now.
async fn after_a_crash(folder: &Path) -> i64 {
    let copy = tempfile::tempdir().unwrap();
    for name in ["x.db", "x.db-wal"] {
        std::fs::copy(folder.join(name), copy.path().join(name)).unwrap();
    }
    let db = Database::open(&format!("sqlite:{}", copy.path().join("x.db").display()), 1).await.unwrap();
    stored(&db).await
}

#[tokio::test]
async fn who_gave_up_in_line_gives_the_turn_on() {
    let (db, _folder) = database().await;
    let tx = first(&db).await;
    let mut gives_up = Box::pin(db.begin());
    assert!(poll!(&mut gives_up).is_pending());
    let mut own = Box::pin(tx.commit());
    assert!(poll!(&mut own).is_pending());
    drop(gives_up);
    own.await.unwrap();
    put(&db, "next").await.unwrap();
    assert_eq!(stored(&db).await, 3);
}

#[tokio::test]
async fn a_cancelled_commit_undoes_no_neighbour_and_holds_nobody_up() {
    let (db, _folder) = database().await;
    let tx = first(&db).await;
    let mut own = Box::pin(tx.commit());
    let mut others = Box::pin(join_all(["a", "b", "c"].map(|name| put(&db, name))));
    assert!(poll!(&mut others).is_pending());
    assert!(poll!(&mut own).is_pending());
    drop(own);
    assert!(others.await.iter().all(Result::is_ok));
    assert_eq!(stored(&db).await, 5, "what was asked to be kept may be, though nobody was told");
}

#[tokio::test]
async fn an_answer_for_what_others_wrote_waits_until_that_is_durable() {
    let (db, _folder) = database().await;
    for is_lost in [false, true] {
        let tx = db.begin().await.unwrap();
        tx.execute_unprepared("INSERT INTO kept (name) VALUES ('spent')").await.unwrap();
        let attempt = Arc::new(Attempt::default());
        let saw = AtomicBool::new(false);
        let reading = async {
            // Sees the row of the other, and ends without a change.
            drop(db.begin().await.unwrap());
            saw.store(true, Ordering::Relaxed);
            // What is read then is no older.
            let rows = db.reader().query_one_raw(count()).await;
            rows.map(|row| row.unwrap().try_get_by_index::<i64>(0).unwrap())
        };
        let mut reading = Box::pin(one_at_a_time(attempt.watch(reading)));
        let mut last = Box::pin(db.begin());
        assert!(poll!(&mut reading).is_pending());
        assert!(poll!(&mut last).is_pending());
        let mut own = Box::pin(tx.commit()).fuse();
        let last = loop {
            let _ = poll!(&mut own);
            assert!(poll!(&mut reading).is_pending(), "answered before it was durable");
            if let Poll::Ready(last) = poll!(&mut last) {
                break last.unwrap();
            }
            tokio::task::yield_now().await;
        };
        assert!(saw.load(Ordering::Relaxed));
        if is_lost {
            last.execute_unprepared("ROLLBACK").await.unwrap();
        }
        drop(last);
        assert_eq!(reading.await.ok(), if is_lost { None } else { Some(2) });
        assert_eq!(attempt.may_be_repeated(), is_lost);
        assert_eq!(own.await.is_ok(), !is_lost);
        let tx = db.begin().await.unwrap();
        tx.execute_unprepared("DELETE FROM kept WHERE name = 'spent'").await.unwrap();
        tx.commit().await.unwrap();
    }
}

fn count() -> Statement {
    Statement::from_string(DbBackend::Sqlite, "SELECT COUNT(*) FROM kept")
}
