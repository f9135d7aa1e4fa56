//! Back-channel logout: every client of an ended session is told, in parallel, until it has heard.
use std::collections::HashSet;

use oidc::{
    client::Client,
    logout::token::{Facts, TYP, logout_token},
};
use platform::{
    Fault,
    clock::Moment,
    db::Tx,
    outbound::host_and_port,
    outbox::{Class, Job, Outcome},
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::told;
use crate::{
    account::{AccountId, acting::Acting},
    client::{self, subject::subject_for},
    grant,
    session::SessionId,
    state::Passport,
};

/// Seconds that a logout token is good for; each attempt makes a new one.
const LIFETIME: i64 = 120;

/// Tells one client that a session ended (OIDC Back-Channel Logout §2.5).
#[derive(Debug, Serialize, Deserialize)]
pub struct TellClient {
    client_id: String,
    subject: String,
    sid: String,
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
    passport: &Passport,
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
            let subject = subject_for(passport, tx, &registered.client, tx.id()).await?;
            for (client_id, session) in of_client.iter().cloned() {
                let (subject, sid, host) = (subject.clone(), session.to_string(), host_and_port(uri));
                let job = TellClient { client_id, subject, sid, host };
                passport.outbox.add(tx, now, &job).await?;
            }
        }
        names.push(registered.client.client_name);
    }
    Ok(names)
}

/// Adds a job for one client, whether or not the session goes on: it is no longer the client's.
pub async fn enqueue_one(
    passport: &Passport,
    tx: &Tx,
    now: Moment,
    client: &Client,
    account: AccountId,
    session: SessionId,
) -> Result<(), Fault> {
    let Some(uri) = &client.backchannel_logout_uri else { return Ok(()) };
    let subject = subject_for(passport, tx, client, account).await?;
    let client_id = client.client_id.clone();
    let job = TellClient { client_id, subject, sid: session.to_string(), host: host_and_port(uri) };
    passport.outbox.add(tx, now, &job).await
}

/// One attempt.
pub async fn tell(passport: &Passport, job: &TellClient) -> Outcome {
    match attempt(passport, job).await {
        Ok(outcome) => outcome,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

async fn attempt(passport: &Passport, job: &TellClient) -> Result<Outcome, Fault> {
    let Some(registered) = client::store::find(passport.db.reader(), &job.client_id).await? else {
        return Ok(Outcome::Done);
    };
    let Some(uri) = registered.client.backchannel_logout_uri.as_deref() else { return Ok(Outcome::Done) };
    let Ok(url) = Url::parse(uri) else { return Ok(Outcome::GiveUp("the logout URI is no URL".into())) };
    let now = passport.clock.now();
    let jti = passport.random.token();
    let facts = Facts {
        issuer: passport.issuer(),
        client_id: &job.client_id,
        subject: &job.subject,
        sid: &job.sid,
        jti: &jti,
    };
    let claims = logout_token(&facts, now.unix_seconds(), LIFETIME);
    let keys = passport.keys.current(&passport.db, now).await?;
    let token = keys.sign(&passport.random, registered.client.id_token_signed_response_alg, TYP, &claims)?;
    let request =
        passport.outbound.client().post(url).form(&[("logout_token", token)]).build().map_err(Fault::bug)?;
    Ok(told(passport, request).await)
}
