//! The language of the account: of its letters, and of the pages in this browser.
use askama::Template;
use axum::{extract::State, response::Response};
use platform::{
    language::Language,
    web::{Checked, Cookie, Shell, Trouble, see_other, visit::cookie_name},
};
use serde::Deserialize;

use crate::{
    account,
    history::{self, Kind, NewEvent},
    state::Passport,
    visitor::SignedIn,
};

const YEAR: i64 = 365 * 24 * 3600;

#[derive(Template)]
#[template(path = "pages/account/language.html")]
pub struct LanguagePage {
    shell: Shell,
    chosen: Language,
}

pub async fn show(who: SignedIn) -> Result<Response, Trouble> {
    who.visit.ok(&LanguagePage { shell: who.shell(), chosen: who.account.language })
}

#[derive(Deserialize)]
pub struct Choice {
    language: Language,
}

pub async fn take(
    State(passport): State<Passport>,
    who: SignedIn,
    Checked(choice): Checked<Choice>,
) -> Result<Response, Trouble> {
    let (now, account) = (who.visit.now, who.account.id);
    if choice.language != who.account.language {
        let tx = who.acts(&passport).await?;
        account::store::set_language(&tx, now, account, choice.language).await?;
        let (kind, source) = (Kind::LanguageChanged, &who.source());
        history::record(&tx, now, &passport.random, NewEvent { account, kind, source, detail: "" }).await?;
        tx.commit().await?;
    }
    let mut response = see_other("/account/language");
    let name = cookie_name(&who.visit.site, "language");
    Cookie::lasting(name, choice.language.tag(), YEAR).set(response.headers_mut());
    Ok(response)
}

#[cfg(test)]
impl platform::web::page::Samples for LanguagePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self { shell: super::sample_shell(shell), chosen: Language::PtBr }]
    }
}
