//! Passport: a standalone OpenID Connect provider. Knows nothing of the portal.
//!
//! Doors (know axum, know no SQL): [`endpoints`] for machines, [`pages`] for people, [`jobs`] for time,
//! [`command`] for the operator; [`visitor`] says who asks. Rooms (know no axum):
//! [`account`], [`session`], [`client`], [`grant`], [`key`].
//! Allowed arrows between rooms: session → account, grant; grant → account, client, session ids.
pub mod account;
pub mod client;
pub mod command;
pub mod config;
pub mod endpoints;
pub mod grant;
pub mod jobs;
pub mod key;
pub mod pages;
pub mod response;
pub mod seed;
pub mod session;
pub mod state;
pub mod texts;
pub mod visitor;

use axum::Router;

pub use config::Settings;
pub use state::Passport;

/// Every route of Passport.
pub fn router(passport: &Passport) -> Router {
    Router::new().merge(endpoints::router()).merge(pages::router()).with_state(passport.clone())
}
