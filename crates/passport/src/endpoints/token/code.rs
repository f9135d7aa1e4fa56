//! Redeeming an authorization code.
use oidc::{
    error::{ErrorCode, OAuthError},
    token::{
        code::{Found, Request, Verdict, decide},
        response::TokenResponse,
    },
};
use platform::db::Tx;

use super::issue::{self, Issue, Mint};
use crate::{
    account,
    grant::{self, Grant},
    response::Refused,
};

pub(super) async fn redeem(mint: &Mint<'_>, request: &Request) -> Result<TokenResponse, Refused> {
    let Mint { passport, now, client, .. } = *mint;
    let tx = passport.db.begin().await?;
    let grant = match passport.names.read_code(&request.code) {
        Some(id) => grant::store::find(&tx, id).await?,
        None => None,
    };
    let found = grant.as_ref().map(|grant| Found {
        client_id: &grant.client_id,
        redirect_uri: &grant.redirect_uri,
        code_challenge: grant.code_challenge.as_deref(),
        state: grant.state,
        expires_at: grant.code_ends_at.unix_seconds(),
    });
    let mut verdict = decide(found.as_ref(), request, client, now.unix_seconds());
    if let (Verdict::Redeem, Some(grant)) = (&verdict, &grant)
        && !grant::store::spend_code(&tx, now, grant.id).await?
    {
        verdict = Verdict::replayed();
    }
    match (verdict, grant) {
        (Verdict::Redeem, Some(grant)) => {
            let issued = of(mint, &tx, &grant).await?;
            tx.commit().await?;
            issued.map_err(Refused::from)
        }
        (Verdict::RefuseAndRevoke(error), Some(grant)) => {
            tracing::warn!(grant = %grant.id, client = client.client_id, %error, "A code was misused; its grant is revoked");
            grant::store::revoke(&tx, grant.id).await?;
            tx.commit().await?;
            Err(error.into())
        }
        (Verdict::Refuse(error) | Verdict::RefuseAndRevoke(error), _) => Err(error.into()),
        (Verdict::Redeem, None) => Err(platform::Fault::bug("a code was good without a grant").into()),
    }
}

/// The first tokens of a grant; none when the account is no longer active.
async fn of(mint: &Mint<'_>, tx: &Tx, grant: &Grant) -> Result<Result<TokenResponse, OAuthError>, Refused> {
    let Some(account) = account::store::find_active(tx, grant.account).await? else {
        grant::store::revoke(tx, grant.id).await?;
        return Ok(Err(OAuthError::new(ErrorCode::InvalidGrant, "The account is no longer active.")));
    };
    let what =
        Issue { grant, account: &account, scope: &grant.scope, generation: 1, nonce: grant.nonce.as_deref() };
    Ok(Ok(issue::tokens(mint, &what)?))
}
