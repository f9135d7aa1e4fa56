//! DPoP proofs (RFC 9449): a proof in, the key that it proves or a refusal out. That a proof is used once,
//! and that its nonce is ours, is for the door to see to.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest;
use serde_json::Value;
use url::Url;

use crate::{
    UnixTime,
    error::{ErrorCode, OAuthError},
    jwk::PublicKey,
    jws::{self, SigningAlgorithm},
};

/// The algorithms of proofs. RS256 is not among them: FAPI 2.0 forbids it, and every library can do better.
pub const ALGORITHMS: [SigningAlgorithm; 3] =
    [SigningAlgorithm::PS256, SigningAlgorithm::ES256, SigningAlgorithm::EdDSA];

/// How old a proof may be, in seconds.
pub const LONGEST_AGE: i64 = 60;
/// How far ahead of ours the caller's clock may go, in seconds.
pub const LONGEST_LEAD: i64 = 30;
const MAX_PROOF: usize = 8 * 1024;
const MAX_JTI: usize = 256;

/// The request that the proof must have been made for.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    pub method: &'a str,
    /// The endpoint, as clients know it.
    pub url: &'a str,
    /// At a protected resource: the access token, which the proof names by its hash.
    pub access_token: Option<&'a str>,
}

/// What a good proof says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The thumbprint of the key (RFC 7638).
    pub jkt: String,
    /// To be accepted once per key.
    pub jti: String,
    pub nonce: Option<String>,
    /// The first second at which the proof is too old, so that its `jti` may be forgotten.
    pub ends_at: UnixTime,
}

/// The one `DPoP` header among all of that name; none is for the caller to judge (§4.3, check 1).
///
/// # Errors
/// `invalid_dpop_proof` for several, or one that is not text.
pub fn header<'a>(values: &[&'a [u8]]) -> Result<Option<&'a str>, OAuthError> {
    match values {
        [] => Ok(None),
        [value] if value.len() <= MAX_PROOF => {
            str::from_utf8(value).map(Some).map_err(|_| refused("The DPoP header is not text."))
        }
        [_] => Err(refused("The DPoP proof is too long.")),
        _ => Err(refused("There is more than one DPoP header.")),
    }
}

/// The checks of §4.3 in its order; the first that fails refuses.
///
/// # Errors
/// `invalid_dpop_proof`, saying which check failed.
pub fn check(proof: &str, expected: &Expected<'_>, now: UnixTime) -> Result<Proof, OAuthError> {
    let taken =
        jws::split(proof).map_err(|error| refused(format!("The DPoP proof cannot be read: {error}.")))?;
    if taken.header.typ.as_deref() != Some("dpop+jwt") {
        return Err(refused("The typ of the DPoP proof is not dpop+jwt."));
    }
    if !ALGORITHMS.contains(&taken.header.alg) {
        return Err(refused("The DPoP proof must be signed with ES256, PS256 or EdDSA."));
    }
    let jwk = taken.jwk.as_ref().ok_or_else(|| refused("The DPoP proof has no jwk in its header."))?;
    let key =
        PublicKey::read(jwk).map_err(|error| refused(format!("The jwk of the DPoP proof: {error}.")))?;
    if !key.verify(taken.header.alg, taken.signing_input.as_bytes(), &taken.signature) {
        return Err(refused("The signature of the DPoP proof is not that of its jwk."));
    }
    let text = |name: &str| taken.payload.get(name).and_then(Value::as_str);
    if text("htm") != Some(expected.method) {
        return Err(refused("The htm of the DPoP proof is not the method of this request."));
    }
    if !text("htu").is_some_and(|htu| same_place(htu, expected.url)) {
        return Err(refused("The htu of the DPoP proof is not the address of this endpoint."));
    }
    let iat = taken.payload.get("iat").and_then(Value::as_i64);
    let iat = iat.ok_or_else(|| refused("The DPoP proof has no iat that is a whole number."))?;
    if iat < now.saturating_sub(LONGEST_AGE) || iat > now.saturating_add(LONGEST_LEAD) {
        return Err(refused("The iat of the DPoP proof is too old or in the future."));
    }
    let jti = text("jti").filter(|jti| !jti.is_empty() && jti.len() <= MAX_JTI);
    let jti = jti.ok_or_else(|| refused("The DPoP proof has no jti of 1 to 256 characters."))?;
    match (expected.access_token, text("ath")) {
        (Some(token), Some(ath)) if ath == hash(token) => {}
        (Some(_), _) => {
            return Err(refused("The ath of the DPoP proof is not the hash of the access token."));
        }
        (None, _) => {}
    }
    Ok(Proof {
        jkt: key.thumbprint(),
        jti: jti.to_owned(),
        nonce: text("nonce").map(str::to_owned),
        ends_at: iat.saturating_add(LONGEST_AGE + 1),
    })
}

/// The `ath` of an access token (§4.2).
pub fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, token.as_bytes()))
}

/// Scheme, host and path are the same once letter case, default port and dot segments are normalised;
/// query and fragment do not count (§4.3, check 9).
fn same_place(given: &str, expected: &str) -> bool {
    let (Ok(given), Ok(expected)) = (Url::parse(given), Url::parse(expected)) else { return false };
    let plain = given.username().is_empty() && given.password().is_none();
    plain && given.origin() == expected.origin() && given.path() == expected.path()
}

/// `invalid_dpop_proof` in those words.
pub fn refused(description: impl Into<std::borrow::Cow<'static, str>>) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidDpopProof, description)
}

#[cfg(test)]
mod tests;
