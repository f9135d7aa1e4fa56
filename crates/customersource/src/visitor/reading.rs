//! Somebody who looks at resources: nobody in particular, or a profile with what opens things for it. Every
//! list, page, file and search of a request decides by the rows that were read here once (INV-7).
use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    response::Response,
};
use platform::web::{Shell, Trouble, Visit};

use super::{Acting, Anybody, Associated, SignedIn};
use crate::{
    Portal,
    access::{self, Access, Places, Rule},
    acting::{self, Own},
    association::Standing,
    pages::{
        self,
        locked::{self, LockBox},
    },
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
                return Err(pages::sign_in::first());
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

impl Reading {
    /// What this visitor may do with something that has this rule.
    pub fn face(&self, rule: &Rule) -> Access {
        let Some(Known { acting, entitlements }) = &self.known else { return Access::Anonymous };
        let about = (&acting.profile, &acting.organization);
        access::actions::judge(&self.places, self.visitor.visit.now, about, entitlements, rule)
    }

    /// The locked page for whoever may not.
    pub fn enter(&self, rule: &Rule) -> Result<(), Trouble> {
        match LockBox::of(self.face(rule)) {
            Some(lock) => Err(locked::thing(&self.visitor, lock)?.into()),
            None => Ok(()),
        }
    }

    /// Begins to write for the acting profile; the locked page for strangers.
    pub async fn acts(&self, portal: &Portal) -> Result<acting::Acting<Own>, Trouble> {
        let (Some(known), Some(session)) = (&self.known, &self.visitor.session) else {
            self.enter(&Rule::default())?;
            return Err(Trouble::not_found());
        };
        Ok(acting::Acting::own(portal, self.visit().now, session, known.acting.by()).await?)
    }

    /// The acting profile; the locked page for strangers.
    pub fn profile(&self) -> Result<&Profile, Trouble> {
        match &self.known {
            Some(known) => Ok(&known.acting.profile),
            None => {
                self.enter(&Rule::default())?;
                Err(Trouble::not_found())
            }
        }
    }

    pub fn is_known(&self) -> bool {
        self.known.is_some()
    }

    pub fn acting(&self) -> Option<Acting> {
        let known = self.known.as_ref()?;
        Some(Acting { company: known.acting.organization.name.clone(), person: known.acting.profile.name() })
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
        pages::anybodys_page(&self.visitor, StatusCode::OK, template)
    }
}
