//! Registering, changing and removing a client by its own hand (RFC 7591, RFC 7592).
use oidc::{
    client::{Client, dynamic},
    error::{ErrorCode, OAuthError},
};
use platform::{Fault, clock::Moment, db::Tx, limits, limits::Limit, secrets::Secret};
use serde_json::Value;
use url::Url;

use super::store;
use crate::{
    client::{actions::register, fetch},
    state::Passport,
};

/// Most registrations of one address block in an hour.
const PER_BLOCK: Limit = Limit::new("register", 60, std::time::Duration::from_secs(3600));
/// Largest list of a sector document, in bytes.
const SECTOR: usize = 64 * 1024;

/// Why nobody can register just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// This address registered too often.
    TooOften,
    /// As many clients registered by themselves as the operator wants.
    Quota,
}

/// Whether one more client may register from this address.
pub async fn is_room(passport: &Passport, tx: &Tx, now: Moment, block: &str) -> Result<Option<Full>, Fault> {
    let limit = PER_BLOCK.scaled(passport.settings.limits.scale);
    if !limits::spend(tx, now, limit, block).await? {
        return Ok(Some(Full::TooOften));
    }
    let most = u64::from(passport.settings.registration.most_clients);
    Ok((store::count_registrations(tx).await? >= most).then_some(Full::Quota))
}

/// Stores a client that was read and validated, as an operator's is stored; answers its secret, if it has one, and
/// its registration access token. Both are shown once.
pub async fn add(
    tx: &Tx,
    now: Moment,
    passport: &Passport,
    client: &Client,
) -> Result<(Option<Secret>, Secret), Fault> {
    let registered = register(tx, now, passport, client.clone(), None, false).await?;
    let (_, secret) =
        registered.map_err(|refusal| Fault::bug(format!("validated, with a made id: {refusal:?}")))?;
    let token = Secret::new(passport.random.token());
    store::add_registration(tx, now, &client.client_id, token.expose()).await?;
    Ok((secret, token))
}

/// Whether every address that we shall call is one that we may call, and the sector document, if there is one,
/// names every redirect URI (OIDC Registration §5, DR-02).
pub async fn check_addresses(passport: &Passport, client: &Client) -> Result<(), OAuthError> {
    let called = [
        ("jwks_uri", &client.jwks_uri),
        ("sector_identifier_uri", &client.sector_identifier_uri),
        ("backchannel_logout_uri", &client.backchannel_logout_uri),
        ("logo_uri", &client.logo_uri),
    ];
    let single = called.into_iter().filter_map(|(name, uri)| Some((name, uri.as_ref()?)));
    for (name, uri) in single.chain(client.request_uris.iter().map(|uri| ("request_uris", uri))) {
        let allowed = Url::parse(uri).is_ok_and(|url| passport.outbound.check(&url).is_ok());
        if !allowed {
            return Err(invalid(format!("{name}: must not be an internal address.")));
        }
    }
    match &client.sector_identifier_uri {
        Some(uri) => check_sector(passport, client, uri).await,
        None => Ok(()),
    }
}

async fn check_sector(passport: &Passport, client: &Client, uri: &str) -> Result<(), OAuthError> {
    let document = fetch::json(passport, uri, SECTOR).await.map_err(|trouble| {
        tracing::info!(uri, trouble, "A sector document could not be read");
        invalid("sector_identifier_uri: the document could not be read.".to_owned())
    })?;
    let listed = |uri: &String| {
        let list = document.as_array();
        list.is_some_and(|list| list.iter().any(|entry| matches!(entry, Value::String(text) if text == uri)))
    };
    match client.redirect_uris.iter().find(|uri| !listed(uri)) {
        None => Ok(()),
        Some(uri) => Err(invalid(format!("sector_identifier_uri: the document does not list {uri}."))),
    }
}

fn invalid(text: String) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClientMetadata, text)
}

/// A client out of a body, judged by every rule that needs no look at the network.
///
/// # Errors
/// As [`dynamic::read`] and [`dynamic::validated`].
pub fn read(body: &[u8], policy: &dynamic::Policy, client_id: String) -> Result<Client, OAuthError> {
    dynamic::validated(dynamic::read(body, policy)?, client_id, policy)
}
