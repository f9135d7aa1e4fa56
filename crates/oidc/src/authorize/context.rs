//! Authentication contexts: the `acr` that is published, asked for and returned (OIDC Core §2, §3.1.2.1,
//! §5.5.1.1). It does not know how a person signed in.

use crate::{
    claims::wishes::ClaimsRequest,
    error::{ErrorCode, OAuthError},
};

/// A password over an encrypted connection, in the words of SAML 2.0 Authentication Context §3.4.
pub const PASSWORD_PROTECTED: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
/// A password; every sign-in that satisfies the context above satisfies this one.
pub const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";

/// Every context that a sign-in here satisfies, the strongest first: `acr_values_supported`.
pub const CONTEXTS: [&str; 2] = [PASSWORD_PROTECTED, PASSWORD];

/// The context that the ID token will name: the first one asked for that a sign-in satisfies, else the
/// strongest. The `claims` parameter speaks first, then `acr_values`, then the client's defaults.
///
/// # Errors
/// `unmet_authentication_requirements` when an essential `acr` names only contexts that cannot be met.
pub fn choose(
    claims: &ClaimsRequest,
    acr_values: &[String],
    defaults: &[String],
) -> Result<&'static str, OAuthError> {
    let known = |asked: &str| CONTEXTS.into_iter().find(|context| *context == asked);
    if let Some(wish) = claims.id_token.get("acr") {
        if let Some(context) = wish.texts().find_map(known) {
            return Ok(context);
        }
        if wish.essential && !wish.values.is_empty() {
            return Err(OAuthError::new(
                ErrorCode::UnmetAuthenticationRequirements,
                "None of the essential acr values can be met here.",
            ));
        }
    }
    let asked = if acr_values.is_empty() { defaults } else { acr_values };
    Ok(asked.iter().find_map(|asked| known(asked)).unwrap_or(PASSWORD_PROTECTED))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(acr: &str) -> ClaimsRequest {
        ClaimsRequest::parse(&format!("{{\"id_token\":{{\"acr\":{acr}}}}}")).unwrap()
    }

    fn texts(all: &[&str]) -> Vec<String> {
        all.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn one_of_the_contexts_asked_for_is_returned_by_preference() {
        let none = ClaimsRequest::default();
        assert_eq!(choose(&none, &texts(&["1", PASSWORD, PASSWORD_PROTECTED]), &[]), Ok(PASSWORD));
        assert_eq!(choose(&none, &texts(&["1", "2"]), &[]), Ok(PASSWORD_PROTECTED), "a wish, never an error");
        assert_eq!(choose(&none, &[], &texts(&[PASSWORD])), Ok(PASSWORD));
        assert_eq!(choose(&none, &texts(&[PASSWORD_PROTECTED]), &texts(&[PASSWORD])), Ok(PASSWORD_PROTECTED));
    }

    #[test]
    fn an_essential_context_is_met_or_the_request_fails() {
        let values = |values: &str, essential: bool| {
            claims(&format!("{{\"essential\":{essential},\"values\":[{values}]}}"))
        };
        let met = values(&format!("\"x\",\"{PASSWORD}\""), true);
        assert_eq!(choose(&met, &texts(&[PASSWORD_PROTECTED]), &[]), Ok(PASSWORD));
        let refused = choose(&values("\"x\"", true), &[], &[]).unwrap_err();
        assert_eq!(refused.code, ErrorCode::UnmetAuthenticationRequirements);
        assert_eq!(choose(&values("\"x\"", false), &[], &[]), Ok(PASSWORD_PROTECTED));
        assert_eq!(
            choose(&claims("{\"essential\":true}"), &[], &[]),
            Ok(PASSWORD_PROTECTED),
            "any value would do"
        );
    }
}
