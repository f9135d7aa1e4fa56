//! One attempt to tell a site what the outbox has for it: that a session ended, or what became of an account. Each
//! attempt signs a new token.
use http::header;
use oidc::{
    client::Client,
    logout::token::{self as logout_token, logout_token},
    security_event::{self, MEDIA_TYPE, security_event},
};
use platform::{Fault, clock::Moment, outbound::Unreached, outbox::Outcome};
use reqwest::RequestBuilder;
use serde_json::Value;
use url::Url;

use crate::{
    client,
    state::Passport,
    tell::{clients::TellClient, events::TellEvent},
};

/// Seconds that a logout token is good for.
const LIFETIME: i64 = 120;

/// What is told, and how it travels.
trait Message {
    fn client_id(&self) -> &str;

    /// Where the client wants to hear of it; none when it does not, or not any more.
    fn address<'a>(&self, client: &'a Client) -> Option<&'a str>;

    /// The type and the claims of its token, a new one at each attempt.
    fn token(&self, passport: &Passport, now: Moment) -> Result<(&'static str, Value), Fault>;

    fn carried(&self, request: RequestBuilder, token: String) -> RequestBuilder;
}

/// OIDC Back-Channel Logout §2.5.
impl Message for TellClient {
    fn client_id(&self) -> &str {
        &self.client_id
    }

    fn address<'a>(&self, client: &'a Client) -> Option<&'a str> {
        client.backchannel_logout_uri.as_deref()
    }

    fn token(&self, passport: &Passport, now: Moment) -> Result<(&'static str, Value), Fault> {
        let jti = &passport.random.token();
        let (issuer, client_id) = (passport.issuer(), &self.client_id);
        let facts = logout_token::Facts { issuer, client_id, subject: &self.subject, sid: &self.sid, jti };
        let claims = logout_token(&facts, now.unix_seconds(), LIFETIME);
        Ok((logout_token::TYP, serde_json::to_value(claims).map_err(Fault::bug)?))
    }

    fn carried(&self, request: RequestBuilder, token: String) -> RequestBuilder {
        request.form(&[("logout_token", token)])
    }
}

/// RFC 8935 §2.
impl Message for TellEvent {
    fn client_id(&self) -> &str {
        &self.client_id
    }

    fn address<'a>(&self, client: &'a Client) -> Option<&'a str> {
        client.security_events_uri.as_deref()
    }

    fn token(&self, passport: &Passport, now: Moment) -> Result<(&'static str, Value), Fault> {
        let (issuer, client_id) = (passport.issuer(), &self.client_id);
        let facts = security_event::Facts { issuer, client_id, subject: &self.subject, jti: &self.jti };
        let claims = security_event(&facts, now.unix_seconds(), self.event);
        Ok((security_event::TYP, serde_json::to_value(claims).map_err(Fault::bug)?))
    }

    fn carried(&self, request: RequestBuilder, token: String) -> RequestBuilder {
        request
            .header(header::CONTENT_TYPE, MEDIA_TYPE)
            .header(header::ACCEPT, "application/json")
            .body(token)
    }
}

/// That a session ended.
pub async fn of_session(passport: &Passport, job: &TellClient) -> Outcome {
    attempt(passport, job).await
}

/// What became of an account.
pub async fn of_account(passport: &Passport, job: &TellEvent) -> Outcome {
    attempt(passport, job).await
}

async fn attempt(passport: &Passport, message: &impl Message) -> Outcome {
    match try_once(passport, message).await {
        Ok(outcome) => outcome,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

async fn try_once(passport: &Passport, message: &impl Message) -> Result<Outcome, Fault> {
    let found = client::store::find(passport.db.reader(), message.client_id()).await?;
    let Some(registered) = found else { return Ok(Outcome::Done) };
    let Some(uri) = message.address(&registered.client) else { return Ok(Outcome::Done) };
    let Ok(url) = Url::parse(uri) else { return Ok(Outcome::GiveUp("the address is no URL".into())) };
    let now = passport.clock.now();
    let (typ, claims) = message.token(passport, now)?;
    let keys = passport.keys.current(&passport.db, now).await?;
    let token = keys.sign(&passport.random, registered.client.id_token_signed_response_alg, typ, &claims)?;
    let request = message.carried(passport.outbound.client().post(url), token).build().map_err(Fault::bug)?;
    Ok(match passport.outbound.send(request).await {
        Ok(answer) if answer.status().is_success() => Outcome::Done,
        Ok(answer) if answer.status() == http::StatusCode::BAD_REQUEST => {
            Outcome::GiveUp("the site refused the token".into())
        }
        Ok(answer) => Outcome::Retry(format!("the site answered {}", answer.status())),
        Err(Unreached::Refused(host)) => {
            Outcome::GiveUp(format!("{host} is an internal address that is not allowed"))
        }
        Err(Unreached::Failed(error)) => Outcome::Retry(error),
    })
}
