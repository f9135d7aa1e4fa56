//! Security events: sites that asked for it are told when an account is closed, disabled or enabled (OpenID RISC),
//! pushed as RFC 8935 says, until they have heard. Adds the jobs; sends nothing.
use oidc::security_event::AccountEvent;
use platform::{
    Fault,
    clock::Moment,
    db::Tx,
    outbound::host_and_port,
    outbox::{Class, Job},
};
use serde::{Deserialize, Serialize};

use crate::{account::AccountId, client, desk::Desk, subject::subject_for};

/// Tells one client what happened to an account.
#[derive(Debug, Serialize, Deserialize)]
pub struct TellEvent {
    pub(crate) client_id: String,
    pub(crate) subject: String,
    pub(crate) event: AccountEvent,
    /// The same at every attempt: the receiver may know it by this (RFC 8417 §2.2).
    pub(crate) jti: String,
    /// Whom it goes to, for the lane.
    #[serde(default)]
    host: String,
}

impl Job for TellEvent {
    const KIND: &'static str = "tell_event";
    const CLASS: Class = Class::Site;

    fn lane(&self) -> String {
        self.host.clone()
    }
}

/// Adds a job for every client that is told of such things. It need not know the account: a random `sub` that it
/// never met says nothing to it, and who went there once may have no grant left.
pub async fn enqueue(
    desk: &Desk,
    tx: &Tx,
    now: Moment,
    account: AccountId,
    event: AccountEvent,
) -> Result<(), Fault> {
    for registered in client::store::list_all(tx).await? {
        let Some(host) = registered.client.security_events_uri.as_deref().map(host_and_port) else {
            continue;
        };
        let subject = subject_for(&desk.pairwise, tx, &registered.client, account).await?;
        let client_id = registered.client.client_id;
        let job = TellEvent { client_id, subject, event, jti: desk.random.token(), host };
        desk.outbox.add(tx, now, &job).await?;
    }
    Ok(())
}
