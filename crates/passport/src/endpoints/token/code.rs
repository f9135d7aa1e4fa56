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
    grant::{self, Grant},
};

/// `tx` acts for the account of the grant; without one the code names none.
pub(super) async fn redeem(
    exchange: &Exchange<'_>,
    tx: Option<&Acting>,
    request: &Request,
) -> Result<Outcome, Fault> {
    let Exchange { passport, now, client, binding, .. } = *exchange;
    let (grant, tx) = match (passport.names.read_code(&request.code), tx) {
        (Some(id), Some(tx)) => (grant::store::find(tx, id).await?, Some(tx)),
        _ => (None, None),
    };
    let found = grant.as_ref().map(|grant| Found {
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
    if let (Verdict::Redeem, Some(grant), Some(tx)) = (&verdict, &grant, tx) {
        match narrowed(&grant.resource, &request.resource, client, passport.issuer(), &grant.scope) {
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
    match (verdict, grant.zip(tx)) {
        (Verdict::Redeem, Some((grant, tx))) => {
            let grant = Grant { ends_at, ..grant };
            let (scope, nonce) = (grant.scope.clone(), grant.nonce.clone());
            let mut outcome = issue::of_grant(exchange, tx, grant, scope, audience, 1).await?;
            if let Outcome::Issue(what) = &mut outcome {
                what.nonce = nonce;
            }
            Ok(outcome)
        }
        (Verdict::RefuseAndRevoke(error), Some((grant, tx))) => {
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
