//! The mint: the one place that makes access, refresh and ID tokens.
use std::sync::Arc;

use oidc::{
    client::Client,
    scope::{OPENID, Scopes},
    token::{
        claims::{Facts, id_token},
        expiry, refresh_token_due,
        response::{TokenResponse, TokenType},
    },
};
use platform::{Fault, clock::Moment};

use crate::{
    account::Account,
    client::subject::{Subjects, subjects_of},
    grant::{Grant, token::Access},
    key::Keys,
    state::Passport,
};

/// What every grant of one request works with.
pub(super) struct Mint<'a> {
    pub passport: &'a Passport,
    pub now: Moment,
    pub client: &'a Client,
    keys: Arc<Keys>,
    subjects: Subjects,
}

/// What a grant decided shall be issued.
pub(super) struct Issue<'a> {
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
        let keys = passport.keys.current(&passport.db, now).await?;
        Ok(Self { passport, now, client, keys, subjects: subjects_of(passport, client).await? })
    }
}

pub(super) fn tokens(mint: &Mint<'_>, what: &Issue<'_>) -> Result<TokenResponse, Fault> {
    let Mint { passport, now, client, .. } = *mint;
    let settings = &passport.settings.tokens;
    let at = now.unix_seconds();
    let ends_at = expiry(at, i64::from(settings.access_seconds), what.grant.ends_at.unix_seconds());
    let access_token = passport.names.access(&Access {
        grant: what.grant.id,
        issued_at: now,
        ends_at: Moment::from_unix_seconds(ends_at),
        narrowed: (*what.scope != what.grant.scope).then(|| what.scope.clone()),
    });
    let refresh_token = refresh_token_due(client, &what.grant.scope)
        .then(|| passport.names.refresh(what.grant.id, what.generation));
    let id_token = match what.scope.contains(OPENID) {
        true => Some(signed_id_token(mint, what, &access_token)?),
        false => None,
    };
    Ok(TokenResponse {
        access_token,
        token_type: TokenType::Bearer,
        expires_in: ends_at - at,
        refresh_token,
        id_token,
        scope: what.scope.clone(),
    })
}

fn signed_id_token(mint: &Mint<'_>, what: &Issue<'_>, access_token: &str) -> Result<String, Fault> {
    let Mint { passport, now, client, ref keys, ref subjects } = *mint;
    let subject = subjects.subject(what.account.id);
    let sid = what.grant.session.map(|session| session.to_string());
    let known = what.account.known_claims();
    let facts = Facts {
        issuer: passport.issuer(),
        subject: &subject,
        client,
        auth_time: what.grant.auth_time.unix_seconds(),
        nonce: what.nonce,
        sid: sid.as_deref(),
        acr: None,
        amr: &["pwd"],
        access_token: Some(access_token),
        scope: what.scope,
        known: &known,
    };
    let claims = id_token(&facts, now.unix_seconds(), i64::from(passport.settings.tokens.id_seconds));
    keys.sign(&passport.random, client.id_token_signed_response_alg, "JWT", &claims)
}
