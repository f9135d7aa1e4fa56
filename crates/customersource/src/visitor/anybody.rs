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
    session::{self, Session},
    staff,
};

/// A visitor, signed in or not.
pub struct Anybody {
    pub visit: Visit,
    pub known: Option<Recognized>,
}

/// What is known of somebody who is signed in, read once a request.
pub struct Recognized {
    pub session: Session,
    /// Their role, if they are of the staff.
    pub member: Option<staff::Staff>,
    /// All profiles of this Passport.
    pub all: Vec<Standing>,
}

/// A session's last use is noted no more often than this.
const NOTE_EVERY: Duration = Duration::from_secs(60);

impl FromRequestParts<Portal> for Anybody {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        Self::of(portal, Visit::from_request_parts(parts, portal).await?).await
    }
}

impl Recognized {
    /// The profile of this visit: the chosen one, or the only one.
    pub(super) fn acting(&self) -> Option<&Standing> {
        let chosen =
            self.all.iter().find(|standing| Some(standing.association.id) == self.session.association);
        match self.all.as_slice() {
            [only] => chosen.or(Some(only)),
            _ => chosen,
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
        let found = match visit.cookie(session::COOKIE) {
            Some(secret) => find_session(portal, &visit, secret).await?,
            None => None,
        };
        let Some((session, member)) = found else {
            visit.is_of(None);
            return Ok(Self { visit, known: None });
        };
        let Session { subject, label, .. } = &session;
        visit.is_of(Some(&[subject.iss.as_bytes(), subject.sub.as_bytes()]));
        visit.is_called(label, paths::SIGN_OUT);
        let all = association::store::list_standings(portal.db.reader(), subject).await?;
        let known = Recognized { session, member, all };
        let acting = known.acting();
        if let Some(standing) = acting {
            visit.acts_for(Some(shown(standing)));
            visit.lives_in(portal.places.zone_of(&standing.company));
        }
        menus::say(&visit, acting, known.member.as_ref());
        Ok(Self { visit, known: Some(known) })
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

async fn find_session(
    portal: &Portal,
    visit: &Visit,
    secret: &str,
) -> Result<Option<(Session, Option<staff::Staff>)>, Trouble> {
    let digest = Session::digest_of(secret);
    let lifetime = portal.session_lifetime;
    let found = session::store::find_live(portal.db.reader(), visit.now, lifetime, digest).await?;
    if let Some((session, _)) = &found
        && visit.now.since(session.seen_at) >= NOTE_EVERY
    {
        note("visit", note_seen(portal, visit, digest)).await;
    }
    Ok(found)
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
