//! Passport: a standalone OpenID Connect provider. Knows nothing of the portal.
//!
//! Data flows one way, from the doors down. **Doors** know axum and no SQL: [`endpoints`] for machines, [`pages`] for
//! people, [`jobs`] for time, [`command`] for the operator; [`visitor`] says who asks, [`request`] what a site asked,
//! [`response`] how machines are answered. They call **acts**, what is done in one transaction across rooms
//! ([`acts`]), which **tell** others of it ([`tell`]). **Rooms** hold nouns, decisions, rows and queries, and know
//! neither doors nor acts. Acts are carried out with a [`desk`], never with the whole application ([`state`]).
//! Which floor and room may know which: one table, `tests/tidy/arrows/tables.rs`.
pub mod account;
pub mod acts;
pub mod automatic;
pub mod billing;
pub mod budget;
pub mod channel;
pub mod client;
pub mod closing;
pub mod command;
pub mod computer;
pub mod config;
pub mod consent;
pub mod desk;
pub mod device;
pub mod endpoints;
pub mod grant;
pub mod history;
pub mod jobs;
pub mod key;
pub mod labels;
pub mod link;
pub mod name_claim;
pub mod nonces;
pub mod notice;

pub mod pages;
pub mod passkey;
pub mod paths;
pub mod pushed;
pub mod recovery;
pub mod request;
pub mod response;
pub mod routes;
pub mod second_step;
pub mod sending;
pub mod serve;
pub mod session;
pub mod state;
pub mod subject;
pub mod support;
pub mod tell;
pub mod texts;
pub mod visitor;

pub use config::Settings;
pub use serve::{router, run_on};
pub use state::Passport;
