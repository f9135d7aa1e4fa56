//! Where a device begins (RFC 8628 §3.1): it is given a code to poll with and one to show to its person.
use std::time::Duration;

use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::StatusCode,
    response::Response,
};
use oidc::{authorize::request::check_device, token::device};
use platform::{
    limits::{self, Limit},
    web::Visit,
};
use serde::Serialize;

use super::{caller, form_of};

use crate::{
    acts::{self},
    paths::{DEVICE, DEVICE_AUTHORIZATION},
    response::{Refused, json, too_often},
    state::Passport,
};

/// Most requests of public clients from one address block: they prove nothing, and each leaves a row.
const PER_BLOCK: Limit = Limit::new("device request", 60, Duration::from_secs(600));

#[derive(Serialize)]
struct Answer {
    device_code: String,
    user_code: String,
    verification_uri: String,
    verification_uri_complete: String,
    /// Seconds.
    expires_in: u32,
    /// Seconds between two polls.
    interval: i32,
}

pub async fn begin(
    State(passport): State<Passport>,
    visit: Visit,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refused> {
    let form = form_of(&visit.headers, body)?;
    let caller = caller::identify(&passport, &visit, &form, DEVICE_AUTHORIZATION).await?;
    let ask = check_device(&form, &caller.client, passport.policy())?;
    let tx = passport.db.begin().await?;
    caller.spend(&tx).await?;
    let limit = PER_BLOCK.scaled(passport.settings.limits.scale);
    if caller.client.is_public() && !limits::spend(&tx, visit.now, limit, &visit.address_block()).await? {
        return Ok(too_often("Too many devices began here from this address."));
    }
    let begun = acts::answer_device::begin(&passport, &tx, visit.now, &caller.client.client_id, ask).await?;
    tx.commit().await?;
    let user_code = device::shown(&begun.user_code);
    let verification_uri = passport.site.url(DEVICE);
    Ok(json(
        StatusCode::OK,
        &Answer {
            device_code: passport.names.device(begun.id.0),
            verification_uri_complete: format!("{verification_uri}?user_code={user_code}"),
            verification_uri,
            user_code,
            expires_in: begun.ends_in,
            interval: begun.interval,
        },
    ))
}
