//! The one way in which doors find a client that may ask: registered, not disabled, and not from a document where the
//! operator reads none any more.
use oidc::client::Client;
use platform::{Fault, db::Tx};
use zeroize::Zeroizing;

use super::{Clients, Registered, document::is_address, registration, store};

/// The client of this id, as far as it may ask anything.
pub async fn find(clients: &Clients, client_id: &str) -> Result<Option<Registered>, Fault> {
    match store::find(clients.db.reader(), client_id).await? {
        Some(found) => as_served(clients, found).await,
        None => Ok(None),
    }
}

/// The same for a client whose row was read with something else.
pub async fn as_served(clients: &Clients, found: Registered) -> Result<Option<Registered>, Fault> {
    if found.client.disabled {
        return Ok(None);
    }
    let (client_id, reader) = (&found.client.client_id, clients.db.reader());
    let reads_documents = clients.registration.client_id_metadata_documents;
    let of_document = !reads_documents
        && is_address(client_id)
        && registration::store::find_document(reader, client_id).await?.is_some();
    Ok((!of_document).then_some(found))
}

/// The secret of a client that signs with it.
pub async fn find_secret(clients: &Clients, client_id: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
    let sealed = store::find_sealed_secret(clients.db.reader(), client_id).await?;
    let Some(sealed) = sealed else { return Ok(None) };
    let opened = clients.secrets.open(client_id.as_bytes(), &sealed);
    opened
        .map(Some)
        .ok_or_else(|| Fault::unavailable("a client's secret cannot be opened: is this the newest key file?"))
}

/// Whether a client is still what a request read, to the letter: nobody disabled, changed or removed it since, and
/// nobody does until the transaction ends. Nothing is given to it by people otherwise (decision 0037).
pub async fn stands(tx: &Tx, read: &Client, epoch: i32) -> Result<bool, Fault> {
    let now = store::find_held(tx, &read.client_id).await?;
    Ok(now.is_some_and(|now| is_as_read(&now, read, epoch)))
}

/// The same for a client that the transaction holds.
pub fn is_as_read(now: &Registered, read: &Client, epoch: i32) -> bool {
    now.epoch == epoch && now.client == *read && !read.disabled
}

/// Whether what a client proved itself with in this epoch still counts; as it is now and stays until the transaction
/// ends.
pub fn proof_stands(now: Option<&Registered>, epoch: i32) -> bool {
    now.is_some_and(|now| now.epoch == epoch && !now.client.disabled)
}
