//! The portal over HTTP, with a provider that a test bends as it likes and a postbox that keeps the mail.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "all of it is test code: what fails here fails the test"
)]

mod access;
mod administrators;
mod authority;
mod budgets;
mod bulks;
mod claims;
mod closing;
mod companies;
mod crowds;
mod departures;
mod editing;
mod exchange;
mod faq;
mod fights;
mod given;
mod heads;
mod house;
mod imports;
mod initiate;
mod invitations;
mod issues;
mod keys;
mod letters;
mod logout;
mod lost;
mod news;
mod offices;
mod others;
mod postbox;
mod provider;
mod race;
mod reach;
mod refresh;
mod resources;
mod rules;
mod search;
mod security_events;
mod sign_in;
mod sizes;
mod staff;
mod states;
mod stores;
mod surface;
mod throttles;
mod twice;
mod uploads;
mod zones;
