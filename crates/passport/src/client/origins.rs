//! The origins of all clients' redirect URIs, for the preflights of scripts that do not say whose they are.
use std::{
    collections::HashSet,
    sync::{Arc, RwLock},
    time::Duration,
};

use platform::{Fault, clock::Moment};

use super::{Clients, store};

/// How old a node's view may be.
const FRESH: Duration = Duration::from_secs(10);
/// And how old when an origin is not in it: a client that just registered is heard a second later.
const PAUSE: Duration = Duration::from_secs(1);

/// One node's view.
#[derive(Default)]
pub struct Origins(RwLock<Option<(Moment, Arc<HashSet<String>>)>>);

/// Whether `origin` is one of any client's redirect URIs.
pub async fn is_of_any_client(clients: &Clients, now: Moment, origin: &str) -> Result<bool, Fault> {
    let seen = clients.origins.0.read().ok().and_then(|seen| seen.clone());
    if let Some((read_at, all)) = seen {
        let known = all.contains(origin);
        if now.is_within(if known { FRESH } else { PAUSE }, read_at) {
            return Ok(known);
        }
    }
    let registered = store::list_all(clients.db.reader()).await?;
    let all: HashSet<_> = registered.iter().flat_map(|registered| registered.client.origins()).collect();
    let known = all.contains(origin);
    if let Ok(mut seen) = clients.origins.0.write() {
        *seen = Some((now, Arc::new(all)));
    }
    Ok(known)
}
