//! Registering a client: checks, id, secret, row.
use oidc::client::{Client, FieldError};
use platform::{
    Fault,
    clock::Moment,
    db::Tx,
    random::Random,
    secrets::{self, Secret},
};

use super::{Registered, store};

/// Why a client cannot be registered.
#[derive(Debug)]
pub enum Refusal {
    Fields(Vec<FieldError>),
    /// The id is another client's.
    Taken,
    /// A secret of the operator's own must be at least this long.
    ShortSecret(usize),
}

/// Shortest secret that an operator may choose, in bytes: 128 bits if every character carries five.
pub const SHORTEST_SECRET: usize = 26;

/// Registers `client`; makes an id when it has none, and a secret when it needs one and `secret` is none.
/// Answers the secret, which is shown once and stored as a digest only. `replace` takes over an existing id.
pub async fn register(
    tx: &Tx,
    now: Moment,
    random: &Random,
    mut client: Client,
    secret: Option<Secret>,
    replace: bool,
) -> Result<Result<(Client, Option<Secret>), Refusal>, Fault> {
    if client.client_id.is_empty() {
        client.client_id = platform::id::new(now, random).simple().to_string();
    }
    let errors = client.validate();
    if !errors.is_empty() {
        return Ok(Err(Refusal::Fields(errors)));
    }
    let secret = match secret {
        _ if !client.token_endpoint_auth_method.uses_secret() => None,
        Some(own) if own.expose().len() < SHORTEST_SECRET => {
            return Ok(Err(Refusal::ShortSecret(SHORTEST_SECRET)));
        }
        Some(own) => Some(own),
        None => Some(Secret::new(random.token())),
    };
    let secret_digest = secret.as_ref().map(|secret| secrets::digest(secret.expose().as_bytes()).to_vec());
    let registered = Registered { client, secret_digest };
    if replace {
        store::set(tx, now, &registered).await?;
    } else if !store::add(tx, now, &registered).await? {
        return Ok(Err(Refusal::Taken));
    }
    Ok(Ok((registered.client, secret)))
}
