//! Token exchange (RFC 8693): one of our access tokens for another, with less in it and for somebody else, as
//! the client's policy allows. Only impersonation in its narrow form: there is no acting party.

use std::fmt;

use super::binding::Binding;
use crate::{
    client::Client,
    error::{ErrorCode, OAuthError},
    parameters::Parameters,
    resource::{self, invalid_target},
    scope::{OFFLINE_ACCESS, Scopes},
};

/// `urn:…:access_token`: the only type that is taken and the only one that is given (§3).
pub const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const MAX_TARGETS: usize = 10;

/// The fields of this grant (§2.1).
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    pub subject_token: String,
    pub scope: Option<Scopes>,
    /// Every `audience` and `resource`, each once.
    pub targets: Vec<String>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scope, targets) = (&self.scope, &self.targets);
        f.debug_struct("exchange::Request")
            .field("scope", scope)
            .field("targets", targets)
            .finish_non_exhaustive()
    }
}

pub(super) fn parse(form: &Parameters) -> Result<Request, OAuthError> {
    let subject_token = form.required("subject_token")?.to_owned();
    if form.required("subject_token_type")? != ACCESS_TOKEN {
        return Err(OAuthError::invalid_request(
            "The subject_token_type must be that of an access token of ours.",
        ));
    }
    if form.one("requested_token_type")?.is_some_and(|kind| kind != ACCESS_TOKEN) {
        return Err(OAuthError::invalid_request("Only access tokens can be requested."));
    }
    if form.has("actor_token") || form.has("actor_token_type") {
        return Err(OAuthError::invalid_request("Delegation is not supported: send no actor_token."));
    }
    let mut targets = resource::asked(form)?;
    for audience in form.all("audience") {
        if !targets.iter().any(|known| known == audience) {
            targets.push(audience.to_owned());
        }
    }
    if targets.len() > MAX_TARGETS {
        return Err(invalid_target("There are too many audiences in one request."));
    }
    Ok(Request { subject_token, scope: super::scope_of(form)?, targets })
}

/// The token that is brought, alive.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Whom it was issued to.
    pub client_id: &'a str,
    pub audience: &'a [String],
    pub scope: &'a Scopes,
    pub binding: Option<Binding>,
}

/// What is given for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchanged {
    pub scope: Scopes,
    pub audience: Vec<String>,
}

/// Judges an exchange. `subject` is `None` when the token is not an access token of ours that lives;
/// `binding` is what the caller of this request showed.
///
/// # Errors
/// `invalid_request` for the subject token (§2.2.2), `invalid_target`, `invalid_scope`.
pub fn decide(
    subject: Option<&Subject<'_>>,
    request: &Request,
    client: &Client,
    binding: Option<Binding>,
) -> Result<Exchanged, OAuthError> {
    let subject = subject.ok_or_else(|| {
        OAuthError::invalid_request("The subject_token is not an access token of ours, or no longer valid.")
    })?;
    let is_own = subject.client_id == client.client_id;
    let is_for_client = subject
        .audience
        .iter()
        .any(|audience| *audience == client.client_id || client.serves.contains(audience));
    if !is_own && !is_for_client {
        return Err(OAuthError::invalid_request(
            "The subject_token was neither issued to this client nor for it.",
        ));
    }
    // A resource was shown the token by its holder; the holder itself must show the key again.
    if !is_for_client && subject.binding.is_some() && subject.binding != binding {
        return Err(OAuthError::invalid_request("The subject_token is bound to a key that was not shown."));
    }
    let audience = audience(request, client)?;
    let most = subject.scope.clone().without(OFFLINE_ACCESS).intersection(&client.scope);
    let scope = request.scope.clone().unwrap_or_else(|| most.clone());
    if !scope.is_subset_of(&most) {
        return Err(OAuthError::new(
            ErrorCode::InvalidScope,
            "The scope is wider than that of the subject_token or of the client's registration.",
        ));
    }
    Ok(Exchanged { scope, audience })
}

fn audience(request: &Request, client: &Client) -> Result<Vec<String>, OAuthError> {
    let allowed = client.token_exchange.as_ref().map_or(&[][..], |policy| &policy.audiences);
    match (request.targets.as_slice(), allowed) {
        ([], [only]) => Ok(vec![only.clone()]),
        ([], _) => Err(invalid_target("Name the audience or resource that the new token is for.")),
        (targets, _) if targets.iter().all(|target| allowed.contains(target)) => Ok(targets.to_vec()),
        _ => Err(invalid_target("The client may not exchange tokens for this audience.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::TokenExchange;

    fn read(form: &str) -> Result<Request, ErrorCode> {
        let form = format!("subject_token=t&subject_token_type={ACCESS_TOKEN}&{form}");
        parse(&Parameters::parse(form.as_bytes()).unwrap()).map_err(|error| error.code)
    }

    fn client() -> Client {
        Client {
            client_id: "api".to_owned(),
            scope: Scopes::parse("orders:read orders:write").unwrap(),
            serves: vec!["https://api.test".to_owned()],
            token_exchange: Some(TokenExchange {
                audiences: vec!["https://b.test".to_owned(), "c".to_owned()],
            }),
            ..Client::default()
        }
    }

    struct Brought(&'static str, &'static str, Option<Binding>);

    fn judged(
        form: &str,
        brought: &Brought,
        binding: Option<Binding>,
    ) -> Result<(String, Vec<String>), ErrorCode> {
        let audience = [brought.1.to_owned()];
        let scope = Scopes::parse("openid orders:read offline_access").unwrap();
        let subject =
            Subject { client_id: brought.0, audience: &audience, scope: &scope, binding: brought.2 };
        let decided = decide(Some(&subject), &read(form).unwrap(), &client(), binding);
        decided.map(|given| (given.scope.to_string(), given.audience)).map_err(|error| error.code)
    }

    const FOR_API: Brought = Brought("web", "https://api.test", None);

    #[test]
    fn a_resource_exchanges_a_token_meant_for_it() {
        let given = ("orders:read".to_owned(), vec!["c".to_owned()]);
        assert_eq!(judged("audience=c", &FOR_API, None), Ok(given.clone()));
        assert_eq!(judged("audience=c", &Brought("web", "api", None), None), Ok(given.clone()));
        assert_eq!(judged("audience=c", &Brought("api", "x", None), None), Ok(given));
        let both = judged("resource=https://b.test&audience=c&audience=c", &FOR_API, None).unwrap();
        assert_eq!(both.1, ["https://b.test", "c"]);
    }

    #[test]
    fn tx_01_foreign_tokens_audiences_and_scopes_are_refused() {
        assert_eq!(
            judged("audience=c", &Brought("web", "https://other.test", None), None),
            Err(ErrorCode::InvalidRequest)
        );
        assert_eq!(judged("audience=foreign", &FOR_API, None), Err(ErrorCode::InvalidTarget));
        assert_eq!(
            judged("audience=c&resource=https://foreign.test", &FOR_API, None),
            Err(ErrorCode::InvalidTarget)
        );
        assert_eq!(judged("", &FOR_API, None), Err(ErrorCode::InvalidTarget), "two would be possible");
        for scope in ["orders:write", "openid", "orders:read+admin", "offline_access"] {
            assert_eq!(
                judged(&format!("audience=c&scope={scope}"), &FOR_API, None),
                Err(ErrorCode::InvalidScope),
                "{scope}"
            );
        }
        let dead = decide(None, &read("audience=c").unwrap(), &client(), None);
        assert_eq!(dead.unwrap_err().code, ErrorCode::InvalidRequest);
    }

    #[test]
    fn a_client_without_a_policy_may_exchange_for_nothing() {
        let none = Client { token_exchange: None, ..client() };
        let audience = ["https://api.test".to_owned()];
        let scope = Scopes::parse("orders:read").unwrap();
        let subject = Subject { client_id: "web", audience: &audience, scope: &scope, binding: None };
        for form in ["", "audience=c"] {
            let refused = decide(Some(&subject), &read(form).unwrap(), &none, None).unwrap_err();
            assert_eq!(refused.code, ErrorCode::InvalidTarget, "{form}");
        }
        let one =
            Client { token_exchange: Some(TokenExchange { audiences: vec!["c".to_owned()] }), ..client() };
        assert_eq!(decide(Some(&subject), &read("").unwrap(), &one, None).unwrap().audience, ["c"]);
    }

    #[test]
    fn the_holder_of_a_bound_token_shows_its_key_again() {
        let bound = Some(Binding::Key([1; 32]));
        let own = Brought("api", "x", bound);
        assert_eq!(judged("audience=c", &own, None), Err(ErrorCode::InvalidRequest));
        assert!(judged("audience=c", &own, bound).is_ok());
        assert!(judged("audience=c", &Brought("web", "https://api.test", bound), None).is_ok());
    }

    #[test]
    fn tx_01_other_kinds_of_tokens_and_actors_are_refused() {
        for form in [
            "requested_token_type=urn:ietf:params:oauth:token-type:refresh_token",
            "requested_token_type=urn:ietf:params:oauth:token-type:jwt",
            "actor_token=a",
            "actor_token_type=a",
            "subject_token=u",
        ] {
            assert_eq!(read(form), Err(ErrorCode::InvalidRequest), "{form}");
        }
        assert!(read(&format!("requested_token_type={ACCESS_TOKEN}")).is_ok());
        let parse =
            |form: &str| parse(&Parameters::parse(form.as_bytes()).unwrap()).map_err(|error| error.code);
        for kind in ["id_token", "refresh_token", "jwt", "saml2"] {
            let form = format!("subject_token=t&subject_token_type=urn:ietf:params:oauth:token-type:{kind}");
            assert_eq!(parse(&form), Err(ErrorCode::InvalidRequest), "{kind}");
        }
        assert_eq!(parse("subject_token=t"), Err(ErrorCode::InvalidRequest));
        assert!(!format!("{:?}", read("").unwrap()).contains("\"t\""));
    }
}
