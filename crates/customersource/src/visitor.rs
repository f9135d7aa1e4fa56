//! Who is asking: extractors that are the access rules. A handler's arguments say who may call it.
//! Every request looks at the rows anew (INV-7).
use std::time::Duration;

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};
use platform::{
    Fault,
    db::attempt::step,
    web::{Shell, Trouble, Visit, local_path, see_other},
};

use crate::{
    Portal,
    access::{self, Rule},
    association::{self, Standing},
    pages,
    plan::{self, Access, Entitlement},
    profile,
    rp::Subject,
    session::{self, Session},
    staff,
};

pub mod editor;
pub mod reading;

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

/// Somebody whose acting profile administers its company, and no other (CS-43).
pub struct Administrator {
    pub associated: Associated,
    /// What every query on the company's people begins with.
    pub acts: profile::Administrator,
}

/// Somebody of the staff; whoever changes something proved within the last five minutes who they are.
pub struct Staff {
    pub visit: Visit,
    pub session: Session,
    /// Their roles, as the table says now.
    pub member: staff::Staff,
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
        match &session {
            Some(Session { subject, .. }) => {
                visit.is_of(Some(&[subject.iss.as_bytes(), subject.sub.as_bytes()]))
            }
            None => visit.is_of(None),
        }
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
            None if visit.is_look() => {
                Err(see_other(&pages::sign_in::path_to(local_path(&visit.path))).into())
            }
            None => Err(pages::sign_in::first()),
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
            (None, [only]) => only.clone(),
            // A form is not thrown away for it.
            (None, _) if !visit.is_look() => {
                return Err(Trouble::SignIn { path: "/choose".into(), key: "form-profile-first" });
            }
            (None, []) => return Err(see_other("/associate").into()),
            (None, _) => return Err(see_other("/choose").into()),
        };
        visit.acts_as(acting.association.id.to_string().as_bytes());
        visit.lives_in(portal.places.zone_of(&acting.organization));
        // Nobody is kept out because their visit could not be noted.
        if let Err(fault) = step("use".to_owned(), note_use(portal, &visit, &acting)).await {
            tracing::warn!(error = %fault, "A visit could not be noted");
        }
        Ok(Self { visit, session, acting, all })
    }

    /// What the acting profile may do with something that has this rule.
    pub async fn face(&self, portal: &Portal, rule: &Rule) -> Result<access::Access, Trouble> {
        let acting = (&self.acting.profile, &self.acting.organization);
        let places = &portal.places;
        Ok(access::actions::face(portal.db.reader(), places, self.visit.now, acting, rule).await?)
    }

    /// Whether the acting profile's company may use the portal today.
    pub async fn access(&self, portal: &Portal) -> Result<Access, Trouble> {
        let organization = &self.acting.organization;
        let plans = plan::store::list_entitlements(portal.db.reader(), organization.id).await?;
        let today = portal.places.today(organization, self.visit.now);
        Ok(plan::decide(organization.kind, &plans, &today))
    }

    pub fn acting(&self) -> Acting {
        Acting { company: self.acting.organization.name.clone(), person: self.acting.profile.name() }
    }

    pub fn shell(&self) -> Shell {
        signed_in_shell(&self.visit, &self.session)
    }

    /// The shell of the pages under “My Account”, with their lines in the left-hand navigation.
    pub fn account_shell(&self) -> Shell {
        self.shell().with_nav(pages::account::nav(self.acting.profile.is_admin))
    }

    /// As whom this visitor does things, for the audit.
    pub fn subject(&self) -> &Subject {
        &self.session.subject
    }
}

/// A profile's last visit is noted no more often than once a minute.
async fn note_use(portal: &Portal, visit: &Visit, acting: &Standing) -> Result<(), Fault> {
    let association = &acting.association;
    if association.seen_at.is_none_or(|at| visit.now.since(at) >= NOTE_EVERY) {
        let tx = portal.db.begin().await?;
        association::store::set_seen(&tx, visit.now, association.id, visit.language).await?;
        tx.commit().await?;
    }
    Ok(())
}

impl FromRequestParts<Portal> for Associated {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        Self::find(portal, SignedIn::from_request_parts(parts, portal).await?).await
    }
}

impl Entitled {
    pub async fn find(portal: &Portal, associated: Associated) -> Result<Self, Trouble> {
        use access::Access::{Allowed, Elsewhere, PlanInsufficient};
        match associated.face(portal, &Rule::default()).await? {
            Allowed(plan) => Ok(Self { associated, plan }),
            PlanInsufficient(last) => Err(pages::locked::page(portal, &associated, last).await?.into()),
            Elsewhere => Err(pages::locked::elsewhere(&associated)?.into()),
            // The site itself is for nobody in particular.
            access::Access::Anonymous | access::Access::OtherAudience => {
                Err(Trouble::page(StatusCode::FORBIDDEN, "error-not-allowed"))
            }
        }
    }
}

impl FromRequestParts<Portal> for Entitled {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        Self::find(portal, Associated::from_request_parts(parts, portal).await?).await
    }
}

impl FromRequestParts<Portal> for Administrator {
    type Rejection = Trouble;

    /// 403 for whoever acts as somebody else, also when another profile of theirs administers a company.
    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        let associated = Associated::from_request_parts(parts, portal).await?;
        match profile::Administrator::of(&associated.acting.profile) {
            Some(acts) => Ok(Self { associated, acts }),
            None => Err(Trouble::page(StatusCode::FORBIDDEN, "not-administrator")),
        }
    }
}

impl Administrator {
    pub fn visit(&self) -> &Visit {
        &self.associated.visit
    }

    /// The administrator and the Passport behind them, as verbs take them.
    pub fn by(&self) -> (&profile::Administrator, &Subject) {
        (&self.acts, self.associated.subject())
    }
}

impl FromRequestParts<Portal> for Staff {
    type Rejection = Trouble;

    /// 403 for everybody else; whoever changes something and signed in too long ago signs in again first.
    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        let SignedIn { visit, session } = SignedIn::from_request_parts(parts, portal).await?;
        let Some(member) = staff::store::find(portal.db.reader(), &session.subject).await? else {
            return Err(Trouble::page(StatusCode::FORBIDDEN, "not-staff"));
        };
        // Whoever only looks is who they were; whoever changes something proves it (the form is kept meanwhile).
        if !visit.is_look() && !is_recent(&visit, &session) {
            return Err(pages::sign_in::again_first());
        }
        visit.lives_in(portal.places.zone());
        Ok(Self { visit, session, member })
    }
}

/// True while a sign-in proves who somebody is, for what staff does.
fn is_recent(visit: &Visit, session: &Session) -> bool {
    visit.now.since(session.auth_time) <= staff::FRESH && session.auth_time <= visit.now + association::SKEW
}

impl Staff {
    pub fn shell(&self) -> Shell {
        signed_in_shell(&self.visit, &self.session).with_nav(pages::staff::nav(&self.member))
    }

    /// The Passport, and how pages call it.
    pub fn by(&self) -> (&Subject, &str) {
        (&self.session.subject, &self.session.label)
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
