//! The second step: a passkey, a code of the app, or a recovery code, after the first proof or for more in a session that
//! lives. Whoever has none of them asks here to be let in once without.
mod by_passkey;
pub mod page;

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    Fault, dates,
    secrets::Secret,
    web::{
        Cookie, Errors, OfBrowser, Trouble, Visit, page::FormsLeadElsewhere, see_other, visit::cookie_name,
    },
};
use serde::Deserialize;

use page::{Has, SecondStepPage, Way};

use super::{arrival::Arrival, sign_in, sign_out::Nothing};

use crate::{
    account::{self, Account},
    acts::{
        arrive::Keep,
        second_step::{
            self, Attempt, Second,
            waiver::{self, Asked},
        },
    },
    paths::{SECOND_STEP, SIGN_IN},
    request::destination::Params,
    second_step::First,
    session::{Browser, Session},
    state::Passport,
    visitor::{self, Visitor},
};

/// The cookie's name, after the product's.
const COOKIE: &str = "second";

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Form {
    code: Secret,
    /// What the browser answered, instead.
    passkey: String,
}

/// What somebody at this page has proven so far.
enum Who {
    First(Box<(First, Account)>),
    Session(Box<(Session, Account)>),
}

impl Who {
    /// Of the cookie, or of the session where that is to be proven further. `None`: nobody, or not any more.
    async fn of(passport: &Passport, arrival: &Arrival) -> Result<Option<Self>, Fault> {
        let visitor = &arrival.visitor;
        if arrival.prove {
            let signed_in = visitor.signed_in.clone();
            return Ok(signed_in.map(|who| Self::Session(Box::new(who))));
        }
        let visit = &visitor.visit;
        let read = |word: &str| passport.second.firsts.read_beside(word, visit.browser.as_bytes());
        let Some(first) = visit.cookie(COOKIE).and_then(read) else { return Ok(None) };
        let found = account::store::find(passport.db.reader(), first.account).await?;
        let found = found.filter(|account| first.is_good(account, visit.now));
        Ok(found.map(|account| Self::First(Box::new((first, account)))))
    }

    fn account(&self) -> &Account {
        match self {
            Self::First(who) => &who.1,
            Self::Session(who) => &who.1,
        }
    }

    /// The page that asks in this way, or in the first that the account has.
    async fn page(
        &self,
        passport: &Passport,
        arrival: &Arrival,
        way: Option<Way>,
        errors: Errors,
    ) -> Result<SecondStepPage, Fault> {
        let account = self.account();
        let more = matches!(self, Self::Session(_));
        // In a session a passkey is used where people sign in: it proves everything anew.
        let has = Has { app: account.has_app(), passkey: !more && by_passkey::is_set_up(passport, account) };
        let way = has.way(way);
        let question = match way {
            Way::Passkey => by_passkey::question(passport, arrival, account).await?,
            _ => None,
        };
        Ok(SecondStepPage {
            shell: arrival.shell(),
            client: arrival.client.clone(),
            destination: arrival.destination.clone(),
            email: account.email.clone(),
            has,
            way,
            more,
            ready_at: None,
            question,
            errors,
        })
    }
}

/// Where the sign-in goes on; the browser holds the first proof until then.
pub(super) fn begin(passport: &Passport, arrival: &Arrival, first: &First) -> Response {
    let visit = &arrival.visitor.visit;
    let mut response = see_other(&arrival.destination.carried_to(SECOND_STEP));
    let word = passport.second.firsts.name_beside(first, visit.browser.as_bytes());
    Cookie::session(cookie_name(&visit.site, COOKIE), word).set(response.headers_mut());
    response
}

fn answer(arrival: &Arrival, status: StatusCode, page: &SecondStepPage) -> Result<Response, Trouble> {
    let mut response = arrival.visitor.visit.page(status, page)?;
    if page.is_of_a_site() {
        response.extensions_mut().insert(FormsLeadElsewhere);
    }
    Ok(response)
}

/// The first proof is needed anew.
fn over(arrival: &Arrival) -> Response {
    let mut response = see_other(&arrival.destination.carried_with(SIGN_IN, "late", "1"));
    gone(&arrival.visitor.visit, &mut response);
    response
}

fn gone(visit: &Visit, response: &mut Response) {
    Cookie::gone(cookie_name(&visit.site, COOKIE)).set(response.headers_mut());
}

pub async fn show(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
) -> Result<Response, Trouble> {
    let way = Way::of(params.way.as_deref());
    let arrival = Arrival::of(&passport, visitor, params).await?;
    let Some(who) = Who::of(&passport, &arrival).await? else { return Ok(over(&arrival)) };
    answer(&arrival, StatusCode::OK, &who.page(&passport, &arrival, way, Errors::default()).await?)
}

pub async fn take(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
    form: OfBrowser<Form>,
) -> Result<Response, Trouble> {
    let way = Way::of(params.way.as_deref());
    let arrival = Arrival::of(&passport, visitor, params).await?;
    let Some(who) = Who::of(&passport, &arrival).await? else { return Ok(over(&arrival)) };
    let visit = &arrival.visitor.visit;
    let again =
        async |status, errors| answer(&arrival, status, &who.page(&passport, &arrival, way, errors).await?);
    let form = match form {
        OfBrowser::Checked(form) => form,
        OfBrowser::Stale(_) => {
            return again(StatusCode::FORBIDDEN, Errors::whole(visit.stale().text(visit))).await;
        }
    };
    if let (Who::First(first), false) = (&who, form.passkey.is_empty()) {
        return match by_passkey::take(&passport, &arrival, &first.0, &form.passkey).await? {
            Ok(mut response) => {
                gone(visit, &mut response);
                Ok(response)
            }
            Err(None) => Ok(over(&arrival)),
            Err(Some(key)) => again(StatusCode::UNPROCESSABLE_ENTITY, Errors::whole(visit.t(key))).await,
        };
    }
    let wrong = |key: &str| {
        let mut errors = Errors::default();
        errors.add("code", visit.t(key));
        errors
    };
    if form.code.expose().trim().is_empty() {
        return again(StatusCode::UNPROCESSABLE_ENTITY, wrong("second-needs-code")).await;
    }
    let (source, computer) = (visitor::source(visit), arrival.visitor.computer());
    let computer = computer.as_ref().map(<[u8; 32]>::as_slice);
    let mut response = match &who {
        Who::First(first) => {
            let (first, sessions) = (&first.0, arrival.visitor.sessions());
            let attempt = Attempt {
                first,
                code: &form.code,
                sending: &visitor::sending(visit),
                browser: Browser { source: &source, sessions: &sessions, shared: first.shared },
                keep: Keep { automatic: first.automatic, tokens: &arrival.visitor.tokens, computer },
            };
            match second_step::sign_in(&passport, visit.now, attempt).await? {
                Second::Done(begun) => sign_in::arrived(&passport, &arrival, &begun, false).await?,
                Second::Refused => {
                    return again(StatusCode::UNPROCESSABLE_ENTITY, wrong("second-wrong")).await;
                }
                Second::Over => return Ok(over(&arrival)),
            }
        }
        Who::Session(signed_in) => {
            let (session, account) = &**signed_in;
            let who = (session, account);
            match second_step::add(&passport, visit.now, who, &form.code, &source, computer).await? {
                Second::Done((secret, _)) => {
                    let mut response = see_other(&arrival.destination.path());
                    arrival.visitor.keep_session(session.id, &secret, response.headers_mut());
                    response
                }
                Second::Refused => {
                    return again(StatusCode::UNPROCESSABLE_ENTITY, wrong("second-wrong")).await;
                }
                Second::Over => return Ok(over(&arrival)),
            }
        }
    };
    gone(visit, &mut response);
    Ok(response)
}

/// Nothing of it is at hand: asked for by whoever proved the password a moment ago, and by nobody else.
pub async fn off(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
    form: OfBrowser<Nothing>,
) -> Result<Response, Trouble> {
    let arrival = Arrival::of(&passport, visitor, params).await?;
    let Some(who) = Who::of(&passport, &arrival).await? else { return Ok(over(&arrival)) };
    let visit = &arrival.visitor.visit;
    let Who::First(first) = &who else { return Ok(over(&arrival)) };
    if let OfBrowser::Stale(_) = form {
        let errors = Errors::whole(visit.stale().text(visit));
        let page = who.page(&passport, &arrival, Some(Way::Lost), errors).await?;
        return answer(&arrival, StatusCode::FORBIDDEN, &page);
    }
    match waiver::ask(&passport, visit.now, &first.0, &visitor::source(visit)).await? {
        Asked::Waits(ready_at) => {
            let mut page = who.page(&passport, &arrival, Some(Way::Lost), Errors::default()).await?;
            page.ready_at = Some(dates::shown_wait(&page.shell, ready_at));
            answer(&arrival, StatusCode::OK, &page)
        }
        Asked::TooMany(full) => Err(Trouble::too_many(full)),
        Asked::Over => Ok(over(&arrival)),
    }
}
