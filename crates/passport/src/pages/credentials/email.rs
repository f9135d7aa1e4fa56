//! Another address for an account, proven at the new one; and proving the present one.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use platform::{
    email::EmailAddress,
    web::{Checked, Errors, Recoverable, Shell, Trouble, too_many_text},
};
use serde::Deserialize;

use super::{
    super::{sign_out::Nothing, sign_up::form::in_words},
    Here, own_or_again, wrong_address,
};

use crate::{
    acts::{
        self,
        addresses::{Asked, is_same},
    },
    state::Passport,
    visitor::{RecentlyProven, SignedIn},
};

#[derive(Template)]
#[template(path = "pages/change_email.html")]
pub struct EmailPage {
    shell: Shell,
    email: String,
    verified: bool,
    typed: String,
    /// Where a letter is on its way to.
    sent: Option<String>,
    errors: Errors,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Form {
    new_email: String,
}

fn page(who: &SignedIn, typed: String, sent: Option<String>, errors: Errors) -> EmailPage {
    EmailPage {
        shell: who.shell(),
        email: who.account.email.clone(),
        verified: who.account.email_verified,
        typed,
        sent,
        errors,
    }
}

pub async fn show(RecentlyProven(who): RecentlyProven) -> Result<Response, Trouble> {
    who.visit.ok(&page(&who, String::new(), None, Errors::default()))
}

pub async fn take(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
    form: Recoverable<Form>,
) -> Result<Response, Trouble> {
    let visit = &who.visit;
    let again = |status, form: Form, errors| visit.page(status, &page(&who, form.new_email, None, errors));
    let form = own_or_again(form, visit, again)?;
    let refused = match EmailAddress::parse(&form.new_email) {
        Err(malformed) => Err(in_words(malformed)),
        Ok(email) if is_same(Some(&who.account.email), &email) => Err("change-email-same"),
        Ok(email) if is_same(who.account.alternate_email(), &email) => Err("change-email-alternate"),
        Ok(email) => Ok(email),
    };
    match refused {
        Ok(email) => {
            let here = Here::of(&who);
            let asked =
                acts::addresses::ask_email_change(&passport, visit.now, here.owner(&who), &email).await?;
            answer(&who, asked, email.as_str())
        }
        Err(key) => again(StatusCode::UNPROCESSABLE_ENTITY, form, wrong_address(visit, key)),
    }
}

/// An e-mail is on its way to `to`, or nothing was sent.
fn answer(who: &SignedIn, asked: Asked, to: &str) -> Result<Response, Trouble> {
    match asked {
        Asked::Sent => who.visit.ok(&page(who, String::new(), Some(to.to_owned()), Errors::default())),
        Asked::TooMany(full) => {
            let errors = Errors::whole(too_many_text(&who.visit, "change-too-many", full));
            who.visit.page(StatusCode::TOO_MANY_REQUESTS, &page(who, String::new(), None, errors))
        }
    }
}

/// A letter with which the owner proves the present address.
pub async fn verify(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, Trouble> {
    let here = Here::of(&who);
    let asked = acts::addresses::verify_email(&passport, who.visit.now, here.owner(&who)).await?;
    answer(&who, asked, &who.account.email)
}

#[cfg(test)]
impl platform::web::page::Samples for EmailPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |verified, sent: Option<&str>, wrong: Option<&str>| {
            let mut errors = Errors::default();
            if let Some(key) = wrong {
                errors.add("new_email", shell.t(key));
            }
            Self {
                shell: shell.clone(),
                email: "maria@example.com".into(),
                verified,
                typed: String::new(),
                sent: sent.map(str::to_owned),
                errors,
            }
        };
        vec![
            page(true, None, None),
            Self {
                errors: Errors::whole(shell.t1("change-too-many-until", "until", "tomorrow at 08:15")),
                ..page(true, None, None)
            },
            page(false, None, Some("change-email-same")),
            page(false, None, Some("change-email-alternate")),
            page(true, Some("maria@example.net"), None),
        ]
    }
}
