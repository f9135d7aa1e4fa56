//! The mint: the one place that makes access, refresh and ID tokens.
use std::sync::Arc;

use oidc::{
    authorize::{ResponseType, response::IssuedAccess},
    client::{Client, TokenFormat},
    error::{ErrorCode, OAuthError},
    resource,
    scope::{OFFLINE_ACCESS, OPENID, Scopes},
    token::{
        access::{self, AccessTokenClaims, Audience},
        binding::Binding,
        claims::{Beside, Facts, id_token},
        expiry, refresh_token_due,
        response::{TokenResponse, TokenType},
    },
};
use platform::{Fault, clock::Moment};

use super::{Exchange, Outcome};

use crate::{
    account::{Account, acting::Acting},
    client::store::Held,
    grant::{
        self, Grant,
        access::{AccessToken, Holder},
    },
    key::Keys,
    session::SessionId,
    state::Passport,
    subject::{Subjects, subjects_of},
};

/// Everything that signing needs, fetched before the grant's transaction.
pub(in crate::endpoints) struct Mint<'a> {
    pub passport: &'a Passport,
    pub now: Moment,
    pub(super) client: &'a Client,
    /// What the access token is bound to.
    binding: Option<Binding>,
    keys: Arc<Keys>,
    subjects: Subjects,
}

/// What a grant decided shall be issued.
pub(in crate::endpoints) struct Issue {
    pub holder: Holder,
    /// None when the client asks for itself, or when nothing but an access token is given.
    pub person: Option<OnBehalf>,
    /// The `sub` where there is no person.
    pub subject: Option<String>,
    /// Of the tokens; less than the grant's when a refresh or an exchange narrowed it.
    pub scope: Scopes,
    /// The scope stands in the token: it is not that of its grant.
    pub scope_is_own: bool,
    pub audience: Vec<String>,
    /// Nothing issued here outlives it.
    pub ends_at: Moment,
    /// The generation of the refresh token that is handed out, if one is due.
    pub generation: Option<i32>,
    /// An ID token is due where the scope says so; with a nonce only the first of a grant.
    pub nonce: Option<String>,
    /// Whom the token is given to, when that is not the holder's own client.
    pub given_to: Option<String>,
    /// The `issued_token_type` of an exchange.
    pub token_type: Option<&'static str>,
}

/// Whom the tokens are about.
pub(in crate::endpoints) struct OnBehalf {
    pub grant: Grant,
    pub account: Account,
}

impl<'a> Mint<'a> {
    pub async fn open(
        passport: &'a Passport,
        now: Moment,
        client: &'a Client,
        binding: Option<Binding>,
    ) -> Result<Self, Fault> {
        let keys = passport.keys.current(&passport.db, now).await?;
        let subjects = subjects_of(&passport.pairwise, passport.db.reader(), client).await?;
        Ok(Self { passport, now, client, binding, keys, subjects })
    }
}

impl Issue {
    /// The whole of a grant that the authorization endpoint wrote, without a refresh token.
    pub fn at_once(grant: Grant, account: Account, audience: Vec<String>) -> Self {
        Self {
            holder: Holder::Grant(grant.id),
            scope: grant.scope.clone(),
            scope_is_own: false,
            audience,
            ends_at: grant.ends_at,
            generation: None,
            nonce: grant.nonce.clone(),
            subject: None,
            person: Some(OnBehalf { grant, account }),
            given_to: None,
            token_type: None,
        }
    }
}

/// The tokens of a grant whose gate was passed: none when its account is no longer active, or the session on which it
/// `stands`, and then the grant ends.
pub(super) async fn of_grant(
    exchange: &Exchange<'_>,
    tx: &Acting,
    (grant, stands): (Grant, bool),
    scope: Scopes,
    audience: Vec<String>,
    generation: i32,
) -> Result<Outcome, Fault> {
    let account = tx.account().clone();
    if !account.is_active() || !stands {
        grant::store::revoke(tx, grant.id).await?;
        return Ok(OAuthError::new(ErrorCode::InvalidGrant, "The person is no longer signed in.").into());
    }
    let due = refresh_token_due(exchange.client, &grant.scope);
    Ok(Outcome::Issue(Box::new(Issue {
        holder: Holder::Grant(grant.id),
        scope_is_own: scope != grant.scope,
        scope,
        audience,
        ends_at: grant.ends_at,
        generation: due.then_some(generation),
        nonce: None,
        subject: None,
        person: Some(OnBehalf { grant, account }),
        given_to: None,
        token_type: None,
    })))
}

pub(super) fn tokens(mint: &Mint<'_>, what: &Issue) -> Result<TokenResponse, Fault> {
    let Mint { passport, now, .. } = *mint;
    let at = now.unix_seconds();
    let lifetime = i64::from(passport.settings.tokens.access_seconds);
    let ends_at = expiry(at, lifetime, what.ends_at.unix_seconds());
    let subject = match (&what.person, &what.subject) {
        (Some(person), _) => mint.subjects.subject(person.account.id),
        (None, Some(subject)) => subject.clone(),
        (None, None) => mint.client.client_id.clone(),
    };
    let access_token = access_token(mint, what, &subject, Moment::from_unix_seconds(ends_at))?;
    let refresh_token = match (&what.person, what.generation) {
        (Some(person), Some(generation)) => Some(passport.names.refresh(person.grant.id, generation)),
        _ => None,
    };
    let id_token = match &what.person {
        Some(person) if what.scope.contains(OPENID) && what.token_type.is_none() => {
            Some(signed_id_token(mint, what, person, &subject, Some(&access_token), Beside::default())?)
        }
        _ => None,
    };
    let by_key = matches!(mint.binding, Some(Binding::Key(_)));
    Ok(TokenResponse {
        access_token,
        token_type: if by_key { TokenType::Dpop } else { TokenType::Bearer },
        expires_in: ends_at - at,
        refresh_token,
        id_token,
        scope: what.scope.clone(),
        issued_token_type: what.token_type,
    })
}

/// The session without which a grant is nothing: one for offline use stands by itself.
pub(super) fn session_of(grant: &Grant) -> Option<SessionId> {
    grant.session.filter(|_| !grant.scope.contains(OFFLINE_ACCESS))
}

/// Every grant but those stands only as long as its session, ended or not yet swept.
pub(super) fn stands_on_its_session(exchange: &Exchange<'_>, held: &Held) -> bool {
    let lifetime = (&exchange.passport.settings.session).into();
    session_of(&held.grant).is_none()
        || held.session.is_some_and(|times| times.is_live(exchange.now, lifetime))
}

/// What the authorization endpoint itself hands out: the tokens of the hybrid and implicit flows.
pub(in crate::endpoints) fn at_authorization(
    mint: &Mint<'_>,
    what: &Issue,
    wanted: ResponseType,
    beside: Beside<'_>,
) -> Result<(Option<IssuedAccess>, Option<String>), Fault> {
    let Some(person) = &what.person else { return Err(Fault::bug("nobody authorized")) };
    let Mint { passport, now, .. } = *mint;
    let subject = mint.subjects.subject(person.account.id);
    let at = now.unix_seconds();
    let lifetime = i64::from(passport.settings.tokens.access_seconds);
    let ends_at = expiry(at, lifetime, what.ends_at.unix_seconds());
    let access = match wanted.has_token() {
        true => Some(IssuedAccess {
            token: access_token(mint, what, &subject, Moment::from_unix_seconds(ends_at))?,
            token_type: TokenType::Bearer,
            expires_in: ends_at - at,
            scope: what.scope.clone(),
        }),
        false => None,
    };
    let token = access.as_ref().map(|access| access.token.as_str());
    let id_token = match wanted.has_id_token() {
        true => Some(signed_id_token(mint, what, person, &subject, token, beside)?),
        false => None,
    };
    Ok((access, id_token))
}

/// Opaque, or a JWT where the client or a resource wants one. Either names the same, and is looked up.
fn access_token(mint: &Mint<'_>, what: &Issue, subject: &str, ends_at: Moment) -> Result<String, Fault> {
    let Mint { passport, now, client, .. } = *mint;
    let by_itself = what.given_to.is_some() || matches!(what.holder, Holder::Client { .. });
    let access = AccessToken {
        holder: what.holder.clone(),
        // Never before the mark that a revocation left, whichever node's clock is ahead.
        issued_at: what.person.as_ref().map_or(now, |person| now.max(person.grant.not_before)),
        ends_at,
        scope: what.scope_is_own.then(|| what.scope.clone()),
        audience: what.audience.clone(),
        binding: mint.binding,
        given_to: what.given_to.clone(),
        serial: by_itself.then(|| passport.random.bytes()),
    };
    let jwt_resources = &passport.settings.tokens.jwt_resources;
    let wants_jwt = |resource: &String| {
        let listed = resource::listed(passport.policy(), resource).and_then(|listed| listed.token_format);
        listed == Some(TokenFormat::Jwt) || jwt_resources.contains(resource)
    };
    let as_jwt = client.access_token_format == TokenFormat::Jwt || what.audience.iter().any(wants_jwt);
    if !as_jwt {
        return Ok(passport.names.access.opaque(&access));
    }
    let claims = AccessTokenClaims {
        iss: passport.issuer().to_owned(),
        sub: subject.to_owned(),
        aud: Audience::of(what.audience.clone(), passport.issuer()),
        client_id: client.client_id.clone(),
        exp: ends_at.unix_seconds(),
        iat: now.unix_seconds(),
        jti: passport.names.access.jti(&access),
        scope: what.scope.clone(),
        auth_time: what.person.as_ref().map(|person| person.grant.auth_time.unix_seconds()),
        acr: what.person.as_ref().and_then(|person| person.grant.acr.clone()),
        cnf: mint.binding.map(|binding| binding.confirmation()),
    };
    mint.keys.sign(&passport.random, client.id_token_signed_response_alg, access::TYP, &claims)
}

fn signed_id_token(
    mint: &Mint<'_>,
    what: &Issue,
    person: &OnBehalf,
    subject: &str,
    access_token: Option<&str>,
    beside: Beside<'_>,
) -> Result<String, Fault> {
    let Mint { passport, now, client, ref keys, .. } = *mint;
    let sid = person.grant.session.map(|session| session.to_string());
    let (known, amr) = (person.account.known_to(client), person.grant.methods.amr());
    let facts = Facts {
        issuer: passport.issuer(),
        subject,
        client,
        auth_time: person.grant.auth_time.unix_seconds(),
        nonce: what.nonce.as_deref(),
        sid: sid.as_deref(),
        acr: person.grant.acr.as_deref(),
        amr: &amr,
        access_token,
        beside,
        scope: &what.scope,
        known: &known,
        wishes: &person.grant.claims.id_token,
    };
    let claims = id_token(&facts, now.unix_seconds(), i64::from(passport.settings.tokens.id_seconds));
    keys.sign(&passport.random, client.id_token_signed_response_alg, "JWT", &claims)
}
