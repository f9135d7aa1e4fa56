//! The second step: a code of the app, or a recovery code, after the first proof or for more in a session that lives. Whoever
//! has neither asks here for it to be switched off.
use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    Fault, dates,
    secrets::Secret,
    web::{
        Cookie, Errors, OfBrowser, Shell, Trouble, Visit, page::FormsLeadElsewhere, see_other,
        visit::cookie_name,
    },
};
use serde::Deserialize;

use super::{arrival::Arrival, client_panel::ClientPanel, sign_in, sign_out::Nothing};

use crate::{
    account::{self, Account},
    acts::{
        arrive::Keep,
        second_step::{
            self, Attempt, Second,
            set_up::{Asked, ask_off},
        },
    },
    paths::{SECOND_STEP, SECOND_STEP_OFF, SIGN_IN},
    request::destination::{Destination, Params},
    second_step::First,
    session::{Browser, Session},
    state::Passport,
    visitor::{self, Visitor},
};

/// The cookie's name, after the product's.
const COOKIE: &str = "second";

/// Which code the page asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Way {
    #[default]
    App,
    RecoveryCode,
    /// Neither is at hand.
    Lost,
}

impl Way {
    fn of(word: Option<&str>) -> Self {
        match word {
            Some("recovery") => Self::RecoveryCode,
            Some("lost") => Self::Lost,
            _ => Self::App,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::RecoveryCode => "recovery",
            Self::Lost => "lost",
        }
    }
}

#[derive(Template)]
#[template(path = "pages/second_step.html")]
pub struct SecondStepPage {
    shell: Shell,
    client: Option<ClientPanel>,
    destination: Destination,
    email: String,
    way: Way,
    /// There is a session, and it lacks this.
    more: bool,
    /// It is switched off then.
    off_at: Option<String>,
    errors: Errors,
}

impl SecondStepPage {
    fn at(&self, page: &str, way: Way) -> String {
        let carried = self.destination.carried_with(page, "way", way.word());
        if self.more { format!("{carried}&prove=1") } else { carried }
    }

    fn action(&self) -> String {
        self.at(SECOND_STEP, self.way)
    }

    fn app(&self) -> String {
        self.at(SECOND_STEP, Way::App)
    }

    fn recovery(&self) -> String {
        self.at(SECOND_STEP, Way::RecoveryCode)
    }

    fn lost(&self) -> String {
        self.at(SECOND_STEP, Way::Lost)
    }

    fn off(&self) -> String {
        self.at(SECOND_STEP_OFF, Way::Lost)
    }

    fn cancel(&self) -> String {
        self.destination.carried_to("/sign-in/cancel")
    }

    fn asks_app(&self) -> bool {
        self.way == Way::App
    }

    fn asks_recovery_code(&self) -> bool {
        self.way == Way::RecoveryCode
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Form {
    code: Secret,
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

    fn page(&self, arrival: &Arrival, way: Way, errors: Errors) -> SecondStepPage {
        SecondStepPage {
            shell: arrival.shell(),
            client: arrival.client.clone(),
            destination: arrival.destination.clone(),
            email: self.account().email.clone(),
            way,
            more: matches!(self, Self::Session(_)),
            off_at: None,
            errors,
        }
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
    if page.client.is_some() {
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
    match Who::of(&passport, &arrival).await? {
        Some(who) => answer(&arrival, StatusCode::OK, &who.page(&arrival, way, Errors::default())),
        None => Ok(over(&arrival)),
    }
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
    let again = |status, errors| answer(&arrival, status, &who.page(&arrival, way, errors));
    let form = match form {
        OfBrowser::Checked(form) => form,
        OfBrowser::Stale(_) => {
            return again(StatusCode::FORBIDDEN, Errors::whole(visit.stale().text(visit)));
        }
    };
    let wrong = |key: &str| {
        let mut errors = Errors::default();
        errors.add("code", visit.t(key));
        errors
    };
    if form.code.expose().trim().is_empty() {
        return again(StatusCode::UNPROCESSABLE_ENTITY, wrong("second-needs-code"));
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
                Second::Refused => return again(StatusCode::UNPROCESSABLE_ENTITY, wrong("second-wrong")),
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
                Second::Refused => return again(StatusCode::UNPROCESSABLE_ENTITY, wrong("second-wrong")),
                Second::Over => return Ok(over(&arrival)),
            }
        }
    };
    gone(visit, &mut response);
    Ok(response)
}

/// Neither app nor recovery code: asked for by whoever proved the password a moment ago, and by nobody else.
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
        let page = who.page(&arrival, Way::Lost, Errors::whole(visit.stale().text(visit)));
        return answer(&arrival, StatusCode::FORBIDDEN, &page);
    }
    match ask_off(&passport, visit.now, &first.0, &visitor::source(visit)).await? {
        Asked::Waits(off_at) => {
            let mut page = who.page(&arrival, Way::Lost, Errors::default());
            page.off_at = Some(dates::shown_wait(&page.shell, off_at));
            answer(&arrival, StatusCode::OK, &page)
        }
        Asked::TooMany(full) => Err(Trouble::too_many(full)),
        Asked::Over => Ok(over(&arrival)),
    }
}

#[cfg(test)]
impl platform::web::page::Samples for SecondStepPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |way, errors| Self {
            shell: shell.clone(),
            client: None,
            destination: Destination::Home,
            email: "maria@example.com".into(),
            way,
            more: false,
            off_at: None,
            errors,
        };
        let mut wrong = Errors::default();
        wrong.add("code", shell.t("second-wrong"));
        let site = Destination::Site("client_id=portal&scope=openid".into());
        vec![
            page(Way::App, Errors::default()),
            Self {
                client: Some(ClientPanel::sample()),
                destination: site,
                more: true,
                ..page(Way::App, wrong)
            },
            page(Way::RecoveryCode, Errors::default()),
            page(Way::Lost, Errors::default()),
            Self { off_at: Some("tomorrow at 08:15".into()), ..page(Way::Lost, Errors::default()) },
        ]
    }
}
