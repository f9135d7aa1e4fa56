#!/usr/bin/env bash
# A statement with `LIMIT ?` that an application keeps prepared is prepared anew by SQLite at each execution, once a
# value is bound again: since some version the planner looks at the value of a bound LIMIT, so that binding another one
# (or the same) makes the plan stale. `sqlite3_stmt_status(SQLITE_STMTSTATUS_REPREPARE)` counts it. Object mappers write
# `LIMIT ?` for "the one row", so that a cache of statements saves nothing with them.
#
# Expected: prepared once, before. Measured with rusqlite 0.39.0 (bundled SQLite 3.51.3), 1,000 executions each:
#   LIMIT ?               prepared anew 1,000 times
#   LIMIT 1               prepared anew 0 times
#   LIMIT ?, with QPSG    prepared anew 0 times
# What ends it: SQLITE_DBCONFIG_ENABLE_QPSG for the connection, or a literal limit.
#
# Needs cargo and a C compiler. Exits 1 when any line above is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "look"
version = "0.0.0"
edition = "2024"
[dependencies]
rusqlite = { version = "=0.39.0", default-features = false, features = ["bundled"] }
[workspace]
TOML
cat > src/main.rs <<'RS'
use rusqlite::{Connection, StatementStatus, config::DbConfig, types::Value};

fn again(open: &Connection, sql: &str) -> i32 {
    let mut kept = open.prepare(sql).unwrap();
    for id in 0..1_000 {
        let limit = sql.matches('?').count() - 1;
        let values: Vec<Value> = std::iter::once(Value::from(id)).chain((0..limit).map(|_| Value::from(1))).collect();
        let row: i64 = kept.query_row(rusqlite::params_from_iter(values), |row| row.get(0)).unwrap();
        assert_eq!(row, id);
    }
    kept.get_status(StatementStatus::RePrepare)
}

fn main() {
    let open = Connection::open_in_memory().unwrap();
    open.execute_batch(
        "CREATE TABLE t (id INTEGER PRIMARY KEY);
         INSERT INTO t WITH RECURSIVE n(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n LIMIT 1000) SELECT x FROM n",
    )
    .unwrap();
    println!("SQLite {}", rusqlite::version());
    println!("LIMIT ? {}", again(&open, "SELECT id FROM t WHERE id = ? LIMIT ?"));
    println!("LIMIT 1 {}", again(&open, "SELECT id FROM t WHERE id = ? LIMIT 1"));
    open.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).unwrap();
    println!("LIMIT ? with QPSG {}", again(&open, "SELECT id FROM t WHERE id = ? LIMIT ?"));
}
RS
cargo run --quiet | tee out
diff out - <<'TXT'
SQLite 3.51.3
LIMIT ? 1000
LIMIT 1 0
LIMIT ? with QPSG 0
TXT
