//! The alternate address, where a forgotten password may be reset: another one than the first (PP-26), proven.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use platform::{
    email::EmailAddress,
    web::{About, Errors, Recoverable, Shell, Thing, Trouble, shown::Why, too_many_text},
};
use serde::Deserialize;

use super::{
    super::{sign_out::Nothing, sign_up::form::in_words},
    Here, changed, own_or_again, wrong_address,
};

use crate::{
    acts::{
        self,
        addresses::{Asked, is_same},
    },
    state::Passport,
    visitor::{RecentlyProven, SignedIn},
};

#[derive(Template)]
#[template(path = "pages/change_alternate.html")]
pub struct AlternatePage {
    shell: Shell,
    current: Option<String>,
    /// The present one was proven.
    proven: bool,
    typed: String,
    /// Where a letter is on its way to.
    sent: Option<String>,
    errors: Errors,
    /// The present address: “Remove” takes that one.
    thing: Thing,
}

fn thing(current: Option<&str>) -> Thing {
    Thing::of("alternate").and(current.unwrap_or_default())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Form {
    new_email: String,
}

fn page(who: &SignedIn, typed: String, sent: Option<String>, errors: Errors) -> AlternatePage {
    let (current, proven) = (who.account.alternate_email(), who.account.proven_alternate().is_some());
    let thing = thing(current);
    AlternatePage {
        shell: who.shell(),
        current: current.map(str::to_owned),
        proven,
        typed,
        sent,
        errors,
        thing,
    }
}

pub async fn show(RecentlyProven(who): RecentlyProven) -> Result<Response, Trouble> {
    who.visit.ok(&page(&who, String::new(), None, Errors::default()))
}

pub async fn take(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
    form: Recoverable<Form>,
) -> Result<Response, Trouble> {
    let visit = &who.visit;
    let again = |status, form: Form, errors| visit.page(status, &page(&who, form.new_email, None, errors));
    let form = own_or_again(form, visit, again)?;
    let refused = match EmailAddress::parse(&form.new_email) {
        Err(malformed) => Err(in_words(malformed)),
        Ok(email) if is_same(Some(&who.account.email), &email) => Err("alternate-is-primary"),
        Ok(email) => Ok(email),
    };
    let email = match refused {
        Ok(email) => email,
        Err(key) => return again(StatusCode::UNPROCESSABLE_ENTITY, form, wrong_address(visit, key)),
    };
    let owner = Here::of(&who);
    match acts::addresses::ask_alternate_change(&passport, visit.now, owner.owner(&who), &email).await? {
        Asked::Sent => {
            let sent = Some(email.as_str().to_owned());
            visit.ok(&page(&who, String::new(), sent, Errors::default()))
        }
        Asked::TooMany(full) => {
            let errors = Errors::whole(too_many_text(visit, "change-too-many", full));
            again(StatusCode::TOO_MANY_REQUESTS, form, errors)
        }
    }
}

pub async fn remove(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
    posted: About<Nothing>,
) -> Result<Response, Trouble> {
    let current = who.account.alternate_email();
    match posted.shown(&thing(current)) {
        // It is gone already: that is what was wanted.
        Recoverable::Refused(_, Why::Thing) if current.is_none() => {}
        Recoverable::Refused(_, why @ Why::Thing) => {
            let errors = Errors::whole(why.text(&who.visit));
            return who.visit.page(why.status(), &page(&who, String::new(), None, errors));
        }
        form => _ = form.checked()?,
    }
    acts::addresses::remove_alternate(&passport, who.visit.now, Here::of(&who).owner(&who)).await?;
    changed(&who, "changed-alternate-removed")
}

#[cfg(test)]
impl platform::web::page::Samples for AlternatePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |current: Option<&str>, sent: Option<&str>, wrong: Option<&str>| {
            let mut errors = Errors::default();
            if let Some(key) = wrong {
                errors.add("new_email", shell.t(key));
            }
            Self {
                shell: shell.clone(),
                current: current.map(str::to_owned),
                proven: wrong.is_some(),
                typed: String::new(),
                sent: sent.map(str::to_owned),
                errors,
                thing: thing(current),
            }
        };
        vec![
            page(None, None, None),
            page(Some("maria@example.net"), None, None),
            Self {
                errors: Errors::whole(shell.t1("change-too-many-until", "until", "tomorrow at 08:15")),
                ..page(None, None, None)
            },
            page(Some("maria@example.net"), None, Some("alternate-is-primary")),
            page(None, Some("maria@example.net"), None),
        ]
    }
}
