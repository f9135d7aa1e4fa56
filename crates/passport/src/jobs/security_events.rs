//! Security events: sites that asked for it are told when an account is closed, disabled or enabled (OpenID RISC),
//! pushed as RFC 8935 says, until they have heard.
use http::header;
use oidc::security_event::{AccountEvent, Facts, MEDIA_TYPE, TYP, security_event};
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
    state::Passport,
};

/// Tells one client what happened to an account.
#[derive(Debug, Serialize, Deserialize)]
pub struct TellEvent {
    client_id: String,
    subject: String,
    event: AccountEvent,
    /// The same at every attempt: the receiver may know it by this (RFC 8417 §2.2).
    jti: String,
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
    passport: &Passport,
    tx: &Tx,
    now: Moment,
    account: AccountId,
    event: AccountEvent,
) -> Result<(), Fault> {
    for registered in client::store::list_all(tx).await? {
        let Some(host) = registered.client.security_events_uri.as_deref().map(host_and_port) else {
            continue;
        };
        let subject = subject_for(passport, tx, &registered.client, account).await?;
        let client_id = registered.client.client_id;
        let job = TellEvent { client_id, subject, event, jti: passport.random.token(), host };
        passport.outbox.add(tx, now, &job).await?;
    }
    Ok(())
}

/// One attempt.
pub async fn tell(passport: &Passport, job: &TellEvent) -> Outcome {
    match attempt(passport, job).await {
        Ok(outcome) => outcome,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

async fn attempt(passport: &Passport, job: &TellEvent) -> Result<Outcome, Fault> {
    let Some(registered) = client::store::find(passport.db.reader(), &job.client_id).await? else {
        return Ok(Outcome::Done);
    };
    let Some(uri) = registered.client.security_events_uri.as_deref() else { return Ok(Outcome::Done) };
    let Ok(url) = Url::parse(uri) else { return Ok(Outcome::GiveUp("the address is no URL".into())) };
    let now = passport.clock.now();
    let facts =
        Facts { issuer: passport.issuer(), client_id: &job.client_id, subject: &job.subject, jti: &job.jti };
    let claims = security_event(&facts, now.unix_seconds(), job.event);
    let keys = passport.keys.current(&passport.db, now).await?;
    let token = keys.sign(&passport.random, registered.client.id_token_signed_response_alg, TYP, &claims)?;
    let request = passport
        .outbound
        .client()
        .post(url)
        .header(header::CONTENT_TYPE, MEDIA_TYPE)
        .header(header::ACCEPT, "application/json")
        .body(token)
        .build()
        .map_err(Fault::bug)?;
    Ok(told(passport, request).await)
}
