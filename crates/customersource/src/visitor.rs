//! Who is asking: extractors that are the access rules. A handler's arguments say who may call it.
//! Every request looks at the rows anew (INV-7).
use std::time::Duration;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{StatusCode, header, request::Parts},
    middleware::Next,
    response::Response,
};
use platform::{
    Fault,
    db::attempt::step,
    web::{Shell, Trouble, Visit, local_path, see_other},
};

use crate::{
    Portal,
    access::{self, Rule},
    acting::{self, Administration, Duty, Locks, Own, Refusal, Signed},
    association::{self, Standing},
    paths,
    plan::{self, Coverage, Entitlement},
    profile::{self, ProfileId},
    session::{self, Session},
    staff,
};

pub mod editor;
pub mod locked;
pub mod menus;
pub mod page;
pub mod reading;
pub mod sign_in;

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
    /// All that the company has and had.
    entitlements: Vec<Entitlement>,
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
pub struct ActingAs {
    pub company: String,
    pub person: String,
}

/// So long a request waits for its visit to be noted.
const NOTE_PATIENCE: Duration = Duration::from_millis(500);
/// A session's last use is noted no more often than this.
const NOTE_EVERY: Duration = Duration::from_secs(60);

impl FromRequestParts<Portal> for Anybody {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        Self::of(portal, Visit::from_request_parts(parts, portal).await?).await
    }
}

impl Anybody {
    /// Who makes this visit.
    pub async fn of(portal: &Portal, visit: Visit) -> Result<Self, Trouble> {
        let session = match visit.cookie(session::COOKIE) {
            Some(secret) => find_session(portal, &visit, secret).await?,
            None => None,
        };
        match &session {
            Some(Session { subject, label, .. }) => {
                visit.is_of(Some(&[subject.iss.as_bytes(), subject.sub.as_bytes()]));
                visit.is_called(label, paths::SIGN_OUT);
            }
            None => visit.is_of(None),
        }
        Ok(Self { visit, session })
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
    // Whoever has to say that the database is away does not wait for it.
    if response.status().is_client_error()
        && is_bare
        && visit.is_headless()
        && let Err(trouble) = Anybody::of(&portal, visit.clone()).await
    {
        tracing::warn!(?trouble, "Nobody could say who is signed in");
    }
    response
}

async fn find_session(portal: &Portal, visit: &Visit, secret: &str) -> Result<Option<Session>, Trouble> {
    let digest = Session::digest_of(secret);
    let lifetime = portal.session_lifetime();
    let session = session::store::find_live(portal.db.reader(), visit.now, lifetime, digest).await?;
    if let Some(session) = &session
        && visit.now.since(session.seen_at) >= NOTE_EVERY
    {
        note("visit", note_seen(portal, visit, digest)).await;
    }
    Ok(session)
}

/// Notes that somebody is here. Nobody is kept out, and nobody waits, because it could not be noted: whoever only reads
/// needs no writer.
pub async fn note<E: std::fmt::Debug>(what: &str, noting: impl Future<Output = Result<(), E>>) {
    match tokio::time::timeout(NOTE_PATIENCE, step(what.to_owned(), noting)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(?error, what, "A visit could not be noted"),
        Err(_) => tracing::warn!(what, "A visit could not be noted in time"),
    }
}

async fn note_seen(portal: &Portal, visit: &Visit, digest: [u8; 32]) -> Result<(), Fault> {
    let tx = portal.db.begin().await?;
    session::store::set_seen(&tx, visit.now, digest).await?;
    tx.commit().await
}

impl FromRequestParts<Portal> for SignedIn {
    type Rejection = Trouble;

    /// Whoever is not signed in is sent to sign in, and comes back here (CS-06).
    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        let Anybody { visit, session } = Anybody::from_request_parts(parts, portal).await?;
        match session {
            Some(session) => Ok(Self { visit, session }),
            None if visit.is_look() => Err(see_other(&sign_in::path_to(local_path(&visit.path))).into()),
            None => Err(sign_in::first()),
        }
    }
}

impl SignedIn {
    pub fn shell(&self) -> Shell {
        self.visit.headed_shell()
    }

    /// Begins to write for this person; `locks` is what else is locked, and before.
    pub async fn acts(&self, portal: &Portal, locks: &Locks) -> Result<acting::Acting<Signed>, Refusal> {
        acting::Acting::about(portal, self.visit.now, &self.session, locks).await
    }
}

impl From<Refusal> for Trouble {
    /// The form is kept, with whatever must be done first.
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::SignedOut => sign_in::first(),
            Refusal::NoProfile => no_profile(),
            Refusal::NoAdministrator => Self::page(StatusCode::FORBIDDEN, "not-administrator"),
            Refusal::NoStaff => Self::page(StatusCode::FORBIDDEN, "not-staff"),
            Refusal::NotProven => sign_in::again_first(),
            Refusal::TooManyChanges(full) => Self::TooMany { key: "changes-too-many", full },
            Refusal::Fault(fault) => fault.into(),
        }
    }
}

fn no_profile() -> Trouble {
    Trouble::SignIn { path: "/choose".into(), key: "form-profile-first" }
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
            (None, _) if !visit.is_look() => return Err(no_profile()),
            // Staff need no profile: they have pages of their own.
            (None, []) => {
                let member = staff::store::find(portal.db.reader(), &session.subject).await?;
                return Err(see_other(member.as_ref().map_or("/associate", menus::start)).into());
            }
            (None, _) => return Err(see_other("/choose").into()),
        };
        visit.acts_as(acting.association.id.to_string().as_bytes());
        visit.lives_in(portal.places.zone_of(&acting.organization));
        note("use", note_use(portal, &visit, &acting)).await;
        Ok(Self { visit, session, acting, all })
    }

    /// What the acting profile may do with something that has this rule.
    pub async fn face(&self, portal: &Portal, rule: &Rule) -> Result<access::Access, Trouble> {
        let acting = (&self.acting.profile, &self.acting.organization);
        let places = &portal.places;
        Ok(access::actions::face(portal.db.reader(), places, self.visit.now, acting, rule).await?)
    }

    /// Whether the acting profile's company may use the portal today.
    pub async fn access(&self, portal: &Portal) -> Result<Coverage, Trouble> {
        let organization = &self.acting.organization;
        let plans = plan::store::list_entitlements(portal.db.reader(), organization.id).await?;
        let today = portal.places.today(organization, self.visit.now);
        Ok(plan::decide(organization.kind, &plans, &today))
    }

    /// Begins to write for the acting profile what the audit keeps.
    pub async fn acts(&self, portal: &Portal) -> Result<acting::Acting<Own>, Refusal> {
        let (now, by) = (self.visit.now, self.acting.by());
        acting::Acting::own(portal, now, &self.session, by).await?.counted(portal, now, by.1).await
    }

    /// For what a borrowed browser may not do: whoever signed in too long ago signs in again first, and the form is kept.
    pub fn prove_again(&self) -> Result<(), Trouble> {
        if self.session.proves(self.visit.now, staff::FRESH) { Ok(()) } else { Err(sign_in::again_first()) }
    }

    pub fn acting(&self) -> ActingAs {
        ActingAs { company: self.acting.organization.name.clone(), person: self.acting.profile.name() }
    }

    pub fn shell(&self) -> Shell {
        self.visit.headed_shell()
    }

    /// The shell of the pages under “My Account”, with their lines in the left-hand navigation.
    pub fn account_shell(&self) -> Shell {
        self.shell().with_sub_nav("/account", menus::account(self.acting.profile.is_admin))
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
        let organization = associated.acting.organization.id;
        let entitlements = plan::store::list_entitlements(portal.db.reader(), organization).await?;
        let about = (&associated.acting.profile, &associated.acting.organization);
        let now = associated.visit.now;
        match access::actions::judge(&portal.places, now, about, &entitlements, &Rule::default()) {
            Allowed(plan) => Ok(Self { associated, plan, entitlements }),
            PlanInsufficient(last) => Err(locked::page(portal, &associated, last).await?.into()),
            Elsewhere => Err(locked::elsewhere(&associated)?.into()),
            // The site itself is for nobody in particular.
            access::Access::Anonymous | access::Access::OtherAudience => {
                Err(Trouble::page(StatusCode::FORBIDDEN, "error-not-allowed"))
            }
        }
    }
}

impl Entitled {
    /// Whether they may read something that has this rule.
    pub fn may_read(&self, portal: &Portal, rule: &Rule) -> bool {
        let acting = &self.associated.acting;
        let about = (&acting.profile, &acting.organization);
        let now = self.associated.visit.now;
        access::actions::judge(&portal.places, now, about, &self.entitlements, rule).is_allowed()
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

    /// Begins to write for the company, about one of its people or about nobody in particular.
    pub async fn acts(
        &self,
        portal: &Portal,
        about: Option<ProfileId>,
    ) -> Result<acting::Acting<Administration>, Refusal> {
        let Associated { visit, session, acting, .. } = &self.associated;
        let by = (acting.association.id, &self.acts);
        let tx = acting::Acting::administrator(portal, visit.now, session, by, about).await?;
        tx.counted(portal, visit.now, self.acts.profile()).await
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
        if !visit.is_look() && !session.proves(visit.now, staff::FRESH) {
            return Err(sign_in::again_first());
        }
        visit.lives_in(portal.places.zone());
        visit.has_nav(menus::staff(&member));
        Ok(Self { visit, session, member })
    }
}

impl Staff {
    pub fn shell(&self) -> Shell {
        self.visit.headed_shell()
    }

    /// Begins to write as the staff; `locks` is what else is locked, and before.
    pub async fn acts(&self, portal: &Portal, locks: &Locks) -> Result<acting::Acting<Duty>, Refusal> {
        acting::Acting::staff(portal, self.visit.now, &self.session, &self.member, locks).await
    }
}
