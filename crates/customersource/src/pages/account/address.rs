//! The link in the mailbox of a new address: a page that says what it is for, and the button that makes it count.
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{About, Shell, Thing, Trouble, see_other};
use serde::Deserialize;

use crate::{
    Portal, address,
    association::digest_of_link,
    pages::signed_in_page,
    people::{Proved, actions},
    visitor::Associated,
};

#[derive(Template)]
#[template(path = "account/address.html")]
pub struct AddressPage {
    shell: Shell,
    email: String,
    /// The address on file, which is told.
    former: String,
    action: String,
    thing: Thing,
}

#[cfg(test)]
impl platform::web::page::Samples for AddressPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self {
            shell: shell.clone(),
            email: "maria@new.example".into(),
            former: "maria@contoso.example".into(),
            action: "/account/address/AAAA".into(),
            thing: thing("maria@new.example", "maria@contoso.example"),
        }]
    }
}

fn thing(email: &str, former: &str) -> Thing {
    Thing::of("new address").and(email).and(former)
}

/// The link is dead, or is for another profile or Passport than the one that is signed in.
fn gone() -> Trouble {
    Trouble::page(StatusCode::GONE, "address-gone")
}

async fn find(portal: &Portal, visitor: &Associated, secret: &str) -> Result<([u8; 32], String), Trouble> {
    let digest = digest_of_link(secret).ok_or_else(gone)?;
    let wanted = address::store::find_link(portal.db.reader(), visitor.visit.now, digest).await?;
    let wanted = wanted.ok_or_else(gone)?;
    let is_own = wanted.profile == visitor.acting.profile.id && wanted.subject == visitor.session.subject;
    if is_own { Ok((digest, wanted.email)) } else { Err(gone()) }
}

pub async fn show(
    State(portal): State<Portal>,
    visitor: Associated,
    Path(secret): Path<String>,
) -> Result<Response, Trouble> {
    let (_, email) = find(&portal, &visitor, &secret).await?;
    let former = visitor.acting.profile.email.clone();
    let page = AddressPage {
        shell: visitor.shell(),
        thing: thing(&email, &former),
        email,
        former,
        action: format!("/account/address/{secret}"),
    };
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}

#[derive(Deserialize)]
pub struct Nothing {}

pub async fn prove(
    State(portal): State<Portal>,
    visitor: Associated,
    Path(secret): Path<String>,
    pressed: About<Nothing>,
) -> Result<Response, Trouble> {
    let (digest, email) = match find(&portal, &visitor, &secret).await {
        Ok(found) => found,
        Err(gone) => {
            let Nothing {} = pressed.shown(&Thing::of("new address")).checked()?;
            return Err(gone);
        }
    };
    let Nothing {} = pressed.shown(&thing(&email, &visitor.acting.profile.email)).checked()?;
    let tx = visitor.acts(&portal).await?;
    let now = visitor.visit.now;
    match actions::prove(&tx, now, &portal.desk(), digest).await? {
        Proved::Done => {
            tx.commit().await?;
            Ok(see_other("/account/profile?done=address"))
        }
        Proved::Dead => Err(gone()),
    }
}
