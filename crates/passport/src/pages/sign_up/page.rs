//! The pages of sign-up: the address, the credentials, and the refusal of an address that is taken.
use askama::Template;
use axum::{http::StatusCode, response::Response};
use platform::{
    email::EmailAddress,
    language::Language,
    web::{Errors, Shell, Trouble},
};

use super::{
    super::{arrival::Arrival, client_panel::ClientPanel},
    form::{Form, OWN},
};

use crate::{
    account::{
        country::{self, Country},
        question::OFFERED,
    },
    paths::{SIGN_IN, SIGN_UP},
    state::Passport,
};

/// Step one: “Enter your e-mail address.” and nothing else.
#[derive(Template)]
#[template(path = "pages/sign_up_address.html")]
pub struct AddressPage {
    shell: Shell,
    client: Option<ClientPanel>,
    action: String,
    sign_in: String,
    form: Form,
    errors: Errors,
}

/// Step two: password, secret question and answer.
#[derive(Template)]
#[template(path = "pages/sign_up_credentials.html")]
pub struct CredentialsPage {
    shell: Shell,
    client: Option<ClientPanel>,
    action: String,
    form: Form,
    language: Language,
    /// A link to the account's own address leads back, once that is proven.
    primary_email: bool,
    /// Characters of a password.
    least: usize,
    errors: Errors,
}

/// PP-08, PP-09: what the FAQ says, and its three ways on.
#[derive(Template)]
#[template(path = "pages/sign_up_taken.html")]
pub struct TakenPage {
    shell: Shell,
    client: Option<ClientPanel>,
    email: String,
    recover: String,
    sign_up: String,
    sign_in: String,
    /// What was typed for this address, and serves another one.
    form: Form,
}

impl AddressPage {
    pub fn of(arrival: &Arrival, form: Form, errors: Errors) -> Self {
        Self {
            shell: arrival.shell(),
            client: arrival.client.clone(),
            action: arrival.destination.carried_to(SIGN_UP),
            sign_in: arrival.destination.carried_to(SIGN_IN),
            form,
            errors,
        }
    }
}

impl CredentialsPage {
    pub fn of(passport: &Passport, arrival: &Arrival, form: Form, errors: Errors) -> Self {
        let language = Language::of_tag(&form.account_language).unwrap_or(arrival.visitor.visit.language);
        Self {
            shell: arrival.shell(),
            client: arrival.client.clone(),
            action: arrival.destination.carried_to(SIGN_UP),
            form,
            language,
            primary_email: passport.settings.recovery.primary_email,
            least: passport.settings.password.least(false),
            errors,
        }
    }

    pub fn answer(&self, arrival: &Arrival, status: StatusCode) -> Result<Response, Trouble> {
        arrival.visitor.visit.page(status, self)
    }

    fn offered(&self) -> &'static [&'static str] {
        &OFFERED
    }

    fn countries(&self) -> &'static [&'static Country] {
        country::listed(self.shell.language())
    }

    fn lives_in(&self, country: &Country) -> bool {
        Country::of(&self.form.country) == Some(country)
    }

    fn own(&self) -> &'static str {
        OWN
    }

    /// Chosen in the list; somebody who only wrote a question meant that one.
    fn is_chosen(&self, question: &str) -> bool {
        let only_wrote = self.form.question.is_empty() && !self.form.own_question.trim().is_empty();
        self.form.question == question || (only_wrote && question == OWN)
    }
}

impl TakenPage {
    pub fn of(arrival: &Arrival, email: &EmailAddress, form: &Form) -> Self {
        Self {
            shell: arrival.shell(),
            client: arrival.client.clone(),
            email: email.as_str().to_owned(),
            recover: arrival.destination.carried_to("/recover"),
            sign_up: arrival.destination.carried_to(SIGN_UP),
            sign_in: arrival.destination.carried_to(SIGN_IN),
            form: form.clone(),
        }
    }
}

#[cfg(test)]
impl platform::web::page::Samples for AddressPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let plain = |email: &str, error: Option<&str>| {
            let mut errors = Errors::default();
            if let Some(key) = error {
                errors.add("email", shell.t(key));
            }
            Self {
                shell: shell.clone(),
                client: None,
                action: SIGN_UP.into(),
                sign_in: SIGN_IN.into(),
                form: Form { email: email.into(), ..Form::default() },
                errors,
            }
        };
        vec![
            plain("", None),
            Self { client: Some(ClientPanel::sample()), ..plain("maria@example.com", None) },
            plain("", Some("sign-up-needs-email")),
            plain("maria@", Some("sign-up-email-shape")),
            plain("maria@…", Some("sign-up-email-too-long")),
            Self {
                errors: Errors::whole(shell.t1("sign-up-too-many-until", "until", "tomorrow at 08:15")),
                ..plain("maria@example.com", None)
            },
        ]
    }
}

#[cfg(test)]
impl platform::web::page::Samples for CredentialsPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |form: Form, wrong: &[(&'static str, &str)]| {
            let mut errors = Errors::default();
            for (field, key) in wrong {
                errors.add(field, shell.t1(key, "least", "15"));
            }
            let email = "maria@example.com".to_owned();
            Self {
                shell: shell.clone(),
                client: Some(ClientPanel::sample()),
                action: SIGN_UP.into(),
                form: Form { email, ..form },
                language: shell.language(),
                primary_email: true,
                least: 15,
                errors,
            }
        };
        let own = Form {
            own_question: "Who?".into(),
            answer: platform::secrets::Secret::new("Me"),
            ..Form::default()
        };
        vec![
            page(Form::default(), &[]),
            page(
                Form::default(),
                &[
                    ("password", "sign-up-needs-password"),
                    ("question", "sign-up-needs-question"),
                    ("answer", "sign-up-needs-answer"),
                ],
            ),
            page(own.clone(), &[("password", "sign-up-password-too-short")]),
            page(
                own.clone(),
                &[("password", "sign-up-password-too-long"), ("own_question", "sign-up-question-too-long")],
            ),
            page(
                own.clone(),
                &[("password", "sign-up-password-is-address"), ("answer", "sign-up-answer-too-long")],
            ),
            page(
                own,
                &[
                    ("password", "sign-up-password-too-common"),
                    ("answer", "sign-up-answer-gives-itself-away"),
                ],
            ),
            page(
                Form { question: OWN.into(), ..Form::default() },
                &[("own_question", "sign-up-needs-own-question"), ("ways", "sign-up-needs-way")],
            ),
            page(
                Form { country: "BR".into(), ..Form::default() },
                &[
                    ("name", "sign-up-needs-name"),
                    ("postal_code", "sign-up-needs-postal-code"),
                    ("birthdate", "sign-up-needs-birthdate"),
                ],
            ),
            page(
                Form { birth_year: "70".into(), ..Form::default() },
                &[
                    ("name", "information-too-long"),
                    ("country", "sign-up-needs-country"),
                    ("birthdate", "information-date"),
                ],
            ),
            page(
                Form { country: "Lemuria".into(), ..Form::default() },
                &[("country", "information-unknown-country"), ("birthdate", "information-date-future")],
            ),
        ]
    }
}

#[cfg(test)]
impl platform::web::page::Samples for TakenPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |form| Self {
            shell: shell.clone(),
            client: Some(ClientPanel::sample()),
            email: "maria@example.com".into(),
            recover: "/recover".into(),
            sign_up: SIGN_UP.into(),
            sign_in: SIGN_IN.into(),
            form,
        };
        vec![page(Form::default()), page(Form { name: "Maria".into(), ..Form::default() })]
    }
}
