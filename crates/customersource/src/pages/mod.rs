//! The portal's pages, and the addresses that the provider calls. Know axum, know no SQL.
pub mod account;
pub mod associate;
mod audit_lines;
pub mod backchannel_logout;
pub mod bounces;
pub mod choose;
pub mod confirm;
pub mod decline;
pub mod faq;
pub mod frontchannel_logout;
pub mod home;
pub mod initiate;
pub mod invitation;
pub mod link;
pub mod maintenance;
pub mod newsgroups;
pub mod newsletters;
pub mod resources;
pub mod security_events;
pub mod sign_in;
pub mod sign_out;
pub mod staff;
pub mod switch;
pub mod undo;
pub mod unsubscribe;
pub mod why;

use crate::visitor::{
    once,
    page::{anybodys_page, signed_in_page},
};

#[cfg(test)]
mod tests;
