//! Back-channel logout: every client of an ended session is told, in parallel, until it has heard.
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
    account::AccountId,
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

/// Adds a job for every client of `session` that wants to hear; answers the names of all its clients.
pub async fn enqueue(
    passport: &Passport,
    tx: &Tx,
    now: Moment,
    session: SessionId,
) -> Result<Vec<String>, Fault> {
    let mut names = Vec::new();
    let subject = crate::session::store::find_account(tx, session).await?;
    for id in grant::store::list_clients_of_session(tx, session).await? {
        let Some(registered) = client::store::find(tx, &id).await? else { continue };
        names.push(registered.client.client_name.clone());
        if let (Some(uri), Some(subject)) = (&registered.client.backchannel_logout_uri, &subject) {
            let subject = subject_for(passport, &registered.client, *subject).await?;
            let job =
                TellClient { client_id: id, subject, sid: session.to_string(), host: host_and_port(uri) };
            passport.outbox.add(tx, now, &job).await?;
        }
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
    let subject = subject_for(passport, client, account).await?;
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
