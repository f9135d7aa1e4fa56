//! Passport from outside, over HTTP and on both engines: what people, sites and attackers are answered.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of it is test code"
)]

mod account;
mod asked;
mod attack;
mod attestation;
mod authorization;
mod back_channel;
mod backups;
mod bad_input;
mod browser_surface;
mod certification;
mod clients;
mod commands;
mod conformance;
mod damaged;
mod discovery;
mod faults;
mod foreign;
mod guessing;
mod key_file;
mod keys;
mod passkeys;
mod refresh;
mod second_step;
mod security_events;
mod services;
mod sign_in;
mod sign_out;
mod sign_up;
mod token;
mod userinfo;
mod wire;
