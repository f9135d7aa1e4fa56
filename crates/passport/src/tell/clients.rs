//! Back-channel logout: every client of an ended session is told, until it has heard. Adds the jobs; sends nothing.
use std::collections::HashSet;

use oidc::client::Client;
use platform::{
    Fault,
    clock::Moment,
    db::Tx,
    outbound::host_and_port,
    outbox::{Class, Job},
};
use serde::{Deserialize, Serialize};

use crate::{
    account::{AccountId, acting::Acting},
    client,
    desk::Desk,
    grant,
    session::SessionId,
    subject::subject_for,
};

/// Tells one client that a session ended (OIDC Back-Channel Logout §2.5).
#[derive(Debug, Serialize, Deserialize)]
pub struct TellClient {
    pub(crate) client_id: String,
    pub(crate) subject: String,
    pub(crate) sid: String,
    /// Whom it goes to, for the lane.
    #[serde(default)]
    host: String,
}

impl Job for TellClient {
    const KIND: &'static str = "tell_client";
    const CLASS: Class = Class::Site;

    fn lane(&self) -> String {
        self.host.clone()
    }
}

/// Adds a job for every client of these sessions of the account that wants to hear; answers the names of all their
/// clients.
pub async fn enqueue(
    desk: &Desk,
    tx: &Acting,
    now: Moment,
    sessions: &[SessionId],
) -> Result<Vec<String>, Fault> {
    let of_one = match sessions {
        [] => return Ok(vec![]),
        [id] => grant::store::list_clients_of_session(tx, *id)
            .await?
            .into_iter()
            .map(|client| (client, *id))
            .collect(),
        _ => grant::store::list_clients_of_sessions(tx, tx.id()).await?,
    };
    let ended: HashSet<_> = sessions.iter().collect();
    let told: Vec<_> = of_one.into_iter().filter(|(_, session)| ended.contains(session)).collect();
    let mut names = Vec::new();
    for of_client in told.chunk_by(|(one, _), (other, _)| one == other) {
        let Some((id, _)) = of_client.first() else { continue };
        let Some(registered) = client::store::find(tx, id).await? else { continue };
        if let Some(uri) = &registered.client.backchannel_logout_uri {
            let subject = subject_for(&desk.pairwise, tx, &registered.client, tx.id()).await?;
            for (client_id, session) in of_client.iter().cloned() {
                let (subject, sid, host) = (subject.clone(), session.to_string(), host_and_port(uri));
                let job = TellClient { client_id, subject, sid, host };
                desk.outbox.add(tx, now, &job).await?;
            }
        }
        names.push(registered.client.client_name);
    }
    Ok(names)
}

/// Adds a job for one client, whether or not the session goes on: it is no longer the client's.
pub async fn enqueue_one(
    desk: &Desk,
    tx: &Tx,
    now: Moment,
    client: &Client,
    account: AccountId,
    session: SessionId,
) -> Result<(), Fault> {
    let Some(uri) = &client.backchannel_logout_uri else { return Ok(()) };
    let subject = subject_for(&desk.pairwise, tx, client, account).await?;
    let client_id = client.client_id.clone();
    let job = TellClient { client_id, subject, sid: session.to_string(), host: host_and_port(uri) };
    desk.outbox.add(tx, now, &job).await
}
