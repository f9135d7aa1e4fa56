//! The portal over HTTP and on both engines: alone, with a provider that a test bends as it likes ([`house`]), and
//! beside a real Passport ([`testkit::Town`]): the FAQ's way in, and every wrong turn.
#![recursion_limit = "256"]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "all of it is test code: what fails here fails the test"
)]

mod access;
mod administrators;
mod asked;
mod authority;
mod backups;
mod browser;
mod budgets;
mod bulks;
mod callback;
mod cases;
mod claims;
mod closing;
mod companies;
mod crowds;
mod departures;
mod editing;
mod elsewhere;
mod exchange;
mod faq;
mod faults;
mod fights;
mod given;
mod gone;
mod heads;
mod house;
mod imports;
mod initiate;
mod invitations;
mod issues;
mod journey;
mod kept;
mod keys;
mod letters;
mod links;
mod lost;
mod news;
mod offices;
mod others;
mod own_address;
mod passport_closed;
mod pieces;
mod provider;
mod race;
mod reach;
mod reasons;
mod refresh;
mod resources;
mod rules;
mod rush;
mod search;
mod seats;
mod second_factor;
mod second_person;
mod security_events;
mod sign_in;
mod sign_out;
mod sizes;
mod staff;
mod states;
mod stores;
mod strength;
mod surface;
mod throttles;
mod twice;
mod uploads;
mod zones;
