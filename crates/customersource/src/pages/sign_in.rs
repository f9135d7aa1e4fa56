//! To the provider and back: beginning a sign-in, and the callback that ends it in a session.
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    Fault,
    clock::Moment,
    once::Once,
    security_event::{By, Event, Note},
    web::{Cookie, Trouble, Visit, cookie, local_path, see_other, visit::cookie_name},
};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    Portal,
    association::{self, Standing, is_after_opening},
    rp::{
        Failed, Identity,
        attempt::{self, Attempt, Opened, Wanted},
    },
    session::{
        self, Session,
        store::{Begin, Sealed},
    },
    strength::{Demand, RECENT},
    visitor::Anybody,
};

/// The cookie of a link that is being confirmed.
pub const LINK_COOKIE: &str = "link";
/// A browser keeps so many attempts; beginning another drops the oldest.
const MOST_ATTEMPTS: usize = 8;

/// How often the second of two equal requests looks what came of the first.
const AGAIN: u32 = 20;

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
    /// Ask for a proof of the last minutes, as far as there is none.
    fresh: Option<String>,
    /// Ask for what a role demands, as far as it was not proven.
    stronger: Option<Demand>,
}

pub async fn begin(
    State(portal): State<Portal>,
    visitor: Anybody,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let asked: Next = serde_html_form::from_str(query.as_deref().unwrap_or_default())
        .map_err(|_| Trouble::page(StatusCode::BAD_REQUEST, "error-bad-request"))?;
    let next = local_path(&asked.next);
    let recent = asked.fresh.is_some();
    let contexts = asked.stronger.map_or(&[][..], |demand| portal.demands.contexts(demand));
    let suffices = |session: &Session| {
        let is_strong = asked.stronger.is_none_or(|demand| portal.demands.are_met(demand, &session.acr));
        is_strong && !recent
    };
    if visitor.session().is_some_and(suffices) {
        return Ok(see_other(next));
    }
    to_provider(&portal, &visitor.visit, Wanted { next, recent, contexts, ..Wanted::default() }).await
}

/// Sends the browser to the provider; what comes back is for `next`, or for the link.
pub async fn to_provider(portal: &Portal, visit: &Visit, wanted: Wanted<'_>) -> Result<Response, Trouble> {
    let (url, attempt) = portal.rp.begin(visit.now, visit.language, wanted).await?;
    let mut response = see_other(&url);
    for name in beyond(portal, visit) {
        Cookie::gone(name).set(response.headers_mut());
    }
    let name = cookie_name(&portal.site, &attempt::cookie_name(&attempt.state));
    let seconds = i64::try_from(attempt::LIFETIME.as_secs()).unwrap_or(i64::MAX);
    Cookie::lasting(name, portal.rp.seal(&attempt)?, seconds).set(response.headers_mut());
    Ok(response)
}

/// The attempts that make room for another: the oldest, and what cannot be read. Other tabs keep theirs.
fn beyond(portal: &Portal, visit: &Visit) -> Vec<cookie::Name> {
    let prefix = cookie_name(&portal.site, "signin-");
    let mut waiting: Vec<_> = cookie::names(&visit.headers, &prefix)
        .map(|name| {
            let sealed = cookie::read(&visit.headers, &name);
            (sealed.and_then(|sealed| portal.rp.begun_at(sealed)), name)
        })
        .collect();
    waiting.sort_unstable();
    let many = (waiting.len() + 1).saturating_sub(MOST_ATTEMPTS);
    waiting.into_iter().take(many).map(|(_, name)| name).collect()
}

/// An authorization response (RFC 6749 §4.1.2). A parameter that comes twice is refused with the rest.
#[derive(Deserialize)]
struct Answer {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

pub async fn callback(
    State(portal): State<Portal>,
    visitor: Anybody,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let visit = &visitor.visit;
    let lost = || Trouble::page(StatusCode::BAD_REQUEST, "sign-in-lost");
    let answer: Answer =
        serde_html_form::from_str(query.as_deref().unwrap_or_default()).map_err(|_| lost())?;
    let state = answer.state.as_deref().ok_or_else(lost)?;
    let name = attempt::cookie_name(state);
    let Some(sealed) = visit.cookie(&name) else {
        // Loaded again, or gone back to: whoever is signed in goes on.
        return if visitor.session().is_some() { Ok(see_other("/")) } else { Err(lost()) };
    };
    let attempt = portal.rp.open(visit.now, sealed, state).ok_or_else(lost)?;
    let outcome = conclude(&portal, &visitor, &answer, &attempt).await;
    // Whatever came of it: this attempt is over.
    let mut response = axum::response::IntoResponse::into_response(outcome);
    Cookie::gone(cookie_name(&portal.site, &name)).set(response.headers_mut());
    Ok(response)
}

async fn conclude(
    portal: &Portal,
    visitor: &Anybody,
    answer: &Answer,
    attempt: &Attempt,
) -> Result<Response, Trouble> {
    let now = visitor.visit.now;
    if !portal.rp.is_from_issuer(now, answer.iss.as_deref()).await? {
        tracing::warn!("An authorization response did not come from our provider");
        return Err(Trouble::page(StatusCode::BAD_REQUEST, "sign-in-lost"));
    }
    let tx = portal.db.begin().await?;
    let is_first = Once::new("state", &[&attempt.state], now + attempt::LIFETIME * 2).spend(&tx).await?;
    tx.commit().await?;
    if !is_first {
        let lost = || Trouble::page(StatusCode::BAD_REQUEST, "sign-in-lost");
        let code = answer.code.as_deref().ok_or_else(lost)?;
        return again(portal, visitor, attempt, code).await?.ok_or_else(lost);
    }
    if let Some(error) = &answer.error {
        return Err(refusal(error));
    }
    let Some(code) = answer.code.as_deref().filter(|code| !code.is_empty()) else {
        return Err(Trouble::page(StatusCode::BAD_REQUEST, "sign-in-lost"));
    };
    match portal.rp.finish(now, attempt, code).await {
        Ok(identity) => {
            let secret = portal.rp.session_secret(attempt, code);
            welcome(portal, visitor, attempt, identity, secret).await
        }
        Err(Failed::Fault(fault)) => Err(fault.into()),
        Err(Failed::Refused(why)) => {
            tracing::warn!(why, "A sign-in was refused");
            Note::of(Event::SignInRefused).block(&visitor.visit.address_block()).by(By::Provider).tell();
            Err(Trouble::page(StatusCode::FORBIDDEN, "sign-in-refused"))
        }
    }
}

/// What the provider calls an error becomes a page that says what to do.
fn refusal(error: &str) -> Trouble {
    let printable: String = error.chars().filter(|c| c.is_ascii_graphic()).take(60).collect();
    tracing::info!(error = printable, "The provider answered with an error");
    match error {
        "access_denied" => Trouble::page(StatusCode::FORBIDDEN, "sign-in-cancelled"),
        "unmet_authentication_requirements" => Trouble::page(StatusCode::FORBIDDEN, "sign-in-not-strong"),
        "temporarily_unavailable" | "server_error" => {
            Trouble::Fault(Fault::unavailable("the provider says that it is unavailable"))
        }
        _ => Trouble::page(StatusCode::BAD_REQUEST, "sign-in-refused"),
    }
}

/// Begins the portal's session: always a new one, so that a planted cookie is worth nothing (BR-04).
async fn welcome(
    portal: &Portal,
    visitor: &Anybody,
    attempt: &Attempt,
    identity: Identity,
    secret: String,
) -> Result<Response, Trouble> {
    let now = visitor.visit.now;
    // Asked to prove who they are, and did not: staff pages would ask again and again.
    if attempt.fresh && !identity.auth_time.is_some_and(|at| is_after_opening(at, attempt.begun_at)) {
        let key = if attempt.link.is_some() { "sign-in-not-fresh" } else { "sign-in-not-recent" };
        tracing::warn!("The provider did not ask for the password again");
        return Err(Trouble::page(StatusCode::FORBIDDEN, key));
    }
    let is_recent = |at: Moment| is_after_opening(at, attempt.begun_at - RECENT);
    if attempt.recent && !identity.auth_time.is_some_and(is_recent) {
        tracing::warn!("The provider did not prove the person as recently as was demanded");
        return Err(Trouble::page(StatusCode::FORBIDDEN, "sign-in-not-recent"));
    }
    // Demanded, and not told: staff pages would ask again and again.
    let acr = identity.acr.as_deref().unwrap_or_default();
    if !attempt.contexts.is_empty() && !attempt.contexts.iter().any(|context| context == acr) {
        tracing::warn!(acr, "The provider did not prove the person as strongly as was demanded");
        return Err(Trouble::page(StatusCode::FORBIDDEN, "sign-in-not-strong"));
    }
    let proven_for = match &attempt.link {
        Some(link) => proof(portal, link, &identity).await?,
        None => None,
    };
    let digest = Session::digest_of(&secret);
    let tx = portal.db.begin().await?;
    if let Some(old) = visitor.session() {
        session::store::end(&tx, old.digest).await?;
    }
    let standings = association::store::list_standings(&tx, &identity.subject).await?;
    let begin = Begin {
        digest,
        subject: &identity.subject,
        op_sid: identity.sid.as_deref(),
        label: &identity.label,
        email: identity.email.as_deref(),
        tokens: sealed(portal, &digest, &identity)?,
        association: only(&standings),
        proven_for,
        // Nothing said: never fresh.
        auth_time: identity.auth_time.unwrap_or_default(),
        acr,
    };
    session::store::add(&tx, now, portal.session_lifetime, begin).await?;
    association::store::set_notice_to(&tx, &identity.subject, identity.email.as_deref()).await?;
    tx.tell(Note::of(Event::SignInSucceeded).block(&visitor.visit.address_block()));
    tx.commit().await?;
    arrived(portal, attempt, secret)
}

/// Browsers send a request twice now and then, and show what the second one is answered: the same as the first,
/// while the session lives that came of this very answer. Who has no cookie of the attempt does not come here.
async fn again(
    portal: &Portal,
    visitor: &Anybody,
    attempt: &Attempt,
    code: &str,
) -> Result<Option<Response>, Trouble> {
    let secret = portal.rp.session_secret(attempt, code);
    let digest = Session::digest_of(&secret);
    let (now, lifetime) = (visitor.visit.now, portal.session_lifetime);
    for _ in 0..AGAIN {
        if session::store::find_live(portal.db.reader(), now, lifetime, digest).await?.is_some() {
            return arrived(portal, attempt, secret).map(Some);
        }
        // The first may be on its way to the provider still.
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    Ok(None)
}

/// Where a sign-in leads, with what the browser holds from now on.
fn arrived(portal: &Portal, attempt: &Attempt, secret: String) -> Result<Response, Trouble> {
    let next = if attempt.link.is_some() { "/associate/confirm" } else { local_path(&attempt.next) };
    let mut response = see_other(next);
    Cookie::session(cookie_name(&portal.site, session::COOKIE), secret).set(response.headers_mut());
    if let Some(link) = &attempt.link {
        set_link(portal, link, &mut response)?;
    }
    Ok(response)
}

fn sealed(portal: &Portal, digest: &[u8; 32], identity: &Identity) -> Result<Sealed, Fault> {
    let refresh_token = identity.refresh_token.as_deref();
    Ok(Sealed {
        id_token: portal.rp.seal_token(digest, &identity.id_token)?,
        refresh_token: refresh_token.map(|token| portal.rp.seal_token(digest, token)).transpose()?,
    })
}

fn only(standings: &[Standing]) -> Option<association::AssociationId> {
    match standings {
        [only] => Some(only.association.id),
        _ => None,
    }
}

/// What a sign-in for a link proves. A sign-in from before the link was opened proves nothing, and is not
/// taken for one (CS-18).
async fn proof(portal: &Portal, opened: &Opened, identity: &Identity) -> Result<Option<Uuid>, Trouble> {
    if !identity.auth_time.is_some_and(|at| is_after_opening(at, opened.at)) {
        tracing::warn!("The provider did not ask for the password again");
        return Err(Trouble::page(StatusCode::FORBIDDEN, "sign-in-not-fresh"));
    }
    let link = association::store::find_link(portal.db.reader(), opened.digest).await?;
    Ok(link.map(|link| link.proof()))
}

/// Remembers in this browser which link is being confirmed.
pub fn set_link(portal: &Portal, link: &Opened, response: &mut Response) -> Result<(), Trouble> {
    let sealed = portal.rp.seal_link(link)?;
    Cookie::session(cookie_name(&portal.site, LINK_COOKIE), sealed).set(response.headers_mut());
    Ok(())
}

/// The link that this browser is confirming.
pub fn link_of(portal: &Portal, visit: &Visit) -> Option<Opened> {
    portal.rp.open_link(visit.cookie(LINK_COOKIE)?)
}
