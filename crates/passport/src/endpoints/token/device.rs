//! A device that asks whether its person has answered.
use oidc::{
    resource::narrowed,
    token::device::{Found, Request, Verdict, decide, pending, slow_down, spent},
};
use platform::Fault;

use super::{Exchange, Outcome, Transaction, issue};
use crate::{
    account::acting::Acting,
    device::{Device, DeviceId, store},
    grant, session,
};

pub(super) async fn redeem(
    exchange: &Exchange<'_>,
    transaction: &Transaction,
    request: &Request,
) -> Result<Outcome, Fault> {
    let Exchange { passport, now, client, .. } = *exchange;
    let tx = transaction.tx();
    let device = match passport.names.read_device(&request.device_code) {
        Some(id) => store::find(tx, DeviceId(id)).await?,
        None => None,
    };
    let found = device.as_ref().map(|device| Found {
        client_id: &device.client_id,
        state: device.state,
        ends_at: device.ends_at.unix_seconds(),
    });
    match (decide(found.as_ref(), client, now.unix_seconds()), device) {
        (Verdict::Refuse(error), _) => Ok(error.into()),
        (Verdict::Wait, Some(device)) => match store::set_polled(tx, now, device.id).await? {
            true => Ok(pending().into()),
            false => {
                store::set_slower(tx, now, device.id).await?;
                Ok(slow_down().into())
            }
        },
        (Verdict::Redeem, Some(device)) => match transaction.acting() {
            Some(acting) => of_device(exchange, acting, &device).await,
            // The answer came after this request had looked: the next poll finds it.
            None => Ok(pending().into()),
        },
        (Verdict::Wait | Verdict::Redeem, None) => Err(Fault::bug("a device code was good without its row")),
    }
}

/// Two gates: the device's, and the grant's, which a sign-out or a disabled account may have closed meanwhile.
async fn of_device(exchange: &Exchange<'_>, tx: &Acting, device: &Device) -> Result<Outcome, Fault> {
    let Exchange { passport, now, client, binding, .. } = *exchange;
    let first = store::spend_device_code(tx, device.id).await?;
    let Some(id) = device.grant.filter(|_| first) else { return Ok(spent().into()) };
    let bound_to = binding.filter(|_| client.is_public());
    let open =
        grant::store::spend_code(tx, now, id, bound_to, passport.settings.tokens.grant_ends_at(now)).await?;
    let Some(grant) = grant::store::find(tx, id).await?.filter(|_| open) else { return Ok(spent().into()) };
    let audience = match narrowed(&grant.resource, &[], client, passport.policy(), &grant.scope) {
        Ok(audience) => audience,
        Err(error) => return Ok(error.into()),
    };
    let scope = grant.scope.clone();
    let stands = match issue::session_of(&grant) {
        Some(session) => {
            session::store::is_live(tx, now, (&passport.settings.session).into(), session).await?
        }
        None => true,
    };
    issue::of_grant(exchange, tx, (grant, stands), scope, audience, 1).await
}
