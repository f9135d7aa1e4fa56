//! UserInfo: what the access token's scopes release about its person (OIDC Core §5.3).
use axum::{
    body::Bytes,
    extract::{RawQuery, State, rejection::BytesRejection},
    http::StatusCode,
    response::Response,
};
use oidc::{
    bearer::{BearerRefusal, presented},
    claims::UserInfo,
    parameters::Parameters,
    scope::OPENID,
    token::GrantState,
};
use platform::web::Visit;

use super::{authorization, form_of};
use crate::{
    account, grant,
    response::{Refused, json},
    state::Passport,
};

pub async fn by_get(
    State(passport): State<Passport>,
    visit: Visit,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    answer(&passport, &visit, query, None).await
}

pub async fn by_post(
    State(passport): State<Passport>,
    visit: Visit,
    RawQuery(query): RawQuery,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refused> {
    let empty = body.as_ref().is_ok_and(Bytes::is_empty);
    let form = if empty { None } else { Some(form_of(&visit.headers, body)?) };
    answer(&passport, &visit, query, form).await
}

async fn answer(
    passport: &Passport,
    visit: &Visit,
    query: Option<String>,
    form: Option<Parameters>,
) -> Result<Response, Refused> {
    let query =
        Parameters::parse(query.unwrap_or_default().as_bytes()).map_err(oidc::error::OAuthError::from)?;
    let token = presented(&authorization(&visit.headers), &query, form.as_ref())?;
    let invalid = BearerRefusal::invalid_token;
    let access = passport.names.read_access(token.as_str()).ok_or_else(invalid)?;
    let reader = passport.db.reader();
    let grant = grant::store::find(reader, access.grant).await?.ok_or_else(invalid)?;
    let alive =
        grant.state == GrantState::Live && access.issued_at >= grant.not_before && visit.now < access.ends_at;
    if !alive {
        return Err(invalid().into());
    }
    let scope = access.narrowed.as_ref().unwrap_or(&grant.scope);
    if !scope.contains(OPENID) {
        return Err(BearerRefusal::insufficient_scope(OPENID).into());
    }
    let account = account::store::find_active(reader, grant.account).await?.ok_or_else(invalid)?;
    Ok(json(
        StatusCode::OK,
        &UserInfo::with(account.id.to_string(), &account.known_claims(), scope, &grant.claims.userinfo),
    ))
}
