//! Registration by clients themselves (RFC 7591, OIDC Registration) and its management (RFC 7592).
use axum::{
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use oidc::{
    bearer::{BearerRefusal, presented},
    client::{Client, dynamic},
    error::{ErrorCode, OAuthError},
    parameters::Parameters,
    plain,
    token::response::ErrorAnswer,
};
use platform::{
    Fault,
    clock::Moment,
    secrets::{Secret, digest, same},
    security_event::{By, Event, Note},
    web::Visit,
};
use serde_json::{Map, Value};

use super::authorization;

use crate::{
    acts::{self, register::Refusal, register_itself::Full},
    client::{
        self, Registered,
        registration::{kept_by_the_operator, policy, store},
    },
    config::RegistrationMode,
    paths::REGISTER,
    response::{Refused, json},
    state::Passport,
};

/// Whether anybody at all may register.
pub fn is_offered(passport: &Passport) -> bool {
    passport.settings.registration.mode != RegistrationMode::Closed
}

/// The token of the request's one `Authorization: Bearer` header.
fn bearer(headers: &HeaderMap) -> Result<Secret, BearerRefusal> {
    let token = presented(&authorization(headers), &Parameters::default(), None)?;
    Ok(Secret::new(token.as_str()))
}

/// Registers a client.
pub async fn add(
    State(passport): State<Passport>,
    visit: Visit,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refused> {
    let token = admitted(&passport, &visit.headers)?;
    let body = json_body(&visit.headers, body)?;
    let id = platform::id::new(visit.now, &passport.random).simple().to_string();
    let client = client::registration::read(&body, &policy(passport.policy()), id)?;
    if let Some(token) = &token
        && !store::is_usable_initial_token(passport.db.reader(), visit.now, token.expose()).await?
    {
        return Err(BearerRefusal::invalid_token().into());
    }
    let tx = passport.db.begin().await?;
    if let Some(full) =
        acts::register_itself::is_room(&passport.clients, &tx, visit.now, &visit.address_block()).await?
    {
        // Rolled back: a refusal writes nothing.
        return Ok(refuse_full(full));
    }
    tx.commit().await?;
    // Outside of the transaction: it may ask other sites.
    client::addresses::check_addresses(&passport.clients, &client).await?;
    let tx = passport.db.begin().await?;
    if let Some(token) = &token
        && !store::spend_initial_token(&tx, visit.now, token.expose()).await?
    {
        return Err(BearerRefusal::invalid_token().into());
    }
    let client = Client { vouched: token.is_some(), ..client };
    let (secret, token) = acts::register_itself::add(&tx, visit.now, &passport.clients, &client).await?;
    let note = Note::of(Event::ClientAdded).client(&client.client_id).block(&visit.address_block());
    tx.tell(note.by(By::Client));
    tx.commit().await?;
    tracing::info!(client = client.client_id, name = client.client_name, "A site registered itself");
    let answer = described(&passport, &client, visit.now, secret.as_ref(), &token);
    Ok(json(StatusCode::CREATED, &answer))
}

/// The initial token to spend, if one is needed. With none, or while registration is closed: 401.
fn admitted(passport: &Passport, headers: &HeaderMap) -> Result<Option<Secret>, BearerRefusal> {
    match passport.settings.registration.mode {
        RegistrationMode::Closed => Err(BearerRefusal::invalid_token()),
        RegistrationMode::InitialToken => bearer(headers).map(Some),
        RegistrationMode::Open => match headers.contains_key(header::AUTHORIZATION) {
            // Nobody needs one, but who shows one must be able to.
            true => bearer(headers).map(|_| None),
            false => Ok(None),
        },
    }
}

fn refuse_full(full: Full) -> Response {
    let (status, text) = match full {
        Full::TooOften => {
            (StatusCode::TOO_MANY_REQUESTS, "Too many sites were registered from this address.")
        }
        Full::Quota => (StatusCode::SERVICE_UNAVAILABLE, "No more sites can register here at present."),
    };
    tracing::warn!(?full, "A registration was refused");
    let error = OAuthError::new(ErrorCode::TemporarilyUnavailable, text);
    let mut response = json(status, &ErrorAnswer::from(&error).body);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("3600"));
    response
}

fn json_body(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<Bytes, OAuthError> {
    let refused = |text| OAuthError::new(ErrorCode::InvalidClientMetadata, text);
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(refused("The Content-Type must be application/json."));
    }
    body.map_err(|_| refused("The body is too large or could not be read."))
}

/// The client as its owner is told of it (RFC 7591 §3.2.1, RFC 7592 §3).
fn described(
    passport: &Passport,
    client: &Client,
    issued_at: Moment,
    secret: Option<&Secret>,
    token: &Secret,
) -> Map<String, Value> {
    let mut members = dynamic::metadata(client);
    let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
    set("client_id_issued_at", issued_at.unix_seconds().into());
    if let Some(secret) = secret {
        set("client_secret", secret.expose().into());
    }
    if client.token_endpoint_auth_method.uses_secret() {
        set("client_secret_expires_at", 0.into());
    }
    let uri = format!("{}{REGISTER}/{}", passport.issuer(), client.client_id);
    set("registration_client_uri", uri.into());
    set("registration_access_token", token.expose().into());
    members
}

/// The client of this address, if the request carries its registration access token. A token of another client, and
/// any token of a client that is gone, is as good as none (RFC 7592 §2).
async fn owned(
    passport: &Passport,
    headers: &HeaderMap,
    id: &str,
) -> Result<(Registered, Moment, Secret), Refused> {
    let token = bearer(headers)?;
    let reader = passport.db.reader();
    let issued_at = store::find_registration(reader, id, token.expose()).await?;
    let issued_at = issued_at.ok_or_else(BearerRefusal::invalid_token)?;
    let registered =
        client::serving::find(&passport.clients, id).await?.ok_or_else(BearerRefusal::invalid_token)?;
    Ok((registered, issued_at, token))
}

/// What is registered. The secret is not in it: only its digest is kept.
pub async fn show(
    State(passport): State<Passport>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let (registered, issued_at, token) = owned(&passport, &visit.headers, &id).await?;
    Ok(json(StatusCode::OK, &described(&passport, &registered.client, issued_at, None, &token)))
}

/// Replaces what is registered, under the same rules (RFC 7592 §2.2).
pub async fn set(
    State(passport): State<Passport>,
    visit: Visit,
    Path(id): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refused> {
    let (read, issued_at, token) = owned(&passport, &visit.headers, &id).await?;
    let body = json_body(&visit.headers, body)?;
    let policy = policy(passport.policy());
    let client = client::registration::read(&body, &policy, id)?;
    names_itself(&body, &read)?;
    client::addresses::check_addresses(&passport.clients, &client).await?;
    let id = client.client_id.clone();
    let tx = passport.db.begin().await?;
    // What an operator did since the request was read counts: a disabled site changes nothing.
    let before = client::store::find_locked(&tx, &id).await?.filter(|before| !before.client.disabled);
    let before = before.ok_or_else(BearerRefusal::invalid_token)?;
    names_itself(&body, &before)?;
    let client = dynamic::validated(kept_by_the_operator(&before.client, client), id, &policy)?;
    let changed =
        acts::register::change(&tx, visit.now, &passport.clients, &before, client.clone(), false).await?;
    let secret = changed.map_err(|refusal| match refusal {
        Refusal::Gone => BearerRefusal::invalid_token().into(),
        refusal => Refused::Fault(Fault::bug(format!("validated twice: {refusal:?}"))),
    })?;
    let note = Note::of(Event::ClientChanged).client(&client.client_id).block(&visit.address_block());
    tx.tell(note.by(By::Client));
    tx.commit().await?;
    Ok(json(StatusCode::OK, &described(&passport, &client, issued_at, secret.as_ref(), &token)))
}

/// An update names the client that it is about, and its secret only if it knows it.
fn names_itself(body: &[u8], before: &Registered) -> Result<(), OAuthError> {
    let refused = |text| OAuthError::new(ErrorCode::InvalidClientMetadata, text);
    let body = plain::json(body).ok_or_else(|| refused("The body is not JSON."))?;
    if body.get("client_id").and_then(Value::as_str) != Some(&before.client.client_id) {
        return Err(refused("client_id: must be the client that is updated."));
    }
    let knows = |secret: &str| {
        before.secret_digest.as_ref().is_some_and(|known| same(known, &digest(secret.as_bytes())))
    };
    match body.get("client_secret") {
        None => Ok(()),
        Some(Value::String(secret)) if knows(secret) => Ok(()),
        Some(_) => Err(refused("client_secret: cannot be chosen; it must be the current one or absent.")),
    }
}

/// Removes the client; everything issued to it dies with it.
pub async fn remove(
    State(passport): State<Passport>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    owned(&passport, &visit.headers, &id).await?;
    let tx = passport.db.begin().await?;
    // Who comes second has a token of a client that is gone, as good as none.
    if !client::store::drop_client(&tx, &id).await? {
        return Err(BearerRefusal::invalid_token().into());
    }
    let note = Note::of(Event::ClientRemoved).client(&id).block(&visit.address_block());
    tx.tell(note.by(By::Client));
    tx.commit().await?;
    tracing::info!(client = id, "A site removed itself");
    Ok(StatusCode::NO_CONTENT.into_response())
}
