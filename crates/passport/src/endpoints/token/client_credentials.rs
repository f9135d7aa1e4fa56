//! A client that asks for itself: no row, no person, a token that names the client and its epoch.
use std::time::Duration;

use oidc::{
    error::{ErrorCode, OAuthError},
    resource::narrowed,
    scope::Scopes,
    token::client_credentials::{Request, decide},
};
use platform::{Fault, db::Tx};

use super::{Exchange, Outcome, issue::Issue};
use crate::{client, grant::access::Holder};

pub(super) async fn redeem(exchange: &Exchange<'_>, tx: &Tx, request: &Request) -> Result<Outcome, Fault> {
    let Exchange { passport, now, client, epoch, .. } = *exchange;
    let (issuer, nobody) = (passport.issuer(), Scopes::default());
    let audience = narrowed(&[], &request.resource, client, issuer, &nobody);
    let (audience, scope) = match audience.and_then(|audience| Ok((audience, decide(request, client)?))) {
        Ok(both) => both,
        Err(error) => return Ok(error.into()),
    };
    // The epoch of the proof that was shown, not the newest: a secret that was replaced meanwhile gives nothing.
    let current = client::store::find_epoch(tx, &client.client_id).await?;
    if current.is_none_or(|(current, _)| current != epoch) {
        return Ok(OAuthError::new(
            ErrorCode::InvalidClient,
            "The client proved itself with what counts no more.",
        )
        .into());
    }
    let lifetime = u64::from(passport.settings.tokens.access_seconds);
    Ok(Outcome::Issue(Box::new(Issue {
        holder: Holder::Client { id: client.client_id.clone(), epoch },
        person: None,
        subject: None,
        scope,
        scope_is_own: true,
        audience,
        ends_at: now + Duration::from_secs(lifetime),
        generation: None,
        nonce: None,
        given_to: None,
        token_type: None,
    })))
}
