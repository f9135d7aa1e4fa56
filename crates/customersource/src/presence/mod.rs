//! Who visits, and whether the portal is open: read in one question before a page is made. Reads what other rooms keep;
//! knows no page.
pub mod store;

use crate::{association::Standing, maintenance::Window, session::Session, staff::Listed};

/// What every page begins with, as the rows say it at this request (INV-7).
#[derive(Clone, Debug, Default)]
pub struct Presence {
    /// The maintenance window that runs.
    pub window: Option<Window>,
    pub known: Option<Recognized>,
}

/// What is known of somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognized {
    pub session: Session,
    /// Their role, if they are of the staff.
    pub member: Option<Listed>,
    /// All profiles of this Passport.
    pub all: Vec<Standing>,
}

impl Recognized {
    /// The profile of this visit: the chosen one, or the only one.
    pub fn acting(&self) -> Option<&Standing> {
        let chosen =
            self.all.iter().find(|standing| Some(standing.association.id) == self.session.association);
        match self.all.as_slice() {
            [only] => chosen.or(Some(only)),
            _ => chosen,
        }
    }
}
