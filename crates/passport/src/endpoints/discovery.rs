//! What clients read before they ask: the metadata and the public keys.
use axum::{extract::State, response::Response};
use oidc::{
    authorize::Prompt,
    client::SubjectType,
    discovery::{self, Certificates, Enabled},
};
use platform::{Fault, language::Language, web::Visit};

use super::register;

use crate::{
    key::{ALGORITHMS, Document},
    paths::{
        AUTHORIZE, DEVICE_AUTHORIZATION, END_SESSION, INTROSPECT, JWKS, PUSH, REGISTER, REVOKE, TOKEN,
        USERINFO,
    },
    response::{Refused, document},
    state::Passport,
};

/// How long caches may keep these documents: a key is published far longer before it signs.
const CACHE: &str = "public, max-age=300";

pub async fn metadata(visit: Visit, State(passport): State<Passport>) -> Result<Response, Refused> {
    let made = match passport.metadata.get() {
        Some(made) => made,
        None => {
            let made = make(&passport)?;
            passport.metadata.get_or_init(|| made)
        }
    };
    Ok(document(&visit.headers, made, CACHE))
}

fn make(passport: &Passport) -> Result<Document, Fault> {
    let policy = passport.policy();
    let metadata = discovery::metadata(&Enabled {
        issuer: passport.issuer(),
        authorization_path: AUTHORIZE,
        token_path: TOKEN,
        userinfo_path: USERINFO,
        jwks_path: JWKS,
        end_session_path: Some(END_SESSION),
        pushed_request_path: Some(PUSH),
        device_authorization_path: Some(DEVICE_AUTHORIZATION),
        introspection_path: Some(INTROSPECT),
        revocation_path: Some(REVOKE),
        client_certificates: certificates(passport),
        policy,
        id_token_signing_algs: &ALGORITHMS,
        ui_locales: &Language::ALL.map(Language::tag),
        prompts: &Prompt::ALL,
        backchannel_logout: true,
        frontchannel_logout: true,
        registration_path: register::is_offered(passport).then_some(REGISTER),
        subject_types: &SubjectType::ALL,
        client_id_metadata_documents: passport.settings.registration.client_id_metadata_documents,
        service_documentation: None,
        op_policy_uri: None,
        op_tos_uri: None,
    });
    let body = serde_json::to_string(&metadata).map_err(Fault::bug)?;
    Ok(Document::of(body))
}

/// Whether client certificates reach us, and whether their chains are verified.
fn certificates(passport: &Passport) -> Option<Certificates> {
    let (tls, proxy) = (&passport.settings.tls, &passport.settings.client_certificates);
    let ends = [
        (tls.client_certificates, !tls.client_ca.is_empty()),
        (!proxy.header.is_empty(), !proxy.verified_header.is_empty()),
    ];
    match ends.into_iter().find(|(reach, _)| *reach)? {
        (_, true) => Some(Certificates::Verified),
        (_, false) => Some(Certificates::Unverified),
    }
}

pub async fn jwks(visit: Visit, State(passport): State<Passport>) -> Result<Response, Refused> {
    let keys = passport.keys.published(&passport.db, visit.now).await?;
    Ok(document(&visit.headers, &keys.jwks, CACHE))
}
