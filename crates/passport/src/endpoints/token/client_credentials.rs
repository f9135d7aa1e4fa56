//! A client that asks for itself: no row, no person, a token that names the client and its epoch.
use std::time::Duration;

use oidc::{
    resource::narrowed,
    scope::Scopes,
    token::client_credentials::{Request, decide},
};

use super::{Exchange, Outcome, issue::Issue};
use crate::grant::access::Holder;

pub(super) fn redeem(exchange: &Exchange<'_>, request: &Request) -> Outcome {
    let Exchange { passport, now, client, epoch, .. } = *exchange;
    let nobody = Scopes::default();
    // Nobody's consent is needed: what it may ask for is what it gets.
    let audience = narrowed(&request.resource, &request.resource, client, passport.policy(), &nobody);
    let (audience, scope) = match audience.and_then(|audience| Ok((audience, decide(request, client)?))) {
        Ok(both) => both,
        Err(error) => return error.into(),
    };
    let lifetime = u64::from(passport.settings.tokens.access_seconds);
    Outcome::Issue(Box::new(Issue {
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
    }))
}
