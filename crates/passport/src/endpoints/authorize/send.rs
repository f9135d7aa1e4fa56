//! The way back to the site, in whatever mode it asked for. It decides nothing.
use axum::response::Response;
use oidc::{
    authorize::{
        ReturnAddress,
        response::{Delivery, Fields, claims, deliver, failure, plain, signed},
    },
    error::OAuthError,
};
use platform::web::{Trouble, see_other};

use crate::{pages, state::Passport, visitor::Visitor};

/// Sends an answer back.
pub async fn send(
    passport: &Passport,
    visitor: &Visitor,
    to: &ReturnAddress,
    fields: Fields,
) -> Result<Response, Trouble> {
    let now = visitor.visit.now;
    let fields = if to.response_mode.is_signed() {
        let claims = claims(to, passport.issuer(), fields, now.unix_seconds());
        let keys = passport.keys.current(&passport.db, now).await?;
        signed(keys.sign(&passport.random, to.signed_with, "JWT", &claims)?)
    } else {
        plain(to, passport.issuer(), fields)
    };
    match deliver(to, fields) {
        Delivery::Redirect(location) => Ok(see_other(&location)),
        Delivery::FormPost { action, fields } => pages::form_post::render(visitor, action, fields),
    }
}

/// Sends a refusal back.
pub async fn refuse(
    passport: &Passport,
    visitor: &Visitor,
    to: &ReturnAddress,
    error: &OAuthError,
) -> Result<Response, Trouble> {
    tracing::info!(client = to.client_id, %error, "An authorization request was answered with an error");
    send(passport, visitor, to, failure(error)).await
}
