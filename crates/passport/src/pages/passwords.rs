//! What is wrong with a password, in words; and the page after a sign-in with one that is not good enough any more.
use askama::Template;
use axum::{extract::Query, response::Response};
use platform::{
    email::EmailAddress,
    secrets::Secret,
    web::{Shell, Trouble, Visit},
};
use serde::Deserialize;

use super::credentials::password::PATH;

use crate::{
    account::password::rules::{Refused, Weakness},
    acts::choose_password::{self, Advice},
    request::destination::{Destination, Params},
    state::Passport,
    visitor::SignedIn,
};

pub const ADVICE: &str = "/sign-in/password";

/// What is wrong with a password that somebody chooses for the account of an address.
pub async fn refused(
    passport: &Passport,
    visit: &Visit,
    email: &str,
    password: &Secret,
    has_second_step: bool,
) -> Result<Option<String>, Trouble> {
    let Ok(email) = EmailAddress::parse(email) else { return Ok(None) };
    let refused = choose_password::refusal(passport, &email, password, has_second_step).await?;
    let least = passport.settings.password.least(has_second_step).to_string();
    Ok(refused.map(|refused| match refused {
        Refused::TooShort => visit.shell().t1("sign-up-password-too-short", "least", &least),
        refused => visit.t(in_words(refused)),
    }))
}

const fn in_words(refused: Refused) -> &'static str {
    match refused {
        Refused::Missing => "sign-up-needs-password",
        Refused::TooShort => "sign-up-password-too-short",
        Refused::TooLong => "sign-up-password-too-long",
        Refused::IsAddress => "sign-up-password-is-address",
        Refused::TooCommon => "sign-up-password-too-common",
        Refused::Breached => "password-breached",
        Refused::Weak(Weakness::Keys) => "password-weak-keys",
        Refused::Weak(Weakness::Repeats) => "password-weak-repeats",
        Refused::Weak(Weakness::Sequence) => "password-weak-sequence",
        Refused::Weak(Weakness::Date) => "password-weak-date",
        Refused::Weak(Weakness::Name) => "password-weak-name",
        Refused::Weak(Weakness::Words) => "password-weak-words",
    }
}

/// After a sign-in: the password does, and should be another.
#[derive(Template)]
#[template(path = "pages/password_advice.html")]
pub struct AdvicePage {
    shell: Shell,
    breached: bool,
    change: &'static str,
    onward: String,
}

#[derive(Deserialize)]
pub struct Reason {
    #[serde(default)]
    why: String,
}

/// Where somebody goes first who is told so.
pub fn advised(destination: &Destination, advice: Advice) -> String {
    let why = match advice {
        Advice::Short => "short",
        Advice::Breached => "breached",
    };
    destination.carried_with(ADVICE, "why", why)
}

pub async fn show(
    who: SignedIn,
    Query(params): Query<Params>,
    Query(reason): Query<Reason>,
) -> Result<Response, Trouble> {
    let onward = Destination::from(params).path();
    let breached = reason.why == "breached";
    who.visit.ok(&AdvicePage { shell: who.visitor.shell(), breached, change: PATH, onward })
}

#[cfg(test)]
impl platform::web::page::Samples for AdvicePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |breached| Self { shell: shell.clone(), breached, change: PATH, onward: "/".into() };
        vec![page(true), page(false)]
    }
}
