//! Following a link of a letter: GET only shows what it is good for, so that scanners of mail harm nothing; the
//! button does it (INV-6, EM-04). The secret leaves the address bar at once (BR-18).
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::limits::UsedUp;
use platform::web::{
    Cookie, OfBrowser, Shell, Trouble, Visit, page::NoReferrer, see_other, visit::cookie_name,
};
use serde::Deserialize;

use super::recover;

use crate::{
    account::{self, Account, AccountId},
    acts::{
        self,
        recover::{prove_by_link, proven_by_link, stop},
    },
    link::{self, Link, PressedLink, Purpose},
    passkey,
    paths::SIGN_IN,
    session::Session,
    state::Passport,
    visitor::{self, Visitor},
};

/// The cookie's name, after the product's: the link that this browser looks at.
const COOKIE: &str = "link";

/// What a link is good for, and the button.
#[derive(Template)]
#[template(path = "pages/link.html")]
pub struct LinkPage {
    shell: Shell,
    heading: &'static str,
    text: &'static str,
    button: &'static str,
    alarming: bool,
    email: String,
    detail: String,
    secret: String,
    /// Whoever proves an address is signed in to the account; here nobody is yet.
    sign_in: Option<String>,
    /// The button for whoever has nothing to do with the account.
    decline: Option<&'static str>,
}

/// What came of it.
#[derive(Template)]
#[template(path = "pages/link_done.html")]
pub struct LinkDonePage {
    shell: Shell,
    heading: &'static str,
    text: &'static str,
    /// The way on is to recover the account.
    recover: bool,
    /// What whoever keeps passkeys should know of it.
    signals: Option<String>,
}

/// Used, overtaken, too old, or never made.
#[derive(Template)]
#[template(path = "pages/link_dead.html")]
pub struct LinkDeadPage {
    shell: Shell,
}

/// Heading, text and button of a link's page.
const fn words(purpose: Purpose) -> (&'static str, &'static str, &'static str) {
    match purpose {
        Purpose::VerifyEmail => ("link-verify-heading", "link-verify-text", "link-verify-button"),
        Purpose::ChangeEmail => ("link-email-heading", "link-email-text", "link-email-button"),
        Purpose::ChangeAlternate => {
            ("link-alternate-heading", "link-alternate-text", "link-alternate-button")
        }
        Purpose::VerifyAlternate => {
            ("link-alternate-heading", "link-verify-alternate-text", "link-alternate-button")
        }
        Purpose::ClaimName => ("link-claim-heading", "link-claim-text", "link-claim-button"),
        Purpose::TakeName => ("link-take-heading", "link-take-text", "link-take-button"),
        Purpose::DropAlternate => ("link-drop-heading", "link-drop-text", "link-drop-button"),
        Purpose::Reset => ("link-reset-heading", "link-reset-text", "link-reset-button"),
        Purpose::NotMe => ("link-not-me-heading", "link-not-me-text", "link-not-me-button"),
        Purpose::StopRecovery => ("link-stop-heading", "link-stop-text", "link-stop-button"),
    }
}

/// What whoever reads the mail can say instead, if the account is none of theirs.
const fn decline(purpose: Purpose) -> Option<&'static str> {
    match purpose {
        Purpose::VerifyEmail => Some("link-claim-button"),
        Purpose::VerifyAlternate => Some("link-drop-button"),
        _ => None,
    }
}

/// Whoever did not expect the page must press its button, and not close it.
const fn is_alarming(purpose: Purpose) -> bool {
    matches!(purpose, Purpose::NotMe | Purpose::StopRecovery | Purpose::DropAlternate)
}

/// Heading and text of what came of it.
const fn outcome(purpose: Purpose) -> (&'static str, &'static str) {
    match purpose {
        Purpose::VerifyEmail => ("link-verify-done-heading", "link-verify-done-text"),
        Purpose::ChangeEmail => ("link-email-done-heading", "link-email-done-text"),
        Purpose::ChangeAlternate | Purpose::VerifyAlternate => {
            ("link-alternate-done-heading", "link-alternate-done-text")
        }
        Purpose::ClaimName => ("link-claim-done-heading", "link-claim-done-text"),
        // Goes on to the sign-up: nothing comes of it here.
        Purpose::TakeName => ("link-take-heading", "link-close"),
        Purpose::DropAlternate => ("link-drop-done-heading", "link-drop-done-text"),
        Purpose::NotMe | Purpose::Reset => ("frozen-heading", "frozen-text"),
        Purpose::StopRecovery => ("link-stop-done-heading", "link-stop-done-text"),
    }
}

/// Takes the secret out of the address. Changes nothing here or there: only this browser remembers it.
pub async fn arrive(visitor: Visitor, Path(secret): Path<String>) -> Response {
    let mut response = see_other("/link");
    response.extensions_mut().insert(NoReferrer);
    if secret.len() == 43 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    {
        Cookie::session(cookie_name(&visitor.visit.site, COOKIE), secret).set(response.headers_mut());
    }
    response
}

pub async fn show(State(passport): State<Passport>, visitor: Visitor) -> Result<Response, Trouble> {
    let secret = visitor.visit.cookie(COOKIE).unwrap_or_default().to_owned();
    let reader = passport.db.reader();
    let Some(link) = link::store::find_usable(reader, visitor.visit.now, &secret).await? else {
        return dead(&visitor);
    };
    shown(&passport, &visitor, link, secret, StatusCode::OK).await
}

async fn shown(
    passport: &Passport,
    visitor: &Visitor,
    link: Link,
    secret: String,
    status: StatusCode,
) -> Result<Response, Trouble> {
    let account = account::store::find(passport.db.reader(), link.account).await?;
    let Some(account) = account else { return dead(visitor) };
    let (heading, text, button) = words(link.purpose);
    let here = owner(visitor, link.account).is_some();
    let sign_in = (link.purpose.needs_owner() && !here).then(|| format!("{SIGN_IN}?next=/link"));
    let decline = decline(link.purpose).filter(|_| !here);
    let detail = match link.purpose {
        Purpose::ChangeEmail
        | Purpose::ChangeAlternate
        | Purpose::VerifyAlternate
        | Purpose::DropAlternate => link.detail.clone(),
        Purpose::VerifyEmail
        | Purpose::ClaimName
        | Purpose::TakeName
        | Purpose::Reset
        | Purpose::NotMe
        | Purpose::StopRecovery => String::new(),
    };
    let (alarming, shell) = (is_alarming(link.purpose), visitor.shell());
    // The account that gave the name up is nobody's business any more.
    let email = if link.purpose == Purpose::TakeName { link.detail } else { account.email };
    let page = LinkPage { shell, heading, text, button, alarming, email, detail, secret, sign_in, decline };
    visitor.visit.page(status, &page)
}

/// The session of this browser that is the account's, whoever else is signed in here.
fn owner(visitor: &Visitor, id: AccountId) -> Option<(&Session, &Account)> {
    visitor.everybody().find(|(_, account)| account.id == id).map(|(session, account)| (session, account))
}

fn dead(visitor: &Visitor) -> Result<Response, Trouble> {
    visitor.visit.page(StatusCode::GONE, &LinkDeadPage { shell: visitor.shell() })
}

#[derive(Deserialize)]
pub struct Pressed {
    /// The link that the page showed: another tab may have looked at another one since.
    #[serde(default)]
    secret: String,
    /// The other button: the account is none of theirs.
    decline: Option<String>,
}

pub async fn take(
    State(passport): State<Passport>,
    visitor: Visitor,
    form: OfBrowser<Pressed>,
) -> Result<Response, Trouble> {
    let form = form.checked()?;
    let visit = &visitor.visit;
    let Some(link) = link::store::find_usable(passport.db.reader(), visit.now, &form.secret).await? else {
        return again(&passport, &visitor, &form).await;
    };
    if link.purpose == Purpose::TakeName {
        return Ok(super::sign_up::take_name(visit, form.secret));
    }
    let press = press(&visitor, link, &form);
    if press.meant().needs_owner() && owner(&visitor, press.account).is_none() {
        // Nothing is lost: the page again, which leads to the sign-in.
        return shown(&passport, &visitor, press.link().clone(), form.secret, StatusCode::FORBIDDEN).await;
    }
    match carry_out(&passport, &visitor, &press).await? {
        Some(response) => Ok(without_cookie(visit, response)),
        None => again(&passport, &visitor, &form).await,
    }
}

fn press(visitor: &Visitor, link: Link, form: &Pressed) -> PressedLink {
    let meant = match link.purpose {
        Purpose::VerifyEmail if form.decline.is_some() => Purpose::ClaimName,
        Purpose::VerifyAlternate if form.decline.is_some() => Purpose::DropAlternate,
        purpose => purpose,
    };
    PressedLink::of(link, meant, &visitor.visit.browser)
}

fn without_cookie(visit: &Visit, mut response: Response) -> Response {
    Cookie::gone(cookie_name(&visit.site, COOKIE)).set(response.headers_mut());
    response
}

/// Some browsers send a form twice when the connection breaks: the button that was just pressed in this browser is
/// answered like the first time. For everybody else the link is used up.
async fn again(passport: &Passport, visitor: &Visitor, form: &Pressed) -> Result<Response, Trouble> {
    let (reader, visit) = (passport.db.reader(), &visitor.visit);
    let Some(link) = link::store::find_just_spent(reader, visit.now, &form.secret).await? else {
        return dead(visitor);
    };
    let press = press(visitor, link, form);
    if !link::store::was_spent_by(reader, &press).await? {
        return dead(visitor);
    }
    let response = match press.meant() {
        Purpose::Reset => match proven_by_link(passport, &press).await? {
            Some(opened) => recover::proven(visitor.clone(), &opened)?,
            None => return dead(visitor),
        },
        meant => done(visit, meant, None)?,
    };
    Ok(without_cookie(visit, response))
}

/// `None` when somebody was faster, or it is impossible by now.
async fn carry_out(
    passport: &Passport,
    visitor: &Visitor,
    link: &PressedLink,
) -> Result<Option<Response>, Trouble> {
    let visit = &visitor.visit;
    let (now, source) = (visit.now, visitor::source(visit));
    let is_done = match link.meant() {
        Purpose::VerifyEmail | Purpose::ChangeEmail | Purpose::ChangeAlternate | Purpose::VerifyAlternate => {
            match owner(visitor, link.account) {
                Some(owner) => acts::addresses::confirm(passport, now, link, owner, &source).await?,
                None => false,
            }
        }
        Purpose::DropAlternate => acts::addresses::take_out(passport, now, link, &source).await?,
        Purpose::ClaimName => acts::claim_name::begin(passport, now, link, &source).await?,
        // Used up by the sign-up that it is for.
        Purpose::TakeName => false,
        Purpose::StopRecovery => stop(passport, now, link, &source).await?,
        Purpose::NotMe => acts::freeze::freeze_by_link(passport, now, &source, link).await?.is_some(),
        Purpose::Reset => {
            let computer = visitor.computer();
            let computer = computer.as_ref().map(<[u8; 32]>::as_slice);
            let opened = prove_by_link(passport, now, link, &source, computer).await?;
            return match opened {
                Some(opened) => recover::proven(visitor.clone(), &opened).map(Some),
                None => Ok(None),
            };
        }
    };
    if !is_done {
        return Ok(None);
    }
    let signals = match link.meant() {
        Purpose::ChangeEmail => signals(passport, link.account).await?,
        _ => None,
    };
    done(visit, link.meant(), signals).map(Some)
}

/// How the account is called now, for whoever keeps its passkeys under the former name (WebAuthn L3 §5.1.10.4).
async fn signals(passport: &Passport, account: AccountId) -> Result<Option<String>, Trouble> {
    let reader = passport.db.reader();
    let rp = passkey::relying_party(&passport.site, &passport.settings.passkeys);
    let (Some(rp), Some(account)) = (rp, account::store::find(reader, account).await?) else {
        return Ok(None);
    };
    let passkeys = passkey::store::list_of_account(reader, account.id).await?;
    Ok(Some(serde_json::Value::from(passkey::ceremony::signals(&rp, &account, &passkeys)).to_string()))
}

/// The person may have been signed out by this: the page names nobody.
fn done(visit: &Visit, meant: Purpose, signals: Option<String>) -> Result<Response, Trouble> {
    let (heading, text) = outcome(meant);
    let recover = meant == Purpose::NotMe;
    visit.ok(&LinkDonePage { shell: visit.shell(), heading, text, recover, signals })
}

/// What came of asking for the e-mail with which an unproven name is claimed.
pub fn claim_sent(visit: &Visit, asked: Result<(), UsedUp>) -> Result<Response, Trouble> {
    asked.map_err(|full| Trouble::TooMany { key: "claim-not-sent", full })?;
    let (heading, text) = CLAIM_SENT;
    visit.ok(&LinkDonePage { shell: visit.shell(), heading, text, recover: false, signals: None })
}

const CLAIM_SENT: (&str, &str) = ("claim-sent-heading", "claim-sent-text");

/// The account is frozen; the way on is to recover it.
pub fn frozen(visit: &Visit) -> Result<Response, Trouble> {
    let (heading, text) = outcome(Purpose::NotMe);
    visit.ok(&LinkDonePage { shell: visit.shell(), heading, text, recover: true, signals: None })
}

#[cfg(test)]
impl platform::web::page::Samples for LinkPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |purpose: &Purpose| {
            let (heading, text, button) = words(*purpose);
            Self {
                shell: shell.clone(),
                heading,
                text,
                button,
                alarming: is_alarming(*purpose),
                email: "maria@example.com".into(),
                detail: "maria@example.net".into(),
                secret: "a".repeat(43),
                sign_in: None,
                decline: None,
            }
        };
        let elsewhere = |purpose: &Purpose| {
            let sign_in = Some("/sign-in?next=/link".to_owned());
            Self { sign_in, decline: decline(*purpose), ..page(purpose) }
        };
        let proofs = Purpose::ALL.iter().filter(|purpose| purpose.needs_owner());
        Purpose::ALL.iter().map(page).chain(proofs.map(elsewhere)).collect()
    }
}

#[cfg(test)]
impl platform::web::page::Samples for LinkDonePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |purpose: &Purpose| {
            let (heading, text) = outcome(*purpose);
            let signals = (*purpose == Purpose::ChangeEmail).then(|| "[]".into());
            Self { shell: shell.clone(), heading, text, recover: *purpose == Purpose::NotMe, signals }
        };
        let (heading, text) = CLAIM_SENT;
        let asked = Self { shell: shell.clone(), heading, text, recover: false, signals: None };
        Purpose::ALL.iter().map(page).chain([asked]).collect()
    }
}

#[cfg(test)]
impl platform::web::page::Samples for LinkDeadPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self { shell: shell.clone() }]
    }
}
