//! Who is asking: extractors that are the access rules. A handler's arguments say who may call it.
//! Every request looks at the rows anew (INV-7).
use std::time::Duration;

use axum::{
    extract::FromRequestParts,
    http::{Method, request::Parts},
};
use platform::web::{Shell, Trouble, Visit, local_path, see_other};

use crate::{
    Portal,
    association::{self, Standing},
    pages,
    plan::{self, Access, Entitlement},
    session::{self, Session},
};

/// A visitor, signed in or not.
pub struct Anybody {
    pub visit: Visit,
    pub session: Option<Session>,
}

/// Somebody signed in with a Passport; whether it has a profile here is another question.
pub struct SignedIn {
    pub visit: Visit,
    pub session: Session,
}

/// Somebody who acts as a profile.
pub struct Associated {
    pub visit: Visit,
    pub session: Session,
    /// The profile of this visit.
    pub acting: Standing,
    /// All profiles of this Passport, the acting one among them.
    pub all: Vec<Standing>,
}

/// Somebody whose company may use the portal today (CS-02, CS-04).
pub struct Entitled {
    pub associated: Associated,
    /// The plan that lets them in; partners and employees need none.
    pub plan: Option<Entitlement>,
}

/// The profile that a page shows in its head.
#[derive(Clone, Debug)]
pub struct Acting {
    pub company: String,
    pub person: String,
}

/// A session's last use is noted no more often than this.
const NOTE_EVERY: Duration = Duration::from_secs(60);

impl FromRequestParts<Portal> for Anybody {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        let visit = Visit::from_request_parts(parts, portal).await?;
        let session = match visit.cookie(session::COOKIE) {
            Some(secret) => find_session(portal, &visit, secret).await?,
            None => None,
        };
        Ok(Self { visit, session })
    }
}

async fn find_session(portal: &Portal, visit: &Visit, secret: &str) -> Result<Option<Session>, Trouble> {
    let digest = Session::digest_of(secret);
    let lifetime = portal.session_lifetime();
    let session = session::store::find_live(portal.db.reader(), visit.now, lifetime, digest).await?;
    if let Some(session) = &session
        && visit.now.since(session.seen_at) >= NOTE_EVERY
    {
        let tx = portal.db.begin().await?;
        session::store::set_seen(&tx, visit.now, digest).await?;
        tx.commit().await?;
    }
    Ok(session)
}

impl FromRequestParts<Portal> for SignedIn {
    type Rejection = Trouble;

    /// Whoever is not signed in is sent to sign in, and comes back here (CS-06).
    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        let Anybody { visit, session } = Anybody::from_request_parts(parts, portal).await?;
        match session {
            Some(session) => Ok(Self { visit, session }),
            None => {
                let repeatable = matches!(parts.method, Method::GET | Method::HEAD);
                let back = if repeatable { local_path(&visit.path) } else { "/" };
                Err(see_other(&pages::sign_in::path_to(back)).into())
            }
        }
    }
}

impl SignedIn {
    pub fn shell(&self) -> Shell {
        signed_in_shell(&self.visit, &self.session)
    }
}

impl Associated {
    /// Without a profile: to the association page (CS-10). With several and none chosen: to the chooser (CS-30).
    pub async fn find(portal: &Portal, signed_in: SignedIn) -> Result<Self, Trouble> {
        let SignedIn { visit, session } = signed_in;
        let all = association::store::list_standings(portal.db.reader(), &session.subject).await?;
        let chosen = all.iter().find(|standing| Some(standing.association.id) == session.association);
        let acting = match (chosen, all.as_slice()) {
            (Some(chosen), _) => chosen.clone(),
            (None, []) => return Err(see_other("/associate").into()),
            (None, [only]) => only.clone(),
            (None, _) => return Err(see_other("/choose").into()),
        };
        Ok(Self { visit, session, acting, all })
    }

    /// Whether the acting profile's company may use the portal today.
    pub async fn access(&self, portal: &Portal) -> Result<Access, Trouble> {
        let organization = &self.acting.organization;
        let plans = plan::store::list_entitlements(portal.db.reader(), organization.id).await?;
        Ok(plan::decide(organization.kind, &plans, &self.visit.now.date().to_string()))
    }

    pub fn acting(&self) -> Acting {
        Acting { company: self.acting.organization.name.clone(), person: self.acting.profile.name() }
    }

    pub fn shell(&self) -> Shell {
        signed_in_shell(&self.visit, &self.session)
    }
}

impl FromRequestParts<Portal> for Associated {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        Self::find(portal, SignedIn::from_request_parts(parts, portal).await?).await
    }
}

impl Entitled {
    pub async fn find(portal: &Portal, associated: Associated) -> Result<Self, Trouble> {
        match associated.access(portal).await? {
            Access::Granted(plan) => Ok(Self { associated, plan }),
            Access::Lapsed(last) => Err(pages::locked::page(portal, &associated, last).await?.into()),
        }
    }
}

impl FromRequestParts<Portal> for Entitled {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        Self::find(portal, Associated::from_request_parts(parts, portal).await?).await
    }
}

impl Anybody {
    /// A shell for pages that everybody may see.
    pub fn shell(&self) -> Shell {
        match &self.session {
            Some(session) => signed_in_shell(&self.visit, session),
            None => self.visit.shell(),
        }
    }
}

fn signed_in_shell(visit: &Visit, session: &Session) -> Shell {
    visit.shell().with_person(&session.label, pages::sign_out::PATH)
}
