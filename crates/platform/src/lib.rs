//! The ground both halves stand on; knows nothing of accounts, grants, profiles or companies.
//!
//! | room | owns |
//! |---|---|
//! | [`clock`], [`day`], [`random`], [`id`] | time, days and their zones, randomness and ids as values |
//! | [`secrets`], [`former`] | the key file: MACs, sealing, digests, redacted text; what is kept of lines that are gone |
//! | [`db`], [`limits`], [`outbox`], [`sweep`], [`timed`] | the database, stored budgets, side effects that leave after the commit, the end of what is over, work that comes round |
//! | [`backup`] | copies of the database that can be put back |
//! | [`nodes`] | under which public URL the nodes of one database answer |
//! | [`plain`] | text without control characters |
//! | [`email`], [`mail`] | addresses and their keys, letters and their delivery |
//! | [`config`], [`telemetry`], [`security_event`], [`outbound`] | settings, logs and metrics, what an operator watches for, guarded HTTP to other sites |
//! | [`language`], [`texts`], [`dates`], [`fold`] | languages, the words in them, days as they write them, text as it is searched |
//! | [`web`] | the shell of every page: cookies, checked forms, headers, serving, health |
pub mod backup;
pub mod clock;
pub mod config;
pub mod dates;
pub mod day;
pub mod db;
pub mod email;
pub mod fault;
pub mod fold;
pub mod former;
pub mod id;
pub mod language;
pub mod letter;
pub mod limits;
pub mod mail;
pub mod nodes;
pub mod once;
pub mod outbound;
pub mod outbox;
pub mod plain;
pub mod random;
pub mod secrets;
pub mod security_event;
pub mod sweep;
pub mod telemetry;
#[cfg(test)]
mod testing;
pub mod texts;
pub mod timed;
pub mod turn;
pub mod web;

pub use fault::Fault;
