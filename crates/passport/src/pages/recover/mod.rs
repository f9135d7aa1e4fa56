//! A forgotten password, one question a page: which address, which way, the proof, the new password. What was
//! entered travels in the forms; that a proof was given stands in a cookie that names a row, so no page can be
//! jumped to (EM-05). For addresses without an account every page is the same (EN-03).
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    email::EmailAddress,
    secrets::Secret,
    web::{Cookie, Errors, OfBrowser, Trouble, Visit, see_other, shown::Why, visit::cookie_name},
};
use serde::Deserialize;

use super::{
    passwords::refused,
    sign_up::form::{Birth, in_words},
};

pub mod page;

use page::{
    AddressPage, AnswerPage, BillingPage, DonePage, OverPage, PasswordPage, ReturnPage, SentPage,
    WaitingPage, WaysPage,
};

use crate::{
    account::{Account, birthdate::Birthdate, information::Information},
    acts::{
        self,
        addresses::is_same,
        recover::{Opened, Prover},
    },
    billing,
    recovery::{Readiness, Recovery, Way, code},
    request::destination::{Destination, Params},
    state::Passport,
    visitor::{self, Visitor},
};

pub const RECOVER: &str = "/recover";
const NEW_PASSWORD: &str = "/recover/password";

/// The cookie's name, after the product's. It holds a code of [`crate::recovery::code`].
const COOKIE: &str = "recovery";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Step {
    #[default]
    Address,
    Way,
    Answer,
    Billing,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Form {
    step: Step,
    email: String,
    way: String,
    country: String,
    postal_code: String,
    birth_day: String,
    birth_month: String,
    birth_year: String,
    answer: Secret,
    last_four_digits: String,
    expiry: String,
    invoice_number: String,
}

impl Form {
    fn birth(&self) -> Birth<'_> {
        Birth { day: &self.birth_day, month: &self.birth_month, year: &self.birth_year }
    }
}

/// One visit to these pages: who asks, and where they want to go afterwards.
pub struct Asked {
    visitor: Visitor,
    destination: Destination,
}

impl Asked {
    fn visit(&self) -> &Visit {
        &self.visitor.visit
    }

    fn action(&self) -> String {
        self.destination.carried_to(RECOVER)
    }
}

pub async fn show(visitor: Visitor, Query(params): Query<Params>) -> Result<Response, Trouble> {
    let asked = Asked { visitor, destination: params.into() };
    asked.visit().ok(&AddressPage::of(&asked, String::new(), Errors::default()))
}

pub async fn take(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
    form: OfBrowser<Form>,
) -> Result<Response, Trouble> {
    let asked = Asked { visitor, destination: params.into() };
    let visit = asked.visit();
    let form = match form {
        OfBrowser::Checked(form) => form,
        OfBrowser::Stale(form) => {
            let errors = Errors::whole(visit.stale().text(visit));
            return visit.page(StatusCode::FORBIDDEN, &AddressPage::of(&asked, form.email, errors));
        }
    };
    let email = match EmailAddress::parse(&form.email) {
        Ok(email) => email,
        Err(malformed) => {
            let mut errors = Errors::default();
            errors.add("email", visit.t(in_words(malformed)));
            let page = AddressPage::of(&asked, form.email, errors);
            return visit.page(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    match form.step {
        Step::Address => ways(&passport, &asked, &email, Errors::default()).await,
        Step::Way => take_way(&passport, &asked, &email, &form.way).await,
        Step::Answer => take_answer(&passport, &asked, &email, form).await,
        Step::Billing => take_billing(&passport, &asked, &email, form).await,
    }
}

async fn ways(
    passport: &Passport,
    asked: &Asked,
    email: &EmailAddress,
    errors: Errors,
) -> Result<Response, Trouble> {
    let facing = acts::recover::face(passport, email, passport.site.default_language).await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    asked.visit().page(status, &WaysPage::of(asked, email, facing.offered, errors))
}

async fn take_way(
    passport: &Passport,
    asked: &Asked,
    email: &EmailAddress,
    way: &str,
) -> Result<Response, Trouble> {
    let visit = asked.visit();
    let facing = acts::recover::face(passport, email, passport.site.default_language).await?;
    match Way::parse(way).filter(|way| facing.offered.has(*way)) {
        Some(way @ (Way::Alternate | Way::Email)) => {
            let (source, computer) = (visitor::source(visit), asked.visitor.computer());
            let computer = computer.as_ref().map(<[u8; 32]>::as_slice);
            let prover = Prover { email, source: &source, computer };
            let sent = acts::recover::ask_for_link(passport, visit.now, way, prover);
            // Strangers read the same in either case; who is signed in to the account may know.
            let theirs = |account: &Account| is_same(Some(&account.email), email);
            let owner = asked.visitor.everybody().any(|(_, account)| theirs(account));
            let nothing_sent = !sent.await? && owner;
            visit.ok(&SentPage::of(asked, email, way, nothing_sent))
        }
        Some(Way::Answer) => {
            visit.ok(&AnswerPage::of(asked, email, facing.question, Form::default(), Errors::default()))
        }
        Some(Way::Billing) => visit.ok(&BillingPage::of(asked, email, Errors::default())),
        Some(Way::Support) | None => {
            let mut errors = Errors::default();
            errors.add("way", visit.t("recover-choose-way"));
            ways(passport, asked, email, errors).await
        }
    }
}

async fn take_answer(
    passport: &Passport,
    asked: &Asked,
    email: &EmailAddress,
    form: Form,
) -> Result<Response, Trouble> {
    let visit = asked.visit();
    let (source, computer) = (visitor::source(visit), asked.visitor.computer());
    let prover = Prover { email, source: &source, computer: computer.as_ref().map(<[u8; 32]>::as_slice) };
    let said = Information {
        country: form.country.clone(),
        postal_code: form.postal_code.clone(),
        birthdate: form.birth().read().map(Birthdate::claim).unwrap_or_default(),
    };
    match acts::recover::prove_by_answer(passport, visit.now, prover, &said, &form.answer).await? {
        Some(opened) => go_on(asked, &opened),
        None => {
            let facing = acts::recover::face(passport, email, passport.site.default_language).await?;
            // One text for whatever is wrong: a field, an account, or the number of tries (BF-05).
            let errors = Errors::whole(visit.t("recover-not-accepted"));
            let page = AnswerPage::of(asked, email, facing.question, form, errors);
            visit.page(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

async fn take_billing(
    passport: &Passport,
    asked: &Asked,
    email: &EmailAddress,
    form: Form,
) -> Result<Response, Trouble> {
    let visit = asked.visit();
    let (source, computer) = (visitor::source(visit), asked.visitor.computer());
    let prover = Prover { email, source: &source, computer: computer.as_ref().map(<[u8; 32]>::as_slice) };
    let said = billing::Facts {
        last_four_digits: form.last_four_digits,
        expiry: form.expiry,
        postal_code: form.postal_code,
        invoice_number: form.invoice_number,
    };
    match acts::recover::prove_by_billing(passport, visit.now, prover, &said).await? {
        Some(opened) => go_on(asked, &opened),
        None => {
            let errors = Errors::whole(visit.t("recover-not-accepted"));
            visit.page(StatusCode::UNPROCESSABLE_ENTITY, &BillingPage::of(asked, email, errors))
        }
    }
}

/// On to the new password, or to the page that says when; this browser holds the proof from now on.
fn go_on(asked: &Asked, opened: &Opened) -> Result<Response, Trouble> {
    let visit = asked.visit();
    match opened.recovery.standing(visit.now) {
        Readiness::Waits(until) => {
            let code = Some(code::shown(&opened.code));
            let mut response = visit.ok(&WaitingPage::of(asked, until, code))?;
            cookie(visit, &opened.code).set(response.headers_mut());
            Ok(response)
        }
        Readiness::Ready | Readiness::Over => {
            let mut response = see_other(&asked.destination.carried_to(NEW_PASSWORD));
            cookie(visit, &opened.code).set(response.headers_mut());
            Ok(response)
        }
    }
}

/// The same for whoever comes by the link of a letter.
pub fn proven(visitor: Visitor, opened: &Opened) -> Result<Response, Trouble> {
    go_on(&Asked { visitor, destination: Destination::Home }, opened)
}

/// Goes when the browser closes: a recovery that waits is begun on computers that may be anybody's. Who comes back
/// later has the code that the page showed.
fn cookie(visit: &Visit, code: &str) -> Cookie {
    Cookie::session(cookie_name(&visit.site, COOKIE), code)
}

/// A person with a proof in their browser, and what it is good for now.
async fn standing(
    passport: &Passport,
    asked: &Asked,
) -> Result<Option<(Account, Recovery, Readiness)>, Trouble> {
    match asked.visit().cookie(COOKIE).and_then(code::typed) {
        Some(code) => Ok(acts::recover::returned(passport, asked.visit().now, &code).await?),
        None => Ok(None),
    }
}

pub async fn show_password(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
) -> Result<Response, Trouble> {
    let asked = Asked { visitor, destination: params.into() };
    match standing(&passport, &asked).await? {
        Some((account, _, Readiness::Ready)) => {
            let least = least(&passport, &account);
            asked.visit().ok(&PasswordPage::of(&asked, least, account.email, Errors::default()))
        }
        Some((_, _, Readiness::Waits(until))) => asked.visit().ok(&WaitingPage::of(&asked, until, None)),
        Some((_, _, Readiness::Over)) | None => over(&asked),
    }
}

/// Characters of a password that is chosen for this account.
fn least(passport: &Passport, account: &Account) -> usize {
    passport.settings.password.least(account.asks_more(passport.takes_passkeys()))
}

fn over(asked: &Asked) -> Result<Response, Trouble> {
    asked.visit().page(StatusCode::FORBIDDEN, &OverPage::of(asked))
}

#[derive(Deserialize)]
pub struct NewPassword {
    /// Whose account the page showed.
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: Secret,
}

pub async fn take_password(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
    form: OfBrowser<NewPassword>,
) -> Result<Response, Trouble> {
    let asked = Asked { visitor, destination: params.into() };
    let visit = asked.visit();
    let (account, recovery) = match standing(&passport, &asked).await? {
        Some((account, recovery, Readiness::Ready)) => (account, recovery),
        Some((_, _, Readiness::Waits(until))) => {
            return visit.page(StatusCode::FORBIDDEN, &WaitingPage::of(&asked, until, None));
        }
        Some((account, _, Readiness::Over)) => return again(&passport, &asked, account).await,
        None => return over(&asked),
    };
    let least = least(&passport, &account);
    let OfBrowser::Checked(form) = form else {
        let errors = Errors::whole(visit.stale().text(visit));
        return visit.page(StatusCode::FORBIDDEN, &PasswordPage::of(&asked, least, account.email, errors));
    };
    // Another tab may have proven another account since (FX-03).
    if form.email != account.email {
        let errors = Errors::whole(Why::Thing.text(visit));
        return visit.page(Why::Thing.status(), &PasswordPage::of(&asked, least, account.email, errors));
    }
    let has_second_step = account.asks_more(passport.takes_passkeys());
    if let Some(refused) = refused(&passport, visit, &account.email, &form.password, has_second_step).await? {
        let mut errors = Errors::default();
        errors.add("password", refused);
        let page = PasswordPage::of(&asked, least, account.email, errors);
        return visit.page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let (source, sending) = (visitor::source(visit), visitor::sending(visit));
    let set = acts::recover::set_password(&passport, visit.now, &recovery, form.password, &source, &sending);
    match set.await? {
        Some(ended) => {
            let mut response =
                visit.ok(&DonePage::of(&asked, account, Some(ended), passport.takes_passkeys()))?;
            Cookie::gone(cookie_name(&visit.site, COOKIE)).set(response.headers_mut());
            // Whoever was signed in here is not any more.
            visitor::cookies_gone(visit, response.headers_mut());
            Ok(response)
        }
        None => again(&passport, &asked, account).await,
    }
}

/// The very form that set the password comes once more: it is answered like the first time.
async fn again(passport: &Passport, asked: &Asked, account: Account) -> Result<Response, Trouble> {
    let visit = asked.visit();
    match visitor::sending(visit).came_before(passport.db.reader(), visit.now).await? {
        true => visit.ok(&DonePage::of(asked, account, None, passport.takes_passkeys())),
        false => over(asked),
    }
}

pub async fn show_return(visitor: Visitor) -> Result<Response, Trouble> {
    visitor.visit.ok(&ReturnPage::of(&visitor, String::new(), Errors::default()))
}

#[derive(Deserialize)]
pub struct Return {
    #[serde(default)]
    code: String,
}

/// A code that was written down, in whatever browser. Nobody guesses 130 bits, so nothing is counted here.
pub async fn take_return(
    State(passport): State<Passport>,
    visitor: Visitor,
    form: OfBrowser<Return>,
) -> Result<Response, Trouble> {
    let visit = visitor.visit.clone();
    let (typed, errors) = match form {
        OfBrowser::Checked(form) => (form.code, Errors::default()),
        OfBrowser::Stale(form) => (form.code, Errors::whole(visit.stale().text(&visit))),
    };
    if !errors.is_empty() {
        return visit.page(StatusCode::FORBIDDEN, &ReturnPage::of(&visitor, typed, errors));
    }
    let found = match code::typed(&typed) {
        Some(code) => acts::recover::returned(&passport, visit.now, &code).await?.map(|_| code),
        None => None,
    };
    match found {
        Some(code) => {
            let mut response = see_other(NEW_PASSWORD);
            cookie(&visit, &code).set(response.headers_mut());
            Ok(response)
        }
        None => {
            let mut errors = Errors::default();
            errors.add("code", visit.t("recover-return-wrong"));
            visit.page(StatusCode::UNPROCESSABLE_ENTITY, &ReturnPage::of(&visitor, typed, errors))
        }
    }
}
