//! Redeeming an authorization code.
use oidc::{
    resource::narrowed,
    token::code::{Found, Request, Verdict, decide},
};
use platform::{
    Fault,
    security_event::{By, Event, Note},
};

use super::{Exchange, Outcome, issue};
use crate::{
    account::acting::Acting,
    client::store::Held,
    grant::{self, Grant},
};

/// `of_grant` acts for the account of the grant; without one the code names none.
pub(super) async fn redeem(
    exchange: &Exchange<'_>,
    of_grant: Option<(&Acting, &Held)>,
    request: &Request,
) -> Result<Outcome, Fault> {
    let Exchange { passport, now, client, binding, .. } = *exchange;
    let found = of_grant.map(|(_, Held { grant, .. })| Found {
        client_id: &grant.client_id,
        redirect_uri: &grant.redirect_uri,
        code_challenge: grant.code_challenge.as_deref(),
        dpop_jkt: grant.dpop_jkt.as_deref(),
        state: grant.state,
        expires_at: grant.code_ends_at.unix_seconds(),
    });
    let ends_at = passport.settings.tokens.grant_ends_at(now);
    let mut verdict = decide(found.as_ref(), request, client, binding, now.unix_seconds());
    let mut audience = vec![];
    if let (Verdict::Redeem, Some((tx, Held { grant, .. }))) = (&verdict, of_grant) {
        match narrowed(&grant.resource, &request.resource, client, passport.policy(), &grant.scope) {
            Err(error) => verdict = Verdict::Refuse(error),
            Ok(resources) => {
                audience = resources;
                let bound_to = binding.filter(|_| client.is_public());
                if !grant::store::spend_code(tx, now, grant.id, bound_to, ends_at).await? {
                    verdict = Verdict::replayed();
                }
            }
        }
    }
    match (verdict, of_grant) {
        (Verdict::Redeem, Some((tx, held))) => {
            let grant = Grant { ends_at, ..held.grant.clone() };
            let (scope, nonce) = (grant.scope.clone(), grant.nonce.clone());
            let stands = issue::stands_on_its_session(exchange, held);
            let mut outcome = issue::of_grant(exchange, tx, (grant, stands), scope, audience, 1).await?;
            if let Outcome::Issue(what) = &mut outcome {
                what.nonce = nonce;
            }
            Ok(outcome)
        }
        (Verdict::RefuseAndRevoke(error), Some((tx, Held { grant, .. }))) => {
            tracing::warn!(grant = %grant.id, client = client.client_id, %error, "A code was misused; its grant is revoked");
            let note = Note::of(Event::TokenReused).account(grant.account).client(&client.client_id);
            tx.tell(note.by(By::Client));
            grant::store::revoke(tx, grant.id).await?;
            Ok(error.into())
        }
        (Verdict::Refuse(error) | Verdict::RefuseAndRevoke(error), _) => Ok(error.into()),
        (Verdict::Redeem, None) => Err(Fault::bug("a code was good without a grant")),
    }
}
