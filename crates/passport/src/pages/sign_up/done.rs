//! The end of sign-up: “close the browser window” (PP-13), or on to the site that the person came for.
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use platform::web::{Shell, Trouble, page::Samples};

use super::super::{SIGN_IN, arrival::Arrival, client_panel::ClientPanel, destination::Params};
use crate::{state::Passport, visitor::Visitor};

/// Says the same to everybody: it does not know which account was made, or whether one was.
#[derive(Template)]
#[template(path = "pages/sign_up_done.html")]
pub struct DonePage {
    shell: Shell,
    client: Option<ClientPanel>,
    sign_in: String,
    /// The address was not proven free, so the words must hold for a taken one too.
    silent: bool,
}

pub async fn show(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
) -> Result<Response, Trouble> {
    let arrival = Arrival::of(&passport, visitor, params).await?;
    let page = DonePage {
        shell: arrival.shell(),
        client: arrival.client.clone(),
        sign_in: arrival.destination.carried_to(SIGN_IN),
        silent: !passport.settings.sign_up.reveal_taken,
    };
    arrival.visitor.visit.ok(&page)
}

impl Samples for DonePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |client, silent| Self { shell: shell.clone(), client, sign_in: SIGN_IN.into(), silent };
        vec![page(None, false), page(Some(ClientPanel::sample()), false), page(None, true)]
    }
}
