//! Beginning a device's request, finding it by what a person typed, and answering it.
use std::time::Duration;

use oidc::{authorize::context::Context, claims::wishes::ClaimsRequest, client::Client, token::device};
use platform::{Fault, clock::Moment, db::Tx};

use crate::{
    account::acting::Acting,
    acts::give,
    consent::Wanted,
    desk::{Desk, Vault},
    device::{Device, DeviceId, NewDevice, store},
    grant::{self, GrantId, NewGrant},
    history::{Kind, Source},
    notice::{Change, Former},
    session::Session,
    tell,
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
    vault: &Vault,
    tx: &Tx,
    now: Moment,
    client_id: &str,
    ask: device::Ask,
) -> Result<Begun, Fault> {
    let ends_in = vault.settings.tokens.device_code_seconds;
    // With 34 bits two codes are hardly ever the same; a few attempts are more than enough.
    for _ in 0..5 {
        let Some(user_code) = device::user_code(&vault.random.bytes::<48>()) else { continue };
        let id = DeviceId::new(now, &vault.random);
        let new = NewDevice {
            id,
            client_id: client_id.to_owned(),
            scope: ask.scope.clone(),
            resource: ask.resource.clone(),
            interval: INTERVAL,
            ends_at: now + Duration::from_secs(u64::from(ends_in)),
        };
        let Some(tag) = vault.user_codes.tags(&user_code).into_iter().next() else { continue };
        if store::find_pending(tx, now, std::slice::from_ref(&tag)).await?.is_none()
            && store::add(tx, now, new, &tag).await?
        {
            return Ok(Begun { id, user_code, ends_in, interval: INTERVAL });
        }
    }
    Err(Fault::unavailable("no user code was free"))
}

/// The request that waits for the answer to this user code, as it was typed.
pub async fn find_typed(vault: &Vault, now: Moment, typed: &str) -> Result<Option<Device>, Fault> {
    let Some(code) = device::typed(typed) else { return Ok(None) };
    store::find_pending(vault.db.reader(), now, &vault.user_codes.tags(&code)).await
}

/// Says yes: the grant is written with a code that only the device can redeem, and noted like any other site's. False
/// when somebody answered before, or the time is over; then nothing is written.
pub async fn approve(
    vault: &Vault,
    tx: &Acting,
    now: Moment,
    session: &Session,
    (found, client): (&Device, &Client),
    source: &Source,
) -> Result<bool, Fault> {
    let id = GrantId::new(now, &vault.random);
    if !store::spend_approval(tx, now, found.id, id).await? {
        return Ok(false);
    }
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
        ends_at: vault.settings.tokens.grant_ends_at(now),
        acr: Some(Context::of(session.methods.level()).as_str().to_owned()),
        methods: session.methods,
        claims: ClaimsRequest::default(),
        resource: found.resource.clone(),
        dpop_jkt: None,
    };
    grant::store::add(tx, now, new).await?;
    note(vault, tx, now, (found, client), source).await?;
    Ok(true)
}

/// A device is a site like any other: it stands among the sites, in the history, and its owner is told.
async fn note(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    (found, client): (&Device, &Client),
    source: &Source,
) -> Result<(), Fault> {
    let account = tx.account();
    let wanted = Wanted { scope: found.scope.clone(), claims: found.resource.iter().cloned().collect() };
    give::note(desk, tx, now, (client, wanted, true), source).await?;
    let (kind, detail) = (Kind::SiteAllowed, client.client_name.as_str());
    let change = Change { account, kind, source, detail, former: Former::Nothing, newly: None };
    tell::owner::tell_of_arrival(desk, tx, now, change).await
}
