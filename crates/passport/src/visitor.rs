//! Who is asking: the extractors that doors take. `Visitor` may be anybody, `SignedIn` is a person.
use axum::{extract::FromRequestParts, http::request::Parts};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::web::{Cookie, Shell, Trouble, Visit, see_other, visit::cookie_name};

use crate::{
    account::{self, Account},
    history,
    session::{COOKIE, Session, SessionId, store},
    state::Passport,
};

/// How often a session's last use is written down at most.
const NOTED_EVERY: std::time::Duration = std::time::Duration::from_secs(60);

/// Where a visit comes from, for the account's history.
pub fn source(visit: &Visit) -> history::Source {
    let agent = visit.headers.get(http::header::USER_AGENT).and_then(|value| value.to_str().ok());
    history::Source {
        address_block: visit.address_block(),
        agent: history::agent::summary(agent.unwrap_or_default()),
    }
}

/// A visit, and the session and account behind it if there are any.
#[derive(Clone)]
pub struct Visitor {
    pub visit: Visit,
    pub signed_in: Option<(Session, Account)>,
}

impl Visitor {
    /// A page shell that names the signed-in person.
    pub fn shell(&self) -> Shell {
        let shell = self.visit.shell();
        match &self.signed_in {
            Some((_, account)) => shell.with_person(account.email.clone(), "/sign-out"),
            None => shell,
        }
    }

    pub fn session(&self) -> Option<&Session> {
        self.signed_in.as_ref().map(|(session, _)| session)
    }
}

/// A person with a live session; others are sent to sign in and come back.
#[derive(Clone)]
pub struct SignedIn {
    pub visit: Visit,
    pub session: Session,
    pub account: Account,
}

impl SignedIn {
    pub fn shell(&self) -> Shell {
        self.visit.shell().with_person(self.account.email.clone(), "/sign-out")
    }
}

/// The cookie that carries a session: its id and its secret.
pub fn cookie(visit: &Visit, id: SessionId, secret: &str) -> Cookie {
    let value = format!("{}.{secret}", URL_SAFE_NO_PAD.encode(id.0.as_bytes()));
    Cookie::session(&cookie_name(&visit.site, COOKIE), value)
}

/// Takes the session cookie away.
pub fn cookie_gone(visit: &Visit) -> Cookie {
    Cookie::gone(&cookie_name(&visit.site, COOKIE))
}

fn parse(value: &str) -> Option<(SessionId, &str)> {
    let (id, secret) = value.split_once('.')?;
    let bytes = URL_SAFE_NO_PAD.decode(id).ok()?;
    Some((SessionId(uuid::Uuid::from_slice(&bytes).ok()?), secret))
}

impl FromRequestParts<Passport> for Visitor {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, passport: &Passport) -> Result<Self, Trouble> {
        let visit = Visit::from_request_parts(parts, passport).await?;
        let Some((id, secret)) = visit.cookie(COOKIE).and_then(parse) else {
            return Ok(Self { visit, signed_in: None });
        };
        let lifetime = (&passport.settings.session).into();
        let reader = passport.db.reader();
        let Some((session, seen_at)) = store::find_live(reader, visit.now, lifetime, id, secret).await?
        else {
            return Ok(Self { visit, signed_in: None });
        };
        let account = account::store::find_active(reader, session.account).await?;
        if account.is_some() && visit.now.since(seen_at) > NOTED_EVERY {
            let tx = passport.db.begin().await?;
            store::set_seen(&tx, visit.now, session.id).await?;
            tx.commit().await?;
        }
        Ok(Self { visit, signed_in: account.map(|account| (session, account)) })
    }
}

impl FromRequestParts<Passport> for SignedIn {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, passport: &Passport) -> Result<Self, Trouble> {
        let visitor = Visitor::from_request_parts(parts, passport).await?;
        let visit = visitor.visit;
        match visitor.signed_in {
            Some((session, account)) => Ok(Self { visit, session, account }),
            None => {
                let next: String = url::form_urlencoded::byte_serialize(visit.path.as_bytes()).collect();
                Err(see_other(&format!("/sign-in?next={next}")).into())
            }
        }
    }
}

/// A person who proved who they are within the last five minutes: for pages that change what a sign-in
/// depends on (RM-05). Others prove it again and come back.
#[derive(Clone)]
pub struct RecentlyProven(pub SignedIn);

/// How long a proof counts for sensitive pages.
const RECENT: std::time::Duration = std::time::Duration::from_secs(5 * 60);

impl FromRequestParts<Passport> for RecentlyProven {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, passport: &Passport) -> Result<Self, Trouble> {
        let person = SignedIn::from_request_parts(parts, passport).await?;
        if person.visit.now.since(person.session.auth_time) <= RECENT {
            return Ok(Self(person));
        }
        let next: String = url::form_urlencoded::byte_serialize(person.visit.path.as_bytes()).collect();
        Err(see_other(&format!("/sign-in?next={next}")).into())
    }
}
