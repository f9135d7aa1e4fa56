//! Somebody who writes content. Writing takes longer than a proof of who one is lasts, so whoever sends a form too
//! late gets it back with all that was written, and proves themselves beside it.
use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};
use platform::web::{Errors, Recoverable, Shell, Trouble, Visit};

use super::Staff;
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

/// A form that comes back to its editor: the answer's status, what was typed, and what is wrong with it.
pub struct Again<F> {
    pub desk: FormShown,
    pub status: StatusCode,
    pub fields: F,
    pub errors: Errors,
}

/// Fields that are wrong, by catalogue key.
pub type Wrong = Vec<(&'static str, &'static str)>;

impl Editor {
    /// Who proved themselves, the fields, and what `read` makes of them.
    pub fn enter<F, T>(
        self,
        sent: Recoverable<F>,
        read: impl FnOnce(&F) -> Result<T, Wrong>,
    ) -> Result<(Box<Staff>, F, T), Box<Again<F>>> {
        let again = |desk, status, fields, errors| Err(Box::new(Again { desk, status, fields, errors }));
        match (self, sent) {
            (Self::Late(desk), Recoverable::Checked(fields) | Recoverable::Refused(fields, _)) => {
                again(*desk, StatusCode::FORBIDDEN, fields, Errors::default())
            }
            (Self::Proven(visitor), Recoverable::Refused(fields, why)) => {
                let errors = Errors::whole(why.text(&visitor.visit));
                again(FormShown::of(&visitor), why.status(), fields, errors)
            }
            (Self::Proven(visitor), Recoverable::Checked(fields)) => match read(&fields) {
                Ok(read) => Ok((visitor, fields, read)),
                Err(wrong) => {
                    let mut errors = Errors::default();
                    for (field, key) in wrong {
                        errors.add(field, visitor.visit.t(key));
                    }
                    again(FormShown::of(&visitor), StatusCode::UNPROCESSABLE_ENTITY, fields, errors)
                }
            },
        }
    }
}

impl FromRequestParts<Portal> for Editor {
    type Rejection = Trouble;

    /// 403 for everybody who writes no content.
    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Trouble> {
        let staff = Staff::proven(parts, portal).await?;
        if !staff.member.may_edit() {
            return Err(Trouble::page(StatusCode::FORBIDDEN, "not-staff"));
        }
        if staff.session.proves(staff.visit.now, staff::FRESH) {
            return Ok(Self::Proven(Box::new(staff)));
        }
        let shell = staff.shell();
        Ok(Self::Late(Box::new(FormShown { visit: staff.visit, shell, is_late: true })))
    }
}
