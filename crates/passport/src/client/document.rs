//! Clients whose id is the address of a document about them (OAuth Client ID Metadata Document): public ones and such
//! as sign with published keys, judged by the rules of registration, never trusted. The row of the table is the cache that all nodes share.
use std::time::Duration;

use oidc::{
    client::{ApplicationType, AuthMethod, Client, dynamic, redirect_uri},
    error::{ErrorCode, OAuthError},
};
use platform::{Fault, clock::Moment, limits, limits::Limit};
use serde_json::Value;
use url::Url;

use super::{Registered, fetch, registration, serving, store};

use crate::{client, client::Clients};

/// How long a document is taken as it was read.
const FRESH: Duration = Duration::from_secs(600);
/// How long the last good one is used while its site does not answer.
const STALE: Duration = Duration::from_secs(24 * 3600);
/// Largest document, in bytes.
const LARGEST: usize = 16 * 1024;
/// Most documents that are read from one host.
const PER_HOST: Limit = Limit::new("client document", 60, Duration::from_secs(60));

/// True for an id that can be the address of a document: https, with a path, and nothing that could be written in
/// another way.
pub fn is_address(client_id: &str) -> bool {
    let Ok(url) = Url::parse(client_id) else { return false };
    let plain = url.as_str() == client_id && url.fragment().is_none() && url.query().is_none();
    let nobody = url.username().is_empty() && url.password().is_none();
    url.scheme() == "https" && plain && nobody && url.path().len() > 1
}

/// What is known of an id.
pub enum Heard {
    Of(Box<Registered>),
    OfNone,
    /// Its document would have to be read, and too many were for visitors from there.
    TooMany,
}

impl From<Option<Registered>> for Heard {
    fn from(found: Option<Registered>) -> Self {
        found.map_or(Self::OfNone, |found| Self::Of(Box::new(found)))
    }
}

/// The client of this id: registered, or read from its own document where the settings allow that, for a visitor from
/// this block of addresses. For the endpoints at which a client is first heard of; later ones find the row.
pub async fn find_or_read(
    clients: &Clients,
    now: Moment,
    id: &str,
    address_block: &str,
) -> Result<Heard, Fault> {
    let reader = clients.db.reader();
    if !clients.registration.client_id_metadata_documents || !is_address(id) {
        return Ok(serving::find(clients, id).await?.into());
    }
    let known = store::find(reader, id).await?;
    if known.as_ref().is_some_and(|known| known.client.disabled) {
        return Ok(Heard::OfNone);
    }
    let read_at = registration::store::find_document(reader, id).await?;
    match (&known, read_at) {
        // An operator registered it: that counts.
        (Some(_), None) => return Ok(known.into()),
        (Some(_), Some(read_at)) if now.is_within(FRESH, read_at) => return Ok(known.into()),
        _ => {}
    }
    let stale = known.filter(|_| read_at.is_some_and(|read_at| now.is_within(STALE, read_at)));
    if !fetch::may(clients, now, address_block).await? {
        return Ok(stale.map_or(Heard::TooMany, |known| Heard::Of(Box::new(known))));
    }
    match read(clients, now, id).await? {
        Ok(client) => {
            let tx = clients.db.begin().await?;
            // Reading it took as long as its site wanted: what an operator did meanwhile counts.
            let before = store::find_locked(&tx, id).await?;
            if before.as_ref().is_some_and(|before| before.client.disabled) {
                return Ok(Heard::OfNone);
            }
            let client = match &before {
                Some(before) => registration::kept_by_the_operator(&before.client, client),
                None => client,
            };
            if let Some(problem) = client.validate_under(clients.policy.profile).first() {
                // What an operator set does not go with what it says now: it stays as it was.
                tracing::warn!(
                    client = id,
                    ?problem,
                    "The document of a client contradicts what an operator set"
                );
                return Ok(stale.into());
            }
            let epoch = before.map_or(0, |before| before.epoch);
            let registered = Registered { client, secret_digest: None, epoch };
            store::set(&tx, now, &registered).await?;
            registration::store::set_document(&tx, now, id).await?;
            tx.commit().await?;
            Ok(Heard::Of(Box::new(registered)))
        }
        Err(trouble) => {
            tracing::warn!(client = id, trouble, "The document of a client could not be used");
            Ok(stale.into())
        }
    }
}

async fn read(clients: &Clients, now: Moment, id: &str) -> Result<Result<Client, String>, Fault> {
    let host = Url::parse(id).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let limit = PER_HOST.scaled(clients.scale);
    let tx = clients.db.begin().await?;
    let within = limits::spend(&tx, now, limit, &host).await?;
    tx.commit().await?;
    if !within {
        return Ok(Err("too many documents of this host".to_owned()));
    }
    let document = match fetch::json(&clients.outbound, id, LARGEST).await {
        Ok(document) => document,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let policy = registration::policy(&clients.policy);
    let client = match judge(&document, id, &policy) {
        Ok(client) => client,
        Err(error) => return Ok(Err(error.to_string())),
    };
    Ok(match client::addresses::check_addresses(clients, &client).await {
        Ok(()) => Ok(client),
        Err(error) => Err(error.to_string()),
    })
}

/// The client that a document describes.
fn judge(document: &Value, id: &str, policy: &dynamic::Policy) -> Result<Client, OAuthError> {
    let refused = |text| OAuthError::new(ErrorCode::InvalidClientMetadata, text);
    let members = document.as_object().ok_or_else(|| refused("The document is not a JSON object."))?;
    if members.get("client_id").and_then(Value::as_str) != Some(id) {
        return Err(refused("client_id: must be the address of the document."));
    }
    if members.contains_key("client_secret") {
        return Err(refused("client_secret: what everybody can read is no secret."));
    }
    let mut members = members.clone();
    members.entry("token_endpoint_auth_method").or_insert_with(|| AuthMethod::None.as_str().into());
    let client = dynamic::from_members(&members, policy)?;
    // Whatever it calls itself, a program on the person's computer takes the port that is free (RFC 8252 §7.3).
    let is_native = client.redirect_uris.iter().any(|uri| redirect_uri::is_loopback(uri));
    let application_type = if is_native { ApplicationType::Native } else { client.application_type };
    let client = dynamic::validated(Client { application_type, ..client }, id.to_owned(), policy)?;
    match client.token_endpoint_auth_method {
        AuthMethod::None | AuthMethod::PrivateKeyJwt => Ok(client),
        _ => Err(refused("token_endpoint_auth_method: must be none or private_key_jwt.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oidc::authorize::Policy;
    use serde_json::json;

    const ID: &str = "https://app.test/client.json";

    fn judged(document: Value) -> Result<Client, String> {
        judge(&document, ID, &registration::policy(&Policy::default())).map_err(|error| error.to_string())
    }

    #[test]
    fn an_address_is_https_with_a_path_and_written_in_one_way() {
        assert!(is_address(ID));
        for id in [
            "web",
            "http://app.test/client.json",
            "https://app.test",
            "https://app.test/",
            "https://app.test/a/../client.json",
            "https://app.test/client.json#a",
            "https://app.test/client.json?a",
            "https://a:b@app.test/client.json",
            "https://APP.test/client.json",
            "https://app.test:443/client.json",
        ] {
            assert!(!is_address(id), "{id}");
        }
    }

    #[test]
    fn a_document_describes_a_public_client_that_nobody_trusts() {
        let client = judged(json!({
            "client_id": ID, "client_name": "App", "redirect_uris": ["https://app.test/cb"], "trusted": true,
        }));
        let client = client.unwrap();
        assert!(client.is_public() && client.needs_pkce() && !client.trusted);
        assert_eq!(client.client_id, ID);
    }

    #[test]
    fn a_document_may_bring_keys_or_a_port_that_is_free() {
        let key = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "a"});
        let signs = judged(json!({
            "client_id": ID, "redirect_uris": ["https://app.test/cb"], "jwks": {"keys": [key]},
            "token_endpoint_auth_method": "private_key_jwt",
        }));
        assert_eq!(signs.unwrap().token_endpoint_auth_method, AuthMethod::PrivateKeyJwt);
        let without = json!({
            "client_id": ID, "redirect_uris": ["https://app.test/cb"],
            "token_endpoint_auth_method": "private_key_jwt",
        });
        assert!(judged(without).unwrap_err().contains("jwks"));
        for uri in ["http://localhost/cb", "http://127.0.0.1/cb", "http://[::1]/cb"] {
            let client =
                judged(json!({"client_id": ID, "redirect_uris": [uri, "https://app.test/cb"]})).unwrap();
            assert_eq!(client.application_type, ApplicationType::Native, "{uri}");
        }
    }

    #[test]
    fn a_document_that_speaks_of_another_or_of_a_secret_is_refused() {
        let good = json!({"client_id": ID, "redirect_uris": ["https://app.test/cb"]});
        assert!(judged(good.clone()).is_ok());
        for (name, value) in [
            ("client_id", json!("https://app.test/other.json")),
            ("client_id", json!(null)),
            ("client_secret", json!("hush")),
            ("token_endpoint_auth_method", json!("client_secret_basic")),
            ("redirect_uris", json!(["javascript:alert(1)"])),
            ("redirect_uris", json!([])),
            ("software_statement", json!("x")),
        ] {
            let mut document = good.clone();
            document[name] = value;
            assert!(judged(document.clone()).is_err(), "{document}");
        }
        assert!(judged(json!([])).is_err());
    }
}
