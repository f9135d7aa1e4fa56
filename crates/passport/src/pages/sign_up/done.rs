//! The end of sign-up: “close the browser window” (PP-13), or on to the site that the person came for.
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use platform::web::{Shell, Trouble};

use super::super::{arrival::Arrival, client_panel::ClientPanel};

use crate::{paths::SIGN_IN, request::destination::Params, state::Passport, visitor::Visitor};

/// Says the same to everybody: it does not know which account was made, or whether one was.
#[derive(Template)]
#[template(path = "pages/sign_up_done.html")]
pub struct DonePage {
    shell: Shell,
    client: Option<ClientPanel>,
    /// Where it goes on: to the site, or to the page that signs in for it.
    onward: String,
    /// The person is signed in with the new Passport.
    signed_in: bool,
    /// The address was not proven free, so the words must hold for a taken one too.
    silent: bool,
}

pub async fn show(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
) -> Result<Response, Trouble> {
    let arrival = Arrival::of(&passport, visitor, params).await?;
    let signed_in = arrival.asking.is_some() && arrival.visitor.signed_in.is_some();
    let page = DonePage {
        shell: arrival.shell(),
        client: arrival.client.clone(),
        onward: if signed_in { arrival.destination.path() } else { arrival.destination.carried_to(SIGN_IN) },
        signed_in,
        silent: !passport.settings.sign_up.reveal_taken,
    };
    arrival.visitor.visit.ok(&page)
}

#[cfg(test)]
impl platform::web::page::Samples for DonePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |client, signed_in, silent| Self {
            shell: shell.clone(),
            client,
            onward: SIGN_IN.into(),
            signed_in,
            silent,
        };
        let client = || Some(ClientPanel::sample());
        vec![
            page(None, false, false),
            page(client(), false, false),
            page(client(), true, false),
            page(None, false, true),
        ]
    }
}
