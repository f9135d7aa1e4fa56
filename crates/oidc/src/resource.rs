//! Resource indicators (RFC 8707): whom an access token is for. It does not know what a resource does
//! with it.

use url::Url;

use crate::{
    client::Client,
    error::{ErrorCode, OAuthError},
    parameters::Parameters,
    scope::{OPENID, Scopes},
};

/// Most resources in one request.
const MAX: usize = 10;
const MAX_LENGTH: usize = 2048;

/// The `resource` parameters of a request, each once.
///
/// # Errors
/// `invalid_target` for anything but an absolute URI without a fragment, or too many of them (§2).
pub fn asked(form: &Parameters) -> Result<Vec<String>, OAuthError> {
    let mut found: Vec<String> = Vec::new();
    for text in form.all("resource") {
        if is_lawful(text).is_err() {
            return Err(invalid_target("A resource must be an absolute URI without a fragment."));
        }
        if !found.iter().any(|known| known == text) {
            found.push(text.to_owned());
        }
    }
    if found.len() > MAX {
        return Err(invalid_target("There are too many resources in one request."));
    }
    Ok(found)
}

/// What can be a resource at all (§2); registered by the same rule as asked for.
///
/// # Errors
/// What is wrong, in words.
pub fn is_lawful(text: &str) -> Result<(), &'static str> {
    let written = text.len() <= MAX_LENGTH && text.bytes().all(|byte| byte.is_ascii_graphic());
    match written && !text.contains('#') && Url::parse(text).is_ok() {
        true => Ok(()),
        false => {
            Err("must be an absolute URI without a fragment, such as https://api.example or urn:rabbitmq")
        }
    }
}

/// Whether the client may ask for tokens for these; the issuer itself (UserInfo) is everybody's.
///
/// # Errors
/// `invalid_target`.
pub fn permitted(asked: &[String], client: &Client, issuer: &str) -> Result<(), OAuthError> {
    match asked.iter().all(|resource| resource == issuer || client.resources.contains(resource)) {
        true => Ok(()),
        false => Err(invalid_target("The client is not registered for this resource.")),
    }
}

/// Whom an access token is for, when a grant for `granted` is redeemed with `asked`: all of the grant's,
/// or fewer. A grant that named none leaves the client its registered ones; where there is exactly one, that is meant
/// by who names none (RFC 9068 §3), and UserInfo besides where `scope` has an ID token in it.
///
/// # Errors
/// `invalid_target` for more than was granted (§2.2).
pub fn narrowed(
    granted: &[String],
    asked: &[String],
    client: &Client,
    issuer: &str,
    scope: &Scopes,
) -> Result<Vec<String>, OAuthError> {
    permitted(asked, client, issuer)?;
    if let ([], [], [only]) = (granted, asked, client.resources.as_slice()) {
        let user_info = scope.contains(OPENID).then(|| issuer.to_owned());
        return Ok([only.clone()].into_iter().chain(user_info).collect());
    }
    if asked.is_empty() {
        // What was taken from the client since the grant was made is no longer for it.
        permitted(granted, client, issuer)?;
        return Ok(granted.to_vec());
    }
    let within = granted.is_empty() || asked.iter().all(|one| one == issuer || granted.contains(one));
    if within { Ok(asked.to_vec()) } else { Err(invalid_target("The resource is not one that was granted.")) }
}

/// `invalid_target` in those words.
pub fn invalid_target(description: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidTarget, description)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://op.test";

    fn read(form: &str) -> Result<Vec<String>, ErrorCode> {
        asked(&Parameters::parse(form.as_bytes()).unwrap()).map_err(|error| error.code)
    }

    fn client() -> Client {
        Client { resources: vec!["https://api.test".to_owned(), "urn:b".to_owned()], ..Client::default() }
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn several_resources_may_be_named_each_counts_once() {
        assert_eq!(
            read("resource=https://a.test/x&resource=urn:b&resource=urn:b"),
            Ok(texts(&["https://a.test/x", "urn:b"]))
        );
        assert_eq!(read("resource="), Ok(vec![]));
    }

    #[test]
    fn relative_uris_and_fragments_are_refused() {
        for form in [
            "resource=api",
            "resource=https://a.test/%23x",
            "resource=//a.test",
            "resource=https://a.test/+x",
        ] {
            assert_eq!(read(form), Err(ErrorCode::InvalidTarget), "{form}");
        }
        let many: String = (0..=MAX).map(|number| format!("resource=urn:{number}&")).collect();
        assert_eq!(read(&many), Err(ErrorCode::InvalidTarget));
    }

    #[test]
    fn the_only_resource_of_a_client_need_not_be_named() {
        let one = Client { resources: vec!["https://api.test".to_owned()], ..Client::default() };
        let ask = |granted: &[&str], scope: &str| {
            narrowed(&texts(granted), &[], &one, ISSUER, &Scopes::parse(scope).unwrap())
        };
        assert_eq!(ask(&[], "orders"), Ok(texts(&["https://api.test"])));
        assert_eq!(ask(&[], "openid"), Ok(texts(&["https://api.test", ISSUER])));
        assert_eq!(ask(&[ISSUER], "openid"), Ok(texts(&[ISSUER])), "it said which");
    }

    #[test]
    fn a_client_gets_what_it_is_registered_for_and_what_was_granted() {
        let ask = |granted: &[&str], asked: &[&str]| {
            let scope = Scopes::default();
            narrowed(&texts(granted), &texts(asked), &client(), ISSUER, &scope).map_err(|error| error.code)
        };
        assert_eq!(ask(&[], &[]), Ok(vec![]));
        assert_eq!(ask(&["urn:b"], &[]), Ok(texts(&["urn:b"])));
        assert_eq!(ask(&["urn:b", "https://api.test"], &["urn:b"]), Ok(texts(&["urn:b"])));
        assert_eq!(ask(&[], &["https://api.test"]), Ok(texts(&["https://api.test"])));
        assert_eq!(ask(&["urn:b"], &[ISSUER]), Ok(texts(&[ISSUER])));
        assert_eq!(ask(&["urn:b"], &["https://api.test"]), Err(ErrorCode::InvalidTarget), "not granted");
        assert_eq!(ask(&[], &["https://foreign.test"]), Err(ErrorCode::InvalidTarget));
        assert_eq!(ask(&["https://gone.test"], &[]), Err(ErrorCode::InvalidTarget), "taken from the client");
    }
}
