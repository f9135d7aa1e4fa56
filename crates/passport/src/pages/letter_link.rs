//! Following a link of a letter: GET only shows what it is good for, so that scanners of mail harm nothing; the
//! button does it (INV-6, EM-04). The secret leaves the address bar at once (BR-18).
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{
    Checked, Cookie, Shell, Trouble, Visit,
    page::{NoReferrer, Samples},
    see_other,
    visit::cookie_name,
};
use serde::Deserialize;

use super::recover;
use crate::{
    account::{self, credentials},
    link::{self, Link, Purpose},
    notice,
    recovery::actions::{prove_by_link, stop},
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
        Purpose::DropAlternate => ("link-drop-heading", "link-drop-text", "link-drop-button"),
        Purpose::Reset => ("link-reset-heading", "link-reset-text", "link-reset-button"),
        Purpose::NotMe => ("link-not-me-heading", "link-not-me-text", "link-not-me-button"),
        Purpose::StopRecovery => ("link-stop-heading", "link-stop-text", "link-stop-button"),
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
        Purpose::ChangeAlternate => ("link-alternate-done-heading", "link-alternate-done-text"),
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
        Cookie::session(&cookie_name(&visitor.visit.site, COOKIE), secret).set(response.headers_mut());
    }
    response
}

pub async fn show(State(passport): State<Passport>, visitor: Visitor) -> Result<Response, Trouble> {
    let secret = visitor.visit.cookie(COOKIE).unwrap_or_default().to_owned();
    let reader = passport.db.reader();
    let Some(link) = link::store::find_usable(reader, visitor.visit.now, &secret).await? else {
        return dead(&visitor);
    };
    let Some(account) = account::store::find(reader, link.account).await? else { return dead(&visitor) };
    let (heading, text, button) = words(link.purpose);
    let detail = match link.purpose {
        Purpose::ChangeEmail | Purpose::ChangeAlternate | Purpose::DropAlternate => link.detail,
        Purpose::VerifyEmail | Purpose::Reset | Purpose::NotMe | Purpose::StopRecovery => String::new(),
    };
    let alarming = is_alarming(link.purpose);
    let shell = visitor.shell();
    let page = LinkPage { shell, heading, text, button, alarming, email: account.email, detail, secret };
    visitor.visit.ok(&page)
}

fn dead(visitor: &Visitor) -> Result<Response, Trouble> {
    visitor.visit.page(StatusCode::GONE, &LinkDeadPage { shell: visitor.shell() })
}

#[derive(Deserialize)]
pub struct Pressed {
    /// The link that the page showed: another tab may have looked at another one since.
    #[serde(default)]
    secret: String,
}

pub async fn take(
    State(passport): State<Passport>,
    visitor: Visitor,
    Checked(form): Checked<Pressed>,
) -> Result<Response, Trouble> {
    let visit = &visitor.visit;
    let Some(link) = link::store::find_usable(passport.db.reader(), visit.now, &form.secret).await? else {
        return dead(&visitor);
    };
    let mut response = match carry_out(&passport, &visitor, &link).await? {
        Some(response) => response,
        None => return dead(&visitor),
    };
    Cookie::gone(&cookie_name(&visit.site, COOKIE)).set(response.headers_mut());
    Ok(response)
}

/// `None` when somebody was faster, or it is impossible by now.
async fn carry_out(passport: &Passport, visitor: &Visitor, link: &Link) -> Result<Option<Response>, Trouble> {
    let visit = &visitor.visit;
    let source = visitor::source(visit);
    let done = match link.purpose {
        Purpose::VerifyEmail | Purpose::ChangeEmail | Purpose::ChangeAlternate | Purpose::DropAlternate => {
            credentials::confirm(passport, visit.now, link, &source).await?
        }
        Purpose::StopRecovery => stop(passport, visit.now, link, &source).await?,
        Purpose::NotMe => {
            notice::actions::freeze(passport, visit.now, link.account, &source, Some(link)).await?.is_some()
        }
        Purpose::Reset => {
            let opened = prove_by_link(passport, visit.now, link, &source).await?;
            return Ok(opened.map(|opened| recover::proven(visit, &opened, "/recover/password")));
        }
    };
    if !done {
        return Ok(None);
    }
    let (heading, text) = outcome(link.purpose);
    // The person may have been signed out by this: the page names nobody.
    let recover = link.purpose == Purpose::NotMe;
    Ok(Some(visit.ok(&LinkDonePage { shell: visit.shell(), heading, text, recover })?))
}

/// The account is frozen; the way on is to recover it.
pub fn frozen(visit: &Visit) -> Result<Response, Trouble> {
    let (heading, text) = outcome(Purpose::NotMe);
    visit.ok(&LinkDonePage { shell: visit.shell(), heading, text, recover: true })
}

impl Samples for LinkPage {
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
            }
        };
        Purpose::ALL.iter().map(page).collect()
    }
}

impl Samples for LinkDonePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |purpose: &Purpose| {
            let (heading, text) = outcome(*purpose);
            Self { shell: shell.clone(), heading, text, recover: *purpose == Purpose::NotMe }
        };
        Purpose::ALL.iter().map(page).collect()
    }
}

impl Samples for LinkDeadPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self { shell: shell.clone() }]
    }
}
