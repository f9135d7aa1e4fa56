//! What somebody tried in November 2026, and what must not be found again: FX-01 to FX-15 by name.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of it is test code"
)]

mod fx_03;
mod fx_03_decisions;
mod fx_12_pushed;
mod fx_13;
