//! What carries an authorization answer back to the client: a redirect or a form (RFC 6749 §4.1.2,
//! RFC 9207, Form Post Response Mode, JARM); it decides nothing about the request and signs nothing.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ResponseMode;
use crate::{UnixTime, error::OAuthError, jws::SigningAlgorithm, scope::Scopes, wire::TokenType};

/// Where an answer goes: a redirect URI already found to be the client's own, the state to echo,
/// and the mode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnAddress {
    pub client_id: String,
    pub redirect_uri: String,
    pub state: Option<String>,
    pub response_mode: ResponseMode,
    /// What a JWT mode is signed with.
    pub signed_with: SigningAlgorithm,
}

/// The parameters of an answer, in the order in which they are written.
pub type Fields = Vec<(&'static str, String)>;

/// What the authorization endpoint itself hands out.
#[derive(Clone, Default)]
pub struct Issued {
    pub code: Option<String>,
    pub id_token: Option<String>,
    pub access: Option<IssuedAccess>,
}

/// An access token from the authorization endpoint (RFC 6749 §4.2.2).
#[derive(Clone)]
pub struct IssuedAccess {
    pub token: String,
    pub token_type: TokenType,
    /// Seconds.
    pub expires_in: i64,
    pub scope: Scopes,
}

/// The fields of a success, exactly those of its response type.
pub fn success(issued: Issued) -> Fields {
    let mut fields = Fields::new();
    fields.extend(issued.code.map(|code| ("code", code)));
    if let Some(access) = issued.access {
        fields.push(("access_token", access.token));
        fields.push(("token_type", access.token_type.as_str().to_owned()));
        fields.push(("expires_in", access.expires_in.to_string()));
        fields.push(("scope", access.scope.to_string()));
    }
    fields.extend(issued.id_token.map(|token| ("id_token", token)));
    fields
}

/// The fields of a refusal.
pub fn failure(error: &OAuthError) -> Fields {
    vec![
        ("error", error.code.as_str().to_owned()),
        ("error_description", error.description.as_str().to_owned()),
    ]
}

/// The fields as they travel unsigned: with state, and with the issuer (RFC 9207 §2).
pub fn plain(to: &ReturnAddress, issuer: &str, mut fields: Fields) -> Fields {
    fields.extend(to.state.clone().map(|state| ("state", state)));
    fields.push(("iss", issuer.to_owned()));
    fields
}

/// Seconds for which a signed answer may be believed; JARM §2.1 advises at most ten minutes.
pub const SIGNED_LIFETIME: i64 = 300;

/// The claims of a signed answer (JARM §2.1). Outside of it nothing travels but the `response`
/// parameter that [`signed`] makes.
pub fn claims(to: &ReturnAddress, issuer: &str, fields: Fields, now: UnixTime) -> Map<String, Value> {
    let mut claims = Map::new();
    for (name, value) in fields.into_iter().chain(to.state.clone().map(|state| ("state", state))) {
        // A duration is a number wherever JSON carries it.
        let number = value.parse::<i64>().ok().filter(|_| name == "expires_in");
        claims.insert(name.to_owned(), number.map_or_else(|| Value::from(value), Value::from));
    }
    claims.insert("iss".to_owned(), issuer.into());
    claims.insert("aud".to_owned(), to.client_id.as_str().into());
    claims.insert("exp".to_owned(), now.saturating_add(SIGNED_LIFETIME).into());
    claims
}

/// The one field of a signed answer.
pub fn signed(jwt: String) -> Fields {
    vec![("response", jwt)]
}

/// What the browser is told to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Go to this URL.
    Redirect(String),
    /// Post these fields to this URL (Form Post Response Mode §2).
    FormPost { action: String, fields: Fields },
}

/// Puts the fields on their way.
pub fn deliver(to: &ReturnAddress, fields: Fields) -> Delivery {
    let pairs = || fields.iter().map(|(name, value)| (*name, value.as_str()));
    match to.response_mode {
        ResponseMode::Query | ResponseMode::QueryJwt => {
            Delivery::Redirect(with_query(&to.redirect_uri, pairs()))
        }
        ResponseMode::Fragment | ResponseMode::FragmentJwt => {
            Delivery::Redirect(with_fragment(&to.redirect_uri, pairs()))
        }
        ResponseMode::FormPost | ResponseMode::FormPostJwt => {
            Delivery::FormPost { action: to.redirect_uri.clone(), fields }
        }
    }
}

/// Unreserved characters stay; a space becomes `%20`, which every decoder reads alike.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The URI with further parameters behind its own query, which is kept byte for byte.
pub(crate) fn with_query<'a>(uri: &str, parameters: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut location = uri.to_owned();
    for pair in parameters {
        if !location.contains('?') {
            location.push('?');
        } else if !location.ends_with(['?', '&']) {
            location.push('&');
        }
        push(&mut location, pair);
    }
    location
}

/// The URI, its query untouched, with the parameters in the fragment. A registered URI has none.
fn with_fragment<'a>(uri: &str, parameters: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut location = uri.to_owned();
    for (position, pair) in parameters.enumerate() {
        location.push(if position == 0 { '#' } else { '&' });
        push(&mut location, pair);
    }
    location
}

fn push(location: &mut String, (name, value): (&str, &str)) {
    location.push_str(name);
    location.push('=');
    location.extend(utf8_percent_encode(value, VALUE));
}

#[cfg(test)]
mod tests;
