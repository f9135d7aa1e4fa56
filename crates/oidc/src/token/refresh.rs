//! The refresh token grant: what happens to a refresh token that is presented (RFC 6749 §6, RFC 9700
//! §4.14.2). It does not know how a token names its grant and generation.

use std::fmt;

use super::{GrantState, binding::Binding, invalid_grant};
use crate::{
    UnixTime,
    client::{Client, GrantType, profile::Rules},
    error::{ErrorCode, OAuthError},
    parameters::Parameters,
    resource,
    scope::{OFFLINE_ACCESS, Scopes},
};

/// The fields of this grant.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    pub refresh_token: String,
    pub scope: Option<Scopes>,
    pub resource: Vec<String>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("refresh::Request").field("scope", &self.scope).finish_non_exhaustive()
    }
}

pub(super) fn parse(form: &Parameters) -> Result<Request, OAuthError> {
    let refresh_token = form.required("refresh_token")?.to_owned();
    Ok(Request { refresh_token, scope: super::scope_of(form)?, resource: resource::asked(form)? })
}

/// The grant that the refresh token names, as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    pub client_id: &'a str,
    /// Everything that was granted; a refresh may narrow it for one answer, never for good.
    pub scope: &'a Scopes,
    /// What its resources bring to the client beyond its own scopes, today.
    pub brought: Option<&'a Scopes>,
    pub state: GrantState,
    /// The generation of the newest refresh token.
    pub generation: i64,
    /// When that generation was issued.
    pub rotated_at: UnixTime,
    /// The first second at which no refresh token of this grant is good any more; rotation does not
    /// move it.
    pub ends_at: UnixTime,
    /// What a public client showed when it was given the token; it must show it again (RFC 9449 §5).
    pub bound_to: Option<Binding>,
}

/// What to do with the refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Raise the generation through the gate, then mint with this scope. If the gate finds it raised
    /// already, load the grant again and decide again.
    Rotate {
        scope: Scopes,
    },
    /// A client lost the answer, or two of its windows or nodes asked at once: mint an access token
    /// and hand out the newest generation again. Nothing is rotated, so there is one family still.
    Repeat {
        scope: Scopes,
    },
    /// The profile wants no rotation (FAPI 2.0 §5.3.2.1): mint an access token, the refresh token stays.
    Keep {
        scope: Scopes,
    },
    Refuse(OAuthError),
    /// Revoke the grant with everything issued from it, commit, then refuse.
    RefuseAndRevoke(OAuthError),
}

/// What the server knows when a refresh token is presented.
#[derive(Clone, Copy, Debug)]
pub struct Presented<'a> {
    /// The generation that the token names.
    pub generation: i64,
    /// The authenticated caller.
    pub client: &'a Client,
    pub rules: &'a Rules,
    /// What the caller showed beside.
    pub binding: Option<Binding>,
    /// For how many seconds after a rotation a client may present the token before, unless its metadata say that
    /// it never does.
    pub grace: i64,
}

/// The answer to a token that nobody was given, and to one that another client was: who holds it learns nothing from us.
pub fn unknown() -> OAuthError {
    invalid_grant("The refresh token is not known.")
}

/// Judges a presented refresh token. `found` is `None` when it names no grant.
pub fn decide(
    found: Option<&Found<'_>>,
    presented: &Presented<'_>,
    request: &Request,
    now: UnixTime,
) -> Verdict {
    let Presented { generation, client, grace, .. } = *presented;
    let Some(found) = found else {
        return Verdict::Refuse(unknown());
    };
    if found.client_id != client.client_id {
        return Verdict::Refuse(unknown());
    }
    if found.state != GrantState::Live {
        return Verdict::Refuse(invalid_grant("The refresh token is no longer valid."));
    }
    if now >= found.ends_at {
        return Verdict::Refuse(invalid_grant("The refresh token has expired."));
    }
    if client.is_public() && found.bound_to.is_some() && found.bound_to != presented.binding {
        return Verdict::Refuse(invalid_grant("The refresh token is bound to a key that was not shown."));
    }
    let repeated = generation != found.generation;
    if repeated && !is_within_grace(found, generation, client, grace, now) {
        if is_ahead_of_us(found, generation, now) {
            return Verdict::Refuse(invalid_grant("The refresh token was used a moment ago."));
        }
        return Verdict::RefuseAndRevoke(invalid_grant(
            "The refresh token was already used; everything issued from it is revoked.",
        ));
    }
    if no_longer_allowed(found.scope, client) {
        return Verdict::RefuseAndRevoke(invalid_grant("The client may no longer stay signed in offline."));
    }
    match narrowed(found, request.scope.as_ref(), client) {
        Err(error) => Verdict::Refuse(error),
        Ok(scope) if repeated => Verdict::Repeat { scope },
        Ok(scope) if !presented.rules.rotates_refresh_tokens && !client.is_public() => {
            Verdict::Keep { scope }
        }
        Ok(scope) => Verdict::Rotate { scope },
    }
}

/// Only the generation just before the newest, only for a few seconds, and not before the newest was made: a clock
/// that went back is no grace. A generation that was never issued is in none either.
fn is_within_grace(found: &Found<'_>, generation: i64, client: &Client, grace: i64, now: UnixTime) -> bool {
    let age = now.saturating_sub(found.rotated_at);
    client.refresh_grace && is_predecessor(found, generation) && age >= 0 && age < grace
}

fn is_predecessor(found: &Found<'_>, generation: i64) -> bool {
    generation.checked_add(1) == Some(found.generation)
}

/// Another node, whose clock is a little ahead, rotated it a moment ago: no grace, and no theft either.
fn is_ahead_of_us(found: &Found<'_>, generation: i64, now: UnixTime) -> bool {
    let ahead = found.rotated_at.saturating_sub(now);
    is_predecessor(found, generation) && (1..=2).contains(&ahead)
}

/// A right that was taken from the client ends the sessions that stood on it.
fn no_longer_allowed(granted: &Scopes, client: &Client) -> bool {
    !client.may_use(GrantType::RefreshToken)
        || (granted.contains(OFFLINE_ACCESS) && !client.scope.contains(OFFLINE_ACCESS))
}

/// The scope of this answer: what is asked for within what was granted, as far as the client may
/// still have it.
fn narrowed(found: &Found<'_>, asked: Option<&Scopes>, client: &Client) -> Result<Scopes, OAuthError> {
    let asked = asked.unwrap_or(found.scope);
    if !asked.is_subset_of(found.scope) {
        return Err(OAuthError::new(ErrorCode::InvalidScope, "The scope is wider than what was granted."));
    }
    let scope = match found.brought {
        None => asked.intersection(&client.scope),
        Some(brought) => asked.intersection(&client.scope.union(brought)),
    };
    if scope.is_empty() {
        return Err(OAuthError::new(ErrorCode::InvalidScope, "None of the scopes can be granted any more."));
    }
    Ok(scope)
}

#[cfg(test)]
mod tests;
