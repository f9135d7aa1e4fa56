//! Which of several accounts: the page that a site asks for with `prompt=select_account`, and ours to switch.
use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{OfBrowser, Shell, Trouble, page::FormsLeadElsewhere, see_other};
use serde::Deserialize;

use super::{
    arrival::Arrival,
    client_panel::ClientPanel,
    remembered::{self, OTHER, Remembered},
};

use crate::{
    paths::{CHOOSE_ACCOUNT, SIGN_IN},
    request::{
        destination::{Destination, Params},
        with_choice,
    },
    session,
    state::Passport,
    visitor::Visitor,
};

#[derive(Template)]
#[template(path = "pages/choose_account.html")]
pub struct ChooseAccountPage {
    shell: Shell,
    client: Option<ClientPanel>,
    destination: Destination,
    /// Session id and address of everybody who is signed in here.
    signed_in: Vec<(String, String)>,
    /// The others that this computer remembers.
    remembered: Vec<Remembered>,
}

impl ChooseAccountPage {
    fn action(&self) -> String {
        self.destination.carried_to(CHOOSE_ACCOUNT)
    }

    fn choose(&self) -> String {
        self.destination.carried_to("/sign-in/account")
    }

    fn other(&self) -> String {
        self.destination.carried_with(SIGN_IN, "account", OTHER)
    }

    fn cancel(&self) -> String {
        self.destination.carried_to("/sign-in/cancel")
    }
}

pub async fn show(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
) -> Result<Response, Trouble> {
    let arrival = Arrival::of(&passport, visitor, params).await?;
    let visitor = &arrival.visitor;
    if visitor.signed_in.is_none() {
        return Ok(see_other(&arrival.destination.carried_to(SIGN_IN)));
    }
    let signed_in: Vec<_> = visitor
        .everybody()
        .map(|(session, account)| (session.id.to_string(), account.email.clone()))
        .collect();
    let mut remembered = remembered::list(&passport, visitor).await?;
    remembered.retain(|known| signed_in.iter().all(|(_, email)| *email != known.email));
    let page = ChooseAccountPage {
        // The page names several people: none of them in the top bar.
        shell: visitor.visit.shell(),
        client: arrival.client.clone(),
        destination: arrival.destination.clone(),
        signed_in,
        remembered,
    };
    let mut response = visitor.visit.page(StatusCode::OK, &page)?;
    if page.client.is_some() {
        response.extensions_mut().insert(FormsLeadElsewhere);
    }
    Ok(response)
}

#[derive(Deserialize)]
pub struct Choice {
    #[serde(default)]
    session: String,
}

/// Puts the chosen person in front. No password is needed; the session's cookie is a new one (BR-04).
pub async fn take(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
    choice: OfBrowser<Choice>,
) -> Result<Response, Trouble> {
    let choice = choice.checked()?;
    let destination = Destination::from(params);
    let is_meant = |session: &session::Session| session.id.to_string() == choice.session;
    let visitor = visitor.with_current(is_meant);
    let Some(chosen) = visitor.session().filter(|session| is_meant(session)) else {
        return Ok(see_other(&destination.carried_to(SIGN_IN)));
    };
    let secret = passport.random.token();
    let Some(tx) = visitor.acts(&passport).await? else {
        return Ok(see_other(&destination.carried_to(SIGN_IN)));
    };
    if !session::store::set_secret(&tx, chosen.id, &secret).await? {
        return Ok(see_other(&destination.carried_to(SIGN_IN)));
    }
    tx.commit().await?;
    let onward = match destination {
        Destination::Site(request) => Destination::Site(with_choice(&passport, &request, visitor.visit.now)),
        elsewhere => elsewhere,
    };
    let mut response = see_other(&onward.path());
    visitor.keep_session(chosen.id, &secret, response.headers_mut());
    Ok(response)
}

#[cfg(test)]
impl platform::web::page::Samples for ChooseAccountPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |client: Option<ClientPanel>, remembered: Vec<Remembered>| Self {
            shell: shell.clone(),
            client,
            destination: Destination::Home,
            signed_in: vec![
                ("1".into(), "maria@example.com".into()),
                ("2".into(), "maria.silva@contoso.example".into()),
            ],
            remembered,
        };
        let known = Remembered { handle: "3".into(), email: "ze@example.com".into() };
        vec![page(None, vec![]), page(Some(ClientPanel::sample()), vec![known])]
    }
}
