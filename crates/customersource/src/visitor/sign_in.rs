//! Where whoever must sign in first is sent, and comes back from. Knows not how signing in goes.
use platform::web::{Trouble, kept::GO_BACK};

use crate::paths::SIGN_IN;

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

/// The same for whoever entered the password too long ago.
pub fn again_first() -> Trouble {
    Trouble::SignIn { path: format!("{}&fresh=1", path_to(GO_BACK)), key: "error-prove" }
}
