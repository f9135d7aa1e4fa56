//! Registering a client: checks, id, secret, row.
use oidc::client::{AuthMethod, Client, FieldError};
use platform::{
    Fault,
    clock::Moment,
    db::Tx,
    secrets::{self, Secret},
};

use crate::{
    acts::{self},
    client::Clients,
    client::{
        Registered,
        store::{self, Locked},
    },
};

/// Why a client cannot be registered.
#[derive(Debug)]
pub enum Refusal {
    Fields(Vec<FieldError>),
    /// The id is another client's.
    Taken,
    /// A secret of the operator's own must be at least this long.
    ShortSecret(usize),
    /// Somebody removed it meanwhile.
    Gone,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fields(errors) => {
                let lines = errors.iter().map(|error| match &error.value {
                    Some(value) => format!("{}: {value}: {}", error.field, error.problem),
                    None => format!("{}: {}", error.field, error.problem),
                });
                f.write_str(&lines.collect::<Vec<_>>().join("\n"))
            }
            Self::Taken => f.write_str("a client with this id exists; choose another, or remove it first"),
            Self::Gone => f.write_str("the client is gone: somebody removed it meanwhile"),
            Self::ShortSecret(least) => write!(f, "the secret must have at least {least} characters"),
        }
    }
}

/// Shortest secret that an operator may choose, in bytes: 128 bits if every character carries five.
pub const SHORTEST_SECRET: usize = 26;

/// Registers `client`; makes an id when it has none, and a secret when it needs one and `secret` is none.
/// Answers the secret, which is shown once and stored as a digest only. `replace` takes over an existing id.
pub async fn register(
    tx: &Tx,
    now: Moment,
    clients: &Clients,
    mut client: Client,
    secret: Option<Secret>,
    replace: bool,
) -> Result<Result<(Client, Option<Secret>), Refusal>, Fault> {
    if client.client_id.is_empty() {
        client.client_id = platform::id::new(now, &clients.random).simple().to_string();
    }
    let errors = client.validate_under(clients.policy.profile);
    if !errors.is_empty() {
        return Ok(Err(Refusal::Fields(errors)));
    }
    let secret = match secret {
        _ if !client.token_endpoint_auth_method.uses_secret() => None,
        Some(own) if own.expose().len() < SHORTEST_SECRET => {
            return Ok(Err(Refusal::ShortSecret(SHORTEST_SECRET)));
        }
        Some(own) => Some(own),
        None => Some(Secret::new(clients.random.token())),
    };
    let secret_digest = secret.as_ref().map(|secret| secrets::digest(secret.expose().as_bytes()).to_vec());
    let registered = Registered { client, secret_digest, epoch: 0 };
    if replace {
        let before = store::find_locked(tx, &registered.client.client_id).await?;
        store::set(tx, now, &registered).await?;
        if let Some(before) = before {
            let other_secret = before.secret_digest != registered.secret_digest;
            end_what_hung(tx, now, &before.client, &registered.client, other_secret).await?;
        }
    } else if !store::add(tx, now, &registered).await? {
        return Ok(Err(Refusal::Taken));
    }
    keep_sealed(tx, clients, &registered.client, secret.as_ref()).await?;
    Ok(Ok((registered.client, secret)))
}

/// A client that signs with its secret (`client_secret_jwt`) has it kept whole, sealed; every other has not.
async fn keep_sealed(
    tx: &Tx,
    clients: &Clients,
    client: &Client,
    secret: Option<&Secret>,
) -> Result<(), Fault> {
    let by_mac = client.token_endpoint_auth_method == AuthMethod::ClientSecretJwt;
    let sealed = secret.filter(|_| by_mac).map(|secret| {
        let seal = &clients.secrets;
        seal.seal(&clients.random, client.client_id.as_bytes(), secret.expose().as_bytes())
    });
    store::set_sealed_secret(tx, &client.client_id, sealed.transpose()?).await
}

/// Seals every such secret with the newest line of the key file; answers how many were moved.
pub async fn reseal(clients: &Clients) -> Result<usize, Fault> {
    let (seal, mut moved) = (&clients.secrets, 0);
    let tx = clients.db.begin().await?;
    for (id, sealed) in store::list_sealed_secrets(&tx).await? {
        if let Some(sealed) = seal.renew(&clients.random, id.as_bytes(), &sealed)? {
            store::set_sealed_secret(&tx, &id, Some(sealed)).await?;
            moved += 1;
        }
    }
    tx.commit().await?;
    Ok(moved)
}

/// Replaces the metadata of a client that is there. Its secret stays, unless a new one is wanted, or the client
/// needs one now and had none; a new one is answered. `client` is made of `before` as it is locked, never of what was
/// read earlier: that would take back what an operator did meanwhile.
pub async fn change(
    tx: &Tx,
    now: Moment,
    clients: &Clients,
    before: &Locked,
    client: Client,
    new_secret: bool,
) -> Result<Result<Option<Secret>, Refusal>, Fault> {
    let errors = client.validate_under(clients.policy.profile);
    if !errors.is_empty() {
        return Ok(Err(Refusal::Fields(errors)));
    }
    let needs = client.token_endpoint_auth_method.uses_secret();
    let signs = client.token_endpoint_auth_method == AuthMethod::ClientSecretJwt;
    // A digest signs nothing: whoever signs with the secret from now on gets one that is kept whole.
    let lacks = match signs {
        true => store::find_sealed_secret(tx, &client.client_id).await?.is_none(),
        false => before.secret_digest.is_none(),
    };
    let secret = (needs && (new_secret || lacks)).then(|| Secret::new(clients.random.token()));
    let made = secret.as_ref().map(|secret| secrets::digest(secret.expose().as_bytes()).to_vec());
    let secret_digest = made.or(before.secret_digest.clone()).filter(|_| needs);
    let changed = Registered { client: client.clone(), secret_digest, epoch: before.epoch };
    if !store::set_existing(tx, now, &changed).await? {
        return Ok(Err(Refusal::Gone));
    }
    if secret.is_some() || !signs {
        keep_sealed(tx, clients, &client, secret.as_ref()).await?;
    }
    end_what_hung(tx, now, &before.client, &client, secret.is_some()).await?;
    Ok(Ok(secret))
}

/// What hung on the proof of before ends with it, and everything with the client's right to be here.
async fn end_what_hung(
    tx: &Tx,
    now: Moment,
    before: &Client,
    client: &Client,
    other_secret: bool,
) -> Result<(), Fault> {
    let other_proof = client.token_endpoint_auth_method != before.token_endpoint_auth_method;
    if client.disabled && !before.disabled {
        acts::end_client::client(tx, &client.client_id).await
    } else if other_secret || other_proof {
        acts::end_client::proof(tx, now, &client.client_id).await
    } else {
        Ok(())
    }
}
