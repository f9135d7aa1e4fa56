//! Clients that register by themselves: who may, what they get, and how they prove that they did. Knows no page.
pub mod entity;
pub mod store;

use oidc::{
    authorize,
    client::{
        Client, GrantType, SubjectType,
        dynamic::{self, Policy},
    },
    discovery,
    error::OAuthError,
};
use platform::clock::Moment;

use crate::key;

platform::id!(
    /// Names an initial access token.
    InitialTokenId
);

/// What lets somebody register (RFC 7591 §3); its secret is kept as a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitialToken {
    pub id: InitialTokenId,
    /// Whom it was given to, in the operator's words.
    pub note: String,
    pub uses_left: i32,
    pub created_at: Moment,
    pub ends_at: Moment,
}

/// What an operator gave to a client stays, whatever it says of itself later.
pub fn kept_by_the_operator(before: &Client, client: Client) -> Client {
    Client {
        trusted: before.trusted,
        require_pkce: before.require_pkce,
        claims_in_id_token: before.claims_in_id_token,
        access_token_format: before.access_token_format,
        refresh_grace: before.refresh_grace,
        resources: before.resources.clone(),
        token_exchange: before.token_exchange.clone(),
        profile: before.profile,
        listed: before.listed,
        serves: before.serves.clone(),
        security_events_uri: before.security_events_uri.clone(),
        verified_email_only: before.verified_email_only,
        vouched: before.vouched,
        disabled: before.disabled,
        ..client
    }
}

/// Grants that nobody gets by asking: they act without a person, or in another's name.
const NEVER: [GrantType; 2] = [GrantType::ClientCredentials, GrantType::TokenExchange];

/// What a client that registers by itself may have, out of what `server` has enabled.
pub fn policy(server: &authorize::Policy) -> Policy {
    let at_once = server.response_types.iter().any(|kind| kind.as_str().contains("token"));
    let mut grant_types = GrantType::REDEEMED.to_vec();
    grant_types.retain(|grant| !NEVER.contains(grant));
    if at_once && !grant_types.contains(&GrantType::Implicit) {
        grant_types.push(GrantType::Implicit);
    }
    Policy {
        grant_types,
        response_types: server.response_types.clone(),
        scopes: server.scopes.clone(),
        // Certificates are arranged with an operator, not asked for.
        auth_methods: discovery::enabled_auth_methods(None, &server.profile.rules()),
        signing_algs: discovery::enabled_algs(&key::ALGORITHMS, &server.profile.rules()),
        subject_types: SubjectType::ALL.to_vec(),
        profile: server.profile,
    }
}

/// A client out of a body, judged by every rule that needs no look at the network.
///
/// # Errors
/// As [`dynamic::read`] and [`dynamic::validated`].
pub fn read(body: &[u8], policy: &Policy, client_id: String) -> Result<Client, OAuthError> {
    dynamic::validated(dynamic::read(body, policy)?, client_id, policy)
}
