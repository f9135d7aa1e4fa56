//! What a request to sign out leads to (RP-Initiated Logout 1.0 §2–4), and what the other clients of
//! the session are told ([`token`], [`frontchannel`]). It ends no session itself.

pub mod frontchannel;
pub mod token;

use crate::{authorize::response::with_query, client::Client, error::OAuthError, parameters::Parameters};

/// The parameters of an end-session request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogoutRequest {
    /// As sent, not yet verified.
    pub id_token_hint: Option<String>,
    pub client_id: Option<String>,
    pub post_logout_redirect_uri: Option<String>,
    pub state: Option<String>,
    pub ui_locales: Option<String>,
}

/// Reads the query or the form body. `logout_hint` is not used.
///
/// # Errors
/// `invalid_request` for a parameter given twice; answered with the error page.
pub fn parse(parameters: &Parameters) -> Result<LogoutRequest, OAuthError> {
    let own = |name| parameters.one(name).map(|value| value.map(str::to_owned));
    Ok(LogoutRequest {
        id_token_hint: own("id_token_hint")?,
        client_id: own("client_id")?,
        post_logout_redirect_uri: own("post_logout_redirect_uri")?,
        state: own("state")?,
        ui_locales: own("ui_locales")?,
    })
}

/// What the `id_token_hint` turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint<'a> {
    Absent,
    /// Signed by us, be it expired.
    Verified {
        audience: &'a str,
        subject: &'a str,
        sid: Option<&'a str>,
    },
    /// Not ours, unsigned, or no ID token at all.
    Unverifiable,
}

/// The session of the browser that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrentSession<'a> {
    pub sid: &'a str,
    pub subject: &'a str,
}

/// Where the person ends up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// A registered post-logout redirect URI of the client, with the state.
    Redirect(String),
    /// Our own “You are signed out” page.
    SignedOutPage,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Ask “do you want to sign out?”; on yes, end the session and go there.
    Confirm(Then),
    /// End the session now and go there.
    SignOut(Then),
    /// Nobody is signed in here; go there.
    NoSession(Then),
    /// Show the error page; nothing changes.
    Refuse(OAuthError),
}

/// The client that the request is about, to be looked up before [`decide`]: the one it names, else
/// the one that the hint was issued to.
///
/// # Errors
/// `invalid_request` when the two differ (RP-Initiated Logout §2).
pub fn client_of<'a>(request: &'a LogoutRequest, hint: Hint<'a>) -> Result<Option<&'a str>, OAuthError> {
    match (request.client_id.as_deref(), hint) {
        (Some(named), Hint::Verified { audience, .. }) if named != audience => Err(
            OAuthError::invalid_request("The client_id is not the one that the id_token_hint was issued to."),
        ),
        (None, Hint::Verified { audience, .. }) => Ok(Some(audience)),
        (named, _) => Ok(named),
    }
}

/// Decides. `client` is what the look-up of [`client_of`] found.
///
/// | who vouches | session here | answer |
/// |---|---|---|
/// | hint of this session | yes | sign out; redirect if the URI is registered, else ask |
/// | hint of another session or person | yes | ask; redirect if the URI is registered |
/// | client_id alone | yes | ask; redirect if the URI is registered |
/// | nobody, or a hint that is not ours | yes | ask; never a redirect |
/// | a hint | no | redirect if the URI is registered |
/// | anything else | no | the signed-out page |
pub fn decide(
    request: &LogoutRequest,
    hint: Hint<'_>,
    client: Option<&Client>,
    current: Option<CurrentSession<'_>>,
) -> Answer {
    if let Err(error) = client_of(request, hint) {
        return Answer::Refuse(error);
    }
    let target = match hint {
        Hint::Unverifiable => None,
        _ => client.and_then(|client| registered_target(request, client)),
    };
    let stray_uri = request.post_logout_redirect_uri.is_some() && target.is_none();
    let verified = matches!(hint, Hint::Verified { .. });
    let then = target.map_or(Then::SignedOutPage, Then::Redirect);
    match current {
        Some(current) if is_of(hint, current) && !stray_uri => Answer::SignOut(then),
        Some(_) => Answer::Confirm(then),
        None if verified => Answer::NoSession(then),
        None => Answer::NoSession(Then::SignedOutPage),
    }
}

/// Exact comparison; the state is the only thing added.
fn registered_target(request: &LogoutRequest, client: &Client) -> Option<String> {
    let uri = request.post_logout_redirect_uri.as_ref()?;
    let registered = client.post_logout_redirect_uris.contains(uri);
    registered.then(|| with_query(uri, request.state.iter().map(|state| ("state", state.as_str()))))
}

/// Whether the hint speaks of this very session; one without `sid`, of this person.
fn is_of(hint: Hint<'_>, current: CurrentSession<'_>) -> bool {
    match hint {
        Hint::Verified { subject, sid, .. } => {
            subject == current.subject && sid.is_none_or(|sid| sid == current.sid)
        }
        Hint::Absent | Hint::Unverifiable => false,
    }
}

#[cfg(test)]
mod tests;
