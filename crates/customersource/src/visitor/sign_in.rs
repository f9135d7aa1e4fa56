//! Where whoever must sign in first is sent, and comes back from. Knows not how signing in goes.
use platform::web::{Trouble, Visit, kept::GO_BACK, local_path, see_other};
use serde::Deserialize;

use crate::{Portal, paths::SIGN_IN, session::Session};

/// The path that signs somebody in and comes back to `next`, a path of this site.
pub fn path_to(next: &str) -> String {
    with_next(SIGN_IN, next)
}

/// `page`, and what it leads on to.
pub fn with_next(page: &str, next: &str) -> String {
    match next {
        "/" if page != SIGN_IN => page.to_owned(),
        next => {
            let query = serde_html_form::to_string([("next", next)]).unwrap_or_default();
            format!("{page}?{query}")
        }
    }
}

/// For a form that nobody is signed in to send: it is kept, and its sender signs in beside it.
pub fn first() -> Trouble {
    Trouble::SignIn { path: path_to(GO_BACK), key: "error-signed-out" }
}

/// Of whom more than an ordinary sign-in is demanded, by `[portal] staff_acr` and `administrators_acr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    Staff,
    Administrator,
}

impl Demand {
    const fn word(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Administrator => "administrator",
        }
    }

    /// The contexts of which one must have been proven; empty: none.
    pub fn contexts(self, portal: &Portal) -> &[String] {
        match self {
            Self::Staff => &portal.settings.portal.staff_acr,
            Self::Administrator => &portal.settings.portal.administrators_acr,
        }
    }

    /// Whoever was proven less strongly is sent to prove what is missing, and comes back; a form is kept.
    pub fn is_met(self, portal: &Portal, visit: &Visit, session: &Session) -> Result<(), Trouble> {
        if session.is_as_strong_as(self.contexts(portal)) {
            return Ok(());
        }
        let stronger = |next: &str| format!("{}&stronger={}", path_to(next), self.word());
        Err(match visit.is_look() {
            true => see_other(&stronger(local_path(&visit.path))).into(),
            false => Trouble::SignIn { path: stronger(GO_BACK), key: "error-prove-more" },
        })
    }
}

/// The same for whoever entered the password too long ago.
pub fn again_first() -> Trouble {
    Trouble::SignIn { path: format!("{}&fresh=1", path_to(GO_BACK)), key: "error-prove" }
}
