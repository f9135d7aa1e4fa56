//! Closing the account, and taking that back with the link of the letter.
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{
    About, Checked, Cookie, Errors, Shell, Trouble, Visit, page::NoReferrer, see_other, visit::cookie_name,
};
use serde::Deserialize;

use crate::{
    account::acting::Acting,
    acts::{self},
    closing::{letters::UNDO, store},
    state::Passport,
    visitor::{self, RecentlyProven},
};

/// The cookie's name, after the product's: the link that this browser looks at.
const COOKIE: &str = "closing";
/// Where closing ends.
const ASKED: &str = "/account/close/asked";

#[derive(Template)]
#[template(path = "pages/account/close.html")]
pub struct ClosePage {
    shell: Shell,
    days: u32,
    errors: Errors,
}

#[derive(Template)]
#[template(path = "pages/account/close_asked.html")]
pub struct CloseAskedPage {
    shell: Shell,
    days: u32,
}

/// What a letter's link leads to.
#[derive(Template)]
#[template(path = "pages/account/close_undo.html")]
pub struct UndoPage {
    shell: Shell,
    state: Undo,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Undo {
    /// The link's secret.
    Asked(String),
    Done,
    /// The link is no good, or no good any more.
    Dead,
}

pub async fn show(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
) -> Result<Response, Trouble> {
    let days = passport.settings.closing.grace_days;
    who.visit.ok(&ClosePage { shell: who.shell(), days, errors: Errors::default() })
}

#[derive(Deserialize)]
pub struct Form {
    sure: Option<String>,
}

pub async fn take(
    State(passport): State<Passport>,
    visit: Visit,
    who: Result<RecentlyProven, Trouble>,
    form: About<Form>,
) -> Result<Response, Trouble> {
    let Some((RecentlyProven(who), form)) = visitor::pressed(&passport, &visit, who, form).await? else {
        return Ok(see_other(ASKED));
    };
    if form.sure.is_none() {
        let mut errors = Errors::default();
        errors.add("sure", who.visit.t("close-needs-sure"));
        let page = ClosePage { shell: who.shell(), days: passport.settings.closing.grace_days, errors };
        return who.visit.page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    if let Some(tx) = who.acts_once(&passport).await? {
        acts::close::ask(&passport, &tx, visit.now, &who.source()).await?;
        tx.commit().await?;
    }
    Ok(see_other(ASKED))
}

pub async fn asked(State(passport): State<Passport>, visit: Visit) -> Result<Response, Trouble> {
    visit.ok(&CloseAskedPage { shell: visit.shell(), days: passport.settings.closing.grace_days })
}

fn answer(visit: &Visit, state: Undo) -> Result<Response, Trouble> {
    let status = if state == Undo::Dead { StatusCode::GONE } else { StatusCode::OK };
    visit.page(status, &UndoPage { shell: visit.shell(), state })
}

/// Takes the secret out of the address (BR-18). The page itself must not hide where it is: browsers then hide it
/// from the form's check as well.
pub async fn arrive(visit: Visit, Path(secret): Path<String>) -> Response {
    let mut response = see_other(UNDO);
    response.extensions_mut().insert(NoReferrer);
    let name = cookie_name(&visit.site, COOKIE);
    let is_secret = secret.len() == 43
        && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let cookie = if is_secret { Cookie::session(name, secret) } else { Cookie::gone(name) };
    cookie.set(response.headers_mut());
    response
}

/// Changes nothing: whoever reads the mail for its owner may look at the link (EM-04).
pub async fn show_undo(State(passport): State<Passport>, visit: Visit) -> Result<Response, Trouble> {
    let secret = visit.cookie(COOKIE).unwrap_or_default().to_owned();
    let found = store::find_by_secret(passport.db.reader(), visit.now, &secret).await?;
    answer(&visit, found.map_or(Undo::Dead, |_| Undo::Asked(secret)))
}

#[derive(Deserialize)]
pub struct Pressed {
    /// The link that the page showed.
    #[serde(default)]
    secret: String,
}

pub async fn undo(
    State(passport): State<Passport>,
    visit: Visit,
    Checked(form): Checked<Pressed>,
) -> Result<Response, Trouble> {
    let done = is_undone(&passport, &visit, &form.secret).await?;
    let mut response = answer(&visit, if done { Undo::Done } else { Undo::Dead })?;
    Cookie::gone(cookie_name(&visit.site, COOKIE)).set(response.headers_mut());
    Ok(response)
}

/// Whether the closing is taken back: now, or a moment ago by this very form.
async fn is_undone(passport: &Passport, visit: &Visit, secret: &str) -> Result<bool, Trouble> {
    let (now, reader, sending) = (visit.now, passport.db.reader(), visitor::sending(visit));
    let Some(found) = store::find_by_secret(reader, now, secret).await? else {
        return Ok(sending.came_before(reader, now).await?);
    };
    let Some(tx) = Acting::on(&passport.db, found.account).await? else { return Ok(false) };
    if !sending.is_first(&tx, now).await? {
        return Ok(true);
    }
    // Asked for again meanwhile: then another letter's link takes it back.
    let stands = store::find_by_secret(&tx, now, secret).await?.is_some();
    let done =
        stands && acts::close::undo(passport, &tx, now, found.account, &visitor::source(visit)).await?;
    if done {
        tx.commit().await?;
    }
    Ok(done)
}

#[cfg(test)]
impl platform::web::page::Samples for ClosePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let mut errors = Errors::default();
        errors.add("sure", shell.t("close-needs-sure"));
        [Errors::default(), errors]
            .map(|errors| Self { shell: super::sample_shell(shell), days: 14, errors })
            .into()
    }
}

#[cfg(test)]
impl platform::web::page::Samples for CloseAskedPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self { shell: shell.clone(), days: 14 }]
    }
}

#[cfg(test)]
impl platform::web::page::Samples for UndoPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let states = [Undo::Asked("a".repeat(43)), Undo::Done, Undo::Dead];
        states.map(|state| Self { shell: shell.clone(), state }).into()
    }
}
