//! Introspection (RFC 7662): what a token is, told to who may know; as JSON or signed (RFC 9701).
use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use oidc::{
    client::Client,
    error::{ErrorCode, OAuthError},
    introspection::{self, SIGNED, SignedAnswer, TYP, Token, True, may_see},
    scope::{EMAIL, Scopes},
    token::{GrantState, access::Audience, binding::Binding, response::TokenType},
};
use platform::{Fault, clock::Moment, web::Visit};

use super::{
    caller, form_of,
    live_token::{self, Person},
};

use crate::{
    client::{self, store::Standing},
    paths::INTROSPECT,
    response::{Refused, json},
    state::Passport,
    subject::subject_for,
};

pub async fn introspect(
    State(passport): State<Passport>,
    visit: Visit,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refused> {
    let form = form_of(&visit.headers, body)?;
    let caller = caller::authenticate(&passport, &visit, &form, INTROSPECT).await?;
    if caller.client.is_public() {
        let text = "Only clients that authenticate may look at tokens.";
        return Err(OAuthError::new(ErrorCode::InvalidClient, text).into());
    }
    let token = form.required("token")?;
    let answer = match access_token(&passport, visit.now, &caller.client, token).await? {
        introspection::Answer::Inactive { .. } => {
            refresh_token(&passport, visit.now, &caller.client, token).await?
        }
        found => found,
    };
    if wants_signed(&visit.headers) {
        signed(&passport, &visit, &caller.client, &answer).await
    } else {
        Ok(json(StatusCode::OK, &answer))
    }
}

async fn access_token(
    passport: &Passport,
    now: Moment,
    client: &Client,
    token: &str,
) -> Result<introspection::Answer, Refused> {
    let Some(found) = live_token::find(passport, now, token).await? else {
        return Ok(introspection::Answer::INACTIVE);
    };
    if !may_see(client, &found.client_id, &found.access.audience) {
        return Ok(introspection::Answer::INACTIVE);
    }
    let (sub, username) = match &found.person {
        Some(person) => match person_of(passport, person, &found.scope).await? {
            Some(Named { sub, username }) => (sub, Some(username)),
            None => return Ok(introspection::Answer::INACTIVE),
        },
        None => (found.client_id.clone(), None),
    };
    let access = found.access;
    let by_key = matches!(access.binding, Some(Binding::Key(_)));
    Ok(introspection::Answer::Active(Box::new(Token {
        active: True,
        iss: passport.issuer().to_owned(),
        client_id: found.client_id,
        sub,
        username,
        scope: found.scope,
        token_type: Some(if by_key { TokenType::Dpop } else { TokenType::Bearer }.as_str()),
        aud: Some(Audience::of(access.audience, passport.issuer())),
        iat: access.issued_at.unix_seconds(),
        exp: access.ends_at.unix_seconds(),
        auth_time: found.person.as_ref().map(|person| person.grant.auth_time.unix_seconds()),
        acr: found.person.and_then(|person| person.grant.acr),
        cnf: access.binding.map(|binding| binding.confirmation()),
    })))
}

/// A refresh token is its own client's business alone.
async fn refresh_token(
    passport: &Passport,
    now: Moment,
    client: &Client,
    token: &str,
) -> Result<introspection::Answer, Refused> {
    let Some((id, generation)) = passport.names.read_refresh(token) else {
        return Ok(introspection::Answer::INACTIVE);
    };
    let Some(found) = client::store::find_standing(passport.db.reader(), id).await? else {
        return Ok(introspection::Answer::INACTIVE);
    };
    let Standing { grant, account, client: holder } = found;
    let alive = grant.state == GrantState::Live && grant.generation == generation && now < grant.ends_at;
    if !alive || grant.client_id != client.client_id {
        return Ok(introspection::Answer::INACTIVE);
    }
    let holder = client::serving::as_served(&passport.clients, holder).await?;
    let person = Person { grant, account, client: holder };
    let Some(named) = person_of(passport, &person, &person.grant.scope).await? else {
        return Ok(introspection::Answer::INACTIVE);
    };
    let grant = person.grant;
    Ok(introspection::Answer::Active(Box::new(Token {
        active: True,
        iss: passport.issuer().to_owned(),
        sub: named.sub,
        username: Some(named.username),
        client_id: grant.client_id,
        scope: grant.scope,
        token_type: None,
        aud: None,
        iat: grant.refreshed_at.unix_seconds(),
        exp: grant.ends_at.unix_seconds(),
        auth_time: Some(grant.auth_time.unix_seconds()),
        acr: grant.acr,
        cnf: grant.bound_to.map(|binding| binding.confirmation()),
    })))
}

/// What the client that holds the token calls the person.
struct Named {
    sub: String,
    /// The address, where the token is for it and it was proved: mailboxes and logins are named by it. Never a name
    /// that the person made up, which could be anybody's.
    username: String,
}

/// None when the person is no longer active, or the client of the token.
async fn person_of(
    passport: &Passport,
    Person { account, client, .. }: &Person,
    scope: &Scopes,
) -> Result<Option<Named>, Refused> {
    let Some(client) = client.as_ref().filter(|_| account.is_active()) else { return Ok(None) };
    let sub = subject_for(&passport.pairwise, passport.db.reader(), &client.client, account.id).await?;
    let proved = account.email_verified && scope.contains(EMAIL);
    Ok(Some(Named { username: if proved { account.email.clone() } else { sub.clone() }, sub }))
}

fn wants_signed(headers: &HeaderMap) -> bool {
    let wanted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    wanted
        .flat_map(|line| line.split(','))
        .any(|kind| kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(SIGNED))
}

async fn signed(
    passport: &Passport,
    visit: &Visit,
    client: &Client,
    answer: &introspection::Answer,
) -> Result<Response, Refused> {
    let claims = SignedAnswer {
        iss: passport.issuer(),
        aud: &client.client_id,
        iat: visit.now.unix_seconds(),
        token_introspection: answer,
    };
    let keys = passport.keys.current(&passport.db, visit.now).await?;
    let algorithm = client.introspection_signed_response_alg;
    let token: Result<String, Fault> = keys.sign(&passport.random, algorithm, TYP, &claims);
    let kind = [(header::CONTENT_TYPE, SIGNED), (header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::OK, kind, token?).into_response())
}
