//! Beginning a device's request, finding it by what a person typed, and answering it.
use std::time::Duration;

use oidc::{authorize::context::PASSWORD_PROTECTED, claims::wishes::ClaimsRequest, token::device};
use platform::{Fault, clock::Moment, db::Tx, secrets::Keyring};

use super::{Device, DeviceId, NewDevice, UserCodeTag, store};
use crate::{
    account::acting::Acting,
    grant::{self, GrantId, NewGrant},
    session::Session,
    state::Passport,
};

/// A request that has just begun.
#[derive(Clone, Debug)]
pub struct Begun {
    pub id: DeviceId,
    /// Eight letters, without the dash that people see.
    pub user_code: String,
    pub ends_in: u32,
    pub interval: i32,
}

/// Seconds between two polls, to begin with.
const INTERVAL: i32 = 5;

/// Begins a request for what `ask` was found to allow.
pub async fn begin(
    passport: &Passport,
    tx: &Tx,
    now: Moment,
    client_id: &str,
    ask: device::Ask,
) -> Result<Begun, Fault> {
    let ends_in = passport.settings.tokens.device_code_seconds;
    // With 34 bits two codes are hardly ever the same; a few attempts are more than enough.
    for _ in 0..5 {
        let Some(user_code) = device::user_code(&passport.random.bytes::<48>()) else { continue };
        let id = DeviceId::new(now, &passport.random);
        let new = NewDevice {
            id,
            client_id: client_id.to_owned(),
            scope: ask.scope.clone(),
            resource: ask.resource.clone(),
            interval: INTERVAL,
            ends_at: now + Duration::from_secs(u64::from(ends_in)),
        };
        let Some(tag) = tags(&passport.keyring, &user_code).into_iter().next() else { continue };
        if store::find_pending(tx, now, std::slice::from_ref(&tag)).await?.is_none()
            && store::add(tx, now, new, &tag).await?
        {
            return Ok(Begun { id, user_code, ends_in, interval: INTERVAL });
        }
    }
    Err(Fault::unavailable("no user code was free"))
}

/// The request that waits for the answer to this user code, as it was typed.
pub async fn find_typed(passport: &Passport, now: Moment, typed: &str) -> Result<Option<Device>, Fault> {
    let Some(code) = device::typed(typed) else { return Ok(None) };
    store::find_pending(passport.db.reader(), now, &tags(&passport.keyring, &code)).await
}

/// Says yes: the grant is written with a code that only the device can redeem. False when somebody answered
/// before, or the time is over; then nothing is written.
pub async fn approve(
    passport: &Passport,
    tx: &Acting,
    now: Moment,
    session: &Session,
    found: &Device,
) -> Result<bool, Fault> {
    let id = GrantId::new(now, &passport.random);
    if !store::spend_approval(tx, now, found.id, id).await? {
        return Ok(false);
    }
    let days = u64::from(passport.settings.tokens.refresh_days);
    let new = NewGrant {
        id,
        client_id: found.client_id.clone(),
        account: session.account,
        session: session.id,
        scope: found.scope.clone(),
        redirect_uri: String::new(),
        nonce: None,
        code_challenge: None,
        auth_time: session.auth_time,
        by_code: true,
        code_ends_at: found.ends_at,
        ends_at: now + Duration::from_secs(days * 24 * 3600),
        acr: Some(PASSWORD_PROTECTED.to_owned()),
        claims: ClaimsRequest::default(),
        resource: found.resource.clone(),
        dpop_jkt: None,
    };
    grant::store::add(tx, now, new).await?;
    Ok(true)
}

/// The tags of a user code, that of the newest key first.
fn tags(keyring: &Keyring, code: &str) -> Vec<UserCodeTag> {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let tags = keyring.mac("user code");
    tags.all(code.as_bytes()).map(|tag| UserCodeTag(URL_SAFE_NO_PAD.encode(tag))).collect()
}
