//! The accounts that this computer remembers, for the sign-in page: named by handles that are worth nothing in
//! another browser (RM-01).
use axum::{
    extract::{Query, State},
    response::Response,
};
use platform::{
    Fault,
    web::{OfBrowser, Trouble, see_other},
};
use serde::Deserialize;

use crate::{
    account, computer,
    paths::SIGN_IN,
    request::destination::{Destination, Params},
    state::Passport,
    visitor::Visitor,
};

/// One account in the drop-down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    pub handle: String,
    pub email: String,
}

/// The word in place of a handle for somebody else.
pub const OTHER: &str = "other";

/// At most [`computer::OFFERED`], the last used first. An account is among them once it has signed in here
/// (PP-15); whoever has not this computer's cookie sees nobody's.
pub async fn list(passport: &Passport, visitor: &Visitor) -> Result<Vec<Remembered>, Fault> {
    let Some(digest) = visitor.computer() else { return Ok(vec![]) };
    let reader = passport.db.reader();
    let mut all = Vec::new();
    for known in computer::store::list_of_digest(reader, &digest, computer::OFFERED).await? {
        if let Some(account) = account::store::find_active(reader, known.account).await? {
            all.push(Remembered { handle: known.id.to_string(), email: account.email });
        }
    }
    Ok(all)
}

#[derive(Deserialize)]
pub struct Choice {
    #[serde(default)]
    account: String,
    /// “Remove from this computer”.
    #[serde(default)]
    remove: Option<String>,
}

/// An account was picked from the drop-down, or is to be removed from it.
pub async fn choose(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
    choice: OfBrowser<Choice>,
) -> Result<Response, Trouble> {
    let choice = choice.checked()?;
    let destination = Destination::from(params);
    if choice.remove.is_none() {
        return Ok(see_other(&destination.carried_with(SIGN_IN, "account", &choice.account)));
    }
    let mut response = see_other(&destination.carried_to(SIGN_IN));
    let (Some(digest), Ok(id)) = (visitor.computer(), choice.account.parse()) else { return Ok(response) };
    if let Some(account) = computer::store::find_of_digest(passport.db.reader(), &digest, id).await? {
        visitor.forget(&passport, account, id, response.headers_mut()).await?;
    }
    Ok(response)
}
