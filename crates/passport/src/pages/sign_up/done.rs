//! The end of sign-up: “close the browser window” (PP-13), or on to the site that the person came for.
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use oidc::claims::StandardClaims;
use platform::web::{Shell, Trouble};
use serde::Deserialize;

use super::{
    super::{arrival::Arrival, client_panel::ClientPanel},
    form::Form,
};

use crate::{
    account::information::Information, paths::SIGN_IN, recovery::Way, request::destination::Params,
    state::Passport, visitor::Visitor,
};

/// What the form said of ways back, for the page that it leads to. Of the form and not of an account, so that it says
/// nothing about an address that was taken.
pub fn left(form: &Form, claims: &StandardClaims) -> String {
    let ways = [
        (Way::Answer, Information::of(claims).is_enough()),
        (Way::Alternate, !form.alternate_email.trim().is_empty()),
        (Way::Email, form.verify.is_some()),
    ];
    ways.iter().filter(|(_, left)| *left).map(|(way, _)| way.as_str()).collect::<Vec<_>>().join(" ")
}

#[derive(Deserialize)]
pub struct Left {
    #[serde(default)]
    back: String,
}

impl Left {
    fn has(&self, way: Way) -> bool {
        self.back.split(' ').any(|word| word == way.as_str())
    }
}

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
    back: WaysLeft,
}

/// The ways back that the form named.
#[derive(Clone, Copy, Debug, Default)]
struct WaysLeft {
    /// Serves already.
    answer: bool,
    /// A letter is on its way to it.
    alternate: bool,
    email: bool,
}

impl WaysLeft {
    const fn ready(self) -> u64 {
        self.answer as u64
    }
}

pub async fn show(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
    Query(left): Query<Left>,
) -> Result<Response, Trouble> {
    let arrival = Arrival::of(&passport, visitor, params).await?;
    let signed_in = arrival.asking.is_some() && arrival.visitor.signed_in.is_some();
    let page = DonePage {
        shell: arrival.shell(),
        client: arrival.client.clone(),
        onward: if signed_in { arrival.destination.path() } else { arrival.destination.carried_to(SIGN_IN) },
        signed_in,
        silent: !passport.settings.sign_up.reveal_taken,
        back: WaysLeft {
            answer: left.has(Way::Answer),
            alternate: left.has(Way::Alternate),
            email: left.has(Way::Email) && passport.settings.recovery.primary_email,
        },
    };
    arrival.visitor.visit.ok(&page)
}

#[cfg(test)]
impl platform::web::page::Samples for DonePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let back = WaysLeft { answer: true, ..WaysLeft::default() };
        let page = |client, signed_in, silent| Self {
            back: WaysLeft { alternate: silent, email: signed_in, ..back },
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
            Self { back: WaysLeft { alternate: true, ..WaysLeft::default() }, ..page(None, false, false) },
        ]
    }
}
