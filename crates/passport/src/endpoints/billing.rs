//! `PUT` and `DELETE /api/v1/accounts/{sub}/billing`: a paid service files what it knows about a payment, or
//! forgets it. `sub` is what that service calls the person, pairwise or not. HTTP Basic with the service's client
//! credentials; the operator says which services may.
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use oidc::{
    client::Client,
    error::{ErrorCode, OAuthError},
    parameters::Parameters,
};
use platform::web::Visit;

use super::caller::authenticate;

use crate::{
    acts::{self, file_billing::Filed, give::account_of},
    billing::{self, Facts},
    paths::BILLING,
    response::{Refused, json},
    state::Passport,
};

/// Who calls, if they may, and whether all their names are written down.
async fn supplier(passport: &Passport, visit: &Visit) -> Result<(Client, bool), Refused> {
    let nothing = Parameters::parse(b"").map_err(OAuthError::from)?;
    let caller = authenticate(passport, visit, &nothing, BILLING).await?;
    let client = caller.client;
    // A public client proves nothing, and an unlisted one has no business here.
    let listed = billing::store::find_supplier(passport.db.reader(), &client.client_id).await?;
    match listed.filter(|_| !client.is_public()) {
        Some(noted) => Ok((client, noted)),
        None => {
            let text = "This client may not supply billing facts.";
            Err(OAuthError::new(ErrorCode::UnauthorizedClient, text).into())
        }
    }
}

pub async fn put(
    State(passport): State<Passport>,
    visit: Visit,
    Path(sub): Path<String>,
    body: Result<Json<Facts>, JsonRejection>,
) -> Result<Response, Refused> {
    let (client, noted) = supplier(&passport, &visit).await?;
    let Json(facts) = body.map_err(|_| {
        OAuthError::invalid_request(
            "The body must be JSON: last_four_digits, expiry, postal_code, invoice_number.",
        )
    })?;
    let Some(id) = account_of(&passport, &client, &sub, noted).await? else { return Ok(no_account()) };
    Ok(match acts::file_billing::file(&passport, visit.now, id, &client.client_id, &facts).await? {
        Filed::Done => StatusCode::NO_CONTENT.into_response(),
        Filed::NoSuchAccount => no_account(),
        Filed::Malformed(malformed) => return Err(OAuthError::invalid_request(malformed.in_words()).into()),
    })
}

pub async fn delete(
    State(passport): State<Passport>,
    visit: Visit,
    Path(sub): Path<String>,
) -> Result<Response, Refused> {
    let (client, noted) = supplier(&passport, &visit).await?;
    let Some(id) = account_of(&passport, &client, &sub, noted).await? else { return Ok(no_account()) };
    Ok(match acts::file_billing::forget(&passport, visit.now, id, &client.client_id).await? {
        true => StatusCode::NO_CONTENT.into_response(),
        false => no_account(),
    })
}

/// Only services that the operator trusts come this far, and they name people by ids that nobody guesses.
fn no_account() -> Response {
    json(StatusCode::NOT_FOUND, &serde_json::json!({ "error": "not_found" }))
}
