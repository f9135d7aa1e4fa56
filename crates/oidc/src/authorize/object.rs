//! Request objects (OIDC Core §6, RFC 9101): where the parameters of a request stand, which signed
//! object may speak for a client, and whose word counts. It fetches nothing and verifies no signature.

use serde_json::{Map, Value};

use super::{Endpoint, checks::KNOWN, policy::Demands};
use crate::{
    UnixTime,
    client::Client,
    error::{ErrorCode, OAuthError},
    jws::{self, SigningAlgorithm, Unverified},
    parameters::Parameters,
};

/// Every algorithm that an object may be signed with; `none` and the symmetric ones cannot be named.
pub const ALGORITHMS: [SigningAlgorithm; 4] =
    [SigningAlgorithm::RS256, SigningAlgorithm::PS256, SigningAlgorithm::ES256, SigningAlgorithm::EdDSA];

/// The beginning of every `request_uri` that the pushed authorization request endpoint hands out
/// (RFC 9126 §2.2).
pub const PUSHED: &str = "urn:ietf:params:oauth:request_uri:";

/// Where the parameters stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source<'a> {
    /// In the request as it came.
    Plain,
    /// In a signed object that came with it.
    Object(&'a str),
    /// In a signed object at this address, which the client registered.
    Reference(&'a str),
    /// Where the client pushed them before; the text is what follows [`PUSHED`].
    Pushed(&'a str),
}

/// Says where the parameters of a request stand.
///
/// # Errors
/// `invalid_request` for two places at once, and for a `request_uri` inside a pushed request (RFC 9126
/// §2.1); `invalid_request_uri` for an address that the client did not register.
pub fn source<'a>(
    parameters: &'a Parameters,
    client: &Client,
    endpoint: Endpoint,
) -> Result<Source<'a>, OAuthError> {
    match (parameters.one("request")?, parameters.one("request_uri")?) {
        (None, None) => Ok(Source::Plain),
        (Some(_), Some(_)) => {
            Err(OAuthError::invalid_request("The parameters request and request_uri exclude one another."))
        }
        (_, Some(_)) if endpoint == Endpoint::Pushed => {
            Err(OAuthError::invalid_request("A pushed request must not have a request_uri."))
        }
        (Some(object), None) => Ok(Source::Object(object)),
        (None, Some(uri)) => match uri.strip_prefix(PUSHED) {
            Some(name) => Ok(Source::Pushed(name)),
            None if is_registered(client, uri) => Ok(Source::Reference(uri)),
            None => Err(invalid_uri("The request_uri is not one that the client registered.")),
        },
    }
}

/// Equality of bytes; a registered URI without a fragment may be given with one, which then is the
/// digest of what stands there (OIDC Core §6.2).
fn is_registered(client: &Client, uri: &str) -> bool {
    let bare = uri.split_once('#').map_or(uri, |(bare, _)| bare);
    client.request_uris.iter().any(|registered| registered == uri || registered == bare)
}

/// The SHA-256 digest in base64url that a `request_uri` gives for its content, if its fragment is one. It is a key
/// for caches and no promise: a client that changes the content changes it, so that what was kept before is not
/// used (OIDC Core §6.2). The content is protected by its signature.
pub fn content_digest(uri: &str) -> Option<&str> {
    uri.split_once('#').map(|(_, digest)| digest).filter(|digest| crate::pkce::is_challenge(digest))
}

/// `invalid_request_uri` (OIDC Core §3.1.2.6, RFC 9101 §7).
pub fn invalid_uri(description: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequestUri, description)
}

/// `invalid_request_object` (OIDC Core §3.1.2.6, RFC 9101 §7).
pub fn invalid_object(description: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequestObject, description)
}

/// Takes an object apart and judges its header; the signature is for the caller to verify with the
/// client's keys before [`accept`] may be asked.
///
/// # Errors
/// `invalid_request_object` for what is no signed JWT, an algorithm other than the registered one, or
/// a type that says it is something else (RFC 9101 §10.8.1).
pub fn read<'a>(object: &'a str, client: &Client, demands: &Demands) -> Result<Unverified<'a>, OAuthError> {
    let taken = jws::split(object).map_err(|error| {
        OAuthError::new(ErrorCode::InvalidRequestObject, format!("The request object is refused: {error}."))
    })?;
    if client.request_object_signing_alg.is_some_and(|registered| registered != taken.header.alg) {
        return Err(invalid_object("The request object is not signed with the registered algorithm."));
    }
    if !demands.signing_algs.contains(&taken.header.alg) {
        return Err(invalid_object(
            "The request object is signed with an algorithm that is not strong enough.",
        ));
    }
    let typ = taken.header.typ.as_deref().map(str::to_ascii_lowercase);
    let typ = typ.as_deref().map(|typ| typ.strip_prefix("application/").unwrap_or(typ));
    if !matches!(typ, None | Some("jwt" | "oauth-authz-req+jwt")) {
        return Err(invalid_object("The type of the JWT is not that of a request object."));
    }
    Ok(taken)
}

/// Longest life of an object where FAPI rules, and how old it may be, in seconds (FAPI 2.0 Message
/// Signing §5.3.1).
const LONGEST: i64 = 3600;

/// The parameters inside of an object whose signature was found good.
///
/// # Errors
/// `invalid_request_object` when it was not made by this client for this issuer and this time, or
/// holds what no request can hold.
pub fn accept(
    payload: &Map<String, Value>,
    client: &Client,
    demands: &Demands,
    issuer: &str,
    now: UnixTime,
) -> Result<Parameters, OAuthError> {
    let text = |name: &str| payload.get(name).and_then(Value::as_str);
    if text("iss") != Some(&client.client_id) {
        return Err(invalid_object("The iss of the request object is not the client."));
    }
    if !is_audience(payload.get("aud"), issuer) {
        return Err(invalid_object("The aud of the request object is not this issuer."));
    }
    // What authenticates a client is no request (RFC 9101 §10.8.2).
    if text("sub") == Some(&client.client_id) {
        return Err(invalid_object("The request object must not have the client as its sub."));
    }
    if ["request", "request_uri"].iter().any(|name| payload.contains_key(*name)) {
        return Err(invalid_object("A request object must not hold another one."));
    }
    in_time(payload, demands, now)?;
    let mut inside = Parameters::default();
    for (name, value) in payload.iter().filter(|(name, _)| is_parameter(name)) {
        for value in values(name, value)
            .ok_or_else(|| invalid_object("A parameter of the request object has the wrong type."))?
        {
            inside.push(name, value).map_err(|_| invalid_object("The request object holds too much."))?;
        }
    }
    Ok(inside)
}

fn is_audience(audience: Option<&Value>, issuer: &str) -> bool {
    match audience {
        Some(Value::String(one)) => one == issuer,
        Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some(issuer)),
        _ => false,
    }
}

fn in_time(payload: &Map<String, Value>, demands: &Demands, now: UnixTime) -> Result<(), OAuthError> {
    let malformed = || invalid_object("A time in the request object is not a number of seconds.");
    let time = |name: &str| match payload.get(name) {
        None => Ok(None),
        Some(value) => jws::numeric_date(value).map(Some).ok_or_else(malformed),
    };
    let (exp, nbf, iat) = (time("exp")?, time("nbf")?, time("iat")?);
    if exp.is_some_and(|exp| exp <= now) {
        return Err(invalid_object("The request object has expired."));
    }
    if [nbf, iat].into_iter().flatten().any(|begins| begins > now.saturating_add(demands.skew)) {
        return Err(invalid_object("The request object is of a time to come."));
    }
    if !demands.signed {
        return Ok(());
    }
    let (Some(exp), Some(nbf)) = (exp, nbf) else {
        return Err(invalid_object("The request object must have exp and nbf."));
    };
    if exp.saturating_sub(nbf) > LONGEST || now.saturating_sub(nbf) > LONGEST {
        return Err(invalid_object("The request object lives longer than 60 minutes."));
    }
    Ok(())
}

/// The request without what belongs to the client's authentication or to nobody: what a push stores.
#[must_use]
pub fn only_parameters(parameters: Parameters) -> Parameters {
    parameters.retain(is_parameter)
}

/// Whether the name means something at the authorization endpoint; others are ignored, wherever they
/// stand.
fn is_parameter(name: &str) -> bool {
    name == "resource" || KNOWN.contains(&name)
}

/// A JSON member as parameters: `claims` may be an object, `max_age` a number, `resource` a list
/// (OIDC Core §6.1, RFC 9101 §4, RFC 8707 §2.1). Null says nothing.
fn values(name: &str, value: &Value) -> Option<Vec<String>> {
    match (name, value) {
        (_, Value::Null) => Some(Vec::new()),
        (_, Value::String(text)) => Some(vec![text.clone()]),
        ("claims" | "registration", Value::Object(_)) => Some(vec![value.to_string()]),
        ("max_age", Value::Number(number)) => Some(vec![number.to_string()]),
        ("resource", Value::Array(all)) => all.iter().map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

/// What says whose the answer is and who can use it. None of it is lost or overruled by an object: what stands
/// outside stands inside as well, word for word, or joins it. The rest is the client's own wish (its state and nonce
/// too, which it compares itself), and there the signed word wins.
const BINDING: [&str; 6] =
    ["client_id", "response_type", "redirect_uri", "code_challenge", "code_challenge_method", "dpop_jkt"];

/// Those that would be lost where nothing outside counts; a request without the others is refused anyway.
const NEVER_ALONE: [&str; 3] = ["code_challenge", "code_challenge_method", "dpop_jkt"];

/// The request as a whole: what stands inside wins. Where signed requests are demanded, only that
/// counts (RFC 9101 §6.3); elsewhere what is missing inside is taken from outside (OIDC Core §6.1).
///
/// # Errors
/// `invalid_request_object` when something of [`BINDING`] stands in both and differs, or stands outside alone
/// where that does not count; `invalid_request` for a parameter given twice outside.
pub fn combine(
    outside: &Parameters,
    inside: Parameters,
    demands: &Demands,
) -> Result<Parameters, OAuthError> {
    let strict = demands.signed;
    for name in BINDING {
        match (outside.one(name)?, inside.one(name)?) {
            (Some(outer), Some(inner)) if outer != inner => {
                let text = "The request object and the request around it contradict one another.";
                return Err(invalid_object(text));
            }
            (Some(_), None) if strict && NEVER_ALONE.contains(&name) => {
                return Err(invalid_object("What binds the code must stand inside of the request object."));
            }
            _ => {}
        }
    }
    if strict && inside.one("client_id")?.is_none() {
        return Err(invalid_object("The request object must name its client."));
    }
    let taken = |name: &str| {
        let counts = !strict || name == "client_id";
        counts && !inside.has(name) && is_parameter(name) && name != "request" && name != "request_uri"
    };
    let outer = outside.clone().retain(taken);
    Ok(inside.join(outer))
}

#[cfg(test)]
mod tests;
