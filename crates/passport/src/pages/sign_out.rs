//! Signing out: our own button, the question that another site's request needs, and what has ended.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use oidc::{
    client::Client,
    logout::frontchannel::{Frame, frame},
};
use platform::{
    Fault,
    web::{
        Recoverable, Shell, Trouble, Visit,
        page::{FormsLeadElsewhere, Frames},
        see_other,
        shown::Why,
    },
};
use serde::Deserialize;

use super::client_panel::ClientPanel;

use crate::{
    account::{AccountId, acting::Acting},
    acts, client, grant, paths,
    session::SessionId,
    state::Passport,
    visitor::{self, Visitor},
};

#[derive(Template)]
#[template(path = "pages/sign_out.html")]
pub struct ConfirmPage {
    shell: Shell,
    client: Option<ClientPanel>,
    action: &'static str,
    /// The raw query of the request that asked.
    request: String,
}

#[derive(Template)]
#[template(path = "pages/signed_out.html")]
pub struct SignedOutPage {
    shell: Shell,
    /// The sites that were told.
    sites: Vec<String>,
    /// Pages of sites that sign the browser out when they are loaded.
    frames: Vec<String>,
    /// Where the browser goes when these had their time.
    next: Option<String>,
}

/// Asks before signing out; the form posts `request` and `decision` (`yes` or `no`).
pub fn confirm(visitor: &Visitor, client: Option<&Client>, query: &str) -> Result<Response, Trouble> {
    let page = ConfirmPage {
        shell: visitor.shell(),
        client: client.map(ClientPanel::of),
        action: paths::END_SESSION_ANSWER,
        request: query.to_owned(),
    };
    let mut response = visitor.visit.page(StatusCode::OK, &page)?;
    response.extensions_mut().insert(FormsLeadElsewhere);
    Ok(response)
}

/// What ending a session leads to.
#[derive(Debug, Default)]
pub struct Ended {
    /// The names of the sites that were told.
    pub told: Vec<String>,
    /// The pages of sites that want to be loaded (Front-Channel Logout §3).
    pub frames: Vec<Frame>,
}

/// The sessions that a site named, wherever they are.
#[derive(Debug)]
pub struct Named {
    pub account: AccountId,
    pub sessions: Vec<SessionId>,
}

/// Ends everything that a browser holds, of everybody who is signed in to it, and the session that a site named.
pub async fn end(passport: &Passport, visitor: &Visitor, named: Option<Named>) -> Result<Ended, Fault> {
    let reader = passport.db.reader();
    let mut frames = Vec::new();
    let mut sessions: Vec<_> = visitor.sessions().into_iter().map(|session| session.id).collect();
    let elsewhere = named.iter().flat_map(|named| &named.sessions).copied();
    sessions.extend(elsewhere.collect::<Vec<_>>());
    sessions.sort_unstable();
    sessions.dedup();
    for session in sessions {
        for client_id in grant::store::list_clients_of_session(reader, session).await? {
            if let Some(registered) = client::store::find(reader, &client_id).await? {
                frames.extend(frame(&registered.client, passport.issuer(), &session.to_string()));
            }
        }
    }
    let mut told = visitor.sign_out(passport).await?;
    if let Some(named) = named
        && let Some(tx) = Acting::on(&passport.db, named.account).await?
    {
        for id in named.sessions {
            told.extend(acts::sessions::sign_out(passport, &tx, visitor.visit.now, id).await?);
        }
        tx.commit().await?;
    }
    Ok(Ended { told, frames })
}

/// Says that it is done, and which sites were told; loads the pages of sites that want it, and goes on to `next`.
pub fn signed_out(visitor: &Visitor, ended: Ended, next: Option<String>) -> Result<Response, Trouble> {
    let (frames, mut origins): (Vec<_>, Vec<_>) =
        ended.frames.into_iter().map(|frame| (frame.url, frame.origin)).unzip();
    origins.sort();
    origins.dedup();
    let page = SignedOutPage { shell: visitor.visit.shell(), sites: ended.told, frames, next };
    let mut response = visitor.visit.ok(&page)?;
    response.extensions_mut().insert(Frames(origins));
    Ok(response)
}

#[derive(Deserialize)]
pub struct Nothing {}

/// “Sign Out” in the header of every page: Passport and every participating site (PP-22).
pub async fn sign_out(
    State(passport): State<Passport>,
    visitor: Visitor,
    form: Recoverable<Nothing>,
) -> Result<Response, Trouble> {
    // Signed out in another tab, or long ago: that is what was wanted.
    if visitor.signed_in.is_none() && matches!(form, Recoverable::Refused(_, Why::Person)) {
        return Ok(see_other("/signed-out"));
    }
    let Nothing {} = form.checked()?;
    let ended = end(&passport, &visitor, None).await?;
    let mut response = match ended.frames.is_empty() {
        true => see_other("/signed-out"),
        false => signed_out(&visitor, ended, None)?,
    };
    visitor::cookies_gone(&visitor.visit, response.headers_mut());
    Ok(response)
}

pub async fn show_signed_out(visit: Visit) -> Result<Response, Trouble> {
    visit.ok(&SignedOutPage { shell: visit.shell(), sites: vec![], frames: vec![], next: None })
}

#[cfg(test)]
impl platform::web::page::Samples for ConfirmPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let shell = shell.clone().with_person("maria@example.com", "/sign-out");
        [None, Some(ClientPanel::sample())]
            .map(|client| Self {
                shell: shell.clone(),
                client,
                action: paths::END_SESSION_ANSWER,
                request: "state=a&client_id=b".into(),
            })
            .into()
    }
}

#[cfg(test)]
impl platform::web::page::Samples for SignedOutPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let sites = vec!["CustomerSource".to_owned(), "Contoso Shop".to_owned()];
        let page = |sites: &[String], frames: Vec<String>, next| Self {
            shell: shell.clone(),
            sites: sites.to_vec(),
            frames,
            next,
        };
        let frames = vec!["https://shop.example/out?iss=https%3A%2F%2Fpassport.example&sid=1".to_owned()];
        vec![
            page(&[], vec![], None),
            page(&sites, vec![], None),
            page(&sites, frames.clone(), None),
            page(&sites, frames, Some("https://shop.example/bye?state=a".to_owned())),
        ]
    }
}
