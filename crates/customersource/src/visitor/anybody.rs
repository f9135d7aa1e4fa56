//! Whoever makes a visit, signed in or not: found once a request, and said for the head of its page.
use std::time::Duration;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{StatusCode, header, request::Parts},
    middleware::Next,
    response::Response,
};
use platform::{
    Fault,
    db::attempt::in_passing,
    web::{Shell, Trouble, Visit, page::ActingAs},
};

use super::menus;
use crate::{
    Portal,
    association::{self, Standing},
    paths,
    presence::{self, Presence, Recognized},
    session::{self, Session},
    staff::Listed,
};

/// A visitor, signed in or not.
pub struct Anybody {
    pub visit: Visit,
    pub known: Option<Recognized>,
}

/// A session's last use is noted no more often than this.
const NOTE_EVERY: Duration = Duration::from_secs(60);

impl FromRequestParts<Portal> for Anybody {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        let visit = Visit::from_request_parts(parts, portal).await?;
        // The gate has read it for this request.
        match parts.extensions.remove::<Presence>() {
            Some(presence) => Ok(Self::recognized(portal, visit, presence.known).await),
            None => Self::of(portal, visit).await,
        }
    }
}

/// How the head of a page calls a profile.
pub(super) fn shown(standing: &Standing) -> ActingAs {
    ActingAs { company: standing.company.name.clone(), person: standing.profile.name() }
}

impl Anybody {
    pub fn session(&self) -> Option<&Session> {
        self.known.as_ref().map(|known| &known.session)
    }

    /// Who makes this visit.
    pub async fn of(portal: &Portal, visit: Visit) -> Result<Self, Trouble> {
        let presence = presence(portal, &visit).await?;
        Ok(Self::recognized(portal, visit, presence.known).await)
    }

    /// The same by what was read of it.
    pub async fn recognized(portal: &Portal, visit: Visit, known: Option<Recognized>) -> Self {
        let Some(known) = known else {
            visit.is_of(None);
            return Self { visit, known: None };
        };
        let Session { subject, label, seen_at, digest, .. } = &known.session;
        if visit.now.since(*seen_at) >= NOTE_EVERY {
            note("visit", note_seen(portal, &visit, *digest)).await;
        }
        visit.is_of(Some(&[subject.iss.as_bytes(), subject.sub.as_bytes()]));
        visit.is_called(label, paths::SIGN_OUT);
        let acting = known.acting();
        if let Some(standing) = acting {
            visit.acts_for(Some(shown(standing)));
            visit.lives_in(portal.places.zone_of(&standing.company));
        }
        menus::say(&visit, acting, known.member.as_ref().map(Listed::role));
        Self { visit, known: Some(known) }
    }

    /// A shell for pages that everybody may see.
    pub fn shell(&self) -> Shell {
        self.visit.headed_shell()
    }
}

/// Stands around every route of the portal: a page that says what went wrong has the head of all others, whoever
/// made it. What no handler asked for is asked for here.
pub async fn head(State(portal): State<Portal>, visit: Visit, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let is_bare = !response.headers().contains_key(header::CONTENT_TYPE);
    let status = response.status();
    // Whoever has to say that the database is away does not wait for it.
    if is_bare && (status.is_client_error() || status == StatusCode::INTERNAL_SERVER_ERROR) {
        say_who(&portal, &visit).await;
    }
    response
}

/// For pages that tell of trouble: they show who is signed in as far as that can be had.
pub async fn say_who(portal: &Portal, visit: &Visit) {
    if visit.is_headless()
        && let Err(trouble) = Anybody::of(portal, visit.clone()).await
    {
        tracing::warn!(?trouble, "Nobody could say who is signed in");
    }
}

/// Who comes with this browser, and whether the portal is open, as the rows say it now.
pub async fn presence(portal: &Portal, visit: &Visit) -> Result<Presence, Fault> {
    let digest = visit.cookie(session::COOKIE).map(Session::digest_of);
    presence::store::find(portal.db.reader(), visit.now, portal.session_lifetime, digest).await
}

/// Notes that somebody is here. Nobody is kept out, and nobody waits, because it could not be noted: whoever only reads
/// needs no writer.
pub async fn note<E: std::fmt::Debug>(what: &str, noting: impl Future<Output = Result<(), E>>) {
    in_passing(what.to_owned(), noting).await;
}

async fn note_seen(portal: &Portal, visit: &Visit, digest: [u8; 32]) -> Result<(), Fault> {
    let tx = portal.db.begin().await?;
    session::store::set_seen(&tx, visit.now, digest).await?;
    tx.commit().await
}

/// A profile's last visit is noted no more often than once a minute.
pub(super) async fn note_use(portal: &Portal, visit: &Visit, acting: &Standing) -> Result<(), Fault> {
    let association = &acting.association;
    if association.seen_at.is_none_or(|at| visit.now.since(at) >= NOTE_EVERY) {
        let tx = portal.db.begin().await?;
        association::store::set_seen(&tx, visit.now, association.id, visit.language).await?;
        tx.commit().await?;
    }
    Ok(())
}
