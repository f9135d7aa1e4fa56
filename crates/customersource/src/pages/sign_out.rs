//! Signing out: the portal's session ends here, then the provider ends its own (OIDC RP-Initiated Logout).
use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    secrets,
    security_event::{Event, Note},
    web::{Cookie, Recoverable, Shell, Trouble, see_other, shown::Why, visit::cookie_name},
};
use serde::Deserialize;

use super::anybodys_page;
use crate::{Portal, jobs::give_back::GiveBack, rp::POST_LOGOUT_PATH, session, visitor::Anybody};

/// What the provider is to bring back, so that its word can be told from a stranger's link.
const STATE_COOKIE: &str = "signing-out";

#[derive(Deserialize)]
pub struct Nothing {}

pub async fn sign_out(
    State(portal): State<Portal>,
    visitor: Anybody,
    form: Recoverable<Nothing>,
) -> Result<Response, Trouble> {
    // Signed out in another tab, or long ago: that is what was wanted.
    if visitor.session().is_none() && matches!(form, Recoverable::Refused(_, Why::Person)) {
        return Ok(see_other(POST_LOGOUT_PATH));
    }
    let Nothing {} = form.checked()?;
    let Some(session) = visitor.session() else { return Ok(see_other(POST_LOGOUT_PATH)) };
    let sealed = session::store::find_tokens(portal.db.reader(), session.digest).await?;
    let open = |sealed: &[u8]| portal.rp.open_token(&session.digest, sealed);
    let refresh_token = sealed.as_ref().and_then(|sealed| open(sealed.refresh_token.as_deref()?));
    let tx = portal.db.begin().await?;
    session::store::end(&tx, session.digest).await?;
    let note = Note::of(Event::SessionEnded).block(&visitor.visit.address_block());
    tx.tell(note.detail("sign out"));
    // Passport keeps what was granted for offline use: signing out there does not end it.
    if let Some(refresh_token) = refresh_token {
        portal.outbox.add(&tx, visitor.visit.now, &GiveBack { refresh_token }).await?;
    }
    tx.commit().await?;
    let id_token = sealed.and_then(|sealed| open(&sealed.id_token));
    let state = portal.random.token();
    let at_provider = match id_token {
        Some(id_token) => portal.rp.sign_out_url(visitor.visit.now, &id_token, &state).await,
        None => Ok(None),
    };
    let to = match at_provider {
        Ok(to) => to,
        Err(fault) => {
            tracing::warn!(error = %fault, "Signed out here; the provider could not be asked");
            None
        }
    };
    let mut response = see_other(to.as_deref().unwrap_or(POST_LOGOUT_PATH));
    let name = |name| cookie_name(&portal.site, name);
    Cookie::gone(name(session::COOKIE)).set(response.headers_mut());
    Cookie::gone(name(super::sign_in::LINK_COOKIE)).set(response.headers_mut());
    if to.is_some() {
        Cookie::lasting(name(STATE_COOKIE), state, 600).set(response.headers_mut());
    }
    Ok(response)
}

#[derive(Deserialize)]
struct Back {
    state: Option<String>,
}

#[derive(Template)]
#[template(path = "signed_out.html")]
pub struct SignedOutPage {
    shell: Shell,
    /// The provider confirmed that it ended its session, too.
    everywhere: bool,
    /// Somebody is signed in to the portal all the same.
    still_here: bool,
}

#[cfg(test)]
impl platform::web::page::Samples for SignedOutPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        [(true, false), (false, false), (false, true)]
            .into_iter()
            .map(|(everywhere, still_here)| Self { shell: shell.clone(), everywhere, still_here })
            .collect()
    }
}

/// Nobody is signed out by opening this page: a link to it may come from anywhere (BR-07).
pub async fn signed_out(visitor: Anybody, RawQuery(query): RawQuery) -> Result<Response, Trouble> {
    let back: Back = serde_html_form::from_str(query.as_deref().unwrap_or_default())
        .map_err(|_| Trouble::page(StatusCode::BAD_REQUEST, "error-bad-request"))?;
    let visit = &visitor.visit;
    let everywhere = match (back.state, visit.cookie(STATE_COOKIE)) {
        (Some(state), Some(sent)) => secrets::same(state.as_bytes(), sent.as_bytes()),
        _ => false,
    };
    let still_here = visitor.session().is_some();
    let page = SignedOutPage { shell: visitor.shell(), everywhere: everywhere && !still_here, still_here };
    let mut response = anybodys_page(&visitor, StatusCode::OK, &page)?;
    if everywhere {
        Cookie::gone(cookie_name(&visit.site, STATE_COOKIE)).set(response.headers_mut());
    }
    Ok(response)
}
