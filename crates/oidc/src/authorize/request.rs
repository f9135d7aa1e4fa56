//! Which authorization request may be answered, and where an answer may go (RFC 6749 §4.1.1, OIDC
//! Core §3.1.2). It does not know who is signed in.
//!
//! Two phases, because nothing may be sent anywhere before client and redirect URI are known good:
//! [`identify`] and the first half of [`check`] end in a page; the ordered checks end in a redirect.

use serde::{Deserialize, Serialize};

use super::{Display, Prompts, ResponseMode, ResponseType, ReturnAddress, checks};
use crate::{
    client::{Client, GrantType, redirect_uri},
    error::{ErrorCode, OAuthError},
    parameters::Parameters,
    scope::Scopes,
};

/// What this server has enabled.
#[derive(Clone, Debug)]
pub struct Policy {
    pub response_types: Vec<ResponseType>,
    pub response_modes: Vec<ResponseMode>,
    /// Every scope that the server knows; others are dropped from requests.
    pub scopes: Scopes,
}

impl Default for Policy {
    /// The code flow by query, with the standard scopes.
    fn default() -> Self {
        Self {
            response_types: vec![ResponseType::Code],
            response_modes: vec![ResponseMode::Query],
            scopes: Scopes::parse("openid profile email address phone offline_access").unwrap_or_default(),
        }
    }
}

/// A request that passed every check. It can be stored while the person signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    pub client_id: String,
    pub redirect_uri: String,
    pub response_type: ResponseType,
    pub response_mode: ResponseMode,
    pub state: Option<String>,
    pub nonce: Option<String>,
    /// What is left of the wish after client and server had their say; never empty.
    pub scope: Scopes,
    /// Always S256.
    pub code_challenge: Option<String>,
    pub prompt: Prompts,
    /// Seconds; of the request, else the client's default.
    pub max_age: Option<i64>,
    pub login_hint: Option<String>,
    /// As sent, not yet verified.
    pub id_token_hint: Option<String>,
    /// Language tags by preference; only well-formed ones.
    pub ui_locales: Vec<String>,
    pub claims_locales: Vec<String>,
    pub acr_values: Vec<String>,
    pub display: Display,
    /// The `claims` parameter (OIDC Core §5.5) as sent, not yet read.
    pub claims: Option<String>,
}

impl AuthorizationRequest {
    /// Where the answer goes.
    pub fn return_address(&self) -> ReturnAddress {
        ReturnAddress {
            redirect_uri: self.redirect_uri.clone(),
            state: self.state.clone(),
            response_mode: self.response_mode,
        }
    }
}

/// A request that is not answered with a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Shown on our own error page, HTTP 400. Never a redirect: client or redirect URI are in doubt.
    Page(OAuthError),
    /// Sent back to the client with [`super::response::failure`].
    Redirect { error: OAuthError, to: ReturnAddress },
}

/// Longest `state` that is carried, in bytes.
pub const MAX_STATE: usize = 4096;

/// Phase 1: the client that the request names, to be looked up.
///
/// # Errors
/// Always [`Refusal::Page`].
pub fn identify(parameters: &Parameters) -> Result<&str, Refusal> {
    parameters.required("client_id").map_err(Refusal::Page)
}

/// The answer when no client of that name exists or it is disabled.
pub fn unknown_client() -> Refusal {
    Refusal::Page(OAuthError::new(ErrorCode::InvalidClient, "The site that sent you here is not registered."))
}

/// The checks of phase 2, in the order in which a request is read. Each sees the parameters and
/// writes what it accepted into the request; the first refusal is the answer.
const CHECKS: [checks::Check; 16] = [
    checks::nothing_known_is_given_twice,
    checks::response_mode,
    checks::no_request_object,
    checks::response_type,
    checks::client_may_use_the_flow,
    checks::scope,
    checks::code_challenge,
    checks::nonce,
    checks::prompt,
    checks::max_age,
    checks::login_hint,
    checks::id_token_hint,
    checks::locales,
    checks::acr_values,
    checks::display,
    checks::claims,
];

/// Phase 2: everything else, against the client that [`identify`] named.
///
/// # Errors
/// [`Refusal::Page`] while the redirect URI is in doubt, [`Refusal::Redirect`] from then on.
pub fn check(
    parameters: &Parameters,
    client: &Client,
    policy: &Policy,
) -> Result<AuthorizationRequest, Refusal> {
    if identify(parameters)? != client.client_id {
        return Err(unknown_client());
    }
    let redirect_uri = own_redirect_uri(parameters, client)?;
    let mut request = blank(client, redirect_uri, state(parameters)?);
    let asked = checks::Asked { parameters, client, policy };
    for check in CHECKS {
        if let Err(error) = check(&asked, &mut request) {
            return Err(Refusal::Redirect { error, to: request.return_address() });
        }
    }
    Ok(request)
}

/// The redirect URI must always be sent (OIDC Core §3.1.2.1), also by plain OAuth requests, so that
/// the comparison at the token endpoint never has a hole.
fn own_redirect_uri(parameters: &Parameters, client: &Client) -> Result<String, Refusal> {
    let presented = parameters.required("redirect_uri").map_err(Refusal::Page)?;
    if redirect_uri::matches(&client.redirect_uris, presented, client.application_type) {
        Ok(presented.to_owned())
    } else {
        Err(Refusal::Page(OAuthError::invalid_request(
            "The redirect URI of the request is not one that the site registered.",
        )))
    }
}

/// The state to echo. Given twice it is none, and the redirect says so; too long it cannot be
/// echoed honestly, so the answer is a page.
fn state(parameters: &Parameters) -> Result<Option<String>, Refusal> {
    match parameters.one("state") {
        Ok(Some(state)) if state.len() > MAX_STATE => {
            Err(Refusal::Page(OAuthError::invalid_request("The parameter state is too long.")))
        }
        Ok(state) => Ok(state.map(str::to_owned)),
        Err(_) => Ok(None),
    }
}

fn blank(client: &Client, redirect_uri: String, state: Option<String>) -> AuthorizationRequest {
    AuthorizationRequest {
        client_id: client.client_id.clone(),
        redirect_uri,
        response_type: ResponseType::Code,
        response_mode: ResponseMode::Query,
        state,
        nonce: None,
        scope: Scopes::default(),
        code_challenge: None,
        prompt: Prompts::default(),
        max_age: None,
        login_hint: None,
        id_token_hint: None,
        ui_locales: Vec::new(),
        claims_locales: Vec::new(),
        acr_values: Vec::new(),
        display: Display::default(),
        claims: None,
    }
}

/// A client may use the authorization endpoint at all.
pub(super) fn allows(client: &Client, response_type: ResponseType) -> bool {
    client.may_use(GrantType::AuthorizationCode) && client.response_types.contains(&response_type)
}

#[cfg(test)]
mod tests;
