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

use platform::web::{Trouble, Visit, see_other};

use crate::{
    acting::{Acting, Adding, Arrival},
    visitor::page::{anybodys_page, signed_in_page},
};

/// Begins to add what a form asks for; a form that was carried out before is answered as it was then.
async fn once<A>(tx: Acting<A>, visit: &Visit) -> Result<Adding<A>, Trouble> {
    match tx.once(visit.pressed()).await? {
        Arrival::First(once) => Ok(*once),
        Arrival::Again(place) => Err(see_other(&place).into()),
    }
}

#[cfg(test)]
mod tests;
