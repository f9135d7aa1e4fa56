//! What `cargo run` shows besides the two programs: a mailbox to read their mail in.
//!
//! Development and tests only. Nothing here is linked into `passport` or `customersource`.

pub mod mailbox;
