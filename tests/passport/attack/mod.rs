//! What somebody tries who means harm, by the names of the security case list (FX).
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of it is test code"
)]

mod fx_03;
mod fx_12_pushed;
mod fx_13;
