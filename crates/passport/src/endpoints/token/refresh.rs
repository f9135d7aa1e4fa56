//! Redeeming a refresh token.
use oidc::{
    error::{ErrorCode, OAuthError},
    scope::Scopes,
    token::{
        refresh::{Found, Request, Verdict, decide},
        response::TokenResponse,
    },
};
use platform::db::Tx;

use super::issue::{self, Issue, Mint};
use crate::{
    account,
    grant::{self, Grant, GrantId},
    response::Refused,
};

pub(super) async fn redeem(mint: &Mint<'_>, request: &Request) -> Result<TokenResponse, Refused> {
    let Mint { passport, now, client, .. } = *mint;
    let tx = passport.db.begin().await?;
    let (mut grant, mut verdict) = judge(mint, &tx, request).await?;
    if let (Verdict::Rotate { .. }, Some(found)) = (&verdict, &grant)
        && !grant::store::spend_refresh(&tx, now, found.id, found.generation).await?
    {
        // Somebody was faster: what is true now decides.
        (grant, verdict) = judge(mint, &tx, request).await?;
        if matches!(verdict, Verdict::Rotate { .. }) {
            return Err(platform::Fault::unavailable("a refresh lost its gate twice").into());
        }
    }
    match (verdict, grant) {
        (Verdict::Rotate { scope }, Some(grant)) => {
            let issued = of(mint, &tx, &grant, &scope, grant.generation + 1).await?;
            tx.commit().await?;
            issued.map_err(Refused::from)
        }
        (Verdict::Repeat { scope }, Some(grant)) => {
            let issued = of(mint, &tx, &grant, &scope, grant.generation).await?;
            tx.commit().await?;
            issued.map_err(Refused::from)
        }
        (Verdict::RefuseAndRevoke(error), Some(grant)) => {
            tracing::warn!(grant = %grant.id, client = client.client_id, %error, "A refresh token was misused; its grant is revoked");
            grant::store::revoke(&tx, grant.id).await?;
            tx.commit().await?;
            Err(error.into())
        }
        (Verdict::Refuse(error) | Verdict::RefuseAndRevoke(error), _) => Err(error.into()),
        (Verdict::Rotate { .. } | Verdict::Repeat { .. }, None) => {
            Err(platform::Fault::bug("a refresh token was good without a grant").into())
        }
    }
}

async fn judge(mint: &Mint<'_>, tx: &Tx, request: &Request) -> Result<(Option<Grant>, Verdict), Refused> {
    let Mint { passport, now, client, .. } = *mint;
    let named: Option<(GrantId, i32)> = passport.names.read_refresh(&request.refresh_token);
    let grant = match named {
        Some((id, _)) => grant::store::find(tx, id).await?,
        None => None,
    };
    let found = grant.as_ref().map(|grant| Found {
        client_id: &grant.client_id,
        scope: &grant.scope,
        state: grant.state,
        generation: i64::from(grant.generation),
        rotated_at: grant.refreshed_at.unix_seconds(),
        ends_at: grant.ends_at.unix_seconds(),
    });
    let generation = named.map_or(0, |(_, generation)| i64::from(generation));
    let grace = i64::from(passport.settings.tokens.refresh_grace_seconds);
    let verdict = decide(found.as_ref(), generation, request, client, grace, now.unix_seconds());
    Ok((grant, verdict))
}

async fn of(
    mint: &Mint<'_>,
    tx: &Tx,
    grant: &Grant,
    scope: &Scopes,
    generation: i32,
) -> Result<Result<TokenResponse, OAuthError>, Refused> {
    let Some(account) = account::store::find_active(tx, grant.account).await? else {
        grant::store::revoke(tx, grant.id).await?;
        return Ok(Err(OAuthError::new(ErrorCode::InvalidGrant, "The account is no longer active.")));
    };
    let what = Issue { grant, account: &account, scope, generation, nonce: None };
    Ok(Ok(issue::tokens(mint, &what)?))
}
