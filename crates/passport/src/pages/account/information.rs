//! Personal information: everything that the standard claims may say, as the person types it.
mod fields;

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use oidc::claims::StandardClaims;
use platform::web::{About, Errors, Recoverable, Shell, Thing, Trouble, see_other, shown::Why};
use serde::Deserialize;

use super::super::credentials::Here;
use fields::{FIELDS, Field, Values};

use crate::{
    acts::credentials::change_information,
    state::Passport,
    visitor::{RecentlyProven, SignedIn},
};

#[derive(Template)]
#[template(path = "pages/account/information.html")]
pub struct InformationPage {
    shell: Shell,
    values: Values,
    saved: bool,
    errors: Errors,
    /// What is saved: another tab may have saved since.
    thing: Thing,
    /// Where the form says otherwise, by field.
    now: Option<Values>,
    /// By label, what was typed for somebody else.
    typed: Vec<(String, String)>,
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

    /// What is saved, where the form says otherwise.
    fn saved_now(&self, field: &Field) -> Option<&str> {
        let now = self.now.as_ref()?.get(field.name).map(String::as_str).unwrap_or_default();
        (fields::as_typed(self.value(field)) != now).then_some(now)
    }

    /// The paragraphs that describe a field.
    fn described_by(&self, field: &Field) -> String {
        let parts = [
            (!field.hint.is_empty(), "hint"),
            (self.saved_now(field).is_some(), "now"),
            (self.errors.has(field.name), "error"),
        ];
        let ids = parts.into_iter().filter(|(is_there, _)| *is_there);
        ids.map(|(_, part)| format!("{}-{part}", field.name)).collect::<Vec<_>>().join(" ")
    }

    fn of(who: &SignedIn, values: Values, errors: Errors) -> Self {
        let claims = &who.account.claims;
        Self {
            shell: who.shell(),
            values,
            saved: false,
            errors,
            thing: thing(claims),
            now: None,
            typed: Vec::new(),
        }
    }

    /// The form again, for who is in front now. What is saved stands beside it: the next press says so knowingly.
    fn again(who: &SignedIn, typed: Values, why: Why) -> Self {
        let saved = fields::values_of(&who.account.claims);
        let visit = &who.visit;
        if why == Why::Person {
            // Nobody takes somebody else's information for their own: the form has theirs.
            let words = FIELDS.iter().filter_map(|field| {
                let value = typed.get(field.name).filter(|value| !value.trim().is_empty())?;
                Some((visit.t(field.label), value.clone()))
            });
            let typed = words.collect();
            let errors = Errors::whole(visit.t("information-other-person"));
            return Self { typed, ..Self::of(who, saved, errors) };
        }
        let text = match why {
            Why::Thing => visit.t("information-changed-meanwhile"),
            why => why.text(visit),
        };
        Self { now: Some(saved), ..Self::of(who, typed, Errors::whole(text)) }
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
    let values = fields::values_of(&who.account.claims);
    let page = InformationPage {
        saved: query.saved.is_some(),
        ..InformationPage::of(&who, values, Errors::default())
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
            return who.visit.page(why.status(), &InformationPage::again(&who, values, why));
        }
    };
    let claims = match fields::claims_of(&values, &who.account.claims, now.date()) {
        Ok(claims) => claims,
        Err(refused) => {
            let mut errors = Errors::default();
            for (field, key) in refused {
                errors.add(field, who.visit.t(key));
            }
            let page = InformationPage::of(&who, values, errors);
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
            now: None,
            typed: Vec::new(),
        };
        let mut errors = Errors::default();
        for (field, key) in fields::EVERY_REFUSAL {
            errors.add(field, shell.t(key));
        }
        let now = Values::from([("nickname".to_owned(), "Mari".to_owned())]);
        let meanwhile = Errors::whole(shell.t("information-changed-meanwhile"));
        let other = Errors::whole(shell.t("information-other-person"));
        let typed = vec![(shell.t("claim-nickname"), "Zoe".to_owned())];
        vec![
            page(true, Errors::default()),
            page(false, errors),
            Self { now: Some(now), ..page(false, meanwhile) },
            Self { typed, ..page(false, other) },
        ]
    }
}
