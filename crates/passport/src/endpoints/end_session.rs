//! RP-initiated sign-out: a site sends the person here to sign out everywhere.
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use oidc::{
    client::Client,
    logout::{self, CurrentSession, LogoutRequest, Then},
    parameters::Parameters,
};
use platform::{
    Fault,
    clock::Moment,
    language::Language,
    web::{Checked, Trouble, see_other},
};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    client, grant,
    pages::{self, sign_out},
    session::{self, SessionId},
    state::Passport,
    subject,
    visitor::{self, Visitor},
};

pub async fn by_get(
    State(passport): State<Passport>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    answer(&passport, visitor, &query.unwrap_or_default(), false).await
}

pub async fn by_post(
    State(passport): State<Passport>,
    visitor: Visitor,
    body: Bytes,
) -> Result<Response, Trouble> {
    answer(&passport, visitor, std::str::from_utf8(&body).unwrap_or("%FF"), false).await
}

#[derive(Deserialize)]
pub struct AnswerForm {
    /// The raw query of the request that asked.
    request: String,
    decision: String,
}

/// The answer of our own confirmation page.
pub async fn answered(
    State(passport): State<Passport>,
    visitor: Visitor,
    Checked(form): Checked<AnswerForm>,
) -> Result<Response, Trouble> {
    match form.decision.as_str() {
        "yes" => answer(&passport, visitor, &form.request, true).await,
        _ => Ok(see_other("/")),
    }
}

async fn answer(
    passport: &Passport,
    visitor: Visitor,
    query: &str,
    confirmed: bool,
) -> Result<Response, Trouble> {
    let now = visitor.visit.now;
    let request =
        match Parameters::parse(query.as_bytes()).map_err(Into::into).and_then(|all| logout::parse(&all)) {
            Ok(request) => request,
            Err(error) => return pages::authorize_error::render(&visitor, &error),
        };
    let claims = verified(passport, &request, now).await?;
    let (hint, client) = match hint_and_client(passport, &request, claims.as_ref()).await? {
        Ok(found) => found,
        Err(error) => return pages::authorize_error::render(&visitor, &error),
    };
    let visitor = Visitor {
        visit: visitor.visit.in_language(request.ui_locales.as_deref().and_then(Language::of_list)),
        ..visitor
    };
    let visitor = match (hint, client.as_ref()) {
        (logout::Hint::Verified { subject, .. }, Some(client)) => {
            let subjects = subject::subjects_of(&passport.pairwise, passport.db.reader(), client).await?;
            visitor.with_current(|session| subjects.subject(session.account) == subject)
        }
        _ => visitor,
    };
    // The session that the hint names, wherever it is: in this browser, in none, or over by its time.
    let named = match (hint, client.as_ref()) {
        (logout::Hint::Verified { subject, sid, .. }, Some(client)) => {
            let auth_time =
                claims.as_ref().and_then(|claims| claims.get("auth_time")).and_then(Value::as_i64);
            named(passport, client, subject, sid, auth_time).await?
        }
        _ => None,
    };
    let ids = match visitor.session() {
        Some(session) => {
            Some((session.id.to_string(), subject_of(passport, client.as_ref(), session).await?))
        }
        None => None,
    };
    let current = ids.as_ref().map(|(sid, subject)| CurrentSession { sid, subject });
    match logout::decide(&request, hint, client.as_ref(), current) {
        logout::Answer::Refuse(error) => pages::authorize_error::render(&visitor, &error),
        logout::Answer::Confirm(_) if !confirmed || is_embedded(&visitor.visit.headers) => {
            sign_out::confirm(&visitor, client.as_ref(), query)
        }
        logout::Answer::SignOut(_) if !confirmed && is_embedded(&visitor.visit.headers) => {
            sign_out::confirm(&visitor, client.as_ref(), query)
        }
        logout::Answer::Confirm(then) | logout::Answer::SignOut(then) => {
            sign_out(passport, &visitor, named, then).await
        }
        // Nobody is signed in here; what the hint names ends all the same.
        logout::Answer::NoSession(then) => sign_out(passport, &visitor, named, then).await,
    }
}

/// What a hint that we signed names: the session of its `sid`; without one, the person's session at this client
/// that was proven at that time.
async fn named(
    passport: &Passport,
    client: &Client,
    subject: &str,
    sid: Option<&str>,
    auth_time: Option<i64>,
) -> Result<Option<sign_out::Named>, Fault> {
    let reader = passport.db.reader();
    if let Some(sid) = sid {
        let Ok(id) = sid.parse::<SessionId>() else { return Ok(None) };
        let Some(account) = session::store::find_account(reader, id).await? else { return Ok(None) };
        let called = subject::subject_for(&passport.pairwise, reader, client, account).await?;
        return Ok((called == subject).then_some(sign_out::Named { account, sessions: vec![id] }));
    }
    // A pairwise name leads to no account; the few who proved themselves in that second are called by theirs.
    let Some(second) = auth_time else { return Ok(None) };
    let subjects = subject::subjects_of(&passport.pairwise, reader, client).await?;
    let mut proven = session::store::list_proven_in(reader, second).await?;
    proven.retain(|(_, account)| subjects.subject(*account) == subject);
    let Some((_, account)) = proven.first().copied() else { return Ok(None) };
    let mut sessions = grant::store::list_sessions_at_client(reader, account, &client.client_id).await?;
    sessions.retain(|id| proven.iter().any(|(open, _)| open == id));
    Ok(Some(sign_out::Named { account, sessions }))
}

/// What the session's person is called at the client that asks.
async fn subject_of(
    passport: &Passport,
    client: Option<&Client>,
    session: &session::Session,
) -> Result<String, Fault> {
    match client {
        Some(client) => {
            subject::subject_for(&passport.pairwise, passport.db.reader(), client, session.account).await
        }
        None => Ok(session.account.to_string()),
    }
}

/// A picture or a frame on some page, not the person's own navigation (BR-07).
fn is_embedded(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-dest").is_some_and(|dest| dest.as_bytes() != b"document")
}

/// The claims of an `id_token_hint` that we signed, be it expired.
async fn verified(
    passport: &Passport,
    request: &LogoutRequest,
    now: Moment,
) -> Result<Option<Map<String, Value>>, Fault> {
    let Some(token) = &request.id_token_hint else { return Ok(None) };
    Ok(passport.keys.current(&passport.db, now).await?.verify(token, "JWT"))
}

async fn hint_and_client<'a>(
    passport: &Passport,
    request: &'a LogoutRequest,
    claims: Option<&'a Map<String, Value>>,
) -> Result<Result<(logout::Hint<'a>, Option<Client>), oidc::error::OAuthError>, Fault> {
    let text = |name: &str| claims.and_then(|claims| claims.get(name)).and_then(Value::as_str);
    let hint = match (&request.id_token_hint, text("aud").zip(text("sub"))) {
        (None, _) => logout::Hint::Absent,
        (Some(_), Some((audience, subject))) => {
            logout::Hint::Verified { audience, subject, sid: text("sid") }
        }
        (Some(_), None) => logout::Hint::Unverifiable,
    };
    let id = match logout::client_of(request, hint) {
        Ok(id) => id,
        Err(error) => return Ok(Err(error)),
    };
    let registered = match id {
        Some(id) => client::store::find(passport.db.reader(), id).await?,
        None => None,
    };
    Ok(Ok((hint, registered.map(|registered| registered.client))))
}

/// Ends everything that this browser holds, of everybody who is signed in to it, and the session that the hint
/// named.
async fn sign_out(
    passport: &Passport,
    visitor: &Visitor,
    named: Option<sign_out::Named>,
    then: Then,
) -> Result<Response, Trouble> {
    let ended = sign_out::end(passport, visitor, named).await?;
    let mut response = match then {
        // Pages of sites sign the browser out before it goes on.
        Then::Redirect(url) if ended.frames.is_empty() => see_other(&url),
        Then::Redirect(url) => sign_out::signed_out(visitor, ended, Some(url))?,
        Then::SignedOutPage => sign_out::signed_out(visitor, ended, None)?,
    };
    visitor::cookies_gone(&visitor.visit, response.headers_mut());
    Ok(response)
}
