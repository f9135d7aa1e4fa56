//! Doors for people: every page of Passport. They know axum and no SQL.
use axum::{
    Router,
    routing::{get, post},
};

use crate::{
    paths::{CHOOSE_ACCOUNT, DEVICE, ERRORS, SIGN_IN, SIGN_UP},
    state::Passport,
};

pub mod account;
pub mod arrival;
pub mod authorize_error;
pub mod choose_account;
pub mod client_panel;
pub mod consent;
pub mod credentials;
pub mod device;
pub mod errors;
pub mod form_post;
pub mod help;
pub mod home;
pub mod letter_link;
pub mod name_claimed;
pub mod recover;
pub mod remembered;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
pub mod sites;
#[cfg(test)]
mod tests;

pub fn router() -> Router<Passport> {
    Router::new()
        .route("/", get(home::show))
        .route(SIGN_UP, get(sign_up::show).post(sign_up::take))
        .route("/sign-up/done", get(sign_up::done::show))
        .route("/sign-up/mine", post(sign_up::mine))
        .route(SIGN_IN, get(sign_in::show).post(sign_in::take))
        .route("/sign-in/account", post(remembered::choose))
        .route(name_claimed::NAME_CLAIMED, get(name_claimed::show))
        .route(CHOOSE_ACCOUNT, get(choose_account::show).post(choose_account::take))
        .route("/sign-out", post(sign_out::sign_out))
        .route("/signed-out", get(sign_out::show_signed_out))
        .merge(account::router())
        .route("/account/password", get(credentials::password::show).post(credentials::password::take))
        .route("/account/email", get(credentials::email::show).post(credentials::email::take))
        .route("/account/email/verify", post(credentials::email::verify))
        .route(
            "/account/alternate-email",
            get(credentials::alternate::show).post(credentials::alternate::take),
        )
        .route("/account/alternate-email/remove", post(credentials::alternate::remove))
        .route("/account/question", get(credentials::question::show).post(credentials::question::take))
        .route("/account/history", get(credentials::history::show))
        .route("/account/not-me", get(credentials::history::ask).post(credentials::history::not_me))
        .route("/.well-known/change-password", get(credentials::password::well_known))
        .route("/link/{secret}", get(letter_link::arrive))
        .route("/link", get(letter_link::show).post(letter_link::take))
        .route(recover::RECOVER, get(recover::show).post(recover::take))
        .route("/recover/password", get(recover::show_password).post(recover::take_password))
        .route("/recover/return", get(recover::show_return).post(recover::take_return))
        .route("/help", get(help::show))
        .route(DEVICE, get(device::show).post(device::answer))
        .route(ERRORS, get(errors::list))
        .route("/help/errors/{code}", get(errors::show))
        .route("/sites", get(sites::show))
}
