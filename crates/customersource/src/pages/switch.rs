//! Changing to another of one's profiles within a visit, where the installation allows it (CS-34).
use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{Checked, Cookie, Shell, Trouble, see_other, visit::cookie_name};
use serde_json::json;

use super::{
    choose::{Choice, Chosen, Then},
    signed_in_page,
};
use crate::{
    Portal,
    association::AssociationId,
    audit::{self, Actor, Deed},
    session::{self, Session, store::Sealed},
    visitor::Leaving,
};

#[derive(Template)]
#[template(path = "switch.html")]
pub struct SwitchPage {
    shell: Shell,
    choices: Vec<Choice>,
    /// Where the choice leads.
    next: String,
}

#[cfg(test)]
impl platform::web::page::Samples for SwitchPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self { shell: shell.clone(), choices: Choice::samples(), next: "/resources".into() }]
    }
}

/// The page does not exist where the setting is off.
fn allowed(portal: &Portal) -> Result<(), Trouble> {
    if portal.settings.portal.in_session_switch { Ok(()) } else { Err(Trouble::not_found()) }
}

pub async fn show(
    State(portal): State<Portal>,
    Leaving(visitor): Leaving,
    Query(then): Query<Then>,
) -> Result<Response, Trouble> {
    allowed(&portal)?;
    let choices = visitor.all.iter().map(Choice::of).collect();
    let page = SwitchPage { shell: visitor.shell(), choices, next: then.path().to_owned() };
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}

/// The session gets a new name (AS-18, BR-04). Forms that were shown to the former profile are refused: their tokens
/// name it (FX-03).
pub async fn switch(
    State(portal): State<Portal>,
    leaving: Leaving,
    Checked(form): Checked<Chosen>,
) -> Result<Response, Trouble> {
    allowed(&portal)?;
    let visitor = &leaving.0;
    let wanted: AssociationId = form.profile.parse().map_err(|_| Trouble::not_found())?;
    let to = visitor.all.iter().find(|standing| standing.association.id == wanted);
    let to = to.ok_or_else(Trouble::not_found)?;
    let old = visitor.session.digest;
    let secret = portal.random.token();
    let new = Session::digest_of(&secret);
    let tx = leaving.acts(&portal).await?;
    let Some(tokens) = session::store::find_tokens(&tx, old).await? else { return Ok(see_other("/")) };
    let anew = |sealed: &[u8]| {
        let token = portal.rp.open_token(&old, sealed).unwrap_or_default();
        portal.rp.seal_token(&new, &token)
    };
    let tokens = Sealed {
        id_token: anew(&tokens.id_token)?,
        refresh_token: tokens.refresh_token.as_deref().map(anew).transpose()?,
    };
    if !session::store::spend_switch(&tx, old, new, tokens, wanted).await? {
        return Ok(see_other("/"));
    }
    let deed = Deed {
        actor: Actor::Profile(tx.subject(), tx.profile().id),
        company: Some(to.company.id),
        action: "session.switched",
        target: format!("profile:{}", to.profile.id),
        detail: json!({ "from": visitor.acting.profile.id }),
    };
    audit::store::append(&tx, visitor.visit.now, &portal.audit_mac, &deed).await?;
    tx.commit().await?;
    let mut response = see_other(form.then.path());
    Cookie::session(cookie_name(&portal.site, session::COOKIE), secret).set(response.headers_mut());
    Ok(response)
}
