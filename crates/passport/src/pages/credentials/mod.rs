//! Account Services for what an account is reached and recovered by. Whoever comes here proved who they are a
//! moment ago (RM-05).
use askama::Template;
use axum::{http::StatusCode, response::Response};
use platform::web::{Errors, Recoverable, Shell, Trouble, Visit, Why};

use crate::{
    acts::credentials::Owner,
    history::Source,
    sending::Sending,
    visitor::{self, SignedIn},
};

pub mod alternate;
pub mod authenticator;
pub mod email;
pub mod history;
pub mod passkeys;
pub mod password;
pub mod question;
pub mod recovery_codes;

/// A signed-in person with where they are and what they sent: lends an [`Owner`].
pub(super) struct Here {
    source: Source,
    computer: Option<[u8; 32]>,
    sending: Sending,
}

impl Here {
    pub(super) fn of(who: &SignedIn) -> Self {
        let visit = &who.visit;
        Self {
            source: visitor::source(visit),
            computer: visitor::computer(visit),
            sending: visitor::sending(visit),
        }
    }

    pub(super) fn owner<'a>(&'a self, who: &'a SignedIn) -> Owner<'a> {
        Owner {
            account: &who.account,
            session: &who.session,
            source: &self.source,
            computer: self.computer.as_ref().map(<[u8; 32]>::as_slice),
            sending: &self.sending,
        }
    }
}

/// The form, or its page again. What somebody else typed in this browser before is not on it: whoever is in front now
/// neither reads it nor sends it as their own.
fn own_or_again<T: Default>(
    form: Recoverable<T>,
    visit: &Visit,
    again: impl FnOnce(StatusCode, T, Errors) -> Result<Response, Trouble>,
) -> Result<T, Trouble> {
    match form {
        Recoverable::Refused(_, why @ Why::Person) => {
            let errors = Errors::whole(visit.t("credentials-other-person"));
            Err(again(why.status(), T::default(), errors)?.into())
        }
        form => form.or_again(visit, again),
    }
}

/// A path, and the text of the link that leads there.
type Way = (&'static str, &'static str);

const SERVICES: Way = ("/account", "credentials-back");

/// What was changed, and that everybody was told.
#[derive(Template)]
#[template(path = "pages/changed.html")]
pub struct ChangedPage {
    shell: Shell,
    text: &'static str,
    /// Where the person was, and what that is called.
    back: Way,
    /// What whoever keeps passkeys should know of it.
    signals: Option<String>,
}

/// What is wrong with an address that was typed.
fn wrong_address(visit: &Visit, key: &str) -> Errors {
    let mut errors = Errors::default();
    errors.add("new_email", visit.t(key));
    errors
}

fn changed(who: &SignedIn, text: &'static str) -> Result<Response, Trouble> {
    who.visit.ok(&ChangedPage { shell: who.shell(), text, back: SERVICES, signals: None })
}

/// The same for one of several things that stand on a page of their own, of which browsers are told.
fn changed_and(who: &SignedIn, text: &'static str, back: Way, signals: &str) -> Result<Response, Trouble> {
    let signals = Some(signals.to_owned());
    who.visit.ok(&ChangedPage { shell: who.shell(), text, back, signals })
}

#[cfg(test)]
impl platform::web::page::Samples for ChangedPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        [
            "changed-password",
            "changed-question",
            "changed-alternate-removed",
            "changed-second-step-off",
            "changed-app-removed",
        ]
        .map(|text| Self { shell: shell.clone(), text, back: SERVICES, signals: None })
        .into_iter()
        .chain([Self {
            shell: shell.clone(),
            text: "changed-passkey-removed",
            back: passkeys::BACK,
            signals: Some("[]".into()),
        }])
        .collect()
    }
}
