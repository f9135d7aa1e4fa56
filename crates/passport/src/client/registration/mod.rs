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
use serde_json::Value;

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

/// What an operator gave to a client stays, whatever it says of itself later. Every field is named: whoever adds one
/// decides whose it is.
pub fn kept_by_the_operator(before: &Client, client: Client) -> Client {
    let kept = Client {
        held: before.held.clone(),
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
        require_acr: before.require_acr.clone(),
        vouched: before.vouched,
        disabled: before.disabled,
        // The rest it says of itself.
        client_id: client.client_id,
        client_name: client.client_name,
        application_type: client.application_type,
        redirect_uris: client.redirect_uris,
        post_logout_redirect_uris: client.post_logout_redirect_uris,
        backchannel_logout_uri: client.backchannel_logout_uri,
        backchannel_logout_session_required: client.backchannel_logout_session_required,
        grant_types: client.grant_types,
        response_types: client.response_types,
        scope: client.scope,
        token_endpoint_auth_method: client.token_endpoint_auth_method,
        id_token_signed_response_alg: client.id_token_signed_response_alg,
        client_uri: client.client_uri,
        logo_uri: client.logo_uri,
        policy_uri: client.policy_uri,
        tos_uri: client.tos_uri,
        default_max_age: client.default_max_age,
        require_auth_time: client.require_auth_time,
        default_acr_values: client.default_acr_values,
        contacts: client.contacts,
        software_id: client.software_id,
        software_version: client.software_version,
        initiate_login_uri: client.initiate_login_uri,
        jwks: client.jwks,
        jwks_uri: client.jwks_uri,
        subject_type: client.subject_type,
        sector_identifier_uri: client.sector_identifier_uri,
        token_endpoint_auth_signing_alg: client.token_endpoint_auth_signing_alg,
        tls_client_auth_subject_dn: client.tls_client_auth_subject_dn,
        tls_client_auth_san_dns: client.tls_client_auth_san_dns,
        tls_client_auth_san_uri: client.tls_client_auth_san_uri,
        tls_client_auth_san_ip: client.tls_client_auth_san_ip,
        tls_client_auth_san_email: client.tls_client_auth_san_email,
        tls_client_certificate_bound_access_tokens: client.tls_client_certificate_bound_access_tokens,
        dpop_bound_access_tokens: client.dpop_bound_access_tokens,
        require_pushed_authorization_requests: client.require_pushed_authorization_requests,
        require_signed_request_object: client.require_signed_request_object,
        request_object_signing_alg: client.request_object_signing_alg,
        request_uris: client.request_uris,
        authorization_signed_response_alg: client.authorization_signed_response_alg,
        userinfo_signed_response_alg: client.userinfo_signed_response_alg,
        introspection_signed_response_alg: client.introspection_signed_response_alg,
        frontchannel_logout_uri: client.frontchannel_logout_uri,
        frontchannel_logout_session_required: client.frontchannel_logout_session_required,
    };
    if before.held.is_empty() { kept } else { with_held(before, kept) }
}

/// `said`, but for the members that an operator set by their names.
fn with_held(before: &Client, said: Client) -> Client {
    let (Ok(Value::Object(before_members)), Ok(Value::Object(mut members))) =
        (serde_json::to_value(before), serde_json::to_value(&said))
    else {
        return said;
    };
    for name in &before.held {
        match before_members.get(name) {
            Some(value) => members.insert(name.clone(), value.clone()),
            None => members.remove(name),
        };
    }
    serde_json::from_value(Value::Object(members)).unwrap_or(said)
}

/// Whether somebody gets this grant by asking: not what acts without a person, or in another's name.
const fn may_be_asked_for(grant: GrantType) -> bool {
    match grant {
        GrantType::AuthorizationCode
        | GrantType::RefreshToken
        | GrantType::Implicit
        | GrantType::DeviceCode => true,
        GrantType::ClientCredentials | GrantType::TokenExchange => false,
    }
}

/// What a client that registers by itself may have, out of what `server` has enabled.
pub fn policy(server: &authorize::Policy) -> Policy {
    let at_once = server.response_types.iter().any(|kind| kind.as_str().contains("token"));
    let mut grant_types = GrantType::REDEEMED.to_vec();
    grant_types.retain(|grant| may_be_asked_for(*grant));
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
