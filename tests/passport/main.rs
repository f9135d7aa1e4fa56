//! Passport from outside, over HTTP and on both engines: what people, sites and attackers are answered.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of it is test code"
)]

mod authorize;
mod guessing;
mod prompts;
mod sign_in;
mod sign_up;
