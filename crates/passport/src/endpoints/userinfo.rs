//! UserInfo: what the access token's scopes release about its person (OIDC Core §5.3), as JSON or signed.
use axum::{
    body::Bytes,
    extract::{RawQuery, State, rejection::BytesRejection},
    http::{Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use oidc::{
    bearer::{BearerRefusal, BearerToken, Scheme, presented},
    claims::UserInfo,
    parameters::Parameters,
    scope::OPENID,
    token::binding,
};
use platform::web::Visit;
use serde::Serialize;

use super::{
    authorization,
    certificate::client_certificate,
    cors, dpop, form_of,
    live_token::{self, Person},
};

use crate::{
    paths::USERINFO,
    response::{Refused, json},
    state::Passport,
    subject::subject_for,
};

/// The `typ` of a signed answer: none of our other tokens has it, so none passes for another.
const TYP: &str = "userinfo+jwt";

pub async fn by_get(
    State(passport): State<Passport>,
    visit: Visit,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    answer(&passport, &visit, &Method::GET, query, None).await
}

pub async fn by_post(
    State(passport): State<Passport>,
    visit: Visit,
    RawQuery(query): RawQuery,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refused> {
    let empty = body.as_ref().is_ok_and(Bytes::is_empty);
    let form = if empty { None } else { Some(form_of(&visit.headers, body)?) };
    answer(&passport, &visit, &Method::POST, query, form).await
}

async fn answer(
    passport: &Passport,
    visit: &Visit,
    method: &Method,
    query: Option<String>,
    form: Option<Parameters>,
) -> Result<Response, Refused> {
    let query =
        Parameters::parse(query.unwrap_or_default().as_bytes()).map_err(oidc::error::OAuthError::from)?;
    let token = presented(&authorization(&visit.headers), &query, form.as_ref())?;
    let invalid = || BearerRefusal::invalid_token_of(token.scheme());
    let shown = proof(passport, visit, method, &token)?;
    let found = live_token::find(passport, visit.now, token.as_str()).await?.ok_or_else(invalid)?;
    let key = shown.as_ref().map(|shown| shown.binding);
    let certificate = client_certificate(passport, visit).map(|shown| shown.certificate.digest());
    if !binding::fits(found.access.binding, token.scheme(), key, certificate) {
        return Err(invalid().into());
    }
    if let Some(shown) = &shown {
        let tx = passport.db.begin().await?;
        shown.spend(&tx).await.map_err(|refused| refused.at_resource())?;
        tx.commit().await?;
    }
    let audience = &found.access.audience;
    let is_ours = audience.is_empty() || audience.iter().any(|one| one == passport.issuer());
    let Person { grant, account, client } = found.person.filter(|_| is_ours).ok_or_else(invalid)?;
    if !found.scope.contains(OPENID) {
        return Err(BearerRefusal::insufficient_scope(OPENID).into());
    }
    let client = client.filter(|_| account.is_active()).ok_or_else(invalid)?;
    // It may be demanded only since the token was issued.
    let least = passport.policy().least_of(&client.client);
    if grant.methods.level() < least {
        return Err(BearerRefusal::insufficient_user_authentication(token.scheme(), least).into());
    }
    let sub = subject_for(&passport.pairwise, passport.db.reader(), &client.client, account.id).await?;
    let claims = UserInfo::with(sub, &account.known_to(&client.client), &found.scope, &grant.claims.userinfo);
    let Some(algorithm) = client.client.userinfo_signed_response_alg else {
        return Ok(cors::only(json(StatusCode::OK, &claims), &client.client));
    };
    let claims = Signed { iss: passport.issuer(), aud: &client.client.client_id, claims };
    let keys = passport.keys.current(&passport.db, visit.now).await?;
    let signed = keys.sign(&passport.random, algorithm, TYP, &claims)?;
    let kind = [(header::CONTENT_TYPE, "application/jwt"), (header::CACHE_CONTROL, "no-store")];
    Ok(cors::only((StatusCode::OK, kind, signed).into_response(), &client.client))
}

/// The claims of a signed answer: issuer and audience besides (§5.3.2).
#[derive(Serialize)]
struct Signed<'a> {
    iss: &'a str,
    aud: &'a str,
    #[serde(flatten)]
    claims: UserInfo,
}

/// The proof that the scheme DPoP demands.
fn proof(
    passport: &Passport,
    visit: &Visit,
    method: &Method,
    token: &BearerToken,
) -> Result<Option<dpop::Shown>, Refused> {
    if token.scheme() == Scheme::Bearer {
        return Ok(None);
    }
    let refused = |error: &oidc::error::OAuthError| Refused::from(BearerRefusal::for_dpop(error));
    let shown = dpop::shown(passport, visit, method.as_str(), USERINFO, Some(token.as_str()));
    match shown.map_err(|error| refused(&error))? {
        Some(shown) => Ok(Some(shown)),
        None => Err(refused(&oidc::dpop::refused("There is no DPoP header beside the token."))),
    }
}
