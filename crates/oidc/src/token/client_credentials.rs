//! The client credentials grant (RFC 6749 §4.4): a client asks for itself. No person stands behind it, so
//! nothing of a person can be asked for.

use crate::{
    client::Client,
    error::{ErrorCode, OAuthError},
    parameters::Parameters,
    resource,
    scope::{ADDRESS, EMAIL, OFFLINE_ACCESS, OPENID, PHONE, PROFILE, Scopes},
};

/// The fields of this grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub scope: Option<Scopes>,
    pub resource: Vec<String>,
}

pub(super) fn parse(form: &Parameters) -> Result<Request, OAuthError> {
    Ok(Request { scope: super::scope_of(form)?, resource: resource::asked(form)? })
}

const OF_A_PERSON: [&str; 6] = [OPENID, PROFILE, EMAIL, ADDRESS, PHONE, OFFLINE_ACCESS];

/// The scope of the token: what is asked for, or everything that the client may have without a person.
///
/// # Errors
/// `invalid_scope`.
pub fn decide(request: &Request, client: &Client) -> Result<Scopes, OAuthError> {
    let may_have = OF_A_PERSON.into_iter().fold(client.scope.clone(), Scopes::without);
    match &request.scope {
        None => Ok(may_have),
        Some(asked) if asked.is_subset_of(&may_have) => Ok(asked.clone()),
        Some(asked) if OF_A_PERSON.iter().any(|scope| asked.contains(scope)) => Err(OAuthError::new(
            ErrorCode::InvalidScope,
            "No person is behind this grant: openid, offline_access and the scopes of claims cannot be asked for.",
        )),
        Some(_) => Err(OAuthError::new(
            ErrorCode::InvalidScope,
            "The scope is wider than the client is registered for.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(asked: Option<&str>) -> Result<String, ErrorCode> {
        let client = Client {
            scope: Scopes::parse("openid email orders:read orders:write").unwrap(),
            ..Client::default()
        };
        let scope = asked.map(|scope| Scopes::parse(scope).unwrap());
        decide(&Request { scope, resource: vec![] }, &client)
            .map(|scope| scope.to_string())
            .map_err(|error| error.code)
    }

    #[test]
    fn a_service_gets_what_it_is_registered_for_and_nothing_of_a_person() {
        assert_eq!(decided(None).as_deref(), Ok("orders:read orders:write"));
        assert_eq!(decided(Some("orders:read")).as_deref(), Ok("orders:read"));
        for scope in ["openid", "orders:read email", "offline_access", "admin"] {
            assert_eq!(decided(Some(scope)), Err(ErrorCode::InvalidScope), "{scope}");
        }
    }
}
