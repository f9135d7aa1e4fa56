//! Redeeming a refresh token.
use oidc::{
    resource::{brought, narrowed},
    token::refresh::{Found, Presented, Request, Verdict, decide, unknown},
};
use platform::{
    Fault,
    security_event::{By, Event, Note},
};

use super::{Exchange, Outcome, issue};
use crate::{
    account::acting::Acting,
    client::store::Held,
    grant::{self, Grant, GrantId},
};

/// `of_grant` acts for the account of the grant; without one the token names none.
pub(super) async fn redeem(
    exchange: &Exchange<'_>,
    of_grant: Option<(&Acting, &Held)>,
    request: &Request,
) -> Result<Outcome, Fault> {
    let Exchange { passport, now, client, .. } = *exchange;
    let Some((tx, held)) = of_grant else { return Ok(unknown().into()) };
    let stands = issue::stands_on_its_session(exchange, held);
    let mut grant = Some(held.grant.clone());
    let mut verdict = judge(exchange, grant.as_ref(), request);
    let mut audience = vec![];
    if let (Verdict::Rotate { .. } | Verdict::Repeat { .. } | Verdict::Keep { .. }, Some(found)) =
        (&verdict, &grant)
    {
        match narrowed(&found.resource, &request.resource, client, passport.policy(), &found.scope) {
            Ok(resources) => audience = resources,
            Err(error) => verdict = Verdict::Refuse(error),
        }
    }
    if let (Verdict::Rotate { .. }, Some(found)) = (&verdict, &grant)
        && !grant::store::spend_refresh(tx, now, found.id, found.generation).await?
    {
        // Somebody was faster: what is true now decides.
        grant = grant::store::find(tx, held.grant.id).await?;
        verdict = judge(exchange, grant.as_ref(), request);
        if matches!(verdict, Verdict::Rotate { .. }) {
            return Err(Fault::unavailable("a refresh lost its gate twice"));
        }
    }
    match (verdict, grant) {
        (Verdict::Rotate { scope }, Some(grant)) => {
            let generation = grant.generation + 1;
            issue::of_grant(exchange, tx, (grant, stands), scope, audience, generation).await
        }
        (Verdict::Repeat { scope } | Verdict::Keep { scope }, Some(grant)) => {
            let generation = grant.generation;
            issue::of_grant(exchange, tx, (grant, stands), scope, audience, generation).await
        }
        (Verdict::RefuseAndRevoke(error), Some(grant)) => {
            tracing::warn!(grant = %grant.id, client = client.client_id, %error, "A refresh token was misused; its grant is revoked");
            let note = Note::of(Event::TokenReused).account(grant.account).client(&client.client_id);
            tx.tell(note.by(By::Client));
            grant::store::revoke(tx, grant.id).await?;
            Ok(error.into())
        }
        (Verdict::Refuse(error) | Verdict::RefuseAndRevoke(error), _) => Ok(error.into()),
        (Verdict::Rotate { .. } | Verdict::Repeat { .. } | Verdict::Keep { .. }, None) => {
            Err(Fault::bug("a refresh token was good without a grant"))
        }
    }
}

fn judge(exchange: &Exchange<'_>, grant: Option<&Grant>, request: &Request) -> Verdict {
    let Exchange { passport, now, client, rules, binding, .. } = *exchange;
    let named: Option<(GrantId, i32)> = passport.names.read_refresh(&request.refresh_token);
    let of_resources = grant.filter(|grant| !grant.resource.is_empty());
    let brought = of_resources.map(|grant| brought(&grant.resource, client, passport.policy()));
    let found = grant.map(|grant| Found {
        client_id: &grant.client_id,
        scope: &grant.scope,
        brought: brought.as_ref(),
        state: grant.state,
        generation: i64::from(grant.generation),
        rotated_at: grant.refreshed_at.unix_seconds(),
        ends_at: grant.ends_at.unix_seconds(),
        bound_to: grant.bound_to,
    });
    let generation = named.map_or(0, |(_, generation)| i64::from(generation));
    let grace = i64::from(passport.settings.tokens.refresh_grace_seconds);
    let presented = Presented { generation, client, rules, binding, grace };
    decide(found.as_ref(), &presented, request, now.unix_seconds())
}
