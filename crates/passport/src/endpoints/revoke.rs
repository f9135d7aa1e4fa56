//! Revocation (RFC 7009): a refresh token ends its grant, an access token itself and what came before it.
use std::time::Duration;

use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::StatusCode,
    response::Response,
};
use platform::{clock::Moment, web::Visit};

use super::{
    caller, form_of,
    live_token::{self, LiveToken},
};

use crate::{
    account::acting::Acting,
    grant::{self, Grant, GrantId},
    paths::REVOKE,
    response::{Refused, json},
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
    let found = live_token::find(&passport, visit.now, token).await?;
    let found = found.filter(|found| found.client_id == caller.client.client_id);
    let grant = match &found {
        Some(found) => found.person.as_ref().map(|person| person.grant.clone()),
        None => of_refresh_token(&passport, &caller.client.client_id, token).await?,
    };
    let acting = match &grant {
        Some(grant) => Acting::on(&passport.db, grant.account).await?,
        None => None,
    };
    match (acting, grant, found) {
        (Some(tx), Some(grant), found) => {
            caller.spend(&tx).await?;
            match found {
                Some(found) => access_token(&tx, grant.id, &found).await?,
                None => grant::store::revoke(&tx, grant.id).await?,
            }
            tx.commit().await?;
        }
        // Nobody's: a client asked for itself, or it is no token at all.
        (_, _, found) => {
            let tx = passport.db.begin().await?;
            caller.spend(&tx).await?;
            if let Some(name) = found.and_then(|found| live_token::revoked_alone(&found.access)) {
                name.spend(&tx).await?;
            }
            tx.commit().await?;
        }
    }
    // Nobody need read it (§2.2), but some libraries read JSON out of every 200.
    Ok(json(StatusCode::OK, &serde_json::json!({})))
}

async fn access_token(tx: &Acting, grant: GrantId, found: &LiveToken) -> Result<(), Refused> {
    match live_token::revoked_alone(&found.access) {
        Some(name) => {
            name.spend(tx).await?;
        }
        None => {
            let after: Moment = found.access.issued_at + Duration::from_millis(1);
            grant::store::set_not_before(tx, grant, after).await?;
        }
    }
    Ok(())
}

/// The grant of a refresh token of this client. An older generation ends the grant as well: whoever holds it wants
/// it ended.
async fn of_refresh_token(
    passport: &Passport,
    client_id: &str,
    token: &str,
) -> Result<Option<Grant>, Refused> {
    let Some((id, _)) = passport.names.read_refresh(token) else { return Ok(None) };
    let grant = grant::store::find(passport.db.reader(), id).await?;
    Ok(grant.filter(|grant| grant.client_id == client_id))
}
