//! Signing in, with an e-mail address and a password or with a passkey, on the way to a site or to Account Services.
mod with_passkey;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderValue, StatusCode, header::LOCATION},
    response::Response,
};
use oidc::assurance::Method;
use platform::{
    Fault,
    email::EmailAddress,
    secrets::Secret,
    web::{Errors, OfBrowser, Shell, Trouble, Visit, page::FormsLeadElsewhere, see_other},
};
use serde::Deserialize;

use super::{
    arrival::Arrival,
    client_panel::ClientPanel,
    credentials::recovery_codes,
    letter_link::frozen,
    name_claimed::NAME_CLAIMED,
    offer_passkey,
    passwords::advised,
    remembered::{self, OTHER, Remembered},
    second_step,
    waived::WAIVED,
};

use crate::{
    acts::{
        self,
        arrive::{Begun, Keep},
        choose_password,
        sign_in::{Attempt, SignIn},
    },
    name_claim,
    paths::{OFFER_PASSKEY, RECOVERY_CODES, SECOND_STEP, SIGN_IN, SIGN_UP},
    request::destination::{BY_PASSKEY, Destination, Params},
    session::Browser,
    state::Passport,
    visitor::{self, Visitor},
};

#[derive(Template)]
#[template(path = "pages/sign_in.html")]
pub struct SignInPage {
    shell: Shell,
    client: Option<ClientPanel>,
    destination: Destination,
    username: String,
    /// The handle of the account that was picked; its name stands fixed in the form.
    picked: Option<String>,
    remembered: Vec<Remembered>,
    /// Who is signed in already and may simply go on; only where no site waits.
    current: Option<String>,
    /// The person is signed in and proves it again.
    prove: bool,
    /// By a passkey, as a site asks.
    by_passkey: bool,
    automatic: bool,
    shared: bool,
    /// What the browser is asked for a passkey; `None`: there are none here.
    question: Option<String>,
    /// What whoever keeps passkeys should know.
    signals: Option<String>,
    errors: Errors,
}

#[derive(Default, Deserialize)]
pub struct Form {
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: Secret,
    /// What the browser answered, instead of both.
    #[serde(default)]
    passkey: String,
    /// The browser could keep a passkey in this computer.
    #[serde(default)]
    offer: String,
    /// “Sign me in automatically”.
    #[serde(default)]
    automatic: Option<String>,
    /// “Others use this computer too”.
    #[serde(default)]
    shared: Option<String>,
}

impl SignInPage {
    /// The page with what was entered, or nothing yet.
    async fn of(passport: &Passport, arrival: &Arrival, form: &Form, errors: Errors) -> Result<Self, Fault> {
        let remembered = remembered::list(passport, &arrival.visitor).await?;
        let picked = arrival.account.as_deref();
        let picked = remembered.iter().find(|known| Some(known.handle.as_str()) == picked);
        let proving = arrival.visitor.signed_in.as_ref().filter(|_| arrival.prove);
        let fixed = picked.map(|known| known.email.clone());
        let fixed = fixed.or_else(|| proving.map(|(_, account)| account.email.clone()));
        Ok(Self {
            shell: arrival.shell(),
            client: arrival.client.clone(),
            destination: arrival.destination.clone(),
            picked: picked.map(|known| known.handle.clone()),
            prove: proving.is_some(),
            by_passkey: proving.is_some() && arrival.by_passkey,
            username: fixed.unwrap_or_else(|| form.username.clone()),
            remembered,
            current: None,
            automatic: form.automatic.is_some(),
            shared: form.shared.is_some() || proving.is_some_and(|(session, _)| session.shared),
            question: with_passkey::question(passport, arrival).await?,
            signals: None,
            errors,
        })
    }

    /// The name of an account that was picked, or that is to be proved, is not for editing.
    fn is_fixed(&self) -> bool {
        self.picked.is_some() || self.prove
    }

    fn action(&self) -> String {
        match (&self.picked, self.prove) {
            (Some(picked), _) => self.destination.carried_with(SIGN_IN, "account", picked),
            (None, true) if self.by_passkey => self.destination.carried_with(SIGN_IN, "prove", BY_PASSKEY),
            (None, true) => self.destination.carried_with(SIGN_IN, "prove", "1"),
            (None, false) => self.destination.carried_to(SIGN_IN),
        }
    }

    fn choose(&self) -> String {
        self.destination.carried_to("/sign-in/account")
    }

    fn other(&self) -> String {
        self.destination.carried_with(SIGN_IN, "account", OTHER)
    }

    fn cancel(&self) -> String {
        self.destination.carried_to("/sign-in/cancel")
    }

    fn sign_up(&self) -> String {
        self.destination.carried_to(SIGN_UP)
    }

    fn recover(&self) -> String {
        self.destination.carried_to("/recover")
    }

    /// What stands for a passkey that is not at hand.
    fn recovery_code(&self) -> String {
        format!("{}&way=recovery", self.destination.carried_with(SECOND_STEP, "prove", "1"))
    }

    fn onward(&self) -> String {
        self.destination.path()
    }

    fn answer(&self, arrival: &Arrival, status: StatusCode) -> Result<Response, Trouble> {
        let mut response = arrival.visitor.visit.page(status, self)?;
        if self.client.is_some() {
            response.extensions_mut().insert(FormsLeadElsewhere);
        }
        Ok(response)
    }
}

pub async fn show(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
) -> Result<Response, Trouble> {
    let late = params.late.is_some();
    let arrival = Arrival::of(&passport, visitor, params).await?;
    let hint = arrival.asking.as_ref().and_then(|asking| asking.login_hint.clone());
    let current = arrival.visitor.signed_in.as_ref().map(|(_, account)| account.email.clone());
    let errors = match late {
        true => Errors::whole(arrival.visitor.visit.t("second-late")),
        false => Errors::default(),
    };
    let mut page = SignInPage::of(&passport, &arrival, &Form::default(), errors).await?;
    if !page.is_fixed() && arrival.account.as_deref() != Some(OTHER) {
        // A hint is a stranger's word: only what looks like an address is shown in the field.
        let hint = hint.filter(|hint| EmailAddress::parse(hint).is_ok());
        let last = page.remembered.first().map(|known| known.email.clone());
        page.username = hint.or_else(|| current.clone()).or(last).unwrap_or_default();
        page.current = current.filter(|_| arrival.client.is_none());
    }
    page.answer(&arrival, StatusCode::OK)
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
            let page = SignInPage::of(&passport, &arrival, &form, errors).await?;
            return page.answer(&arrival, StatusCode::FORBIDDEN);
        }
    };
    if !form.passkey.is_empty() {
        return with_passkey::take(&passport, &arrival, &form).await;
    }
    let (email, errors) = check(visit, &form);
    let (Some(email), true) = (email, errors.is_empty()) else {
        let page = SignInPage::of(&passport, &arrival, &form, errors).await?;
        return page.answer(&arrival, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let (sessions, computer) = (arrival.visitor.sessions(), arrival.visitor.computer());
    let source = visitor::source(visit);
    let attempt = Attempt {
        email: &email,
        password: form.password.clone(),
        browser: Browser { source: &source, sessions: &sessions, shared: form.shared.is_some() },
        keep: Keep {
            automatic: form.automatic.is_some(),
            tokens: &arrival.visitor.tokens,
            computer: computer.as_ref().map(<[u8; 32]>::as_slice),
        },
    };
    let begun = match acts::sign_in::sign_in(&passport, visit.now, attempt).await? {
        SignIn::Begun(begun) => begun,
        SignIn::Second(first) => return Ok(second_step::begin(&passport, &arrival, &first)),
        SignIn::Frozen => return frozen(visit),
        SignIn::Refused => {
            let errors = Errors::whole(visit.t("sign-in-wrong-pair"));
            let page = SignInPage::of(&passport, &arrival, &form, errors).await?;
            return page.answer(&arrival, StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    let advice = choose_password::advice(&passport, visit.now, begun.session.account, &form.password).await?;
    let mut response = arrived(&passport, &arrival, &begun, !form.offer.is_empty()).await?;
    let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
    // What somebody else claims comes first; what is offered comes another time.
    if let Some(advice) = advice.filter(|_| !to.starts_with(NAME_CLAIMED))
        && let Ok(first) = HeaderValue::try_from(advised(&arrival.destination, advice))
    {
        response.headers_mut().insert(LOCATION, first);
    }
    Ok(response)
}

/// Where somebody goes who is signed in now, with what the browser shall hold; `could`: the computer could keep a
/// passkey.
pub(super) async fn arrived(
    passport: &Passport,
    arrival: &Arrival,
    begun: &Begun,
    could: bool,
) -> Result<Response, Fault> {
    // Somebody reads the mail of this name: its owner must know before it is gone.
    let claimed = name_claim::store::find(passport.db.reader(), begun.session.account).await?;
    let destination = &arrival.destination;
    let mut response = match claimed {
        Some(_) => see_other(&destination.carried_to(NAME_CLAIMED)),
        None if begun.session.methods.contains(Method::Waived) && !arrival.prove => {
            see_other(&destination.carried_to(WAIVED))
        }
        None if recovery_codes::are_due(passport, arrival, begun).await? => {
            see_other(&destination.carried_to(RECOVERY_CODES))
        }
        None if offer_passkey::is_due(passport, arrival, begun, could).await? => {
            see_other(&destination.carried_to(OFFER_PASSKEY))
        }
        None => see_other(&destination.path()),
    };
    arrival.visitor.keep(passport, begun, response.headers_mut());
    Ok(response)
}

fn check(visit: &Visit, form: &Form) -> (Option<EmailAddress>, Errors) {
    let mut errors = Errors::default();
    let email = EmailAddress::parse(&form.username).ok();
    if email.is_none() {
        errors.add("username", visit.t("sign-in-needs-email"));
    }
    if form.password.is_empty() {
        errors.add("password", visit.t("sign-in-needs-password"));
    }
    if form.automatic.is_some() && form.shared.is_some() {
        errors.add("shared", visit.t("sign-in-automatic-or-shared"));
    }
    (email, errors)
}

#[cfg(test)]
mod samples;
