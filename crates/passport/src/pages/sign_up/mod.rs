//! Signing up, in the FAQ's order: the e-mail address first, then the credentials (PP-02, PP-03). Works
//! without JavaScript and without state on the server: what was entered travels in the form, and is checked
//! anew at every step.
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use platform::{
    email::EmailAddress,
    secrets::Secret,
    web::{Checked, Cookie, Errors, OfBrowser, Trouble, Visit, see_other, too_many_text, visit::cookie_name},
};
use serde::Deserialize;

use super::{arrival::Arrival, letter_link::claim_sent, passwords::refused};

/// Where sign-up ends.
const DONE: &str = "/sign-up/done";

pub mod done;
pub mod form;
pub mod page;

use form::{Form, Step};
use page::{AddressPage, CredentialsPage, TakenPage};

use crate::{
    account::store,
    acts::{
        self,
        arrive::Keep,
        sign_in::{Attempt, SignIn},
        sign_up::{SignUp, SignedUp},
    },
    budget::Budget,
    link::{self, PressedLink, Purpose},
    name_claim,
    paths::SIGN_UP,
    request::destination::Params,
    session::Browser,
    state::Passport,
    visitor::{self, Visitor},
};

pub async fn show(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
) -> Result<Response, Trouble> {
    let arrival = Arrival::of(&passport, visitor, params).await?;
    // A hint is a stranger's word: only what looks like an address is shown in the field.
    let hint = arrival.asking.as_ref().and_then(|asking| asking.login_hint.clone());
    let hint = hint.filter(|hint| EmailAddress::parse(hint).is_ok());
    let taking = taking(&passport, &arrival.visitor.visit).await?.map(|link| link.detail.clone());
    let form = Form { email: taking.or(hint).unwrap_or_default(), ..Form::default() };
    arrival.visitor.visit.ok(&AddressPage::of(&arrival, form, Errors::default()))
}

pub async fn take(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
    form: OfBrowser<Form>,
) -> Result<Response, Trouble> {
    let arrival = Arrival::of(&passport, visitor, params).await?;
    let visit = &arrival.visitor.visit;
    let form = match form {
        OfBrowser::Checked(form) => form,
        OfBrowser::Stale(form) => {
            let errors = Errors::whole(visit.stale().text(visit));
            return match form.step {
                Step::Credentials => CredentialsPage::of(&passport, &arrival, form, errors)
                    .answer(&arrival, StatusCode::FORBIDDEN),
                Step::Address => visit.page(StatusCode::FORBIDDEN, &AddressPage::of(&arrival, form, errors)),
            };
        }
    };
    if form.back.is_some() {
        return visit.ok(&AddressPage::of(&arrival, form, Errors::default()));
    }
    let email = match EmailAddress::parse(&form.email) {
        Ok(email) => email,
        Err(malformed) => {
            let mut errors = Errors::default();
            errors.add("email", visit.t(form::in_words(malformed)));
            let page = AddressPage::of(&arrival, form, errors);
            return visit.page(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    // Whoever had the name without proving it had time enough: it is given up before it is looked up.
    acts::claim_name::carry_out_due(&passport, visit.now, email.key()).await?;
    if passport.settings.managed_domains.hold(email.key()) {
        let mut errors = Errors::default();
        errors.add("email", visit.t("sign-up-managed-domain"));
        let page = AddressPage::of(&arrival, form, errors);
        return visit.page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    match form.step {
        Step::Credentials => take_credentials(&passport, &arrival, form, email).await,
        Step::Address => take_address(&passport, &arrival, form, &email).await,
    }
}

async fn take_address(
    passport: &Passport,
    arrival: &Arrival,
    form: Form,
    email: &EmailAddress,
) -> Result<Response, Trouble> {
    let visit = &arrival.visitor.visit;
    // Where nobody may learn whose address is taken, it is not even looked up.
    if passport.settings.sign_up.reveal_taken {
        let may = Budget::AddressChecks
            .may_or_wait(&passport.db, &passport.settings, visit.now, &visit.address_block())
            .await?;
        if let Err(full) = may {
            let errors = Errors::whole(too_many_text(visit, "sign-up-too-many", full));
            let page = AddressPage::of(arrival, form, errors);
            return visit.page(StatusCode::TOO_MANY_REQUESTS, &page);
        }
        let (reader, now) = (passport.db.reader(), visit.now);
        let waits = name_claim::store::find_waiting(reader, now, email.key()).await?.is_some()
            && taking(passport, visit).await?.is_none_or(|link| link.detail != email.key());
        if waits || store::find_by_key(reader, email.key()).await?.is_some() {
            return taken(arrival, email, &form);
        }
    }
    CredentialsPage::of(passport, arrival, form, Errors::default()).answer(arrival, StatusCode::OK)
}

async fn take_credentials(
    passport: &Passport,
    arrival: &Arrival,
    form: Form,
    email: EmailAddress,
) -> Result<Response, Trouble> {
    let visit = &arrival.visitor.visit;
    let refused = refused(passport, visit, email.as_str(), &form.password, false).await?;
    let credentials = match form.check(visit, &email, refused) {
        Ok(credentials) => credentials,
        Err(errors) => {
            return CredentialsPage::of(passport, arrival, form, errors)
                .answer(arrival, StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    let block = visit.address_block();
    let may = Budget::SignUps.may_or_wait(&passport.db, &passport.settings, visit.now, &block).await?;
    if let Err(full) = may {
        let errors = Errors::whole(too_many_text(visit, "sign-up-too-many", full));
        return CredentialsPage::of(passport, arrival, form, errors)
            .answer(arrival, StatusCode::TOO_MANY_REQUESTS);
    }
    let done = arrival.destination.carried_with(DONE, "back", &done::left(&form, &credentials.claims));
    let sign_up = SignUp {
        email: email.clone(),
        password: form.password.clone(),
        question: credentials.question,
        answer: form.answer.clone(),
        language: credentials.language,
        alternate_email: credentials.alternate_email,
        claims: credentials.claims,
        verify: form.verify.is_some(),
        source: visitor::source(visit),
        taking: taking(passport, visit).await?,
        sending: visitor::sending(visit),
    };
    match acts::sign_up::sign_up(passport, visit.now, sign_up).await? {
        SignedUp::Taken if passport.settings.sign_up.reveal_taken => taken(arrival, &email, &form),
        SignedUp::Made(_) if passport.settings.sign_up.reveal_taken && arrival.asking.is_some() => {
            let mut response = see_other(&done);
            sign_in(passport, arrival, &email, form.password, response.headers_mut()).await?;
            Ok(response)
        }
        SignedUp::Made(_) | SignedUp::Taken => Ok(see_other(&done)),
    }
}

/// The cookie's name, after the product's: the link by which whoever claimed a name takes it.
const TAKING: &str = "take-name";

/// Leads whoever follows such a link to the sign-up, which uses it up.
pub fn take_name(visit: &Visit, secret: String) -> Response {
    let mut response = see_other(SIGN_UP);
    Cookie::session(cookie_name(&visit.site, TAKING), secret).set(response.headers_mut());
    response
}

/// The link that this browser came by.
async fn taking(passport: &Passport, visit: &Visit) -> Result<Option<PressedLink>, Trouble> {
    let Some(secret) = visit.cookie(TAKING) else { return Ok(None) };
    let link = link::store::find_usable(passport.db.reader(), visit.now, secret).await?;
    let link = link.filter(|link| link.purpose == Purpose::TakeName);
    Ok(link.map(|link| PressedLink::of(link, Purpose::TakeName, &visit.browser)))
}

/// Whoever came from a site goes on there and types nothing twice. The computer learns no name by it (PP-15), as
/// if it were shared; who is made for no site signs in first (PP-13).
async fn sign_in(
    passport: &Passport,
    arrival: &Arrival,
    email: &EmailAddress,
    password: Secret,
    headers: &mut HeaderMap,
) -> Result<(), Trouble> {
    let (visitor, source) = (&arrival.visitor, visitor::source(&arrival.visitor.visit));
    let (sessions, computer) = (visitor.sessions(), visitor.computer());
    let attempt = Attempt {
        email,
        password,
        browser: Browser { source: &source, sessions: &sessions, shared: true },
        keep: Keep {
            automatic: false,
            tokens: &visitor.tokens,
            computer: computer.as_ref().map(<[u8; 32]>::as_slice),
        },
    };
    if let SignIn::Begun(begun) = acts::sign_in::sign_in(passport, visitor.visit.now, attempt).await? {
        visitor.keep(passport, &begun, headers);
    }
    Ok(())
}

#[derive(Deserialize)]
pub struct Mine {
    #[serde(default)]
    email: String,
}

/// “It is my mailbox, but not my Passport”: an e-mail there, by which its reader may claim the name if the account
/// never proved it. The page says the same for all.
pub async fn mine(
    State(passport): State<Passport>,
    visitor: Visitor,
    Checked(form): Checked<Mine>,
) -> Result<Response, Trouble> {
    let visit = &visitor.visit;
    let Ok(email) = EmailAddress::parse(&form.email) else { return Ok(see_other(SIGN_UP)) };
    let (block, sending) = (visit.address_block(), visitor::sending(visit));
    let asked = acts::claim_name::ask(&passport, visit.now, &email, &block, &sending).await?;
    claim_sent(visit, asked)
}

/// PP-08: said openly, because the FAQ does; how often is limited by [`Budget::AddressChecks`].
fn taken(arrival: &Arrival, email: &EmailAddress, form: &Form) -> Result<Response, Trouble> {
    arrival.visitor.visit.page(StatusCode::CONFLICT, &TakenPage::of(arrival, email, form))
}
