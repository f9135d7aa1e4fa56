//! Which authorization request may be answered, and where an answer may go (RFC 6749 §4.1.1, OIDC
//! Core §3.1.2). It does not know who is signed in.
//!
//! Two phases, because nothing may be sent anywhere before client and redirect URI are known good:
//! [`identify`] and the first half of [`check`] end in a page; the ordered checks end in a redirect.

use serde::{Deserialize, Serialize};

use super::{Display, Policy, Prompts, ResponseMode, ResponseType, ReturnAddress, checks, context::Wanted};
use crate::{
    claims::wishes::ClaimsRequest,
    client::{Client, GrantType, redirect_uri},
    error::{ErrorCode, OAuthError},
    jws::SigningAlgorithm,
    parameters::Parameters,
    scope::Scopes,
    token::device::Ask,
};

/// Where a request is checked. The table [`CHECKS`] says what is asked where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// The authorization endpoint, with the parameters in the browser's hands.
    Authorize,
    /// The pushed authorization request endpoint (RFC 9126 §2): the client itself asks.
    Pushed,
    /// The authorization endpoint, with parameters that were pushed before and stand in our own store.
    AfterPush,
    /// The device authorization endpoint (RFC 8628 §3.1): nothing comes back by a browser.
    Device,
}

/// How a request came here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    pub endpoint: Endpoint,
    /// Its parameters stood in a signed object.
    pub signed: bool,
}

impl Arrival {
    /// A plain request of a browser.
    pub const PLAIN: Self = Self { endpoint: Endpoint::Authorize, signed: false };
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
    /// The `claims` parameter (OIDC Core §5.5), as far as the client's registration goes.
    pub claims: ClaimsRequest,
    /// The authentication contexts asked for.
    pub context: Wanted,
    /// Resources that the tokens are for (RFC 8707).
    pub resource: Vec<String>,
    /// Thumbprint of the key that the code will be bound to (RFC 9449 §10).
    pub dpop_jkt: Option<String>,
    /// What a signed answer is signed with; the client's own wish.
    pub signed_with: SigningAlgorithm,
}

impl AuthorizationRequest {
    /// Where the answer goes.
    pub fn return_address(&self) -> ReturnAddress {
        ReturnAddress {
            client_id: self.client_id.clone(),
            redirect_uri: self.redirect_uri.clone(),
            state: self.state.clone(),
            response_mode: self.response_mode,
            signed_with: self.signed_with,
        }
    }

    /// The one person that the answer must be about, when the `claims` parameter says who.
    pub fn wanted_subject(&self) -> Option<&str> {
        self.claims.subject()
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

/// Everywhere that parameters are read for the first time.
const FIRST: &[Endpoint] = &[Endpoint::Authorize, Endpoint::Pushed];
/// Everywhere. What was pushed is checked again when it is used: the registration may have changed.
const ALL: &[Endpoint] = &[Endpoint::Authorize, Endpoint::Pushed, Endpoint::AfterPush];
const DEVICE: &[Endpoint] = &[Endpoint::Device];
/// Whoever asks, and however the answer comes.
const EVERYWHERE: &[Endpoint] =
    &[Endpoint::Authorize, Endpoint::Pushed, Endpoint::AfterPush, Endpoint::Device];

/// The checks of phase 2 in the order in which a request is read, each with the endpoints that make
/// it. A check sees the parameters and writes what it accepted into the request; the first refusal is
/// the answer.
const CHECKS: [(checks::Check, &[Endpoint]); 21] = [
    (checks::response_mode, ALL),
    (checks::nothing_known_is_given_twice, EVERYWHERE),
    (checks::nothing_is_left_unread, ALL),
    (checks::is_pushed_where_it_must_be, &[Endpoint::Authorize]),
    (checks::is_signed_where_it_must_be, FIRST),
    (checks::response_type, ALL),
    (checks::client_may_use_the_flow, ALL),
    (checks::client_may_use_devices, DEVICE),
    (checks::resource, EVERYWHERE),
    (checks::scope, EVERYWHERE),
    (checks::code_challenge, ALL),
    (checks::nonce, ALL),
    (checks::prompt, ALL),
    (checks::max_age, ALL),
    (checks::login_hint, ALL),
    (checks::id_token_hint, ALL),
    (checks::locales, ALL),
    (checks::display, ALL),
    (checks::claims, ALL),
    (checks::authentication_context, ALL),
    (checks::dpop_jkt, ALL),
];

/// Phase 2: everything else, against the client that [`identify`] named. Request objects were read
/// and combined before ([`super::object`]).
///
/// # Errors
/// [`Refusal::Page`] while the redirect URI is in doubt, [`Refusal::Redirect`] from then on.
pub fn check(
    parameters: &Parameters,
    client: &Client,
    policy: &Policy,
    arrival: Arrival,
) -> Result<AuthorizationRequest, Refusal> {
    let mut request = begin(parameters, client)?;
    let asked = checks::Asked { parameters, client, policy, demands: policy.demands(client), arrival };
    match run(&asked, &mut request) {
        Ok(()) => Ok(request),
        Err(error) => Err(Refusal::Redirect { error, to: request.return_address() }),
    }
}

/// What a device asks for (RFC 8628 §3.1), by the same table; without a scope it is for all that the client may
/// have. The caller knows by other means that the request is this client's.
///
/// # Errors
/// What the first check says that refuses; there is no redirect URI in this grant.
pub fn check_device(parameters: &Parameters, client: &Client, policy: &Policy) -> Result<Ask, OAuthError> {
    let mut request = blank(client, String::new(), None);
    let arrival = Arrival { endpoint: Endpoint::Device, signed: false };
    let asked = checks::Asked { parameters, client, policy, demands: policy.demands(client), arrival };
    run(&asked, &mut request)?;
    Ok(Ask { scope: request.scope, resource: request.resource })
}

fn run(asked: &checks::Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    let due = CHECKS.iter().filter(|(_, endpoints)| endpoints.contains(&asked.arrival.endpoint));
    due.into_iter().try_for_each(|(check, _)| check(asked, request))
}

/// The way back for an error that was found before the checks could begin: in the request object. What
/// stands outside of it says where to, if it is good.
pub fn refused(parameters: &Parameters, client: &Client, policy: &Policy, error: OAuthError) -> Refusal {
    match begin(parameters, client) {
        Ok(mut request) => {
            let arrival = Arrival::PLAIN;
            let asked =
                checks::Asked { parameters, client, policy, demands: policy.demands(client), arrival };
            // A mode that is refused leaves the default one.
            let _ = checks::response_mode(&asked, &mut request);
            Refusal::Redirect { error, to: request.return_address() }
        }
        Err(_) => Refusal::Page(error),
    }
}

fn begin(parameters: &Parameters, client: &Client) -> Result<AuthorizationRequest, Refusal> {
    if identify(parameters)? != client.client_id {
        return Err(unknown_client());
    }
    let redirect_uri = own_redirect_uri(parameters, client)?;
    Ok(blank(client, redirect_uri, state(parameters)?))
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
        claims: ClaimsRequest::default(),
        context: Wanted::default(),
        resource: Vec::new(),
        dpop_jkt: None,
        signed_with: client.authorization_signed_response_alg,
    }
}

/// A client registered the flow, with the grants that it is made of (OIDC Registration §2).
pub(super) fn allows(client: &Client, response_type: ResponseType) -> bool {
    client.response_types.contains(&response_type)
        && (!response_type.has_code() || client.may_use(GrantType::AuthorizationCode))
        && (!response_type.is_front_channel() || client.may_use(GrantType::Implicit))
}

#[cfg(test)]
mod tests;
