//! The token endpoint's decisions: one file per grant, and the one shape of answers. It knows no
//! row, no key and no token format.

pub mod access;
pub mod binding;
pub mod claims;
pub mod client_credentials;
pub mod code;
pub mod device;
pub mod exchange;
pub mod refresh;
pub mod request;
pub mod response;

use crate::{
    UnixTime,
    client::{Client, GrantType},
    error::{ErrorCode, OAuthError},
    parameters::Parameters,
    scope::{OFFLINE_ACCESS, OPENID, Scopes},
};

/// Where a grant stands: authorized and not yet redeemed, alive, or dead for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantState {
    Code,
    Live,
    Revoked,
}

/// Whether this grant comes with a refresh token: the client is registered for them, and either
/// asked for `offline_access` (OIDC Core §11) or speaks plain OAuth, where they are the custom.
pub fn refresh_token_due(client: &Client, scope: &Scopes) -> bool {
    client.may_use(GrantType::RefreshToken) && (scope.contains(OFFLINE_ACCESS) || !scope.contains(OPENID))
}

/// When something issued now ends: after its own lifetime in seconds, but never after the grant
/// itself (a rotated refresh token does not outlive the first one).
pub fn expiry(now: UnixTime, lifetime: i64, grant_ends: UnixTime) -> UnixTime {
    now.saturating_add(lifetime).min(grant_ends)
}

fn invalid_grant(description: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidGrant, description)
}

/// The `scope` of a token request.
fn scope_of(form: &Parameters) -> Result<Option<Scopes>, OAuthError> {
    let scope = form.one("scope")?.map(Scopes::parse).transpose();
    scope.map_err(|error| OAuthError::new(ErrorCode::InvalidScope, error.to_string()))
}
