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

use axum::{Router, middleware};
use platform::web::{Trouble, Visit, openapi::Surface, see_other};

use crate::{
    Portal,
    acting::{Acting, Adding, Arrival},
    visitor::{
        self,
        page::{anybodys_page, signed_in_page},
    },
};

/// What is published of the portal; `/openapi.json` describes what machines call.
pub const SURFACE: Surface = Surface {
    json: include_str!("../../../../deploy/surface.json"),
    program: "customersource",
    machines: &["machine", "Passport", "mail server", "operator"],
};

/// Every route of the portal.
pub fn router(portal: &Portal) -> Router {
    Router::new()
        .merge(platform::web::openapi::router(&portal.settings.server, &SURFACE))
        .merge(home::router())
        .merge(faq::router())
        .merge(sign_in::router())
        .merge(sign_out::router())
        .merge(backchannel_logout::router())
        .merge(security_events::router())
        .merge(bounces::router())
        .merge(frontchannel_logout::router())
        .merge(initiate::router())
        .merge(associate::router())
        .merge(link::router())
        .merge(invitation::router())
        .merge(confirm::router())
        .merge(choose::router())
        .merge(account::router())
        .merge(decline::router())
        .merge(undo::router())
        .merge(switch::router())
        .merge(why::router())
        .merge(maintenance::router())
        .merge(staff::router(portal))
        .merge(resources::router())
        .merge(newsgroups::router())
        .merge(newsletters::router())
        .merge(unsubscribe::router())
        .layer(middleware::from_fn_with_state(portal.clone(), maintenance::gate))
        .fallback(|| async { Trouble::not_found() })
        .layer(middleware::from_fn_with_state(portal.clone(), visitor::head))
        .with_state(portal.clone())
}

/// Begins to add what a form asks for; a form that was carried out before is answered as it was then.
async fn once<A>(tx: Acting<A>, visit: &Visit) -> Result<Adding<A>, Trouble> {
    match tx.once(visit.pressed()).await? {
        Arrival::First(once) => Ok(*once),
        Arrival::Again(place) => Err(see_other(&place).into()),
    }
}

#[cfg(test)]
mod tests;
