//! Pushed authorization requests (RFC 9126): the client asks first, and the browser only names the asking.
use std::time::Duration;

use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::StatusCode,
    response::Response,
};
use oidc::{
    authorize::{
        Arrival, Endpoint, Refusal,
        object::{self, only_parameters, source},
        request::check,
    },
    client::Client,
    error::OAuthError,
    parameters::Parameters,
};
use platform::{
    limits::{self, Limit},
    web::Visit,
};
use serde::Serialize;

use super::{caller::identify, dpop, form_of};

use crate::{
    paths::PUSH,
    pushed::{self, store::NewPushed},
    request::{self},
    response::{Refused, json, too_often},
    state::Passport,
};

/// Most pushes of public clients from one address block: they prove nothing, and each leaves a row.
const PER_BLOCK: Limit = Limit::new("pushed request", 120, Duration::from_secs(600));
/// Largest request of a public client that is kept, in bytes.
const LARGEST: usize = 16 * 1024;

#[derive(Serialize)]
struct Answer {
    request_uri: String,
    /// Seconds.
    expires_in: u32,
}

pub async fn push(
    State(passport): State<Passport>,
    visit: Visit,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refused> {
    // 1. What is said, each thing once; 2. who says it. Whoever proves nothing has a budget, before anything is kept.
    let form = form_of(&visit.headers, body)?;
    let caller = identify(&passport, &visit, &form, PUSH).await?;
    let tx = passport.db.begin().await?;
    caller.spend(&tx).await?;
    let limit = PER_BLOCK.scaled(passport.settings.limits.scale);
    if caller.client.is_public() && !limits::spend(&tx, visit.now, limit, &visit.address_block()).await? {
        return Ok(too_often("Too many requests were pushed from this address."));
    }
    tx.commit().await?;
    let client = caller.client;
    let form = of_client(form, &client)?;
    let key = dpop::thumbprint_of(&passport, &visit, PUSH).await?;
    // 3. The same checks that the authorization endpoint makes.
    let policy = passport.policy();
    let object = match source(&form, &client, Endpoint::Pushed)? {
        object::Source::Object(object) => Some(object),
        object::Source::Plain => None,
        object::Source::Reference(_) | object::Source::Pushed(_) => {
            return Err(OAuthError::invalid_request("A pushed request must not have a request_uri.").into());
        }
    };
    let parameters = match object {
        Some(object) => {
            request::load::combined(&passport, &client, &policy.demands(&client), &form, object, visit.now)
                .await??
        }
        None => only_parameters(form.clone()),
    };
    // A proof beside the request binds the code to its key as `dpop_jkt` would (RFC 9449 §10.1), wherever the
    // parameters stood.
    let parameters = of_key(parameters, key)?;
    let arrival = Arrival { endpoint: Endpoint::Pushed, signed: object.is_some() };
    check(&parameters, &client, policy, arrival).map_err(in_json)?;
    if client.is_public() && parameters.encoded().len() > LARGEST {
        return Err(OAuthError::invalid_request("The pushed request is too large.").into());
    }
    // 4. Kept for the browser.
    let seconds = passport.settings.protocol.request_uri_seconds;
    let new = NewPushed {
        client_id: &client.client_id,
        parameters: &parameters,
        signed: arrival.signed,
        ends_at: visit.now + Duration::from_secs(u64::from(seconds)),
    };
    let tx = passport.db.begin().await?;
    let id = pushed::store::add(&tx, visit.now, &passport.random, &passport.keyring, new).await?;
    tx.commit().await?;
    let request_uri = pushed::uri(&passport.keyring, id);
    Ok(json(StatusCode::CREATED, &Answer { request_uri, expires_in: seconds }))
}

/// The form with the authenticated client's id in it: a client that sent a header need not repeat it.
fn of_client(mut form: Parameters, client: &Client) -> Result<Parameters, OAuthError> {
    match form.one("client_id")? {
        Some(named) if named != client.client_id => {
            Err(OAuthError::invalid_request("The client_id is not that of the client that authenticated."))
        }
        Some(_) => Ok(form),
        None => {
            form = form.retain(|name| name != "client_id");
            form.push("client_id", client.client_id.clone())?;
            Ok(form)
        }
    }
}

/// The whole request with the thumbprint of the key that was shown.
fn of_key(mut form: Parameters, jkt: Option<String>) -> Result<Parameters, OAuthError> {
    let Some(jkt) = jkt else { return Ok(form) };
    match form.one("dpop_jkt")? {
        Some(named) if named != jkt => {
            Err(oidc::dpop::refused("The dpop_jkt is not the thumbprint of the key of the DPoP proof."))
        }
        Some(_) => Ok(form),
        None => {
            form.push("dpop_jkt", jkt)?;
            Ok(form)
        }
    }
}

/// The client itself is told; there is no browser to send anywhere (RFC 9126 §2.3).
fn in_json(refusal: Refusal) -> OAuthError {
    match refusal {
        Refusal::Page(error) | Refusal::Redirect { error, .. } => error,
    }
}
