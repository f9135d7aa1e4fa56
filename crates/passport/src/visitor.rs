//! Who is asking: the extractors that doors take. `Visitor` may be anybody, `SignedIn` is a person.
pub mod automatic;
pub mod cookies;
pub mod pressed;
pub mod signed_in;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, header, request::Parts},
    middleware::Next,
    response::Response,
};
use platform::{
    Fault,
    clock::Moment,
    db::attempt::in_passing,
    web::{Shell, Trouble, Visit},
};

use cookies::Named;
pub use pressed::pressed;
pub use signed_in::{RecentlyProven, SignedIn};

use crate::{
    account::{
        Account, AccountId,
        acting::{Acting, Refusal},
    },
    acts::{
        self,
        arrive::Begun,
        sign_in_automatically::{accounts_of, end_presented},
    },
    computer::{self, ComputerId},
    history,
    paths::{ACCOUNT_SERVICES, nav_of_people},
    sending::Sending,
    session::{Session, SessionId, store},
    state::Passport,
};

/// How often a session's last use is written down at most.
const NOTED_EVERY: std::time::Duration = std::time::Duration::from_secs(60);

/// Where a visit comes from, for the account's history.
pub fn source(visit: &Visit) -> history::Source {
    let agent = visit.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    history::Source {
        address_block: visit.address_block(),
        agent: history::agent::summary(agent.unwrap_or_default()),
    }
}

/// The form that a visit sent, told from every other.
pub fn sending(visit: &Visit) -> Sending {
    Sending::of(visit.now, visit.sending())
}

/// A visit, and the sessions and accounts behind it if there are any.
#[derive(Clone)]
pub struct Visitor {
    pub visit: Visit,
    /// The person whom pages speak to.
    pub signed_in: Option<(Session, Account)>,
    /// Whoever else is signed in to this browser, the last used first.
    pub others: Vec<(Session, Account)>,
    /// The live sessions as the browser names them.
    pub named: Vec<Named>,
    /// Tokens of automatic sign-ins that the browser holds.
    pub tokens: Vec<String>,
}

impl Visitor {
    /// A page shell that names the signed-in person.
    pub fn shell(&self) -> Shell {
        let shell = self.visit.shell();
        match &self.signed_in {
            Some((_, account)) => {
                shell.with_person(account.email.clone(), "/sign-out").with_nav(nav_of_people())
            }
            None => shell,
        }
    }

    /// The digest of this computer's lasting cookie, if it has one: for [`crate::computer::store::knows`].
    pub fn computer(&self) -> Option<[u8; 32]> {
        computer(&self.visit)
    }

    pub fn session(&self) -> Option<&Session> {
        self.signed_in.as_ref().map(|(session, _)| session)
    }

    /// Everybody who is signed in to this browser, the current person first.
    pub fn everybody(&self) -> impl Iterator<Item = &(Session, Account)> {
        self.signed_in.iter().chain(&self.others)
    }

    /// Every live session of this browser.
    pub fn sessions(&self) -> Vec<Session> {
        self.everybody().map(|(session, _)| session.clone()).collect()
    }

    /// The same visitor with another of the signed-in people in front, if `is_meant` picks one.
    #[must_use]
    pub fn with_current(mut self, is_meant: impl Fn(&Session) -> bool) -> Self {
        if let Some(place) = self.others.iter().position(|(session, _)| is_meant(session)) {
            let meant = self.others.remove(place);
            self.others.splice(0..0, self.signed_in.replace(meant));
        }
        self
    }

    /// The same visit, nobody signed in.
    #[must_use]
    pub fn nobody(&self) -> Self {
        Self { signed_in: None, others: vec![], named: vec![], tokens: vec![], ..self.clone() }
    }

    /// Gives the browser what a sign-in left for it: the session comes first, those of others stay.
    pub fn keep(&self, passport: &Passport, begun: &Begun, headers: &mut HeaderMap) {
        self.keep_session(begun.session.id, &begun.secret, headers);
        if let Some(computer) = &begun.computer {
            cookies::of_computer(&self.visit, computer).set(headers);
        }
        if let Some(token) = &begun.automatic {
            let tokens: Vec<_> = [token.clone()].into_iter().chain(self.tokens.iter().cloned()).collect();
            let days = passport.settings.session.automatic_days;
            cookies::of_tokens(&self.visit, &tokens, days).set(headers);
        }
    }

    /// Puts a session in front, with a new secret.
    pub fn keep_session(&self, id: SessionId, secret: &str, headers: &mut HeaderMap) {
        let others = self.named.iter().filter(|(other, _)| *other != id).cloned();
        let named: Vec<_> = [(id, secret.to_owned())].into_iter().chain(others).collect();
        cookies::of_sessions(&self.visit, &named).set(headers);
    }

    /// The transaction in which the person whom pages speak to writes. `None`: nobody is signed in, or not any more.
    pub async fn acts(&self, passport: &Passport) -> Result<Option<Acting>, Fault> {
        let Some((session, account)) = &self.signed_in else { return Ok(None) };
        match Acting::in_session(
            &passport.db,
            (&passport.settings.session).into(),
            self.visit.now,
            session,
            account,
        )
        .await
        {
            Ok(acting) => Ok(Some(acting)),
            Err(Refusal::Ended | Refusal::TooMany(_)) => Ok(None),
            Err(Refusal::Fault(fault)) => Err(fault),
        }
    }

    /// Ends whatever this browser holds: every session and every automatic sign-in (PP-22). Answers the names of
    /// the sites that are told. One transaction an account: nobody holds the locks of two.
    pub async fn sign_out(&self, passport: &Passport) -> Result<Vec<String>, Fault> {
        let now = self.visit.now;
        let mut accounts: Vec<_> = self.everybody().map(|(session, _)| session.account).collect();
        accounts.extend(accounts_of(passport, &self.tokens).await?);
        accounts.sort_unstable();
        accounts.dedup();
        let mut told = Vec::new();
        for account in accounts {
            let Some(tx) = Acting::on(&passport.db, account).await? else { continue };
            for (session, _) in self.everybody().filter(|(session, _)| session.account == account) {
                told.extend(acts::sessions::end(passport, &tx, now, session.id).await?);
                let (kind, source) = (history::Kind::SignedOut, &source(&self.visit));
                let event = history::NewEvent { account, kind, source, detail: "" };
                history::record(&tx, now, &passport.random, event).await?;
            }
            end_presented(passport, &tx, now, self.tokens.iter().map(String::as_str)).await?;
            tx.commit().await?;
        }
        told.sort();
        told.dedup();
        Ok(told)
    }

    /// Ends what this browser holds of one account, whose name on it is `known`, and takes it out of its cookies.
    pub async fn forget(
        &self,
        passport: &Passport,
        account: AccountId,
        known: ComputerId,
        headers: &mut HeaderMap,
    ) -> Result<(), Fault> {
        let now = self.visit.now;
        let Some(tx) = Acting::on(&passport.db, account).await? else { return Ok(()) };
        computer::store::drop_computer(&tx, account, known).await?;
        let ended = self.everybody().find(|(session, _)| session.account == account);
        if let Some((session, _)) = ended {
            acts::sessions::end(passport, &tx, now, session.id).await?;
        }
        end_presented(passport, &tx, now, self.tokens.iter().map(String::as_str)).await?;
        tx.commit().await?;
        if let Some((session, _)) = ended {
            let named: Vec<_> = self.named.iter().filter(|(id, _)| *id != session.id).cloned().collect();
            cookies::of_sessions(&self.visit, &named).set(headers);
        }
        Ok(())
    }
}

/// The digest of the cookie that tells this computer from others, if it has one.
pub fn computer(visit: &Visit) -> Option<[u8; 32]> {
    visit.cookie(computer::COOKIE).and_then(computer::digest_of)
}

/// Takes the cookies away that sign a browser in; the computer stays known.
pub fn cookies_gone(visit: &Visit, headers: &mut HeaderMap) {
    cookies::of_sessions(visit, &[]).set(headers);
    cookies::of_tokens(visit, &[], 0).set(headers);
}

impl FromRequestParts<Passport> for Visitor {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, passport: &Passport) -> Result<Self, Trouble> {
        let visit = Visit::from_request_parts(parts, passport).await?;
        Self::of(passport, visit, parts.extensions.get::<automatic::Arrived>().cloned()).await
    }
}

impl Visitor {
    /// Who makes this visit, after an automatic sign-in if there was one.
    async fn of(
        passport: &Passport,
        visit: Visit,
        arrived: Option<automatic::Arrived>,
    ) -> Result<Self, Trouble> {
        let (claimed, tokens) = match arrived {
            Some(arrived) => (arrived.sessions, arrived.tokens),
            None => (cookies::sessions(&visit), cookies::tokens(&visit)),
        };
        let lifetime = (&passport.settings.session).into();
        let (mut people, mut named) = (Vec::new(), Vec::new());
        for one in &claimed {
            let found = store::find_person(passport.db.reader(), visit.now, lifetime, one).await?;
            let Some((session, account, seen_at)) = found else { continue };
            if !visit.now.is_within(NOTED_EVERY, seen_at) {
                let noting = note_use(passport, visit.now, &session);
                // Over by now. Whoever could not be noted is read as they are.
                if in_passing(format!("use\0{}", session.id), noting).await == Some(false) {
                    continue;
                }
            }
            named.push(one.clone());
            people.push((session, account));
        }
        let mut people = people.into_iter();
        let signed_in = people.next();
        match &signed_in {
            Some((_, account)) => {
                visit.is_of(Some(&[account.id.to_string().as_bytes()]));
                visit.is_called(&account.email, "/sign-out");
                visit.has_nav(nav_of_people());
                visit.has_sub_nav("/account", ACCOUNT_SERVICES);
            }
            None => visit.is_of(None),
        }
        Ok(Self { visit, signed_in, others: people.collect(), named, tokens })
    }
}

/// Stands around every route: a page that says what went wrong names the signed-in person as all others do. What no
/// handler asked for is asked for here.
pub async fn head(State(passport): State<Passport>, visit: Visit, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let is_bare = !response.headers().contains_key(header::CONTENT_TYPE);
    // Whoever has to say that the database is away does not wait for it.
    if response.status().is_client_error()
        && is_bare
        && visit.is_headless()
        && let Err(trouble) = Visitor::of(&passport, visit.clone(), None).await
    {
        tracing::warn!(?trouble, "Nobody could say who is signed in");
    }
    response
}

/// Writes down that a session is used; false when it is over by now.
async fn note_use(passport: &Passport, now: Moment, session: &Session) -> Result<bool, Fault> {
    match Acting::to_protect(&passport.db, (&passport.settings.session).into(), now, session).await {
        Ok(tx) => {
            store::set_seen(&tx, now, session.id).await?;
            tx.commit().await?;
            Ok(true)
        }
        // The next request reads what it is now.
        Err(Refusal::Ended | Refusal::TooMany(_)) => Ok(false),
        Err(Refusal::Fault(fault)) => Err(fault),
    }
}
