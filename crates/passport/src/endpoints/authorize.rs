//! The authorization endpoint: load, ask `oidc` what comes next, go there. Every step comes back here.
use std::time::Duration;

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    response::Response,
};
use oidc::{
    authorize::{
        AuthorizationRequest, Policy, Refusal,
        request::{check, identify, unknown_client},
        response,
        step::{self, Consent, Hint, SignIn, Step},
    },
    client::Client,
    error::{ErrorCode, OAuthError},
    parameters::Parameters,
};
use platform::{
    Fault,
    clock::Moment,
    web::{Checked, Trouble, see_other},
};
use serde::Deserialize;

use super::interaction::Interactions;
use crate::{
    client,
    grant::{self, GrantId, NewGrant},
    pages,
    session::Session,
    state::Passport,
    visitor::Visitor,
};

pub async fn by_get(
    State(passport): State<Passport>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    answer(&passport, &visitor, query.as_deref().unwrap_or_default(), Consent::Missing).await
}

/// The same as GET (OIDC Core §3.1.2.1); what follows goes on as GET.
pub async fn by_post(
    State(passport): State<Passport>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, Trouble> {
    let body = std::str::from_utf8(&body).unwrap_or("%FF");
    let both = [query.as_deref().unwrap_or_default(), body];
    let query = both.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
    answer(&passport, &visitor, &query, Consent::Missing).await
}

#[derive(Deserialize)]
pub struct ConsentForm {
    request: String,
    decision: String,
}

/// The answer of the consent page, for the request that it was opened by.
pub async fn consent(
    State(passport): State<Passport>,
    visitor: Visitor,
    Checked(form): Checked<ConsentForm>,
) -> Result<Response, Trouble> {
    if form.decision == "approve" {
        return answer(&passport, &visitor, &form.request, Consent::GivenNow).await;
    }
    match Asking::of(&passport, &form.request).await? {
        Some(asking) => Ok(cancelled(&passport, &asking)),
        None => answer(&passport, &visitor, &form.request, Consent::Missing).await,
    }
}

/// A request whose client and redirect URI are good, for the pages that serve it.
pub struct Asking {
    pub client: Client,
    pub login_hint: Option<String>,
    /// Space-separated, by preference.
    pub ui_locales: Option<String>,
    /// The raw query, as it must come back to the authorization endpoint.
    pub request: String,
    checked: AuthorizationRequest,
}

impl Asking {
    /// Reads the raw query of an authorization request; none if it could not be answered with a redirect.
    pub async fn of(passport: &Passport, request: &str) -> Result<Option<Self>, Fault> {
        let (query, _) = Interactions::new(&passport.keyring).read(request, passport.clock.now());
        match load(passport, query).await? {
            Ok((client, checked)) => Ok(Some(Self {
                client,
                login_hint: checked.login_hint.clone(),
                ui_locales: (!checked.ui_locales.is_empty()).then(|| checked.ui_locales.join(" ")),
                request: request.to_owned(),
                checked,
            })),
            Err(_) => Ok(None),
        }
    }
}

/// The way back for a person who does not want to go on.
pub fn cancelled(passport: &Passport, asking: &Asking) -> Response {
    let error = OAuthError::new(ErrorCode::AccessDenied, "The person did not want to go on.");
    see_other(&response::failure(&asking.checked.return_address(), passport.issuer(), &error))
}

async fn load(
    passport: &Passport,
    query: &str,
) -> Result<Result<(Client, AuthorizationRequest), Refusal>, Fault> {
    let parameters = match Parameters::parse(query.as_bytes()) {
        Ok(parameters) => parameters,
        Err(malformed) => return Ok(Err(Refusal::Page(malformed.into()))),
    };
    let id = match identify(&parameters) {
        Ok(id) => id,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let Some(registered) = client::document::find_or_read(passport, passport.clock.now(), id).await? else {
        return Ok(Err(unknown_client()));
    };
    Ok(check(&parameters, &registered.client, &Policy::default()).map(|request| (registered.client, request)))
}

async fn answer(
    passport: &Passport,
    visitor: &Visitor,
    marked: &str,
    consent: Consent,
) -> Result<Response, Trouble> {
    let now = visitor.visit.now;
    let interactions = Interactions::new(&passport.keyring);
    let (query, begun) = interactions.read(marked, now);
    let (client, request) = match load(passport, query).await? {
        Ok(loaded) => loaded,
        Err(Refusal::Page(error)) => {
            return pages::authorize_error::explain(passport, visitor, &error, query).await;
        }
        Err(Refusal::Redirect { error, to }) => {
            return Ok(see_other(&response::failure(&to, passport.issuer(), &error)));
        }
    };
    let hinted = subject_of_hint(passport, &request, now).await?;
    let session = visitor.session();
    let subject = match session {
        Some(session) => Some(client::subject::subject_for(passport, &client, session.account).await?),
        None => None,
    };
    let sign_in = session.zip(subject.as_deref()).map(|(session, subject)| SignIn {
        subject,
        auth_time: session.auth_time.unix_seconds(),
        for_this_request: begun.is_some_and(|begun| session.auth_time >= begun),
        chosen_for_this_request: false,
    });
    let step = step::next(&request, &client, sign_in.as_ref(), consent, hinted.as_hint(), now.unix_seconds());
    match (step, session) {
        (Step::Refuse(error), _) => {
            Ok(see_other(&response::failure(&request.return_address(), passport.issuer(), &error)))
        }
        (Step::Consent, Some(_)) => pages::consent::render(visitor, &client, &request, marked),
        (Step::Grant, Some(session)) => grant_code(passport, now, session, &client, &request).await,
        (Step::SignIn { .. } | Step::Consent | Step::Grant, _) => {
            let marked = interactions.mark(query, now);
            let request: String = url::form_urlencoded::byte_serialize(marked.as_bytes()).collect();
            Ok(see_other(&format!("/sign-in?request={request}")))
        }
    }
}

enum Hinted {
    Absent,
    Subject(String),
    Unverifiable,
}

impl Hinted {
    fn as_hint(&self) -> Hint<'_> {
        match self {
            Self::Absent => Hint::Absent,
            Self::Subject(subject) => Hint::Subject(subject),
            Self::Unverifiable => Hint::Unverifiable,
        }
    }
}

async fn subject_of_hint(
    passport: &Passport,
    request: &AuthorizationRequest,
    now: Moment,
) -> Result<Hinted, Fault> {
    let Some(token) = &request.id_token_hint else { return Ok(Hinted::Absent) };
    let keys = passport.keys.current(&passport.db, now).await?;
    let subject = keys.verify(token, "JWT").and_then(|claims| Some(claims.get("sub")?.as_str()?.to_owned()));
    Ok(subject.map_or(Hinted::Unverifiable, Hinted::Subject))
}

/// Writes the grant with its code and sends the code back: the one place that authorizes.
async fn grant_code(
    passport: &Passport,
    now: Moment,
    session: &Session,
    client: &Client,
    request: &AuthorizationRequest,
) -> Result<Response, Trouble> {
    let tokens = &passport.settings.tokens;
    let new = NewGrant {
        id: GrantId::new(now, &passport.random),
        client_id: client.client_id.clone(),
        account: session.account,
        session: session.id,
        scope: request.scope.clone(),
        redirect_uri: request.redirect_uri.clone(),
        nonce: request.nonce.clone(),
        code_challenge: request.code_challenge.clone(),
        auth_time: session.auth_time,
        code_ends_at: now + Duration::from_secs(u64::from(tokens.code_seconds)),
        ends_at: now + Duration::from_secs(u64::from(tokens.refresh_days) * 24 * 3600),
    };
    let code = passport.names.code(new.id);
    let tx = passport.db.begin().await?;
    grant::store::add(&tx, now, new).await?;
    tx.commit().await?;
    Ok(see_other(&response::success(&request.return_address(), passport.issuer(), &code)))
}
