//! Recovery codes: shown once, made anew, and offered to whoever has none and signs in by what may be lost.
use std::time::Duration;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use oidc::assurance::{Method, Methods};
use platform::{
    Fault,
    web::{Errors, Recoverable, Shell, Trouble, Why, see_other},
};
use serde::Deserialize;

use super::Here;

use crate::{
    acts::{
        arrive::Begun,
        second_step::set_up::{SetUp, renew_codes},
    },
    computer,
    pages::arrival::Arrival,
    paths::RECOVERY_CODES,
    request::destination::{Destination, Params},
    second_step::{app::Draft, codes, store},
    state::Passport,
    visitor::{RecentlyProven, SignedIn},
};

/// How long “Not now” lasts.
const NOT_NOW: Duration = Duration::from_secs(60 * 24 * 3600);

/// The codes, once.
#[derive(Template)]
#[template(path = "pages/recovery_codes.html")]
pub struct RecoveryCodesPage {
    shell: Shell,
    email: String,
    codes: Vec<String>,
    /// They came with the first passkey: from now on more than the password is asked for.
    first: bool,
    onward: Option<String>,
}

/// How many are left, and a button that makes new ones.
#[derive(Template)]
#[template(path = "pages/renew_codes.html")]
pub struct RenewPage {
    shell: Shell,
    destination: Destination,
    left: Option<u64>,
    /// There is something that they stand for.
    offered: bool,
    seed: String,
    errors: Errors,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Form {
    secret: String,
    /// `later`; empty when codes are made.
    no: String,
}

impl RenewPage {
    fn action(&self) -> String {
        self.destination.carried_to(RECOVERY_CODES)
    }

    fn left(&self) -> Option<String> {
        self.left.map(|left| self.shell.count("recovery-codes-left", "left", left))
    }

    fn waits(&self) -> bool {
        self.destination != Destination::Home
    }
}

pub(in crate::pages) fn shown_once(
    who: &SignedIn,
    made: &[String],
    destination: &Destination,
    first: bool,
) -> Result<Response, Trouble> {
    who.visit.ok(&RecoveryCodesPage {
        shell: who.visitor.shell(),
        email: who.account.email.clone(),
        codes: made.iter().map(|code| codes::shown(code)).collect(),
        first,
        onward: (*destination != Destination::Home).then(|| destination.path()),
    })
}

/// Whether somebody who just signed in is told that there are no codes: by a passkey or the last code, on a computer of
/// their own, unless they said “Not now” there.
pub(in crate::pages) async fn are_due(
    passport: &Passport,
    arrival: &Arrival,
    begun: &Begun,
) -> Result<bool, Fault> {
    let (methods, reader) = (begun.session.methods, passport.db.reader());
    let may_lack = methods.contains(Method::Passkey) || methods.contains(Method::RecoveryCode);
    let Some(cookie) = begun.computer.as_deref().filter(|_| may_lack && !arrival.prove) else {
        return Ok(false);
    };
    let account = begun.session.account;
    if store::count_codes(reader, account).await? > 0 {
        return Ok(false);
    }
    let digest = platform::secrets::digest(cookie.as_bytes());
    let said = computer::store::find_offer(reader, account, &digest).await?;
    Ok(said.asked_at.is_none_or(|at| arrival.visitor.visit.now > at + NOT_NOW))
}

async fn page(
    passport: &Passport,
    who: &SignedIn,
    destination: Destination,
    errors: Errors,
) -> Result<RenewPage, Trouble> {
    let (keys, random) = (&passport.second, &passport.random);
    let offered = who.account.factors != Methods::default();
    let left = match offered {
        true => Some(store::count_codes(passport.db.reader(), who.account.id).await?),
        false => None,
    };
    let seed = Draft::new(random, &who.account).seal(&keys.drafts, random, &who.account)?;
    Ok(RenewPage { shell: who.visitor.shell(), destination, left, offered, seed, errors })
}

pub async fn show(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
    Query(params): Query<Params>,
) -> Result<Response, Trouble> {
    who.visit.ok(&page(&passport, &who, params.into(), Errors::default()).await?)
}

/// New recovery codes in place of the earlier ones.
pub async fn renew(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
    Query(params): Query<Params>,
    form: Recoverable<Form>,
) -> Result<Response, Trouble> {
    let destination = Destination::from(params);
    let again = async |status, text: String| {
        let page = page(&passport, &who, destination.clone(), Errors::whole(text)).await?;
        who.visit.page(status, &page)
    };
    let form = match form {
        Recoverable::Checked(form) => form,
        Recoverable::Refused(_, why @ Why::Person) => {
            return again(why.status(), who.visit.t("credentials-other-person")).await;
        }
        Recoverable::Refused(_, why) => return again(why.status(), why.text(&who.visit)).await,
    };
    if !form.no.is_empty() {
        if let Some(digest) = who.visitor.computer()
            && let Some(tx) = who.acts_once(&passport).await?
        {
            let said = computer::store::find_offer(&tx, who.account.id, &digest).await?;
            let offer = computer::Offer { asked_at: Some(who.visit.now), ..said };
            computer::store::set_offer(&tx, &digest, offer).await?;
            tx.commit().await?;
        }
        return Ok(see_other(&destination.path()));
    }
    let made = match Draft::open(&passport.second.drafts, &who.account, &form.secret) {
        Some(seed) => renew_codes(&passport, who.visit.now, Here::of(&who).owner(&who), &seed).await?,
        None => SetUp::Stale,
    };
    match made {
        SetUp::Done(made) => shown_once(&who, &made, &destination, false),
        SetUp::Stale | SetUp::Wrong => again(StatusCode::CONFLICT, who.visit.t("authenticator-stale")).await,
    }
}

#[cfg(test)]
impl platform::web::page::Samples for RecoveryCodesPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |first, onward| Self {
            shell: shell.clone(),
            email: "maria@example.com".into(),
            codes: vec!["7K3M9-Q2XWD".into(); 10],
            first,
            onward,
        };
        vec![page(true, None), page(false, Some("/oauth2/authorize?client_id=portal".into()))]
    }
}

#[cfg(test)]
impl platform::web::page::Samples for RenewPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |destination, left: Option<u64>, errors| Self {
            shell: shell.clone(),
            destination,
            left,
            offered: left.is_some(),
            seed: "sealed".into(),
            errors,
        };
        let stale = Errors::whole(shell.t("authenticator-stale"));
        vec![
            page(Destination::Page("/account".into()), Some(0), Errors::default()),
            page(Destination::Home, Some(7), stale),
            page(Destination::Home, None, Errors::default()),
        ]
    }
}
