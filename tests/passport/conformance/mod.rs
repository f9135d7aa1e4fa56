//! What the official conformance suite and the programs of others stumbled over.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of it is test code"
)]

mod endpoints;
mod facts;
mod profile;
