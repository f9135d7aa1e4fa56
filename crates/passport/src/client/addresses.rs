//! The addresses that a client gives of itself: only such as we may call, and those that its sector lists.
use oidc::{
    client::Client,
    error::{ErrorCode, OAuthError},
};
use serde_json::Value;
use url::Url;

use super::{Clients, fetch};

/// Largest list of a sector document, in bytes.
const SECTOR: usize = 64 * 1024;

/// Whether every address that we shall call is one that we may call, and the sector document, if there is one,
/// names every redirect URI (OIDC Registration §5, DR-02).
pub async fn check_addresses(clients: &Clients, client: &Client) -> Result<(), OAuthError> {
    let called = [
        ("jwks_uri", &client.jwks_uri),
        ("sector_identifier_uri", &client.sector_identifier_uri),
        ("backchannel_logout_uri", &client.backchannel_logout_uri),
        ("logo_uri", &client.logo_uri),
    ];
    let single = called.into_iter().filter_map(|(name, uri)| Some((name, uri.as_ref()?)));
    for (name, uri) in single.chain(client.request_uris.iter().map(|uri| ("request_uris", uri))) {
        let allowed = Url::parse(uri).is_ok_and(|url| clients.outbound.check(&url).is_ok());
        if !allowed {
            return Err(invalid(format!("{name}: must not be an internal address.")));
        }
    }
    match &client.sector_identifier_uri {
        Some(uri) => check_sector(clients, client, uri).await,
        None => Ok(()),
    }
}

async fn check_sector(clients: &Clients, client: &Client, uri: &str) -> Result<(), OAuthError> {
    let document = fetch::json(&clients.outbound, uri, SECTOR).await.map_err(|trouble| {
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
