//! Signing in with an e-mail address and a password, on the way to a site or to Account Services.
use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    email::EmailAddress,
    secrets::Secret,
    web::{
        Errors, Recoverable, Shell, Trouble,
        page::{FormsLeadElsewhere, Samples},
        see_other,
    },
};
use serde::Deserialize;

use super::{
    SIGN_IN, SIGN_UP,
    arrival::Arrival,
    client_panel::ClientPanel,
    destination::{Destination, Params},
    sign_out::Nothing,
};
use crate::{
    account::actions::{self, Attempt},
    endpoints::authorize::cancelled,
    state::Passport,
    visitor::{self, Visitor},
};

#[derive(Template)]
#[template(path = "pages/sign_in.html")]
pub struct SignInPage {
    shell: Shell,
    client: Option<ClientPanel>,
    destination: Destination,
    username: String,
    /// Who is signed in already and may simply go on; only where no site waits.
    current: Option<String>,
    errors: Errors,
}

#[derive(Deserialize)]
pub struct Form {
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: Secret,
}

impl SignInPage {
    fn of(arrival: &Arrival, username: String, errors: Errors) -> Self {
        Self {
            shell: arrival.shell(),
            client: arrival.client.clone(),
            destination: arrival.destination.clone(),
            username,
            current: None,
            errors,
        }
    }

    fn action(&self) -> String {
        self.destination.carried_to(SIGN_IN)
    }

    fn cancel(&self) -> String {
        self.destination.carried_to("/sign-in/cancel")
    }

    fn sign_up(&self) -> String {
        self.destination.carried_to(SIGN_UP)
    }

    fn recover(&self) -> String {
        self.destination.carried_to("/recover")
    }

    fn onward(&self) -> String {
        self.destination.path()
    }

    fn answer(&self, arrival: &Arrival, status: StatusCode) -> Result<Response, Trouble> {
        let mut response = arrival.visitor.visit.page(status, self)?;
        if self.client.is_some() {
            response.extensions_mut().insert(FormsLeadElsewhere);
        }
        Ok(response)
    }
}

pub async fn show(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
) -> Result<Response, Trouble> {
    let arrival = Arrival::of(&passport, visitor, params).await?;
    let hint = arrival.asking.as_ref().and_then(|asking| asking.login_hint.clone());
    let current = arrival.visitor.signed_in.as_ref().map(|(_, account)| account.email.clone());
    // A hint is a stranger's word: only what looks like an address is shown in the field.
    let hint = hint.filter(|hint| EmailAddress::parse(hint).is_ok());
    let username = hint.or_else(|| current.clone()).unwrap_or_default();
    let mut page = SignInPage::of(&arrival, username, Errors::default());
    page.current = current.filter(|_| arrival.client.is_none());
    page.answer(&arrival, StatusCode::OK)
}

pub async fn take(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
    form: Recoverable<Form>,
) -> Result<Response, Trouble> {
    let arrival = Arrival::of(&passport, visitor, params).await?;
    let visit = &arrival.visitor.visit;
    let form = match form {
        Recoverable::Checked(form) => form,
        Recoverable::Stale(form) => {
            let errors = Errors::whole(visit.t("problem-form-stale"));
            return SignInPage::of(&arrival, form.username, errors).answer(&arrival, StatusCode::FORBIDDEN);
        }
    };
    let refuse = |username: String, errors: Errors| {
        SignInPage::of(&arrival, username, errors).answer(&arrival, StatusCode::UNPROCESSABLE_ENTITY)
    };
    let mut errors = Errors::default();
    let email = EmailAddress::parse(&form.username);
    if email.is_err() {
        errors.add("username", visit.t("sign-in-needs-email"));
    }
    if form.password.is_empty() {
        errors.add("password", visit.t("sign-in-needs-password"));
    }
    let (Ok(email), true) = (email, errors.is_empty()) else { return refuse(form.username, errors) };
    let attempt = Attempt {
        email: &email,
        password: form.password,
        address_block: &visit.address_block(),
        current: arrival.visitor.session(),
    };
    let Some((session, secret)) = actions::sign_in(&passport, visit.now, attempt).await? else {
        return refuse(form.username, Errors::whole(visit.t("sign-in-wrong-pair")));
    };
    let mut response = see_other(&arrival.destination.path());
    visitor::cookie(visit, session.id, &secret).set(response.headers_mut());
    Ok(response)
}

/// The person does not want to go on: the site is told (`access_denied`).
pub async fn cancel(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
    form: Recoverable<Nothing>,
) -> Result<Response, Trouble> {
    let arrival = Arrival::of(&passport, visitor, params).await?;
    match (form, &arrival.asking) {
        (Recoverable::Checked(_), Some(asking)) => cancelled(&passport, &arrival.visitor, asking).await,
        // Nothing is lost: the page with a fresh token.
        (Recoverable::Stale(_), Some(_)) => Ok(see_other(&arrival.destination.carried_to(SIGN_IN))),
        (_, None) => Ok(see_other("/")),
    }
}

impl Samples for SignInPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let plain = || Self {
            shell: shell.clone(),
            client: None,
            destination: Destination::Home,
            username: String::new(),
            current: None,
            errors: Errors::default(),
        };
        let site = || Self {
            client: Some(ClientPanel::sample()),
            destination: Destination::Site("client_id=portal&scope=openid".into()),
            ..plain()
        };
        let mut fields = Errors::default();
        fields.add("username", shell.t("sign-in-needs-email"));
        fields.add("password", shell.t("sign-in-needs-password"));
        let wrong = Errors::whole(shell.t("sign-in-wrong-pair"));
        let stale = Errors::whole(shell.t("problem-form-stale"));
        let who = "maria@example.com".to_owned();
        vec![
            plain(),
            site(),
            Self { username: who.clone(), current: Some(who.clone()), ..plain() },
            Self { errors: fields, ..site() },
            Self { username: who.clone(), errors: wrong, ..site() },
            Self { username: who, errors: stale, ..site() },
        ]
    }
}
