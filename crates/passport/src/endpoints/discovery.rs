//! What clients read before they ask: the metadata and the public keys.
use axum::{extract::State, http::HeaderMap, response::Response};
use oidc::{
    authorize::{Prompt, context::CONTEXTS},
    discovery::{self, Enabled},
};
use platform::{language::Language, web::Visit};

use super::{AUTHORIZE, END_SESSION, JWKS, PUSH, TOKEN, USERINFO};
use crate::{
    key::ALGORITHMS,
    response::{Refused, document, etag},
    state::Passport,
};

/// Seconds that caches may keep these documents: a key is published far longer before it signs.
const CACHE: u32 = 300;

pub async fn metadata(State(passport): State<Passport>, headers: HeaderMap) -> Result<Response, Refused> {
    let policy = passport.policy();
    let metadata = discovery::metadata(&Enabled {
        issuer: passport.issuer(),
        authorization_path: AUTHORIZE,
        token_path: TOKEN,
        userinfo_path: USERINFO,
        jwks_path: JWKS,
        end_session_path: Some(END_SESSION),
        pushed_request_path: Some(PUSH),
        policy: &policy,
        id_token_signing_algs: &ALGORITHMS,
        ui_locales: &Language::ALL.map(Language::tag),
        prompts: &Prompt::ALL,
        acr_values: &CONTEXTS,
        backchannel_logout: true,
        service_documentation: None,
        op_policy_uri: None,
        op_tos_uri: None,
    });
    let body = serde_json::to_string(&metadata).map_err(platform::Fault::bug)?;
    let tag = etag(body.as_bytes());
    Ok(document(&headers, body, &tag, CACHE))
}

pub async fn jwks(visit: Visit, State(passport): State<Passport>) -> Result<Response, Refused> {
    let keys = passport.keys.current(&passport.db, visit.now).await?;
    Ok(document(&visit.headers, keys.jwks.clone(), &keys.etag, CACHE))
}
