//! The public keys of clients: by value, or fetched and kept for a minute; a key that is not known is looked for
//! once more. Knows no signature.
use std::{sync::Arc, time::Duration};

use oidc::{
    client::{Client, key_set::KeySet},
    jwk::PublicKey,
    jws::SigningAlgorithm,
};
use platform::{Fault, clock::Moment};

use super::{Clients, fetch};

/// How long a fetched set is taken as it is: a site that changes its keys is believed a minute later.
const FRESH: Duration = Duration::from_secs(60);
/// At most one fetch of one set in this time, whatever is asked of it.
const PAUSE: Duration = Duration::from_secs(5);
/// How long the last good set is used while its site does not answer.
const STALE: Duration = Duration::from_secs(3600);
/// Largest set, in bytes.
const LARGEST: usize = 64 * 1024;
/// How many sets one node keeps.
const MOST: usize = 1000;

/// The sets that one node fetched.
pub struct KeyCache(quick_cache::sync::Cache<String, Fetched>);

#[derive(Clone)]
struct Fetched {
    set: Arc<KeySet>,
    /// When the set was read.
    read_at: Moment,
    /// When it was last tried, be it in vain.
    tried_at: Moment,
}

impl Default for KeyCache {
    fn default() -> Self {
        Self(quick_cache::sync::Cache::new(MOST))
    }
}

/// The keys that a signature of this algorithm may be of; none when the client has no such key, or its site does
/// not answer.
pub async fn find_public(
    clients: &Clients,
    client: &Client,
    kid: Option<&str>,
    alg: SigningAlgorithm,
) -> Result<Vec<PublicKey>, Fault> {
    let set = set_of(clients, client, |set| set.knows(kid)).await?;
    Ok(set.fitting(kid, alg).into_iter().cloned().collect())
}

/// Every key of the client: for a certificate that names none.
pub async fn list(clients: &Clients, client: &Client) -> Result<Vec<PublicKey>, Fault> {
    Ok(set_of(clients, client, |_| true).await?.iter().cloned().collect())
}

/// The client's set; fetched again when it is old, or when it is not `enough` and that was not tried just now.
async fn set_of(
    clients: &Clients,
    client: &Client,
    enough: impl Fn(&KeySet) -> bool,
) -> Result<Arc<KeySet>, Fault> {
    if let Some(set) = &client.jwks {
        // Validated when it was registered; a rule that came later makes it an empty one.
        return Ok(Arc::new(KeySet::read(set).unwrap_or_default()));
    }
    let Some(uri) = &client.jwks_uri else { return Ok(Arc::default()) };
    let now = clients.clock.now();
    let known = clients.keys.0.get(uri);
    if let Some(known) = &known {
        let good = now.is_within(FRESH, known.read_at) && enough(&known.set);
        if good || now.is_within(PAUSE, known.tried_at) {
            return Ok(Arc::clone(&known.set));
        }
    }
    let fetched = match read(clients, uri).await {
        Ok(set) => Fetched { set: Arc::new(set), read_at: now, tried_at: now },
        Err(trouble) => {
            tracing::warn!(client = client.client_id, uri, trouble, "The keys of a client could not be read");
            let usable = known.filter(|known| now.is_within(STALE, known.read_at));
            match usable {
                Some(known) => Fetched { tried_at: now, ..known },
                None => Fetched { set: Arc::default(), read_at: now, tried_at: now },
            }
        }
    };
    clients.keys.0.insert(uri.clone(), fetched.clone());
    Ok(fetched.set)
}

async fn read(clients: &Clients, uri: &str) -> Result<KeySet, String> {
    let set = fetch::json(&clients.outbound, uri, LARGEST).await?;
    KeySet::read(&set).map_err(str::to_owned)
}
