//! A person behind a session, and one who proved a moment ago, by all that the account asks for, who they are.
use std::time::Duration;

use axum::{extract::FromRequestParts, http::request::Parts};
use platform::web::{Shell, Trouble, Visit, see_other};

use super::{Visitor, sending, source};

use crate::{
    account::{
        Account,
        acting::{Acting, Refusal},
    },
    history,
    paths::{ACCOUNT_SERVICES, SIGN_IN},
    request::destination::Destination,
    session::Session,
    state::Passport,
};

/// A person with a live session; others are sent to sign in and come back.
#[derive(Clone)]
pub struct SignedIn {
    pub visit: Visit,
    pub session: Session,
    pub account: Account,
    /// The same person with the whole browser around.
    pub visitor: Visitor,
}

impl SignedIn {
    /// A page shell that names the person, with the pages of Account Services in the navigation.
    pub fn shell(&self) -> Shell {
        self.visitor.shell().with_sub_nav("/account", ACCOUNT_SERVICES)
    }

    pub fn source(&self) -> history::Source {
        source(&self.visit)
    }

    /// The transaction in which the person writes; refused when what the request stands on ended or changed.
    pub async fn acts(&self, passport: &Passport) -> Result<Acting, Refusal> {
        Acting::in_session(
            &passport.db,
            (&passport.settings.session).into(),
            self.visit.now,
            &self.session,
            &self.account,
        )
        .await
    }

    /// The same for what a form does once, and that may end the very session: see [`Acting::once`].
    pub async fn acts_once(&self, passport: &Passport) -> Result<Option<Acting>, Refusal> {
        Acting::once(
            &passport.db,
            (&passport.settings.session).into(),
            self.visit.now,
            &self.session,
            &sending(&self.visit),
        )
        .await
    }

    /// The same for what takes authority away: see [`Acting::to_protect`].
    pub async fn protects(&self, passport: &Passport) -> Result<Acting, Refusal> {
        Acting::to_protect(&passport.db, (&passport.settings.session).into(), self.visit.now, &self.session)
            .await
    }
}

/// Whoever was signed out meanwhile signs in again; whose password or address changed meanwhile looks again.
impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            // The form is kept: whoever it was looks at the account first, signing in if need be.
            Refusal::Ended => Self::SignIn { path: "/account".into(), key: "account-changed-meanwhile" },
            Refusal::TooMany(full) => Self::too_many(full),
            Refusal::Fault(fault) => fault.into(),
        }
    }
}

/// On to a page that takes a proof, and back here.
fn to_proof(visit: &Visit, to: impl FnOnce(&Destination) -> String, key: &'static str) -> Trouble {
    if !visit.is_look() {
        // The form is kept, and its sender signs in beside it.
        return Trouble::SignIn { path: to(&Destination::Page("/go-back".to_owned())), key };
    }
    see_other(&to(&Destination::Page(visit.path.clone()))).into()
}

impl FromRequestParts<Passport> for SignedIn {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, passport: &Passport) -> Result<Self, Trouble> {
        let visitor = Visitor::from_request_parts(parts, passport).await?;
        let visit = visitor.visit.clone();
        match visitor.signed_in.clone() {
            Some((session, account)) => Ok(Self { visit, session, account, visitor }),
            None => Err(to_proof(&visit, |back| back.carried_to(SIGN_IN), "error-signed-out")),
        }
    }
}

/// A person who proved who they are within the last five minutes (RM-05), by all that the account asks for: for pages that
/// change what a sign-in or a recovery depends on. Others prove what is missing and come back. An automatic sign-in proves
/// nothing.
#[derive(Clone)]
pub struct RecentlyProven(pub SignedIn);

/// How long a proof counts for sensitive pages.
const RECENT: Duration = Duration::from_secs(5 * 60);

impl FromRequestParts<Passport> for RecentlyProven {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, passport: &Passport) -> Result<Self, Trouble> {
        Self::of(passport, SignedIn::from_request_parts(parts, passport).await?)
    }
}

impl RecentlyProven {
    fn of(passport: &Passport, person: SignedIn) -> Result<Self, Trouble> {
        let (visit, account) = (&person.visit, &person.account);
        if !visit.now.is_within(RECENT, person.session.auth_time) {
            return Err(to_proof(visit, |back| back.carried_with(SIGN_IN, "prove", "1"), "error-prove"));
        }
        let takes = passport.takes_passkeys();
        if !account.is_fully_proven(person.session.methods, takes) {
            let level = account.able(takes);
            return Err(to_proof(visit, |back| back.to_more(level, account.has_app()), "error-prove-more"));
        }
        Ok(Self(person))
    }

    /// The same for doors by whose form an account asks for more: the form that was carried out a moment ago does nothing
    /// more, and is answered as before. Only once the form was read.
    pub async fn or_sent_before(passport: &Passport, person: SignedIn) -> Result<SignedIn, Trouble> {
        let (visit, reader) = (&person.visit, passport.db.reader());
        match sending(visit).came_before(reader, visit.now).await? {
            true => Ok(person),
            false => Self::of(passport, person).map(|Self(person)| person),
        }
    }
}
