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
    ActingAs, Anybody, Associated, SignedIn,
    locked::{self, LockBox, Place, Whom},
    page::anybodys_page,
    sign_in,
};
use crate::{
    Portal,
    access::{self, Access, Places, Rule},
    acting::{self, Own},
    association::Standing,
    plan::{self, Entitlement},
    profile::Profile,
    staff,
};

/// A visitor and what they may read.
pub struct Reading {
    pub visitor: Anybody,
    known: Option<Known>,
    places: Arc<Places>,
    member: Option<staff::Staff>,
}

struct Known {
    acting: Standing,
    entitlements: Vec<Entitlement>,
}

impl FromRequestParts<Portal> for Reading {
    type Rejection = Trouble;

    /// Somebody signed in without a profile, or with several and none chosen, is sent to where that is settled.
    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        let Anybody { visit, session } = Anybody::from_request_parts(parts, portal).await?;
        let places = Arc::clone(&portal.places);
        let Some(session) = session else {
            // What was written for others to read is kept until its writer is back.
            if !visit.is_look() {
                return Err(sign_in::first());
            }
            return Ok(Self { visitor: Anybody { visit, session }, known: None, places, member: None });
        };
        let db = portal.db.reader();
        let Associated { visit, session, acting, .. } =
            Associated::find(portal, SignedIn { visit, session }).await?;
        let entitlements = plan::store::list_entitlements(db, acting.organization.id).await?;
        let member = staff::store::find(db, &session.subject).await?;
        let visitor = Anybody { visit, session: Some(session) };
        Ok(Self { visitor, known: Some(Known { acting, entitlements }), places, member })
    }
}

/// What was let in by the page is not any more, and nothing was written.
pub fn closed_meanwhile() -> Trouble {
    Trouble::page(StatusCode::CONFLICT, "error-closed-meanwhile")
}

impl Reading {
    /// What this visitor may do with something that has this rule.
    pub fn face(&self, rule: &Rule) -> Access {
        let Some(Known { acting, entitlements }) = &self.known else { return Access::Anonymous };
        let about = (&acting.profile, &acting.organization);
        access::actions::judge(&self.places, self.visitor.visit.now, about, entitlements, rule)
    }

    /// What keeps this visitor from something that has this rule.
    pub fn lock(&self, rule: &Rule) -> Option<LockBox> {
        let now = self.visitor.visit.now;
        let today = self.known.as_ref().map(|known| self.places.today(&known.acting.organization, now));
        LockBox::of(self.face(rule), today.as_ref())
    }

    /// The locked page of this place for whoever may not.
    pub async fn enter(&self, portal: &Portal, rule: &Rule, place: Place) -> Result<(), Trouble> {
        match self.lock(rule) {
            Some(lock) => Err(self.refuse(portal, lock, place).await),
            None => Ok(()),
        }
    }

    /// Begins to write for the acting profile; the locked page for strangers.
    pub async fn acts(&self, portal: &Portal) -> Result<acting::Acting<Own>, Trouble> {
        let (Some(known), Some(session)) = (&self.known, &self.visitor.session) else {
            self.enter(portal, &Rule::default(), Place::default()).await?;
            return Err(Trouble::not_found());
        };
        Ok(acting::Acting::own(portal, self.visit().now, session, known.acting.by()).await?)
    }

    /// Whether this rule still lets the acting profile in, by rows that nobody changes until the transaction ends:
    /// what closed or ended meanwhile is written in no more (decision 0039).
    pub async fn holds(&self, tx: &acting::Acting<Own>, rule: &Rule) -> Result<(), Trouble> {
        let (profile, company) = (tx.profile(), tx.organization());
        let entitlements = plan::store::hold_entitlements(tx, company.id).await?;
        let now = self.visitor.visit.now;
        match access::actions::judge(&self.places, now, (profile, company), &entitlements, rule) {
            Access::Allowed(_) => Ok(()),
            _ => Err(closed_meanwhile()),
        }
    }

    /// The locked page itself.
    pub async fn refuse(&self, portal: &Portal, lock: LockBox, place: Place) -> Trouble {
        match self.with_whom(portal, lock).await {
            Ok(lock) => locked::thing(&self.visitor, self.acting(), lock, place)
                .map_or_else(|trouble| trouble, Trouble::from),
            Err(fault) => fault.into(),
        }
    }

    /// The same box, with whom this visitor can ask.
    pub async fn with_whom(&self, portal: &Portal, mut lock: LockBox) -> Result<LockBox, Fault> {
        if let Some(Known { acting, .. }) = &self.known {
            let (now, company) = (self.visitor.visit.now, acting.organization.name.as_str());
            lock.whom = Whom::find(portal, now, &acting.profile, company).await?;
        }
        Ok(lock)
    }

    /// The acting profile. Strangers were shown the locked page before.
    pub fn profile(&self) -> Result<&Profile, Trouble> {
        self.known.as_ref().map(|known| &known.acting.profile).ok_or_else(Trouble::not_found)
    }

    pub fn is_known(&self) -> bool {
        self.known.is_some()
    }

    pub fn acting(&self) -> Option<ActingAs> {
        let known = self.known.as_ref()?;
        Some(ActingAs {
            company: known.acting.organization.name.clone(),
            person: known.acting.profile.name(),
        })
    }

    /// True for staff who look after what others write.
    pub fn moderates(&self) -> bool {
        self.member.is_some()
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
