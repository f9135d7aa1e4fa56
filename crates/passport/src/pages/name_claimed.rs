//! After signing in: somebody else reads the mail of this account's name, and what its owner can do about it.
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use platform::{
    dates,
    web::{Shell, Trouble, see_other},
};

use crate::{
    name_claim,
    request::destination::{Destination, Params},
    state::Passport,
    visitor::SignedIn,
};

pub const NAME_CLAIMED: &str = "/sign-in/name";

#[derive(Template)]
#[template(path = "pages/name_claimed.html")]
pub struct NameClaimedPage {
    shell: Shell,
    email: String,
    until: String,
    new_name: String,
    onward: String,
}

pub async fn show(
    State(passport): State<Passport>,
    who: SignedIn,
    Query(params): Query<Params>,
) -> Result<Response, Trouble> {
    let onward = Destination::from(params).path();
    let Some(claim) = name_claim::store::find(passport.db.reader(), who.account.id).await? else {
        return Ok(see_other(&onward));
    };
    let shell = who.visitor.shell();
    let until = dates::shown_wait(&shell, claim.ready_at);
    let (email, new_name) = (who.account.email.clone(), claim.new_name);
    who.visit.ok(&NameClaimedPage { shell, email, until, new_name, onward })
}

#[cfg(test)]
impl platform::web::page::Samples for NameClaimedPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self {
            shell: shell.clone(),
            email: "maria@example.com".into(),
            until: "30".into(),
            new_name: "passport-7k3m9q2xwd@renamed.invalid".into(),
            onward: "/".into(),
        }]
    }
}
