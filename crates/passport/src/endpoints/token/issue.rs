//! The mint: the one place that makes access, refresh and ID tokens.
use std::sync::Arc;

use oidc::{
    authorize::{ResponseType, response::IssuedAccess},
    client::Client,
    scope::{OPENID, Scopes},
    token::{
        claims::{Beside, Facts, id_token},
        expiry, refresh_token_due,
        response::{TokenResponse, TokenType},
    },
};
use platform::{Fault, clock::Moment};

use crate::{
    account::Account,
    grant::{Grant, token::Access},
    key::Keys,
    state::Passport,
};

/// What every grant of one request works with.
pub(in crate::endpoints) struct Mint<'a> {
    pub passport: &'a Passport,
    pub now: Moment,
    pub client: &'a Client,
    keys: Arc<Keys>,
}

/// What a grant decided shall be issued.
pub(in crate::endpoints) struct Issue<'a> {
    pub grant: &'a Grant,
    pub account: &'a Account,
    /// The whole of the grant's scope, or what a refresh narrowed it to.
    pub scope: &'a Scopes,
    /// Of the refresh token that is handed out.
    pub generation: i32,
    /// Only the first ID token of a grant carries it.
    pub nonce: Option<&'a str>,
}

impl<'a> Mint<'a> {
    /// The keys are fetched here, before any transaction: who waits inside of one for a second connection
    /// keeps others from ending theirs.
    pub async fn open(passport: &'a Passport, now: Moment, client: &'a Client) -> Result<Self, Fault> {
        Ok(Self { passport, now, client, keys: passport.keys.current(&passport.db, now).await? })
    }
}

pub(super) fn tokens(mint: &Mint<'_>, what: &Issue<'_>) -> Result<TokenResponse, Fault> {
    let (access_token, expires_in) = access_token(mint, what);
    let refresh_token = refresh_token_due(mint.client, &what.grant.scope)
        .then(|| mint.passport.names.refresh(what.grant.id, what.generation));
    let id_token = match what.scope.contains(OPENID) {
        true => Some(signed_id_token(mint, what, Some(&access_token), Beside::default())?),
        false => None,
    };
    Ok(TokenResponse {
        access_token,
        token_type: TokenType::Bearer,
        expires_in,
        refresh_token,
        id_token,
        scope: what.scope.clone(),
    })
}

/// What the authorization endpoint itself hands out: the tokens of the hybrid and implicit flows.
pub(in crate::endpoints) fn at_authorization(
    mint: &Mint<'_>,
    what: &Issue<'_>,
    wanted: ResponseType,
    beside: Beside<'_>,
) -> Result<(Option<IssuedAccess>, Option<String>), Fault> {
    let access = wanted.has_token().then(|| {
        let (token, expires_in) = access_token(mint, what);
        IssuedAccess { token, token_type: TokenType::Bearer, expires_in, scope: what.scope.clone() }
    });
    let id_token = match wanted.has_id_token() {
        true => {
            let token = access.as_ref().map(|access| access.token.as_str());
            Some(signed_id_token(mint, what, token, beside)?)
        }
        false => None,
    };
    Ok((access, id_token))
}

/// An access token, and the seconds that it lives.
fn access_token(mint: &Mint<'_>, what: &Issue<'_>) -> (String, i64) {
    let Mint { passport, now, .. } = *mint;
    let seconds = i64::from(passport.settings.tokens.access_seconds);
    let at = now.unix_seconds();
    let ends_at = expiry(at, seconds, what.grant.ends_at.unix_seconds());
    let token = passport.names.access(&Access {
        grant: what.grant.id,
        issued_at: now,
        ends_at: Moment::from_unix_seconds(ends_at),
        narrowed: (*what.scope != what.grant.scope).then(|| what.scope.clone()),
    });
    (token, ends_at - at)
}

fn signed_id_token(
    mint: &Mint<'_>,
    what: &Issue<'_>,
    access_token: Option<&str>,
    beside: Beside<'_>,
) -> Result<String, Fault> {
    let Mint { passport, now, client, ref keys } = *mint;
    let subject = what.account.id.to_string();
    let sid = what.grant.session.map(|session| session.to_string());
    let known = what.account.known_claims();
    let facts = Facts {
        issuer: passport.issuer(),
        subject: &subject,
        client,
        auth_time: what.grant.auth_time.unix_seconds(),
        nonce: what.nonce,
        sid: sid.as_deref(),
        acr: what.grant.acr.as_deref(),
        amr: &["pwd"],
        access_token,
        beside,
        scope: what.scope,
        known: &known,
        wishes: &what.grant.claims.id_token,
    };
    let claims = id_token(&facts, now.unix_seconds(), i64::from(passport.settings.tokens.id_seconds));
    keys.sign(&passport.random, client.id_token_signed_response_alg, "JWT", &claims)
}
