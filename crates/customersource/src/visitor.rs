//! Who is asking: extractors that are the access rules. A handler's arguments say who may call it.
//! Every request looks at the rows anew (INV-7).
use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};
use platform::web::{Shell, Trouble, Visit, kept::GO_BACK, local_path, page::ActingAs, see_other};

use crate::{
    Portal,
    access::{self, Rule},
    acting::{self, Administration, Duty, Locks, Own, Refusal, Signed},
    association::Standing,
    paths::CHOOSE,
    plan::{self, Coverage, Entitlement, Entitlements},
    presence::Recognized,
    profile::{self, ProfileId},
    session::Session,
    staff,
    strength::Demand,
};

pub mod anybody;
pub mod editor;
pub mod locked;
pub mod menus;
pub mod others;
pub mod page;
pub mod reading;
pub mod sign_in;

use self::{others::Others, sign_in::Lacking};
pub use anybody::{Anybody, head, note, presence, say_who};
use anybody::{note_use, shown};

/// Somebody signed in with a Passport; whether it has a profile here is another question.
pub struct SignedIn {
    pub visit: Visit,
    pub session: Session,
    /// Their role, if they are of the staff.
    pub member: Option<staff::Listed>,
    /// All profiles of this Passport.
    pub all: Vec<Standing>,
}

/// Somebody who acts as a profile.
pub struct Associated {
    pub visit: Visit,
    pub session: Session,
    /// Their role, if they are of the staff.
    pub member: Option<staff::Listed>,
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
    entitlements: Entitlements,
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

impl FromRequestParts<Portal> for SignedIn {
    type Rejection = Trouble;

    /// Whoever is not signed in is sent to sign in, and comes back here (CS-06).
    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        let Anybody { visit, known } = Anybody::from_request_parts(parts, portal).await?;
        match known {
            Some(known) => Ok(Self::of(visit, known)),
            None if visit.is_look() => Err(see_other(&sign_in::path_to(local_path(&visit.path))).into()),
            None => Err(sign_in::first()),
        }
    }
}

impl SignedIn {
    pub fn of(visit: Visit, Recognized { session, member, all }: Recognized) -> Self {
        Self { visit, session, member, all }
    }

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
            Refusal::NotProven => sign_in::prove_first(Lacking::recent(Some(Demand::Staff))),
            Refusal::TooWeak(demand) => sign_in::prove_first(Lacking::strength(demand)),
            Refusal::TooManyChanges(full) => Self::TooMany { key: "changes-too-many", full },
            Refusal::Fault(fault) => fault.into(),
        }
    }
}

fn no_profile() -> Trouble {
    Trouble::SignIn { path: sign_in::with_next(CHOOSE, GO_BACK), key: "form-profile-first" }
}

impl Associated {
    /// Without a profile: to the association page (CS-10). With several and none chosen: to the chooser (CS-30). Whoever
    /// was proven less strongly than their company asks for proves what is missing first.
    pub async fn find(portal: &Portal, signed_in: SignedIn) -> Result<Self, Trouble> {
        let found = Self::find_as_proven(signed_in)?;
        let Self { visit, session, acting, .. } = &found;
        let due = portal.demands.company(visit.now, acting.company.second_step_from, &session.acr);
        due.map_err(|demand| sign_in::prove(portal, visit, Lacking::strength(demand)))?;
        note("use", note_use(portal, visit, acting)).await;
        Ok(found)
    }

    /// The same, however they were proven: for leaving the profile for another one.
    fn find_as_proven(signed_in: SignedIn) -> Result<Self, Trouble> {
        let SignedIn { visit, session, member, all } = signed_in;
        let known = Recognized { session, member, all };
        let acting = match (known.acting(), known.all.as_slice()) {
            (Some(acting), _) => acting.clone(),
            // A form is not thrown away for it.
            (None, _) if !visit.is_look() => return Err(no_profile()),
            // Staff need no profile: they have pages of their own.
            (None, []) => {
                let start = known.member.as_ref().map_or("/associate", |member| menus::start(member.role()));
                return Err(see_other(start).into());
            }
            (None, _) => {
                let chooser = sign_in::with_next(CHOOSE, local_path(&visit.path));
                return Err(see_other(&chooser).into());
            }
        };
        visit.acts_as(acting.association.id.to_string().as_bytes());
        let Recognized { session, member, all } = known;
        Ok(Self { visit, session, member, acting, all })
    }

    /// Their other profiles who may read something that has this rule.
    fn others(&self, portal: &Portal, entitlements: &Entitlements, rule: &Rule) -> Others {
        let mark = portal.demands.administrator(&self.session.acr).ok();
        Others::who_may(portal, &self.visit, (&self.all, &self.acting), (entitlements, mark), rule)
    }

    /// What the companies of all profiles have and had.
    async fn entitlements(&self, portal: &Portal) -> Result<Entitlements, platform::Fault> {
        entitlements(portal, &self.all).await
    }

    /// Whether the acting profile's company may use the portal today.
    pub async fn access(&self, portal: &Portal) -> Result<Coverage, Trouble> {
        let company = &self.acting.company;
        let plans = plan::store::list_entitlements(portal.db.reader(), company.id).await?;
        let today = portal.places.today(company, self.visit.now);
        Ok(plan::decide(company.kind, &plans, &today))
    }

    /// Begins to write for the acting profile what the audit keeps.
    pub async fn acts(&self, portal: &Portal) -> Result<acting::Acting<Own>, Refusal> {
        let (now, by) = (self.visit.now, self.acting.by());
        acting::Acting::own(portal, now, &self.session, by).await?.counted(portal, now, by.1).await
    }

    /// For what a borrowed browser may not do: whoever signed in too long ago signs in again first, and the form is kept.
    pub fn prove_again(&self, portal: &Portal) -> Result<(), Trouble> {
        if self.session.proves(self.visit.now, staff::FRESH) {
            return Ok(());
        }
        // What was asked for before is asked for again: a proof that is too weak would only be followed by another.
        let is_due = self.acting.company.second_step_from.is_some_and(|from| from <= self.visit.now);
        let demand =
            if is_due { Some(Demand::Company) } else { self.administers().then_some(Demand::Administrator) };
        let demand = demand.filter(|demand| !portal.demands.contexts(*demand).is_empty());
        Err(sign_in::prove(portal, &self.visit, Lacking::recent(demand)))
    }

    /// The day from which their company asks for a second step, for whoever did not prove one.
    pub fn ahead(&self, portal: &Portal) -> Option<String> {
        let (company, now) = (&self.acting.company, self.visit.now);
        let from = company.second_step_from.filter(|from| *from > now)?;
        let is_proven = portal.demands.are_met(Demand::Company, &self.session.acr);
        (!is_proven).then(|| portal.places.zone_of(company).day_of(from).to_string())
    }

    fn administers(&self) -> bool {
        self.acting.profile.is_admin && self.acting.profile.is_active
    }

    pub fn acting(&self) -> ActingAs {
        shown(&self.acting)
    }

    pub fn shell(&self) -> Shell {
        self.visit.headed_shell()
    }
}

/// Somebody who acts as a profile, and may be about to leave it for another one: their company's demands are not met yet.
pub struct Leaving(pub Associated);

impl FromRequestParts<Portal> for Leaving {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        Ok(Self(Associated::find_as_proven(SignedIn::from_request_parts(parts, portal).await?)?))
    }
}

impl Leaving {
    /// Begins to write that the visit is another profile's from now on.
    pub async fn acts(&self, portal: &Portal) -> Result<acting::Acting<Own>, Refusal> {
        let (now, by) = (self.0.visit.now, self.0.acting.by());
        acting::Acting::leaving(portal, now, &self.0.session, by).await?.counted(portal, now, by.1).await
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
        use access::Access::{Allowed, Elsewhere, PlanInsufficient};
        let entitlements = associated.entitlements(portal).await?;
        let about = (&associated.acting.profile, &associated.acting.company);
        let (now, own) = (associated.visit.now, entitlements.of(about.1.id));
        match access::actions::judge(&portal.places, now, about, own, &Rule::default()) {
            Allowed(plan) => Ok(Self { associated, plan, entitlements }),
            PlanInsufficient(last) => {
                Err(locked::page(portal, &associated, (last, &entitlements)).await?.into())
            }
            Elsewhere => Err(locked::elsewhere(portal, &associated, &entitlements)?.into()),
            // The site itself is for nobody in particular.
            access::Access::Anonymous | access::Access::OtherAudience | access::Access::Unproven => {
                Err(Trouble::page(StatusCode::FORBIDDEN, "error-not-allowed"))
            }
        }
    }
}

impl Entitled {
    /// Whether they may read something that has this rule.
    pub fn may_read(&self, portal: &Portal, rule: &Rule) -> bool {
        let acting = &self.associated.acting;
        let about = (&acting.profile, &acting.company);
        let (now, own) = (self.associated.visit.now, self.entitlements.of(about.1.id));
        let mark = portal.demands.administrator(&self.associated.session.acr).ok();
        access::actions::judge_visit(&portal.places, now, about, (own, mark), rule).is_allowed()
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
        if !associated.administers() {
            return Err(Trouble::page(StatusCode::FORBIDDEN, "not-administrator"));
        }
        let weak = |demand| sign_in::prove(portal, &associated.visit, Lacking::strength(demand));
        let mark = portal.demands.administrator(&associated.session.acr).map_err(weak)?;
        match profile::Administrator::of(&associated.acting.profile, mark) {
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
        let Self { visit, session, member } = Self::proven(parts, portal).await?;
        // Whoever only looks is who they were; whoever changes something proves it (the form is kept meanwhile).
        if !visit.is_look() && !session.proves(visit.now, staff::FRESH) {
            let demand = Some(Demand::Staff).filter(|demand| !portal.demands.contexts(*demand).is_empty());
            return Err(sign_in::prove(portal, &visit, Lacking::recent(demand)));
        }
        Ok(Self { visit, session, member })
    }
}

impl Staff {
    /// Whoever was proven as strongly as the staff must be, however long ago; 403 for everybody else.
    async fn proven(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        let SignedIn { visit, session, member, .. } = SignedIn::from_request_parts(parts, portal).await?;
        let member = member.ok_or_else(|| Trouble::page(StatusCode::FORBIDDEN, "not-staff"))?;
        menus::say_staff(portal, &visit, member.role());
        let weak = |demand| sign_in::prove(portal, &visit, Lacking::strength(demand));
        let mark = portal.demands.staff(&session.acr).map_err(weak)?;
        Ok(Self { visit, session, member: member.proven(mark) })
    }

    pub fn shell(&self) -> Shell {
        self.visit.headed_shell()
    }

    /// Begins to write as the staff what this form asks for; `locks` is what else is locked, and before. A form that was
    /// carried out before is answered as it was then.
    pub async fn acts(&self, portal: &Portal, locks: &Locks) -> Result<acting::Adding<Duty>, Trouble> {
        once(self.tries(portal, locks).await?, &self.visit).await
    }

    /// The same for what is done each time that a form arrives: counting it.
    pub async fn tries(&self, portal: &Portal, locks: &Locks) -> Result<acting::Acting<Duty>, Refusal> {
        acting::Acting::staff(portal, self.visit.now, &self.session, &self.member, locks).await
    }
}

/// What the companies of these profiles have and had.
async fn entitlements(portal: &Portal, all: &[Standing]) -> Result<Entitlements, platform::Fault> {
    let companies: Vec<_> = all.iter().map(|standing| standing.company.id).collect();
    plan::store::list_entitlements_of(portal.db.reader(), &companies).await
}

/// Begins to do what a form asks for; a form that was carried out before is answered as it was then.
pub async fn once<A>(tx: acting::Acting<A>, visit: &Visit) -> Result<acting::Adding<A>, Trouble> {
    match tx.once(visit.pressed()).await? {
        acting::Arrival::First(once) => Ok(*once),
        acting::Arrival::Again(place) => Err(see_other(&place).into()),
    }
}
