#!/usr/bin/env bash
# sqlx-sqlite: after SQLite has rolled back by itself, the driver still counts a transaction.
#
# SQLite ends a transaction by itself after some errors (SQLITE_FULL, SQLITE_IOERR, SQLITE_NOMEM, …;
# https://sqlite.org/lang_transaction.html, "Response To Errors Within A Transaction"). The ROLLBACK that the driver
# sends then fails with "cannot rollback - no transaction is active", and its transaction depth stays at 1. Once the
# depth is wrong, `begin` makes a SAVEPOINT, which opens a transaction when there is none, and the next rollback is
# ROLLBACK TO, which leaves both open. From then on `commit` releases an inner savepoint: success is reported, the
# write lock is held for ever, and another connection sees nothing.
#
# Input: an ordinary table, `PRAGMA max_page_count` for the full disk, begin / insert / rollback, begin / rollback,
# begin / insert / commit. Seen with sqlx 0.9.0:
#   insert: error returned from database: (code: 13) database or disk is full
#   first rollback: error returned from database: (code: 1) cannot rollback - no transaction is active
#   second rollback: ok
#   commits that succeeded: 3
#   rows that another connection sees: 0
# Exits 0 while the driver behaves so, 1 when it does not any more. Needs cargo and a C compiler.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/src"
cat > "$folder/Cargo.toml" <<'TOML'
[package]
name = "failed-rollback"
version = "0.0.0"
edition = "2021"

[dependencies]
sqlx = { version = "=0.9.0", default-features = false, features = ["runtime-tokio", "sqlite"] }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
TOML
cat > "$folder/src/main.rs" <<'RUST'
use sqlx::{Connection, Executor, SqliteConnection, sqlite::SqliteConnectOptions};

async fn count(path: &str) -> Result<i64, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut other = SqliteConnection::connect_with(&options).await?;
    sqlx::query_scalar("SELECT COUNT(*) FROM kept").fetch_one(&mut other).await
}

#[tokio::main]
async fn main() -> Result<(), sqlx::Error> {
    let path = std::env::args().nth(1).expect("a file");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let options = options.journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
    let mut db = SqliteConnection::connect_with(&options).await?;
    db.execute("CREATE TABLE kept (bulk BLOB)").await?;
    db.execute("PRAGMA max_page_count = 8").await?;
    let mut tx = db.begin().await?;
    let refused = tx.execute("INSERT INTO kept VALUES (zeroblob(100000))").await;
    println!("insert: {}", refused.map(|_| ()).unwrap_err());
    match tx.rollback().await {
        Ok(()) => println!("first rollback: ok"),
        Err(error) => println!("first rollback: {error}"),
    }
    // Any transaction that is given up, for whatever reason.
    let tx = db.begin().await?;
    tx.rollback().await?;
    println!("second rollback: ok");
    db.execute("PRAGMA max_page_count = 100000").await?;
    let mut acknowledged = 0;
    for _ in 0..3 {
        let mut tx = db.begin().await?;
        tx.execute("INSERT INTO kept VALUES (zeroblob(10))").await?;
        tx.commit().await?;
        acknowledged += 1;
    }
    println!("commits that succeeded: {acknowledged}");
    println!("rows that another connection sees: {}", count(&path).await?);
    Ok(())
}
RUST
cd "$folder"
cargo run --quiet -- "$folder/kept.db" | tee "$folder/seen"
echo "versions: $(cargo tree --quiet --depth 1 --prefix none | tail -n +2 | tr '\n' ' ')$(cargo tree --quiet --prefix none --package libsqlite3-sys --depth 0)"
if grep -q '^commits that succeeded: 3$' seen && grep -q '^rows that another connection sees: 0$' seen; then
    echo "as described: three commits were acknowledged, none was kept"
else
    echo "changed: this driver no longer behaves as described" >&2
    exit 1
fi
