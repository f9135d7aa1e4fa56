//! What ends with a client's proof, and with the client's right to be here. Locks the client's row first, then its grants.
use std::time::Duration;

use platform::{
    Fault,
    clock::{MOST_AHEAD, Moment},
    db::Tx,
};

use crate::{client::store, grant};

/// Another proof counts from now on: every access token that the old one was given ends, those for people and those for
/// itself. Refresh tokens stay: they are worth nothing without the new proof.
pub async fn proof(tx: &Tx, now: Moment, client_id: &str) -> Result<(), Fault> {
    store::set_next_epoch(tx, client_id).await?;
    // What a node issued whose clock is ahead ends as well; what is issued from now on is dated after this mark.
    grant::store::set_not_before_of_client(tx, client_id, now + MOST_AHEAD + Duration::from_millis(1)).await
}

/// The client is nobody from now on: everything that it holds ends, and nothing of it comes back.
pub async fn client(tx: &Tx, client_id: &str) -> Result<(), Fault> {
    store::set_next_epoch(tx, client_id).await?;
    grant::store::revoke_of_every_account(tx, client_id).await
}
