//! Who calls an endpoint for clients: the one way in for token, PAR and their neighbours.
use axum::http::HeaderMap;
use oidc::{
    client::{
        Client,
        authentication::{credentials, decide, unknown_client},
    },
    parameters::Parameters,
};

use super::authorization;
use crate::{client, response::Refused, state::Passport};

/// The client whose credentials these are, or `invalid_client`.
pub(super) async fn authenticate(
    passport: &Passport,
    headers: &HeaderMap,
    form: &Parameters,
) -> Result<Client, Refused> {
    let presented = credentials(&authorization(headers), form)?;
    let registered = client::store::find(passport.db.reader(), &presented.client_id).await?;
    let registered = registered.ok_or_else(|| unknown_client(&presented))?;
    let matches = registered.secret_matches(presented.secret().map(|secret| secret.as_str()));
    decide(&registered.client, &presented, matches)?;
    Ok(registered.client)
}
