#!/usr/bin/env bash
# A program that uses sqlx for PostgreSQL alone, without a word of SQLite, cannot have the newest rusqlite beside it:
# cargo refuses to make the lock file, since the driver that is left out still stands in it (sqlx names it in weak
# features, `sqlx-sqlite?/…`) and its native library may be linked once.
#
# Expected: what no feature asks for has no say. Measured with cargo 1.95 and sqlx 0.9.0 (default-features = false,
# features postgres, chrono or any other with a weak feature):
#   rusqlite 0.43.0   failed to select a version for `libsqlite3-sys`
#   rusqlite 0.39.0   resolves; `cargo tree` shows no sqlx-sqlite, Cargo.lock has it
# Consequence: rusqlite stays at the release whose libsqlite3-sys (below 0.38) sqlx 0.9 takes.
#
# Needs cargo. Exits 1 when any line above is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
echo 'fn main() {}' > src/main.rs
with() {
  rm -f Cargo.lock
  cat > Cargo.toml <<TOML
[package]
name = "look"
version = "0.0.0"
edition = "2024"
[dependencies]
sqlx = { version = "=0.9.0", default-features = false, features = ["postgres", "json"] }
rusqlite = { version = "=$1", default-features = false, features = ["bundled"] }
[workspace]
TOML
  cargo generate-lockfile 2>&1 || true
}
cargo --version
with 0.43.0 | tee new
grep -q 'failed to select a version for `libsqlite3-sys`' new
with 0.39.0 > old
grep -q '^name = "sqlx-sqlite"' Cargo.lock
if cargo tree --edges normal | grep sqlx-sqlite; then
  echo 'sqlx-sqlite is used'
  exit 1
fi
echo 'rusqlite 0.39.0 resolves; sqlx-sqlite stands in the lock file and is used by nothing'
