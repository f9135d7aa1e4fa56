//! Which grant a token request asks for, with exactly the fields that the grant declares; the client
//! is another matter ([`crate::client::authentication`]).

use super::{client_credentials, code, device, exchange, refresh};
use crate::{
    client::{Client, GrantType},
    error::{ErrorCode, OAuthError},
    parameters::Parameters,
};

/// A request for tokens. Whatever the grant did not declare was dropped on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenRequest {
    AuthorizationCode(code::Request),
    RefreshToken(refresh::Request),
    ClientCredentials(client_credentials::Request),
    DeviceCode(device::Request),
    TokenExchange(exchange::Request),
}

impl TokenRequest {
    pub const fn grant_type(&self) -> GrantType {
        match self {
            Self::AuthorizationCode(_) => GrantType::AuthorizationCode,
            Self::RefreshToken(_) => GrantType::RefreshToken,
            Self::ClientCredentials(_) => GrantType::ClientCredentials,
            Self::DeviceCode(_) => GrantType::DeviceCode,
            Self::TokenExchange(_) => GrantType::TokenExchange,
        }
    }
}

/// Whether anybody at all could be given tokens for this grant type; asked before who asks is known, for a program
/// that guesses at grant types says nothing of itself (RFC 6749 §5.2).
///
/// # Errors
/// `unsupported_grant_type`.
pub fn known(form: &Parameters) -> Result<(), OAuthError> {
    match form.one("grant_type") {
        Ok(Some(name)) if !GrantType::REDEEMED.iter().any(|known| known.as_str() == name) => {
            Err(unsupported())
        }
        _ => Ok(()),
    }
}

fn unsupported() -> OAuthError {
    OAuthError::new(ErrorCode::UnsupportedGrantType, "The grant_type is not supported.")
}

/// Reads the form body (RFC 6749 §4.1.3, §4.4.2, §6, RFC 8628 §3.4, RFC 8693 §2.1).
///
/// # Errors
/// `invalid_request` for a missing or repeated parameter, `unsupported_grant_type` for any other
/// grant, `invalid_scope` for a malformed scope.
pub fn parse(form: &Parameters) -> Result<TokenRequest, OAuthError> {
    let name = form.required("grant_type")?;
    match GrantType::parse(name) {
        Some(GrantType::AuthorizationCode) => code::parse(form).map(TokenRequest::AuthorizationCode),
        Some(GrantType::RefreshToken) => refresh::parse(form).map(TokenRequest::RefreshToken),
        Some(GrantType::ClientCredentials) => {
            client_credentials::parse(form).map(TokenRequest::ClientCredentials)
        }
        Some(GrantType::DeviceCode) => device::parse(form).map(TokenRequest::DeviceCode),
        Some(GrantType::TokenExchange) => exchange::parse(form).map(TokenRequest::TokenExchange),
        Some(GrantType::Implicit) | None => Err(unsupported()),
    }
}

/// Whether the authenticated client may use this grant at all (RFC 6749 §5.2).
///
/// # Errors
/// `unauthorized_client`.
pub fn permitted(request: &TokenRequest, client: &Client) -> Result<(), OAuthError> {
    if client.may_use(request.grant_type()) {
        return Ok(());
    }
    Err(OAuthError::new(ErrorCode::UnauthorizedClient, "The client is not registered for this grant_type."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(form: &str) -> Result<TokenRequest, ErrorCode> {
        parse(&Parameters::parse(form.as_bytes()).unwrap()).map_err(|error| error.code)
    }

    #[test]
    fn a_grant_gets_its_own_fields_and_no_others() {
        let form =
            "grant_type=authorization_code&code=c&redirect_uri=u&code_verifier=v&scope=admin&refresh_token=r";
        let expected = code::Request {
            code: "c".to_owned(),
            redirect_uri: Some("u".to_owned()),
            code_verifier: Some("v".to_owned()),
            resource: vec![],
        };
        assert_eq!(read(form), Ok(TokenRequest::AuthorizationCode(expected)));
    }

    #[test]
    fn ac_07_missing_and_foreign_grant_types_are_refused() {
        for form in ["", "grant_type=", "code=c", "grant_type=authorization_code&grant_type=refresh_token"] {
            assert_eq!(read(form), Err(ErrorCode::InvalidRequest), "{form}");
        }
        for grant in [
            "password",
            "implicit",
            "AUTHORIZATION_CODE",
            "authorization_code ",
            "device_code",
            "token-exchange",
        ] {
            let form = format!("grant_type={grant}&code=c&username=a&password=b");
            assert_eq!(read(&form), Err(ErrorCode::UnsupportedGrantType), "{form}");
        }
    }

    #[test]
    fn a_missing_or_repeated_field_is_refused() {
        for form in [
            "grant_type=authorization_code",
            "grant_type=authorization_code&code=",
            "grant_type=authorization_code&code=a&code=b",
            "grant_type=authorization_code&code=a&code_verifier=b&code_verifier=b",
            "grant_type=refresh_token",
            "grant_type=refresh_token&refresh_token=a&scope=b&scope=b",
        ] {
            assert_eq!(read(form), Err(ErrorCode::InvalidRequest), "{form}");
        }
    }

    #[test]
    fn a_malformed_scope_is_an_invalid_scope() {
        let form = "grant_type=refresh_token&refresh_token=a&scope=%22";
        assert_eq!(read(form), Err(ErrorCode::InvalidScope));
    }

    #[test]
    fn codes_and_tokens_do_not_show_in_debug_output() {
        let code = read("grant_type=authorization_code&code=hush&code_verifier=hush").unwrap();
        let refresh = read("grant_type=refresh_token&refresh_token=hush").unwrap();
        assert!(!format!("{code:?}{refresh:?}").contains("hush"));
    }

    #[test]
    fn a_client_may_use_only_the_grants_it_registered() {
        let refresh = read("grant_type=refresh_token&refresh_token=a").unwrap();
        let refused = permitted(&refresh, &Client::default()).unwrap_err();
        assert_eq!(refused.code, ErrorCode::UnauthorizedClient);
        let both = Client { grant_types: GrantType::ALL.to_vec(), ..Client::default() };
        assert_eq!(permitted(&refresh, &both), Ok(()));
    }

    proptest! {
        #[test]
        fn any_form_is_read_without_a_panic(form in "(grant_type=(authorization_code|refresh_token|client_credentials|urn:ietf:params:oauth:grant-type:(device_code|token-exchange))&)?[ -~]{0,80}") {
            if let Ok(form) = Parameters::parse(form.as_bytes()) {
                let _ = parse(&form);
            }
        }
    }
}
