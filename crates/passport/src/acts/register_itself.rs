//! Registering, changing and removing a client by its own hand (RFC 7591, RFC 7592).
use oidc::client::Client;
use platform::{
    Fault,
    clock::Moment,
    db::Tx,
    limits::{self, Limit},
    secrets::Secret,
};

use crate::{
    acts::register::register,
    client::{Clients, registration::store},
};

/// Most registrations of one address block in an hour.
const PER_BLOCK: Limit = Limit::new("register", 60, std::time::Duration::from_secs(3600));

/// Why nobody can register just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// This address registered too often.
    TooOften,
    /// As many clients registered by themselves as the operator wants.
    Quota,
}

/// Whether one more client may register from this address.
pub async fn is_room(clients: &Clients, tx: &Tx, now: Moment, block: &str) -> Result<Option<Full>, Fault> {
    let limit = PER_BLOCK.scaled(clients.scale);
    if !limits::spend(tx, now, limit, block).await? {
        return Ok(Some(Full::TooOften));
    }
    let most = u64::from(clients.registration.most_clients);
    Ok((store::count_registrations(tx).await? >= most).then_some(Full::Quota))
}

/// Stores a client that was read and validated, as an operator's is stored; answers its secret, if it has one, and
/// its registration access token. Both are shown once.
pub async fn add(
    tx: &Tx,
    now: Moment,
    clients: &Clients,
    client: &Client,
) -> Result<(Option<Secret>, Secret), Fault> {
    let registered = register(tx, now, clients, client.clone(), None, false).await?;
    let (_, secret) =
        registered.map_err(|refusal| Fault::bug(format!("validated, with a made id: {refusal:?}")))?;
    let token = Secret::new(clients.random.token());
    store::add_registration(tx, now, &client.client_id, token.expose()).await?;
    Ok((secret, token))
}
