//! What the head of a page shows of whoever asks: the extractors that let a visitor in say it, and pages that no
//! handler made show it too. Knows no session.
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{
    NavItem, Shell, Visit,
    page::{ActingAs, SignedInAs},
};

/// Whose page it is, as far as extractors said.
#[derive(Debug, Default)]
pub(super) struct Head(Mutex<Said>);

#[derive(Debug, Default)]
struct Said {
    person: Option<SignedInAs>,
    acting: Option<ActingAs>,
    nav: Option<Vec<NavItem>>,
    sub_nav: Option<(&'static str, &'static [NavItem])>,
    is_untold: bool,
}

impl Head {
    fn said(&self) -> MutexGuard<'_, Said> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Visit {
    /// Says how the person is called, and where the form to sign out posts to.
    pub fn is_called(&self, name: &str, sign_out: &'static str) {
        self.head.said().person = Some(SignedInAs { name: name.to_owned(), sign_out });
    }

    /// Says for which company the person acts, and under which name there; `None`: for none.
    pub fn acts_for(&self, acting: Option<ActingAs>) {
        self.head.said().acting = acting;
    }

    /// Says which lines the navigation has for this person.
    pub fn has_nav(&self, nav: Vec<NavItem>) {
        self.head.said().nav = Some(nav);
    }

    /// Says what hangs under the navigation line of `path`.
    pub fn has_sub_nav(&self, path: &'static str, lines: &'static [NavItem]) {
        self.head.said().sub_nav = Some((path, lines));
    }

    /// Says that the address of this page is a secret, so that no link on it repeats it.
    pub fn is_untold(&self) {
        self.head.said().is_untold = true;
    }

    /// A shell with the head that was said.
    pub fn headed_shell(&self) -> Shell {
        let said = self.head.said();
        let mut shell = self.shell();
        if let Some(nav) = &said.nav {
            shell = shell.with_nav(nav.clone());
        }
        if let Some((path, lines)) = said.sub_nav {
            shell = shell.with_sub_nav(path, lines);
        }
        shell.acting.clone_from(&said.acting);
        shell.person.clone_from(&said.person);
        shell
    }

    /// Nobody has said yet whose page it is.
    pub fn is_headless(&self) -> bool {
        self.head.said().person.is_none()
    }

    /// Where signing in comes back to: this page, where it is one that can be asked for again.
    pub(super) fn page_to_come_back_to(&self, sign_in: &str) -> &str {
        // What was posted is no page, and the end of a sign-in none to come back to.
        let is_page = self.is_look() && !self.path.starts_with(sign_in);
        if is_page && !self.head.said().is_untold { &self.path } else { "/" }
    }
}
