//! Compact JWS (RFC 7515) as text: what to sign, and a strict way to take a token apart; it knows
//! no key and does no signing.

use std::{collections::HashSet, fmt};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{
    Deserialize, Serialize,
    de::{Deserializer, MapAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::plain;

/// The algorithms this provider signs with. `none` and every symmetric one cannot be named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    #[default]
    RS256,
    PS256,
    ES256,
    EdDSA,
}

impl SigningAlgorithm {
    /// The `alg` value of RFC 7518 §3.1 and RFC 8037 §3.1.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::PS256 => "PS256",
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
        }
    }

    /// The algorithm of that exact name; letter case matters.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::RS256, Self::PS256, Self::ES256, Self::EdDSA].into_iter().find(|known| known.as_str() == name)
    }
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[derive(Serialize)]
struct OwnHeader<'a> {
    alg: SigningAlgorithm,
    kid: &'a str,
    typ: &'a str,
}

/// The ASCII bytes to sign: header and claims in base64url, joined by a dot (RFC 7515 §5.1).
/// `typ` is `JWT` for ID tokens, `logout+jwt` for logout tokens, `at+jwt` for access tokens.
///
/// # Errors
/// Only when the claims cannot be written as JSON, which a claims struct of this crate always can.
pub fn signing_input(
    alg: SigningAlgorithm,
    kid: &str,
    typ: &str,
    claims: &impl Serialize,
) -> Result<String, serde_json::Error> {
    let header = serde_json::to_vec(&OwnHeader { alg, kid, typ })?;
    let payload = serde_json::to_vec(claims)?;
    let mut input = URL_SAFE_NO_PAD.encode(header);
    input.push('.');
    URL_SAFE_NO_PAD.encode_string(payload, &mut input);
    Ok(input)
}

/// The finished token: the signing input with its signature behind it.
pub fn append_signature(mut signing_input: String, signature: &[u8]) -> String {
    signing_input.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut signing_input);
    signing_input
}

/// A token taken apart, its signature NOT yet verified. Nothing in it may be believed before that.
#[derive(Clone, Debug)]
pub struct Unverified<'a> {
    pub header: Header,
    /// The claims, without repeated members at the top.
    pub payload: Map<String, Value>,
    /// The bytes that the signature covers.
    pub signing_input: &'a str,
    pub signature: Vec<u8>,
    /// The key that the header carries. Only a DPoP proof may speak for itself like that.
    pub jwk: Option<Map<String, Value>>,
}

/// The members of a header that matter here. `jku`, `x5u` and `x5c` are never looked at (keys come from
/// our own store); a `crit` header is refused, for none of its members is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    pub alg: SigningAlgorithm,
    pub kid: Option<String>,
    pub typ: Option<String>,
}

/// Why a text is not a JWS that could be ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAToken {
    #[error("the token is too long")]
    TooLong,
    #[error("the token does not have three parts")]
    Parts,
    #[error("a part of the token is not unpadded base64url")]
    Base64,
    #[error("a part of the token is not a JSON object, or repeats a member")]
    Json,
    #[error("the algorithm of the token is not one that is accepted")]
    Algorithm,
    #[error("the header of the token holds something that is not understood")]
    Header,
}

/// Longest token that [`split`] looks at, in bytes.
pub const MAX_TOKEN: usize = 16 * 1024;
const MAX_KID: usize = 256;

/// Takes a compact JWS apart, strictly: three non-empty parts, base64url without padding or
/// trailing bits, JSON objects without repeated members, an asymmetric algorithm, no `crit`.
///
/// # Errors
/// [`NotAToken`] with the first thing that is wrong.
pub fn split(token: &str) -> Result<Unverified<'_>, NotAToken> {
    let (header, parts) = take_apart(token)?;
    let alg = header.alg.as_deref().and_then(SigningAlgorithm::parse).ok_or(NotAToken::Algorithm)?;
    let jwk = header.jwk;
    let header = Header { alg, kid: header.kid, typ: header.typ };
    Ok(Unverified {
        header,
        payload: parts.payload,
        signing_input: parts.signing_input,
        signature: parts.signature,
        jwk,
    })
}

/// A token whose signature is an HMAC of a secret that two sides share: `client_secret_jwt` alone.
#[derive(Clone, Debug)]
pub struct UnverifiedMac<'a> {
    pub payload: Map<String, Value>,
    pub signing_input: &'a str,
    pub tag: Vec<u8>,
}

/// As [`split`], for HS256 and nothing else.
///
/// # Errors
/// [`NotAToken`] with the first thing that is wrong.
pub fn split_hs256(token: &str) -> Result<UnverifiedMac<'_>, NotAToken> {
    let (header, parts) = take_apart(token)?;
    if header.alg.as_deref() != Some("HS256") {
        return Err(NotAToken::Algorithm);
    }
    Ok(UnverifiedMac { payload: parts.payload, signing_input: parts.signing_input, tag: parts.signature })
}

struct RawHeader {
    alg: Option<String>,
    kid: Option<String>,
    typ: Option<String>,
    jwk: Option<Map<String, Value>>,
}

struct Parts<'a> {
    payload: Map<String, Value>,
    signing_input: &'a str,
    signature: Vec<u8>,
}

fn take_apart(token: &str) -> Result<(RawHeader, Parts<'_>), NotAToken> {
    if token.len() > MAX_TOKEN {
        return Err(NotAToken::TooLong);
    }
    let (signing_input, signature) = token.rsplit_once('.').ok_or(NotAToken::Parts)?;
    let (header, payload) = signing_input.split_once('.').ok_or(NotAToken::Parts)?;
    if header.is_empty() || payload.is_empty() || signature.is_empty() || payload.contains('.') {
        return Err(NotAToken::Parts);
    }
    let header = read_header(&part(header)?)?;
    Ok((header, Parts { payload: object(&part(payload)?)?, signing_input, signature: part(signature)? }))
}

/// A `NumericDate` (RFC 7519 §2) in whole seconds; `None` for anything but a number from 1970 on.
pub fn numeric_date(value: &Value) -> Option<crate::UnixTime> {
    let seconds = match value.as_i64() {
        Some(seconds) => seconds,
        // Far below what an `i64` or the whole numbers of an `f64` hold.
        None => {
            value.as_f64().filter(|seconds| (0.0..1e12).contains(seconds)).map(|seconds| seconds as i64)?
        }
    };
    (seconds >= 0).then_some(seconds)
}

fn part(text: &str) -> Result<Vec<u8>, NotAToken> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| NotAToken::Base64)
}

fn read_header(bytes: &[u8]) -> Result<RawHeader, NotAToken> {
    let members = object(bytes)?;
    if members.contains_key("crit") {
        return Err(NotAToken::Header);
    }
    let alg = members.get("alg").and_then(Value::as_str).map(str::to_owned);
    let kid = text_member(&members, "kid")?;
    if kid.as_ref().is_some_and(|kid| kid.len() > MAX_KID) {
        return Err(NotAToken::Header);
    }
    let jwk = match members.get("jwk") {
        None => None,
        Some(Value::Object(jwk)) => Some(jwk.clone()),
        Some(_) => return Err(NotAToken::Header),
    };
    Ok(RawHeader { alg, kid, typ: text_member(&members, "typ")?, jwk })
}

fn text_member(members: &Map<String, Value>, name: &str) -> Result<Option<String>, NotAToken> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(NotAToken::Header),
    }
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, NotAToken> {
    let members = serde_json::from_slice::<DistinctMembers>(bytes).map_err(|_| NotAToken::Json)?.0;
    let is_plain = members.iter().all(|(name, value)| plain::is_plain(name) && plain::is_plain_json(value));
    if is_plain { Ok(members) } else { Err(NotAToken::Json) }
}

/// A JSON object that repeats no member (RFC 7515 §4, RFC 7519 §4 let a reader refuse them).
struct DistinctMembers(Map<String, Value>);

impl<'de> Deserialize<'de> for DistinctMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = DistinctMembers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object that repeats no member")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
                let mut seen = HashSet::new();
                let mut members = Map::new();
                while let Some((name, value)) = access.next_entry::<String, Value>()? {
                    if !seen.insert(name.clone()) {
                        return Err(serde::de::Error::custom("repeated member"));
                    }
                    members.insert(name, value);
                }
                Ok(DistinctMembers(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests;
