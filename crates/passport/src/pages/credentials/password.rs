//! A new password for somebody who knows the old one.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use platform::{
    secrets::Secret,
    web::{Errors, Recoverable, Shell, Trouble, see_other},
};
use serde::Deserialize;

use super::{super::passwords::refused, Here, changed, own_or_again};

use crate::{
    acts::{self, credentials::Changed},
    state::Passport,
    visitor::{RecentlyProven, SignedIn},
};

pub const PATH: &str = "/account/password";

#[derive(Template)]
#[template(path = "pages/change_password.html")]
pub struct PasswordPage {
    shell: Shell,
    email: String,
    /// Characters of a password.
    least: usize,
    errors: Errors,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Form {
    old_password: Secret,
    password: Secret,
    end_others: Option<String>,
}

fn page(who: &SignedIn, least: usize, status: StatusCode, errors: Errors) -> Result<Response, Trouble> {
    let (shell, email) = (who.shell(), who.account.email.clone());
    who.visit.page(status, &PasswordPage { shell, email, least, errors })
}

/// Where programs that keep passwords go to change one (W3C, a well-known URL for changing passwords).
pub async fn well_known() -> Response {
    let mut response = see_other(PATH);
    *response.status_mut() = StatusCode::FOUND;
    response
}

pub async fn show(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
) -> Result<Response, Trouble> {
    let has_second_step = who.account.asks_more(passport.takes_passkeys());
    page(&who, passport.settings.password.least(has_second_step), StatusCode::OK, Errors::default())
}

pub async fn take(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
    form: Recoverable<Form>,
) -> Result<Response, Trouble> {
    let visit = &who.visit;
    let has_second_step = who.account.asks_more(passport.takes_passkeys());
    let least = passport.settings.password.least(has_second_step);
    let form = own_or_again(form, visit, |status, _, errors| page(&who, least, status, errors))?;
    let mut errors = Errors::default();
    if form.old_password.is_empty() {
        errors.add("old_password", visit.t("change-password-needs-old"));
    }
    if let Some(refused) =
        refused(&passport, visit, &who.account.email, &form.password, has_second_step).await?
    {
        errors.add("password", refused);
    }
    if !errors.is_empty() {
        return page(&who, least, StatusCode::UNPROCESSABLE_ENTITY, errors);
    }
    let here = Here::of(&who);
    let (old, new, end_others) = (form.old_password, form.password, form.end_others.is_some());
    match acts::credentials::change_password(&passport, visit.now, here.owner(&who), &old, new, end_others)
        .await?
    {
        Changed::Done => changed(&who, "changed-password"),
        Changed::Unproven => {
            errors.add("old_password", visit.t("change-password-wrong"));
            page(&who, least, StatusCode::UNPROCESSABLE_ENTITY, errors)
        }
    }
}

#[cfg(test)]
impl platform::web::page::Samples for PasswordPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page =
            |errors| Self { shell: shell.clone(), email: "maria@example.com".into(), least: 15, errors };
        let mut wrong = Errors::default();
        wrong.add("old_password", shell.t("change-password-wrong"));
        wrong.add("password", shell.t1("sign-up-password-too-short", "least", "15"));
        let mut missing = Errors::default();
        missing.add("old_password", shell.t("change-password-needs-old"));
        vec![page(Errors::default()), page(wrong), page(missing)]
    }
}
