//! Loading clients and accounts from one document; loading it again changes nothing.
use oidc::client::Client;
use platform::{Fault, clock::Moment, secrets::Secret};
use serde::Deserialize;

use crate::{
    acts::{self, seed::account::AccountSeed},
    client::Clients,
    desk::Vault,
};

pub mod account;

/// The document; its format is described in docs/SEED.md. Unknown members are refused.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seed {
    pub clients: Vec<ClientSeed>,
    pub accounts: Vec<AccountSeed>,
}

/// A client's metadata as in dynamic registration, with the id and, unless it is public, the secret.
#[derive(Debug, Deserialize)]
pub struct ClientSeed {
    #[serde(default)]
    pub client_secret: Option<Secret>,
    #[serde(flatten)]
    pub metadata: Client,
}

/// What a seed came to.
#[derive(Debug, Default)]
pub struct Loaded {
    pub clients: usize,
    pub accounts: usize,
}

/// Why a seed is refused as a whole; nothing of the named entry was stored.
#[derive(Debug, thiserror::Error)]
pub enum Unloadable {
    #[error("client {0}: {1}")]
    Client(String, String),
    #[error("account {0}: {1}")]
    Account(String, String),
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Loads every entry, replacing what an earlier load made of it.
pub async fn apply(vault: &Vault, clients: &Clients, now: Moment, seed: Seed) -> Result<Loaded, Unloadable> {
    let mut loaded = Loaded::default();
    for entry in seed.clients {
        add_client(clients, now, entry).await?;
        loaded.clients += 1;
    }
    for entry in seed.accounts {
        let email = entry.email.clone();
        if let Err(text) = account::ensure(vault, now, entry).await? {
            return Err(Unloadable::Account(email, text));
        }
        loaded.accounts += 1;
    }
    Ok(loaded)
}

async fn add_client(clients: &Clients, now: Moment, entry: ClientSeed) -> Result<(), Unloadable> {
    let id = entry.metadata.client_id.clone();
    let refused = |text: String| Unloadable::Client(id.clone(), text);
    if id.is_empty() {
        return Err(refused("a seeded client needs a client_id".into()));
    }
    if entry.metadata.token_endpoint_auth_method.uses_secret() && entry.client_secret.is_none() {
        return Err(refused("a client that authenticates with a secret needs a client_secret".into()));
    }
    let tx = clients.db.begin().await?;
    let done = acts::register::register(&tx, now, clients, entry.metadata, entry.client_secret, true).await?;
    done.map_err(|refusal| refused(refusal.to_string()))?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_example_is_a_seed() {
        let text = include_str!("../../../../docs/SEED.md");
        let example =
            text.split("```json passport\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let seed: Seed = serde_json::from_str(example).unwrap();
        assert_eq!((seed.clients.len(), seed.accounts.len()), (1, 1));
        assert!(seed.clients[0].metadata.validate().is_empty());
    }

    #[test]
    fn an_unknown_member_is_refused() {
        assert!(serde_json::from_str::<Seed>(r#"{"client": []}"#).is_err());
        assert!(
            serde_json::from_str::<Seed>(r#"{"accounts": [{"email": "a@b.example", "pasword": "x"}]}"#)
                .is_err()
        );
    }
}
