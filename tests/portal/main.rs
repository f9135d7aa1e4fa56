//! The portal beside a real Passport, over HTTP and on both engines: the FAQ's way in, and every wrong turn.
#![recursion_limit = "256"]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "all of it is test code")]

mod access;
mod callback;
mod elsewhere;
mod faults;
mod journey;
mod kept;
mod links;
mod passport_closed;
mod rush;
mod sign_out;
