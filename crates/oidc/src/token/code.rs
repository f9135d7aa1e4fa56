//! The authorization code grant: what happens to a code that is presented (RFC 6749 §4.1.3, RFC 7636
//! §4.6, RFC 9700 §2.1.1). It does not know how a code names its grant.

use std::fmt;

use super::{GrantState, binding::Binding, invalid_grant};
use crate::{UnixTime, client::Client, error::OAuthError, parameters::Parameters, pkce, resource};

/// The fields of this grant.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    pub code: String,
    pub redirect_uri: Option<String>,
    pub code_verifier: Option<String>,
    pub resource: Vec<String>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("code::Request").field("redirect_uri", &self.redirect_uri).finish_non_exhaustive()
    }
}

pub(super) fn parse(form: &Parameters) -> Result<Request, OAuthError> {
    Ok(Request {
        code: form.required("code")?.to_owned(),
        redirect_uri: form.one("redirect_uri")?.map(str::to_owned),
        code_verifier: form.one("code_verifier")?.map(str::to_owned),
        resource: resource::asked(form)?,
    })
}

/// The grant that the code names, as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    pub client_id: &'a str,
    pub redirect_uri: &'a str,
    pub code_challenge: Option<&'a str>,
    /// The DPoP key that the request was made for (RFC 9449 §10).
    pub dpop_jkt: Option<&'a str>,
    pub state: GrantState,
    /// The first second at which the code is no longer good.
    pub expires_at: UnixTime,
}

/// What to do with the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Spend it through the gate, then mint. If the gate finds it already spent, the verdict becomes
    /// [`Verdict::replayed`].
    Redeem,
    Refuse(OAuthError),
    /// Revoke the grant with everything issued from it, commit, then refuse.
    RefuseAndRevoke(OAuthError),
}

impl Verdict {
    /// A second use of a code, seen here or at the gate: the first tokens die too (RFC 6749 §4.1.2).
    pub fn replayed() -> Self {
        Self::RefuseAndRevoke(invalid_grant(
            "The code was already used; everything issued from it is revoked.",
        ))
    }
}

/// For a code that nobody was given and for one that another client was: who holds it learns nothing from us.
const UNKNOWN: &str = "The code is not known.";

/// Judges a presented code. `found` is `None` when the code names no grant; `client` is the
/// authenticated caller and `binding` what it showed. One wrong use burns the code, so a verifier can be
/// guessed once.
pub fn decide(
    found: Option<&Found<'_>>,
    request: &Request,
    client: &Client,
    binding: Option<Binding>,
    now: UnixTime,
) -> Verdict {
    let Some(found) = found else {
        return Verdict::Refuse(invalid_grant(UNKNOWN));
    };
    if found.state == GrantState::Revoked {
        return Verdict::Refuse(invalid_grant("The code is no longer valid."));
    }
    if found.client_id != client.client_id {
        return Verdict::RefuseAndRevoke(invalid_grant(UNKNOWN));
    }
    if found.state == GrantState::Live {
        return Verdict::replayed();
    }
    if now >= found.expires_at {
        return Verdict::Refuse(invalid_grant("The code has expired."));
    }
    if request.redirect_uri.as_deref() != Some(found.redirect_uri) {
        return Verdict::RefuseAndRevoke(invalid_grant(
            "The redirect_uri is not the one that the code was requested with.",
        ));
    }
    if found.dpop_jkt.is_some_and(|jkt| !binding.is_some_and(|binding| binding.is_key(jkt))) {
        return Verdict::RefuseAndRevoke(invalid_grant(
            "The DPoP proof is not of the key that the code was requested for.",
        ));
    }
    match proof_key(found.code_challenge, request.code_verifier.as_deref(), client) {
        Ok(()) => Verdict::Redeem,
        Err(description) => Verdict::RefuseAndRevoke(invalid_grant(description)),
    }
}

/// A challenge demands its verifier and a verifier demands a challenge: without the second half an
/// attacker could strip the challenge from the authorization request (RFC 9700 §4.8.2).
fn proof_key(challenge: Option<&str>, verifier: Option<&str>, client: &Client) -> Result<(), &'static str> {
    match (challenge, verifier) {
        (Some(challenge), Some(verifier)) if pkce::verify(challenge, verifier) => Ok(()),
        (Some(_), Some(_)) => Err("The code_verifier does not fit the code_challenge."),
        (Some(_), None) => Err("The code_verifier is missing."),
        (None, Some(_)) => Err("A code_verifier was sent for a code that had no code_challenge."),
        (None, None) if client.needs_pkce() => Err("This client must use PKCE."),
        (None, None) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
