//! Resource indicators (RFC 8707): whom an access token is for. It does not know what a resource does
//! with it.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    authorize::Policy,
    client::{Client, TokenFormat},
    error::{ErrorCode, OAuthError},
    parameters::Parameters,
    scope::{OPENID, Scopes},
};

/// Most resources in one request.
const MAX: usize = 10;
const MAX_LENGTH: usize = 2048;

/// Who may ask for tokens for a resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Nobody, not even clients that are registered for it.
    Nobody,
    /// Clients that an operator registered for it.
    #[default]
    Registered,
    /// Every client, also one that registered itself or is known by its document.
    Anybody,
}

/// A resource that the operator lists: what it is called, what can be asked for there, and by whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Listed {
    /// Its resource indicator (RFC 8707), byte for byte.
    pub identifier: String,
    /// How people know it.
    pub name: String,
    /// What it brings to whoever may ask for it, beyond what clients are registered for.
    pub scopes: Scopes,
    /// How tokens for it look; as the client has them when absent.
    pub token_format: Option<TokenFormat>,
    pub who: Who,
}

impl Listed {
    /// Its metadata (RFC 9728 §2), for its owner to publish.
    pub fn metadata(&self, issuer: &str) -> serde_json::Value {
        let texts = |texts: Vec<&str>| serde_json::Value::from(texts);
        let mut metadata = serde_json::Map::new();
        metadata.insert("resource".to_owned(), self.identifier.as_str().into());
        metadata.insert("authorization_servers".to_owned(), texts(vec![issuer]));
        metadata.insert("bearer_methods_supported".to_owned(), texts(vec!["header"]));
        if !self.scopes.is_empty() {
            metadata.insert("scopes_supported".to_owned(), texts(self.scopes.iter().collect()));
        }
        if !self.name.is_empty() {
            metadata.insert("resource_name".to_owned(), self.name.as_str().into());
        }
        metadata.into()
    }

    /// Where that is published: the path goes behind the well-known one (RFC 9728 §3.1). None for what is no web address.
    pub fn metadata_address(&self) -> Option<String> {
        let url = Url::parse(&self.identifier).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
        let path = if url.path() == "/" { "" } else { url.path() };
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let origin = url.origin().ascii_serialization();
        Some(format!("{origin}/.well-known/oauth-protected-resource{path}{query}"))
    }
}

/// The resource of this name, where the operator lists it.
pub fn listed<'a>(policy: &'a Policy, resource: &str) -> Option<&'a Listed> {
    policy.resources.iter().find(|listed| listed.identifier == resource)
}

/// What these resources bring to this client beyond its own scopes.
pub fn brought(resources: &[String], client: &Client, policy: &Policy) -> Scopes {
    let of = resources.iter().filter(|resource| may_ask(resource, client, policy));
    of.filter_map(|resource| listed(policy, resource))
        .fold(Scopes::default(), |all, listed| all.union(&listed.scopes))
}

fn may_ask(resource: &str, client: &Client, policy: &Policy) -> bool {
    let is_registered = || client.resources.iter().any(|own| own == resource);
    match listed(policy, resource).map(|listed| listed.who) {
        Some(Who::Nobody) => false,
        Some(Who::Anybody) => true,
        Some(Who::Registered) | None => is_registered(),
    }
}

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
pub fn permitted(asked: &[String], client: &Client, policy: &Policy) -> Result<(), OAuthError> {
    match asked.iter().all(|resource| *resource == policy.issuer || may_ask(resource, client, policy)) {
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
    policy: &Policy,
    scope: &Scopes,
) -> Result<Vec<String>, OAuthError> {
    let issuer = &policy.issuer;
    permitted(asked, client, policy)?;
    if let ([], [], [only]) = (granted, asked, client.resources.as_slice()) {
        permitted(&client.resources, client, policy)?;
        let user_info = scope.contains(OPENID).then(|| issuer.clone());
        return Ok([only.clone()].into_iter().chain(user_info).collect());
    }
    if asked.is_empty() {
        // What was taken from the client since the grant was made is no longer for it.
        permitted(granted, client, policy)?;
        return Ok(granted.to_vec());
    }
    // What anybody may ask for is asked of the person, at the beginning; what an operator registered need not be.
    let known = if granted.is_empty() { client.resources.as_slice() } else { granted };
    let within = asked.iter().all(|one| *one == policy.issuer || known.contains(one));
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

    fn policy(resources: &[(&str, Who)]) -> Policy {
        let listed = |(identifier, who): &(&str, Who)| Listed {
            identifier: (*identifier).to_owned(),
            scopes: Scopes::parse("orders").unwrap(),
            who: *who,
            ..Listed::default()
        };
        let resources = resources.iter().map(listed).collect();
        Policy { issuer: ISSUER.to_owned(), resources, ..Policy::default() }
    }

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
            narrowed(&texts(granted), &[], &one, &policy(&[]), &Scopes::parse(scope).unwrap())
        };
        assert_eq!(ask(&[], "orders"), Ok(texts(&["https://api.test"])));
        assert_eq!(ask(&[], "openid"), Ok(texts(&["https://api.test", ISSUER])));
        assert_eq!(ask(&[ISSUER], "openid"), Ok(texts(&[ISSUER])), "it said which");
    }

    #[test]
    fn a_client_gets_what_it_is_registered_for_and_what_was_granted() {
        let ask = |granted: &[&str], asked: &[&str]| {
            let scope = Scopes::default();
            narrowed(&texts(granted), &texts(asked), &client(), &policy(&[]), &scope)
                .map_err(|error| error.code)
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

    #[test]
    fn who_may_ask_for_a_listed_resource_is_the_operators_word() {
        let (api, foreign) = (texts(&["https://api.test"]), texts(&["https://mcp.test"]));
        for (who, registered, stranger) in
            [(Who::Nobody, false, false), (Who::Registered, true, false), (Who::Anybody, true, true)]
        {
            let policy = policy(&[("https://api.test", who), ("https://mcp.test", who)]);
            assert_eq!(permitted(&api, &client(), &policy).is_ok(), registered, "{who:?}");
            assert_eq!(permitted(&foreign, &client(), &policy).is_ok(), stranger, "{who:?}");
            assert_eq!(brought(&foreign, &client(), &policy).contains("orders"), stranger, "{who:?}");
            let scope = Scopes::default();
            let kept = narrowed(&foreign, &[], &client(), &policy, &scope);
            assert_eq!(kept.is_ok(), stranger, "{who:?}: what was granted before the operator's word");
            let unasked = narrowed(&[], &foreign, &client(), &policy, &scope);
            assert!(unasked.is_err(), "{who:?}: no person was asked about it");
            let only = Client { resources: api.clone(), ..Client::default() };
            assert_eq!(narrowed(&[], &[], &only, &policy, &scope).is_ok(), registered, "{who:?}");
        }
        assert!(brought(&[], &client(), &policy(&[("https://api.test", Who::Anybody)])).is_empty());
    }

    #[test]
    fn metadata_stand_where_rfc_9728_says() {
        let at = |identifier: &str| {
            Listed { identifier: identifier.to_owned(), ..Listed::default() }.metadata_address()
        };
        let address = |text: &str| Some(text.to_owned());
        assert_eq!(at("https://a.test"), address("https://a.test/.well-known/oauth-protected-resource"));
        assert_eq!(
            at("https://a.test/mcp"),
            address("https://a.test/.well-known/oauth-protected-resource/mcp")
        );
        assert_eq!(
            at("https://a.test/x?y=z"),
            address("https://a.test/.well-known/oauth-protected-resource/x?y=z")
        );
        assert_eq!(at("urn:a"), None);
        let listed =
            Listed { identifier: "https://a.test/mcp".into(), name: "Orders".into(), ..Listed::default() };
        let metadata = listed.metadata(ISSUER);
        assert_eq!(metadata["authorization_servers"], serde_json::json!([ISSUER]));
        assert_eq!(
            (metadata["resource"].as_str(), metadata.get("scopes_supported")),
            (Some("https://a.test/mcp"), None)
        );
    }
}
