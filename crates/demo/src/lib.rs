//! What `cargo run` starts: both programs, a mailbox to read their mail in, demonstration data.
//!
//! Development and tests only. Nothing here is linked into `passport` or `customersource`.

pub mod people;
pub mod program;
