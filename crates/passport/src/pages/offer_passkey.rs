//! “Sign in faster next time?”: a passkey is offered once after a sign-in with a password, on a computer that could keep
//! one. No is taken for an answer.
use std::time::Duration;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    Fault,
    web::{Errors, Recoverable, Shell, Trouble, see_other},
};
use serde::Deserialize;

use super::{
    arrival::Arrival,
    credentials::{passkeys, recovery_codes::shown_once},
};

use crate::{
    acts::{arrive::Begun, passkeys::Made},
    computer, passkey,
    passkey::webauthn::registration::Manner,
    paths::OFFER_PASSKEY,
    request::destination::{Destination, Params},
    state::Passport,
    visitor::{RecentlyProven, SignedIn},
};

/// How long “Not now” lasts.
const NOT_NOW: Duration = Duration::from_secs(60 * 24 * 3600);

#[derive(Template)]
#[template(path = "pages/offer_passkey.html")]
pub struct OfferPage {
    shell: Shell,
    destination: Destination,
    question: String,
    quiet: String,
    errors: Errors,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Form {
    #[serde(flatten)]
    made: passkeys::Form,
    /// `later` or `never`; empty when a passkey comes.
    no: String,
}

/// Whether somebody who just signed in with a password is asked: who has none, in a browser that says that this computer
/// could keep one, unless others use it too or a no was said here.
pub(super) async fn is_due(
    passport: &Passport,
    arrival: &Arrival,
    begun: &Begun,
    could: bool,
) -> Result<bool, Fault> {
    let (reader, account) = (passport.db.reader(), begun.session.account);
    let are_here = passport.takes_passkeys();
    let Some(cookie) = begun.computer.as_deref().filter(|_| could && are_here && !arrival.prove) else {
        return Ok(false);
    };
    if passkey::store::count_of_account(reader, account).await? > 0 {
        return Ok(false);
    }
    let digest = platform::secrets::digest(cookie.as_bytes());
    let said = computer::store::find_offer(reader, account, &digest).await?;
    let now = arrival.visitor.visit.now;
    Ok(!said.never && said.asked_at.is_none_or(|at| now > at + NOT_NOW))
}

async fn page(
    passport: &Passport,
    who: &SignedIn,
    destination: Destination,
    errors: Errors,
) -> Result<OfferPage, Trouble> {
    let has = passkey::store::list_of_account(passport.db.reader(), who.account.id).await?;
    let question = |manner| passkeys::question(passport, who, &has, manner).ok_or_else(Trouble::not_found);
    Ok(OfferPage {
        shell: who.visitor.shell(),
        destination,
        question: question(Manner::Asked)?,
        quiet: question(Manner::Quietly)?,
        errors,
    })
}

pub async fn show(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
    Query(params): Query<Params>,
) -> Result<Response, Trouble> {
    who.visit.ok(&page(&passport, &who, params.into(), Errors::default()).await?)
}

pub async fn take(
    State(passport): State<Passport>,
    who: SignedIn,
    Query(params): Query<Params>,
    form: Recoverable<Form>,
) -> Result<Response, Trouble> {
    let who = RecentlyProven::or_sent_before(&passport, who).await?;
    let destination = Destination::from(params);
    let shown = page(&passport, &who, destination.clone(), Errors::default()).await?;
    let again = |status, _, errors| who.visit.page(status, &OfferPage { errors, ..shown });
    let form = form.or_again(&who.visit, again)?;
    if form.no.is_empty() {
        let made = passkeys::make(&passport, &who, &form.made).await?;
        if let Some(key) = passkeys::trouble(&made) {
            let again = page(&passport, &who, destination, Errors::whole(who.visit.t(key))).await?;
            return who.visit.page(StatusCode::UNPROCESSABLE_ENTITY, &again);
        }
        if let Made::Done(codes) = &made
            && !codes.is_empty()
        {
            return shown_once(&who, codes, &destination, true);
        }
    } else if let Some(digest) = who.visitor.computer()
        && let Some(tx) = who.acts_once(&passport).await?
    {
        let offer = computer::Offer { asked_at: Some(who.visit.now), never: form.no == "never" };
        computer::store::set_offer(&tx, &digest, offer).await?;
        tx.commit().await?;
    }
    Ok(see_other(&destination.path()))
}

impl OfferPage {
    fn action(&self) -> String {
        self.destination.carried_to(OFFER_PASSKEY)
    }
}

#[cfg(test)]
impl platform::web::page::Samples for OfferPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |errors| Self {
            shell: shell.clone(),
            destination: Destination::Home,
            question: "{}".into(),
            quiet: "{}".into(),
            errors,
        };
        vec![page(Errors::default()), page(Errors::whole(shell.t("passkey-known")))]
    }
}
