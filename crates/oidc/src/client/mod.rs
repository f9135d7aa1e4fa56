//! What a client is: its stored metadata (RFC 7591 §2, OIDC Registration §2 and the logout
//! documents). It knows no secret, no row and no address of its own.

mod address;
pub mod assertion;
pub mod authentication;
pub mod dynamic;
pub mod key_set;
pub mod profile;
pub mod redirect_uri;
pub mod registration;
mod words;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::{jws::SigningAlgorithm, scope::Scopes, wire::ResponseType};
pub use profile::{Profile, Rules};
pub use registration::FieldError;
pub use words::{ApplicationType, AssertionAlgorithm, AuthMethod, SubjectType, TokenExchange, TokenFormat};

pub use crate::wire::GrantType;

/// The metadata of one client. Absent members take the defaults of the documents; unknown members
/// are dropped on reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Client {
    pub client_id: String,
    /// The name that people see on the sign-in and consent pages.
    pub client_name: String,
    pub application_type: ApplicationType,
    pub redirect_uris: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// Where security event tokens about its people are pushed (RFC 8935); only an operator sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_events_uri: Option<String>,
    /// The client needs `sid` in its logout tokens.
    pub backchannel_logout_session_required: bool,
    pub grant_types: Vec<GrantType>,
    pub response_types: Vec<ResponseType>,
    /// Every scope that the client may ask for.
    pub scope: Scopes,
    pub token_endpoint_auth_method: AuthMethod,
    pub id_token_signed_response_alg: SigningAlgorithm,
    /// A confidential client must send a code challenge; see [`Client::needs_pkce`].
    pub require_pkce: bool,
    /// Of the house: no consent page.
    pub trusted: bool,
    /// E-mail, name and the other released claims also stand in the ID token, for the many sites
    /// that never ask UserInfo.
    pub claims_in_id_token: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    /// Seconds; used when a request names no `max_age`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<i64>,
    /// `auth_time` must stand in the ID token (it always does).
    pub require_auth_time: bool,
    /// Used when a request names no `acr_values`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub default_acr_values: Vec<String>,
    /// The context that every sign-in for this client meets, whatever a request asks for. Ours, not a standard's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_acr: Option<String>,
    /// Addresses of the people who answer for the client.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    /// Where a sign-in may be started by somebody else (OIDC Core §4); https.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<String>,
    /// The client's public keys by value (RFC 7517 §5), never beside `jwks_uri`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    /// Where its public keys are fetched; https.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// `pairwise`: another `sub` for every sector (OIDC Core §8).
    pub subject_type: SubjectType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<String>,
    /// The algorithm of its client assertions; any that fits its method when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<AssertionAlgorithm>,
    /// RFC 8705 §2.1.2: exactly one of the five, with `tls_client_auth`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_subject_dn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_san_dns: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_san_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_san_ip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_san_email: Option<String>,
    /// Every access token is bound to the client's certificate (RFC 8705 §3.4).
    pub tls_client_certificate_bound_access_tokens: bool,
    /// Every token request carries a DPoP proof (RFC 9449 §5.2).
    pub dpop_bound_access_tokens: bool,
    /// Requests come by way of the PAR endpoint alone (RFC 9126 §6).
    pub require_pushed_authorization_requests: bool,
    /// Requests are signed request objects alone (RFC 9101 §10.5).
    pub require_signed_request_object: bool,
    /// The only algorithm of its request objects; any of ours when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_signing_alg: Option<SigningAlgorithm>,
    /// Where its request objects may be fetched (OIDC Core §6.2).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request_uris: Vec<String>,
    /// Of answers in a `jwt` response mode (JARM §3).
    pub authorization_signed_response_alg: SigningAlgorithm,
    /// UserInfo comes as a JWT of this algorithm; as JSON when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<SigningAlgorithm>,
    /// Of introspection answers asked for as a JWT (RFC 9701 §6).
    pub introspection_signed_response_alg: SigningAlgorithm,
    /// A page of the client that signs the browser out when it is loaded in a frame (Front-Channel Logout §2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<String>,
    /// That page needs `iss` and `sid`.
    pub frontchannel_logout_session_required: bool,
    /// Our own: how its access tokens look.
    pub access_token_format: TokenFormat,
    /// The refresh token before the newest is taken once more for some seconds, for answers that get lost and
    /// requests that run side by side. False: it ends the grant at once.
    pub refresh_grace: bool,
    /// Our own: the resource indicators (RFC 8707) that it may ask for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// Our own: the resources that it is; it may look at access tokens that are meant for them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub serves: Vec<String>,
    /// Our own: what it may exchange tokens for (RFC 8693); nothing when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_exchange: Option<TokenExchange>,
    /// Our own: the security profile that binds it, with what that forces; see [`Client::rules`].
    pub profile: Profile,
    /// Our own: shown on the public page of participating sites.
    pub listed: bool,
    /// Our own: its people's address only once it was verified, for sites that look at the address alone.
    pub verified_email_only: bool,
    /// Our own: somebody stands up for it: an operator, by registering it or by the token that let it register.
    /// Nobody is sent to any other site by an address of ours alone.
    pub vouched: bool,
    /// Our own: it is nobody here until an operator says otherwise.
    pub disabled: bool,
    /// Our own: members that an operator set; what it says of itself later does not change them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<String>,
}

impl Default for Client {
    /// A confidential web client: code flow, either way of sending the secret, RS256, PKCE demanded,
    /// the scopes `openid profile email`.
    fn default() -> Self {
        Self {
            client_id: String::new(),
            client_name: String::new(),
            application_type: ApplicationType::Web,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            backchannel_logout_uri: None,
            security_events_uri: None,
            backchannel_logout_session_required: false,
            grant_types: vec![GrantType::AuthorizationCode],
            response_types: vec![ResponseType::Code],
            scope: Scopes::parse("openid profile email").unwrap_or_default(),
            token_endpoint_auth_method: AuthMethod::ClientSecret,
            id_token_signed_response_alg: SigningAlgorithm::RS256,
            require_pkce: true,
            trusted: false,
            claims_in_id_token: true,
            client_uri: None,
            logo_uri: None,
            policy_uri: None,
            tos_uri: None,
            default_max_age: None,
            require_auth_time: false,
            default_acr_values: Vec::new(),
            require_acr: None,
            contacts: Vec::new(),
            software_id: None,
            software_version: None,
            initiate_login_uri: None,
            jwks: None,
            jwks_uri: None,
            subject_type: SubjectType::Public,
            sector_identifier_uri: None,
            token_endpoint_auth_signing_alg: None,
            tls_client_auth_subject_dn: None,
            tls_client_auth_san_dns: None,
            tls_client_auth_san_uri: None,
            tls_client_auth_san_ip: None,
            tls_client_auth_san_email: None,
            tls_client_certificate_bound_access_tokens: false,
            dpop_bound_access_tokens: false,
            require_pushed_authorization_requests: false,
            require_signed_request_object: false,
            request_object_signing_alg: None,
            request_uris: Vec::new(),
            authorization_signed_response_alg: SigningAlgorithm::RS256,
            userinfo_signed_response_alg: None,
            introspection_signed_response_alg: SigningAlgorithm::RS256,
            frontchannel_logout_uri: None,
            frontchannel_logout_session_required: false,
            access_token_format: TokenFormat::Opaque,
            refresh_grace: true,
            resources: Vec::new(),
            serves: Vec::new(),
            token_exchange: None,
            profile: Profile::Default,
            listed: false,
            verified_email_only: false,
            vouched: true,
            disabled: false,
            held: Vec::new(),
        }
    }
}

impl Client {
    /// A client that cannot keep a secret (RFC 6749 §2.1).
    pub fn is_public(&self) -> bool {
        self.token_endpoint_auth_method == AuthMethod::None
    }

    /// It registered where it is told that a session ended, so the session has a name in its ID tokens.
    pub fn is_told_of_sign_outs(&self) -> bool {
        self.backchannel_logout_uri.is_some() || self.frontchannel_logout_uri.is_some()
    }

    /// Public clients always, confidential ones unless an administrator turned it off.
    pub fn needs_pkce(&self) -> bool {
        self.is_public() || self.require_pkce
    }

    /// The host that pairwise subjects are made for (OIDC Core §8.1): of the sector document, else the one
    /// host of all redirect URIs; none when these differ.
    pub fn sector(&self) -> Option<String> {
        let host = |uri: &String| Url::parse(uri).ok()?.host_str().map(str::to_owned);
        if let Some(uri) = &self.sector_identifier_uri {
            return host(uri);
        }
        let mut hosts = self.redirect_uris.iter().map(host);
        let first = hosts.next()??;
        hosts.all(|other| other.as_ref() == Some(&first)).then_some(first)
    }

    /// The origins that its pages can call from: those of its web redirect URIs.
    pub fn origins(&self) -> Vec<String> {
        let web = self.redirect_uris.iter().filter_map(|uri| Url::parse(uri).ok());
        let mut origins: Vec<_> = web
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .map(|url| url.origin().ascii_serialization())
            .collect();
        origins.sort();
        origins.dedup();
        origins
    }

    /// What the profiles of client and server force; the stricter of the two wins.
    pub fn rules(&self, server: Profile) -> Rules {
        self.profile.max(server).rules()
    }

    pub fn may_use(&self, grant_type: GrantType) -> bool {
        self.grant_types.contains(&grant_type)
    }
}

#[cfg(test)]
mod tests;
