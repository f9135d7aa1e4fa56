//! Somebody who looks at resources: nobody in particular, or a profile with what opens things for it. Every
//! list, page, file and search of a request decides by the rows that were read here once (INV-7).
use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    response::Response,
};
use platform::{
    Fault,
    web::{Shell, Trouble, Visit},
};

use super::{
    Anybody, Associated, SignedIn,
    locked::{self, LockBox, Place, Whom},
    others::Others,
    page::anybodys_page,
    sign_in::{self, Lacking},
};
use crate::{
    Portal,
    access::{self, Access, Places, Rule},
    acting::{self, Own},
    association::Standing,
    plan::{self, Entitlements},
    presence::Recognized,
    profile::Profile,
    staff::{self, Listed, Staff},
    strength::{AsAdministrator, Demand},
};

/// A visitor and what they may read.
pub struct Reading {
    pub visitor: Anybody,
    reader: Option<Reader>,
    /// They were proven as strongly as an administrator must be.
    mark: Option<AsAdministrator>,
    /// Their rights as one of the staff; an error for whoever was proven less strongly than the staff must be.
    member: Option<Result<Staff, Demand>>,
    places: Arc<Places>,
}

struct Reader {
    acting: Standing,
    entitlements: Entitlements,
}

impl FromRequestParts<Portal> for Reading {
    type Rejection = Trouble;

    /// Somebody signed in without a profile, or with several and none chosen, is sent to where that is settled.
    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        let Anybody { visit, known } = Anybody::from_request_parts(parts, portal).await?;
        let places = Arc::clone(&portal.places);
        let Some(known) = known else {
            // What was written for others to read is kept until its writer is back.
            if !visit.is_look() {
                return Err(sign_in::first());
            }
            let visitor = Anybody { visit, known };
            return Ok(Self { visitor, reader: None, mark: None, member: None, places });
        };
        let associated = Associated::find(portal, SignedIn::of(visit, known)).await?;
        let entitlements = associated.entitlements(portal).await?;
        let Associated { visit, session, member, acting, all } = associated;
        let mark = portal.demands.administrator(&session.acr).ok();
        let rights = |listed: Listed| Ok(listed.proven(portal.demands.staff(&session.acr)?));
        let rights = member.clone().map(rights);
        let visitor = Anybody { visit, known: Some(Recognized { session, member, all }) };
        Ok(Self { visitor, reader: Some(Reader { acting, entitlements }), mark, member: rights, places })
    }
}

/// What was let in by the page is not any more, and nothing was written.
pub fn closed_meanwhile() -> Trouble {
    Trouble::page(StatusCode::CONFLICT, "error-closed-meanwhile")
}

impl Reading {
    /// What this visitor may do with something that has this rule.
    pub fn face(&self, rule: &Rule) -> Access {
        let Some(Reader { acting, entitlements }) = &self.reader else { return Access::Anonymous };
        let about = (&acting.profile, &acting.company);
        let (now, own) = (self.visitor.visit.now, entitlements.of(acting.company.id));
        access::actions::judge_visit(&self.places, now, about, (own, self.mark), rule)
    }

    /// What keeps this visitor from something that has this rule.
    pub fn lock(&self, rule: &Rule) -> Option<LockBox> {
        let now = self.visitor.visit.now;
        let today = self.reader.as_ref().map(|reader| self.places.today(&reader.acting.company, now));
        LockBox::of(self.face(rule), today.as_ref())
    }

    /// The locked page of this place for whoever may not.
    pub async fn enter(&self, portal: &Portal, rule: &Rule, place: Place) -> Result<(), Trouble> {
        match self.lock(rule) {
            Some(lock) => Err(self.refuse(portal, lock, rule, place).await),
            None => Ok(()),
        }
    }

    /// Begins to write for the acting profile; the locked page for strangers.
    pub async fn acts(&self, portal: &Portal) -> Result<acting::Acting<Own>, Trouble> {
        let (Some(reader), Some(session)) = (&self.reader, self.visitor.session()) else {
            self.enter(portal, &Rule::default(), Place::default()).await?;
            return Err(Trouble::not_found());
        };
        Ok(acting::Acting::own(portal, self.visit().now, session, reader.acting.by()).await?)
    }

    /// Whether this rule still lets the acting profile in, by rows that nobody changes until the transaction ends:
    /// what closed or ended meanwhile is written in no more (decision 0039).
    pub async fn holds(&self, tx: &acting::Acting<Own>, rule: &Rule) -> Result<(), Trouble> {
        let (profile, company) = (tx.profile(), tx.company());
        let entitlements = plan::store::hold_entitlements(tx, company.id).await?;
        let now = self.visitor.visit.now;
        let about = (profile, company);
        match access::actions::judge_visit(&self.places, now, about, (&entitlements, self.mark), rule) {
            Access::Allowed(_) => Ok(()),
            Access::Unproven => Err(sign_in::prove_first(Lacking::strength(Demand::Administrator))),
            _ => Err(closed_meanwhile()),
        }
    }

    /// The locked page itself.
    pub async fn refuse(&self, portal: &Portal, lock: LockBox, rule: &Rule, place: Place) -> Trouble {
        if lock.is_unproven() {
            return sign_in::prove(portal, self.visit(), Lacking::strength(Demand::Administrator));
        }
        match self.with_whom(portal, lock, rule).await {
            Ok(lock) => {
                locked::thing(&self.visitor, lock, place).map_or_else(|trouble| trouble, Trouble::from)
            }
            Err(fault) => fault.into(),
        }
    }

    /// The same box, with whom this visitor can ask, and which other profile of theirs opens it.
    pub async fn with_whom(&self, portal: &Portal, mut lock: LockBox, rule: &Rule) -> Result<LockBox, Fault> {
        if let (Some(Reader { acting, entitlements }), Some(known)) = (&self.reader, &self.visitor.known) {
            let by = (entitlements, self.mark);
            lock.others = Others::who_may(portal, self.visit(), (&known.all, acting), by, rule);
            let (now, company) = (self.visitor.visit.now, acting.company.name.as_str());
            lock.whom = Whom::find(portal, now, &acting.profile, company).await?;
        }
        Ok(lock)
    }

    /// The acting profile. Strangers were shown the locked page before.
    pub fn profile(&self) -> Result<&Profile, Trouble> {
        self.reader.as_ref().map(|reader| &reader.acting.profile).ok_or_else(Trouble::not_found)
    }

    pub fn is_known(&self) -> bool {
        self.reader.is_some()
    }

    /// True for staff who look after what others write.
    pub fn moderates(&self) -> bool {
        matches!(&self.member, Some(Ok(member)) if member.may_moderate())
    }

    /// The same, held until the transaction ends: whoever lost the role meanwhile writes nothing by it.
    pub async fn still_moderates(&self, tx: &acting::Acting<Own>) -> Result<(), Trouble> {
        let listed = staff::store::hold(tx, tx.subject()).await?;
        let is_still = self.visitor.known.as_ref().is_some_and(|known| known.member == listed);
        if is_still { Ok(()) } else { Err(closed_meanwhile()) }
    }

    /// What somebody of the staff must prove before they look after anything.
    pub fn demanded(&self) -> Option<Demand> {
        self.member.as_ref().and_then(|member| member.as_ref().err().copied())
    }

    pub fn visit(&self) -> &Visit {
        &self.visitor.visit
    }

    pub fn shell(&self) -> Shell {
        self.visitor.shell()
    }

    pub fn page(&self, template: &impl askama::Template) -> Result<Response, Trouble> {
        anybodys_page(&self.visitor, StatusCode::OK, template)
    }
}
