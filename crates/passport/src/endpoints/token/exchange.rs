//! One access token for another (RFC 8693). The new one hangs on the same grant, so it dies with it.
use oidc::token::exchange::{ACCESS_TOKEN, Request, Subject, decide};
use platform::{Fault, db::Tx};

use super::{
    Exchange, Outcome,
    issue::{Issue, OnBehalf},
};
use crate::{
    account,
    endpoints::live_token::{self, LiveToken},
};

/// The token that is brought, if it stands.
pub(super) async fn find(exchange: &Exchange<'_>, request: &Request) -> Result<Option<LiveToken>, Fault> {
    live_token::find(exchange.passport, exchange.now, &request.subject_token).await
}

pub(super) async fn redeem(
    exchange: &Exchange<'_>,
    tx: &Tx,
    request: &Request,
    brought: Option<LiveToken>,
) -> Result<Outcome, Fault> {
    let Exchange { client, binding, .. } = *exchange;
    // A disabled person's token is none.
    let account = match brought.as_ref().and_then(|brought| brought.person.as_ref()) {
        Some(person) => Some(account::store::find_active(tx, person.account.id).await?),
        None => None,
    };
    let brought = brought.filter(|_| !matches!(account, Some(None)));
    let subject = brought.as_ref().map(|brought| Subject {
        client_id: &brought.client_id,
        audience: &brought.access.audience,
        scope: &brought.scope,
        binding: brought.access.binding,
    });
    let given = match decide(subject.as_ref(), request, client, binding) {
        Ok(given) => given,
        Err(error) => return Ok(error.into()),
    };
    let Some(brought) = brought else { return Err(Fault::bug("a token was exchanged that does not stand")) };
    let person = match (brought.person, account.flatten()) {
        (Some(person), Some(account)) => Some(OnBehalf { grant: person.grant, account }),
        _ => None,
    };
    tracing::info!(client = client.client_id, from = brought.client_id, audience = ?given.audience, "An access token was exchanged");
    Ok(Outcome::Issue(Box::new(Issue {
        holder: brought.access.holder,
        // A token without a person stays one of the service that first asked.
        subject: person.is_none().then_some(brought.client_id),
        person,
        scope: given.scope,
        scope_is_own: true,
        audience: given.audience,
        ends_at: brought.access.ends_at,
        generation: None,
        nonce: None,
        given_to: Some(client.client_id.clone()),
        token_type: Some(ACCESS_TOKEN),
    })))
}
