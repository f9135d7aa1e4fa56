//! “This wasn’t me”: whoever holds the link out of a mail declines it, without signing in. Fetching changes
//! nothing (INV-6), and a robot that presses every button leaves the box unticked.
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{Errors, OfBrowser, Shell, Trouble};
use serde::Deserialize;

use super::{anybodys_page, link};
use crate::{
    Portal,
    association::{self, actions, digest_of_link, judge_link},
    profile,
    visitor::Anybody,
};

#[derive(Template)]
#[template(path = "decline.html")]
pub struct DeclinePage {
    shell: Shell,
    company: String,
    action: String,
    errors: Errors,
}

#[cfg(test)]
impl platform::web::page::Samples for DeclinePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |errors| Self {
            shell: shell.clone(),
            company: "Contoso Ltda".into(),
            action: "/decline/AAAA".into(),
            errors,
        };
        let mut errors = Errors::default();
        errors.add("sure", shell.t("decline-tick"));
        vec![page(Errors::default()), page(errors)]
    }
}

#[derive(Template)]
#[template(path = "declined.html")]
pub struct DeclinedPage {
    shell: Shell,
}

#[cfg(test)]
impl platform::web::page::Samples for DeclinedPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self { shell: shell.clone() }]
    }
}

pub async fn ask(
    State(portal): State<Portal>,
    visitor: Anybody,
    Path(secret): Path<String>,
) -> Result<Response, Trouble> {
    show(&portal, &visitor, &secret, StatusCode::OK, Errors::default()).await
}

async fn show(
    portal: &Portal,
    visitor: &Anybody,
    secret: &str,
    status: StatusCode,
    errors: Errors,
) -> Result<Response, Trouble> {
    visitor.visit.is_untold();
    let db = portal.db.reader();
    let found = match digest_of_link(secret) {
        Some(digest) => association::store::find_link(db, digest).await?,
        None => None,
    };
    let Some(found_link) = found else { return link::unknown(portal, visitor).await };
    let found = profile::store::find(db, found_link.profile).await?;
    if let Some(why) = judge_link(&found_link, found.as_ref(), visitor.visit.now) {
        return link::past_declining(visitor, why);
    }
    let company = found.map(|(_, company)| company.name).unwrap_or_default();
    let page = DeclinePage { shell: visitor.shell(), company, action: format!("/decline/{secret}"), errors };
    anybodys_page(visitor, status, &page)
}

#[derive(Deserialize)]
pub struct Sure {
    sure: Option<String>,
}

pub async fn decline(
    State(portal): State<Portal>,
    visitor: Anybody,
    Path(secret): Path<String>,
    form: OfBrowser<Sure>,
) -> Result<Response, Trouble> {
    let form = form.checked()?;
    let Some(digest) = digest_of_link(&secret) else { return link::unknown(&portal, &visitor).await };
    if form.sure.is_none() {
        let mut errors = Errors::default();
        errors.add("sure", visitor.visit.t("decline-tick"));
        return show(&portal, &visitor, &secret, StatusCode::UNPROCESSABLE_ENTITY, errors).await;
    }
    if association::store::find_link(portal.db.reader(), digest).await?.is_none() {
        return link::unknown(&portal, &visitor).await;
    }
    let tx = portal.db.begin().await?;
    let why = actions::decline(&tx, visitor.visit.now, &portal.desk(), digest).await?;
    tx.commit().await?;
    if let Some(why) = why {
        return link::past_declining(&visitor, why);
    }
    let page = DeclinedPage { shell: visitor.shell() };
    anybodys_page(&visitor, StatusCode::OK, &page)
}
