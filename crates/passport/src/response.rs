//! How Passport's endpoints answer machines: JSON, ETags, refusals and faults. The only such place.
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use oidc::{
    bearer::BearerRefusal,
    client::authentication,
    error::{ErrorCode, OAuthError},
    token::response::{ErrorAnswer, ErrorBody},
};
use platform::{Fault, web::Visit};
use serde::Serialize;

use crate::{key::Document, nonces::NONCE_HEADER, paths::ERRORS, state::Passport};

/// For whoever proves nothing and asks too often, where what is asked would leave something behind. Nothing of it is
/// kept: the transaction that counted is not committed.
pub fn too_often(text: &'static str) -> Response {
    let error = OAuthError::new(ErrorCode::TemporarilyUnavailable, text);
    let mut response = json(StatusCode::TOO_MANY_REQUESTS, &ErrorAnswer::from(&error).body);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("600"));
    response
}

/// A way out of an endpoint for machines.
#[derive(Debug)]
pub enum Refused {
    Client(authentication::Refusal),
    Request(OAuthError),
    Bearer(BearerRefusal),
    Fault(Fault),
}

impl From<authentication::Refusal> for Refused {
    fn from(refusal: authentication::Refusal) -> Self {
        Self::Client(refusal)
    }
}

impl From<OAuthError> for Refused {
    fn from(error: OAuthError) -> Self {
        Self::Request(error)
    }
}

impl From<BearerRefusal> for Refused {
    fn from(refusal: BearerRefusal) -> Self {
        Self::Bearer(refusal)
    }
}

impl<T: Into<Fault>> From<T> for Refused
where
    T: NotOurs,
{
    fn from(fault: T) -> Self {
        Self::Fault(fault.into())
    }
}

/// What may become a fault here; keeps the conversions above apart.
pub trait NotOurs {}
impl NotOurs for Fault {}

impl Refused {
    /// The same refusal at a protected resource, where errors stand in the challenge (RFC 9449 §7.1).
    #[must_use]
    pub fn at_resource(self) -> Self {
        match self {
            Self::Request(error) => Self::Bearer(BearerRefusal::for_dpop(&error)),
            other => other,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let answer = match self {
            Self::Client(refusal) => ErrorAnswer::from(&refusal),
            Self::Request(error) => ErrorAnswer::from(&error),
            Self::Bearer(refusal) => return bearer(&refusal),
            Self::Fault(fault) => ErrorAnswer::from(&of_fault(&fault)),
        };
        let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = json(status, &answer.body);
        response.extensions_mut().insert(Told(answer.body));
        if let Some(challenge) = answer.www_authenticate {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// What a refusal says, so that [`told`] can add where it is explained.
#[derive(Clone)]
struct Told(ErrorBody);

/// What every answer of the endpoints for machines has in common: an error names the page that explains it
/// (RFC 6749 §5.2), a request is found again by its id (FAPI 1.0 Baseline §6.2.1), and the next proof's nonce is
/// told where one is needed (RFC 9449 §8).
pub async fn told(State(passport): State<Passport>, visit: Visit, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(Told(mut body)) = response.extensions_mut().remove::<Told>() {
        body.error_uri = Some(passport.site.url(&format!("{ERRORS}/{}", body.error)));
        if let Ok(bytes) = serde_json::to_vec(&body) {
            response.headers_mut().remove(header::CONTENT_LENGTH);
            *response.body_mut() = bytes.into();
        }
    }
    if let Some(id) = visit.headers.get(INTERACTION_ID).filter(|id| is_uuid(id)) {
        response.headers_mut().insert(INTERACTION_ID, id.clone());
    }
    if passport.settings.tokens.dpop_nonce
        && let Ok(nonce) = HeaderValue::from_str(&passport.nonces.issue(visit.now))
    {
        response.headers_mut().insert(NONCE_HEADER, nonce);
    }
    response
}

const INTERACTION_ID: &str = "x-fapi-interaction-id";

fn is_uuid(value: &HeaderValue) -> bool {
    value.to_str().is_ok_and(|text| text.len() == 36 && text.parse::<uuid::Uuid>().is_ok())
}

/// The client is told that it is our trouble; what it is stands in the log.
fn of_fault(fault: &Fault) -> OAuthError {
    match fault {
        Fault::Unavailable(text) => {
            tracing::error!(error = text, "A dependency is away");
            OAuthError::new(ErrorCode::TemporarilyUnavailable, "Please try again in a few seconds.")
        }
        Fault::Bug(text) => {
            tracing::error!(error = text, "A fault of ours");
            OAuthError::new(ErrorCode::ServerError, "Something went wrong on our side.")
        }
    }
}

fn bearer(refusal: &BearerRefusal) -> Response {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNAUTHORIZED);
    let mut response = json(status, &serde_json::json!({ "error": code_of(&refusal.challenge) }));
    if let Ok(challenge) = HeaderValue::from_str(&refusal.challenge) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

/// The code that stands in a challenge, for the people who only read bodies.
fn code_of(challenge: &str) -> &str {
    challenge.split("error=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("invalid_token")
}

/// JSON that nobody may keep (RFC 6749 §5.1).
pub fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => {
            let kind = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
            (status, kind, bytes).into_response()
        }
        Err(error) => Refused::Fault(Fault::bug(error)).into_response(),
    }
}

/// A public document that caches may keep as long as `cache` says: 304 when the caller has it (RFC 9110 §13.1.2).
pub fn document(headers: &HeaderMap, document: &Document, cache: &'static str) -> Response {
    let Document { body, etag } = document;
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let fresh = known.flat_map(|line| line.split(',')).any(|tag| tag.trim().trim_start_matches("W/") == etag);
    let mut response =
        if fresh { StatusCode::NOT_MODIFIED.into_response() } else { body.to_owned().into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if let Ok(etag) = HeaderValue::from_str(etag) {
        headers.insert(header::ETAG, etag);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    }
    response
}
