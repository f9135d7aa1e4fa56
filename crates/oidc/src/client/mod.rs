//! What a client is: its stored metadata (RFC 7591 §2, OIDC Registration §2 and the logout
//! documents). It knows no secret, no row and no address of its own.

pub mod authentication;
pub mod redirect_uri;
pub mod registration;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{authorize::ResponseType, jws::SigningAlgorithm, scope::Scopes};
pub use registration::FieldError;

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
        }
    }
}

impl Client {
    /// A client that cannot keep a secret (RFC 6749 §2.1).
    pub fn is_public(&self) -> bool {
        self.token_endpoint_auth_method == AuthMethod::None
    }

    /// Public clients always, confidential ones unless an administrator turned it off.
    pub fn needs_pkce(&self) -> bool {
        self.is_public() || self.require_pkce
    }

    pub fn may_use(&self, grant_type: GrantType) -> bool {
        self.grant_types.contains(&grant_type)
    }
}

/// `application_type` of OIDC Registration §2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationType {
    #[default]
    Web,
    Native,
}

/// The grants that can be redeemed at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    AuthorizationCode,
    RefreshToken,
}

impl GrantType {
    pub const ALL: [Self; 2] = [Self::AuthorizationCode, Self::RefreshToken];

    /// The `grant_type` value on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }
}

impl fmt::Display for GrantType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a client proves itself at the token endpoint (OIDC Core §9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// A public client.
    None,
    ClientSecretBasic,
    ClientSecretPost,
    /// Either of the two above: the default, because about a third of the clients in use send the
    /// secret in the body without a setting for it. Our own value, never published in discovery.
    #[default]
    ClientSecret,
}

impl AuthMethod {
    pub const ALL: [Self; 4] =
        [Self::None, Self::ClientSecretBasic, Self::ClientSecretPost, Self::ClientSecret];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::ClientSecret => "client_secret",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }
}

#[cfg(test)]
mod tests;
