#!/usr/bin/env bash
# A row of sea-orm's own proxy (a `ProxyRow`) whose column holds a number of 64 bits is read as `Option<i32>` without an
# error: the answer is `None`, as if the column were NULL. Read as `i32`, the error says that there was a NULL.
# The rows of its drivers convert or refuse: sqlx-sqlite reads the same 7 as `i32` and as `Option<i32>`.
#
# Expected: 7, or an error that names the two types. Measured with sea-orm 2.0.4 (features macros, proxy):
#   i64           Ok(7)
#   Option<i64>   Ok(Some(7))
#   Option<i32>   Ok(None)
#   i32           Type Error: A null value was encountered while decoding "number"
# Consequence: what puts another driver behind the proxy gives every column the value type that its reader asks for, or
# a field that is optional loses what is stored.
#
# Needs cargo. Exits 1 when any line above is no longer so.
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
sea-orm = { version = "=2.0.4", default-features = false, features = ["macros", "proxy"] }
[workspace]
TOML
cat > src/main.rs <<'RS'
use sea_orm::{ProxyRow, QueryResult, Value};

fn main() {
    let values = [("number".to_owned(), Value::BigInt(Some(7)))];
    let row: QueryResult = ProxyRow::new(values.into()).into();
    println!("i64 {:?}", row.try_get::<i64>("", "number"));
    println!("Option<i64> {:?}", row.try_get::<Option<i64>>("", "number"));
    println!("Option<i32> {:?}", row.try_get::<Option<i32>>("", "number"));
    println!("i32 {}", row.try_get::<i32>("", "number").unwrap_err());
}
RS
cargo run --quiet | tee out
diff out - <<'TXT'
i64 Ok(7)
Option<i64> Ok(Some(7))
Option<i32> Ok(None)
i32 Type Error: A null value was encountered while decoding "number"
TXT
