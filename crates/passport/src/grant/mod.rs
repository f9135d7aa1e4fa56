//! One row per grant: authorized, redeemed, refreshed, revoked. Knows no page and no key that signs.
pub mod access;
pub mod entity;
pub mod store;
pub mod token;

use oidc::{
    assurance::Methods,
    claims::wishes::ClaimsRequest,
    scope::Scopes,
    token::{GrantState, binding::Binding},
};
use platform::clock::Moment;

use crate::{account::AccountId, session::SessionId};

platform::id!(
    /// Names a grant; codes and tokens are MACed names of it.
    GrantId
);

/// Most grants of one session at one client, those for offline use apart. Whoever holds a session can ask silently as often as the machine answers,
/// and each answer is a row that the owner's “sign out everywhere” has to end: beyond this, those go that were used
/// longest ago.
pub const MOST_OF_SESSION: u64 = 20;

/// A grant as it was found.
#[derive(Clone, Debug)]
pub struct Grant {
    pub id: GrantId,
    pub client_id: String,
    pub account: AccountId,
    pub session: Option<SessionId>,
    pub scope: Scopes,
    pub redirect_uri: String,
    pub nonce: Option<String>,
    pub code_challenge: Option<String>,
    pub auth_time: Moment,
    pub state: GrantState,
    pub generation: i32,
    pub code_ends_at: Moment,
    /// When no refresh token of this grant is good any more.
    pub ends_at: Moment,
    /// Access tokens issued before this are dead.
    pub not_before: Moment,
    pub refreshed_at: Moment,
    /// The authentication context that ID tokens name.
    pub acr: Option<String>,
    /// By what the person was proven.
    pub methods: Methods,
    /// Claims asked for one by one.
    pub claims: ClaimsRequest,
    /// Resources that tokens are for (RFC 8707).
    pub resource: Vec<String>,
    /// Thumbprint of the key that the code is bound to (RFC 9449 §10).
    pub dpop_jkt: Option<String>,
    /// What the refresh tokens of a public client are bound to.
    pub bound_to: Option<Binding>,
}

/// What authorizing writes down.
#[derive(Clone, Debug)]
pub struct NewGrant {
    pub id: GrantId,
    pub client_id: String,
    pub account: AccountId,
    pub session: SessionId,
    pub scope: Scopes,
    pub redirect_uri: String,
    pub nonce: Option<String>,
    pub code_challenge: Option<String>,
    pub auth_time: Moment,
    /// False: nothing is redeemed; what the authorization endpoint issues hangs on it.
    pub by_code: bool,
    pub code_ends_at: Moment,
    /// Of what is live from the first; a code has no such end before it is redeemed.
    pub ends_at: Moment,
    pub acr: Option<String>,
    pub methods: Methods,
    pub claims: ClaimsRequest,
    pub resource: Vec<String>,
    pub dpop_jkt: Option<String>,
}
