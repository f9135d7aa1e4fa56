//! Somebody who writes content. Writing takes longer than a proof of who one is lasts, so whoever sends a form too
//! late gets it back with all that was written, and proves themselves beside it.
use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};
use platform::web::{Shell, Trouble, Visit};

use super::{SignedIn, Staff, menus};
use crate::{Portal, staff};

/// An editor who sends a form.
pub enum Editor {
    /// May do what the form says.
    Proven(Box<Staff>),
    /// May see the form again, and nothing else.
    Late(Box<FormShown>),
}

/// What a form is shown with.
pub struct FormShown {
    pub visit: Visit,
    pub shell: Shell,
    /// The proof is too old: the page says so.
    pub is_late: bool,
}

impl FormShown {
    pub fn of(staff: &Staff) -> Self {
        Self { visit: staff.visit.clone(), shell: staff.shell(), is_late: false }
    }
}

impl FromRequestParts<Portal> for Editor {
    type Rejection = Trouble;

    /// 403 for everybody who writes no content.
    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        let SignedIn { visit, session, member, .. } = SignedIn::from_request_parts(parts, portal).await?;
        let Some(member) = member.filter(staff::Staff::may_edit) else {
            return Err(Trouble::page(StatusCode::FORBIDDEN, "not-staff"));
        };
        menus::say_staff(portal, &visit, &member);
        if session.proves(visit.now, staff::FRESH) {
            return Ok(Self::Proven(Box::new(Staff { visit, session, member })));
        }
        let shell = visit.headed_shell();
        Ok(Self::Late(Box::new(FormShown { visit, shell, is_late: true })))
    }
}
