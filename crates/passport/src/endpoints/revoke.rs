//! Revocation (RFC 7009): a refresh token ends its grant, an access token itself and what came before it.
use std::time::Duration;

use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use platform::{clock::Moment, db::Tx, web::Visit};

use super::{REVOKE, caller, form_of, standing};
use crate::{
    grant::{self, access::Holder},
    once,
    response::Refused,
    state::Passport,
};

/// 200 whatever the token was: there is nothing to be learnt from asking (§2.2). Only what is stored is
/// acknowledged; a database that is away answers 503.
pub async fn revoke(
    State(passport): State<Passport>,
    visit: Visit,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refused> {
    let form = form_of(&visit.headers, body)?;
    let caller = caller::identify(&passport, &visit, &form, REVOKE).await?;
    let token = form.required("token")?;
    let found = standing::find(&passport, visit.now, token).await?;
    let found = found.filter(|found| found.client_id == caller.client.client_id);
    let tx = passport.db.begin().await?;
    caller.spend(&tx).await?;
    match found {
        Some(found) => access_token(&tx, &found).await?,
        None => refresh_token(&passport, &tx, &caller.client.client_id, token).await?,
    }
    tx.commit().await?;
    Ok(StatusCode::OK.into_response())
}

async fn access_token(tx: &Tx, found: &standing::Standing) -> Result<(), Refused> {
    match (standing::revoked_alone(&found.access), &found.access.holder) {
        (Some(name), _) => {
            once::store::spend(tx, &name).await?;
        }
        (None, Holder::Grant(id)) => {
            let after: Moment = found.access.issued_at + Duration::from_millis(1);
            grant::store::set_not_before(tx, *id, after).await?;
        }
        (None, Holder::Client { .. }) => {}
    }
    Ok(())
}

/// An older generation ends the grant as well: whoever holds it wants it ended.
async fn refresh_token(passport: &Passport, tx: &Tx, client_id: &str, token: &str) -> Result<(), Refused> {
    let Some((id, _)) = passport.names.read_refresh(token) else { return Ok(()) };
    if grant::store::find(tx, id).await?.is_some_and(|grant| grant.client_id == client_id) {
        grant::store::revoke(tx, id).await?;
    }
    Ok(())
}
