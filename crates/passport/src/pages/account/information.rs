//! Personal information: everything that the standard claims may say, as the person types it.
mod fields;

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use oidc::claims::StandardClaims;
use platform::web::{About, Errors, Recoverable, Shell, Thing, Trouble, see_other, shown::Why};
use serde::Deserialize;

use super::super::credentials::Here;
use fields::{FIELDS, Field, Values};

use crate::{acts::credentials::change_information, state::Passport, visitor::RecentlyProven};

#[derive(Template)]
#[template(path = "pages/account/information.html")]
pub struct InformationPage {
    shell: Shell,
    values: Values,
    saved: bool,
    errors: Errors,
    /// What is saved: another tab may have saved since.
    thing: Thing,
}

/// What the person says about themselves, as it is saved.
fn thing(claims: &StandardClaims) -> Thing {
    Thing::of("information").and(serde_json::to_string(claims).unwrap_or_default())
}

impl InformationPage {
    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn value(&self, field: &Field) -> &str {
        self.values.get(field.name).map(String::as_str).unwrap_or_default()
    }
}

#[derive(Deserialize)]
pub struct Saved {
    saved: Option<String>,
}

pub async fn show(
    axum::extract::Query(query): axum::extract::Query<Saved>,
    RecentlyProven(who): RecentlyProven,
) -> Result<Response, Trouble> {
    let page = InformationPage {
        shell: who.shell(),
        values: fields::values_of(&who.account.claims),
        saved: query.saved.is_some(),
        errors: Errors::default(),
        thing: thing(&who.account.claims),
    };
    who.visit.ok(&page)
}

pub async fn take(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
    posted: About<Values>,
) -> Result<Response, Trouble> {
    let now = who.visit.now;
    let known = thing(&who.account.claims);
    // Sent twice: what it says is saved.
    let is_saved = |claims: StandardClaims| claims == who.account.claims;
    let again = fields::claims_of(posted.names(), &who.account.claims, now.date()).is_ok_and(is_saved);
    let values = match posted.shown(&known) {
        Recoverable::Refused(_, Why::Thing) if again => {
            return Ok(see_other("/account/information?saved=1"));
        }
        Recoverable::Checked(values) => values,
        Recoverable::Refused(values, why) => {
            let text = match why {
                Why::Thing => who.visit.t("information-changed-meanwhile"),
                why => why.text(&who.visit),
            };
            let errors = Errors::whole(text);
            let page = InformationPage { shell: who.shell(), values, saved: false, errors, thing: known };
            return who.visit.page(why.status(), &page);
        }
    };
    let claims = match fields::claims_of(&values, &who.account.claims, now.date()) {
        Ok(claims) => claims,
        Err(refused) => {
            let mut errors = Errors::default();
            for (field, key) in refused {
                errors.add(field, who.visit.t(key));
            }
            let page = InformationPage { shell: who.shell(), values, saved: false, errors, thing: known };
            return who.visit.page(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    if claims != who.account.claims {
        let here = Here::of(&who);
        change_information(&passport, now, here.owner(&who), &claims).await?;
    }
    Ok(see_other("/account/information?saved=1"))
}

#[cfg(test)]
impl platform::web::page::Samples for InformationPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let claims = StandardClaims { name: Some("Maria Silva".into()), ..StandardClaims::default() };
        let page = |saved, errors| Self {
            shell: super::sample_shell(shell),
            values: fields::values_of(&claims),
            saved,
            errors,
            thing: thing(&claims),
        };
        let mut errors = Errors::default();
        for (field, key) in fields::EVERY_REFUSAL {
            errors.add(field, shell.t(key));
        }
        vec![page(true, Errors::default()), page(false, errors)]
    }
}
