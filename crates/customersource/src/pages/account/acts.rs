//! Buttons beside a professional: inviting, withdrawing, ending (CS-50, CS-51).
use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::post,
};
use platform::{
    db::Tx,
    web::{About, Trouble, see_other},
};
use serde::Deserialize;

use super::{person::LIST, row::thing, word_of};
use crate::{
    Portal,
    company::actions::{self, Inviter},
    organization::Organization,
    profile::{Profile, ProfileId},
    visitor::Administrator,
};

pub fn router() -> Router<Portal> {
    Router::new()
        .route("/account/professionals/{id}/invite", post(invite))
        .route("/account/professionals/{id}/withdraw", post(withdraw))
        .route("/account/professionals/{id}/end", post(end))
}

/// Where a button stands decides where it leads back to.
#[derive(Deserialize)]
struct Press {
    #[serde(default)]
    from: String,
    #[serde(default)]
    invitation: String,
}

impl Press {
    fn back(&self, id: ProfileId, done: &str) -> Response {
        match self.from.as_str() {
            "list" => see_other(&format!("{LIST}?done={done}")),
            _ => see_other(&format!("{LIST}/{id}?done={done}")),
        }
    }
}

/// Locks and reads the person again, within a transaction.
async fn hold(tx: &Tx, visitor: &Administrator, id: &str) -> Result<(Profile, Organization), Trouble> {
    let id = id.parse().map_err(|_| Trouble::not_found())?;
    actions::hold(tx, visitor.by(), id).await?.ok_or_else(Trouble::not_found)
}

/// “Send Invite E-mail”: to the saved address, whatever the form beside it holds (CS-50, CS-51).
async fn invite(
    State(portal): State<Portal>,
    visitor: Administrator,
    Path(id): Path<String>,
    press: About<Press>,
) -> Result<Response, Trouble> {
    let tx = portal.db.begin().await?;
    let found = hold(&tx, &visitor, &id).await?;
    let press = press.shown(&thing(&found.0)).checked()?;
    let inviter = Inviter::Administrator(visitor.associated.subject(), visitor.acts.profile());
    let visit = visitor.visit();
    let invited = actions::invite(&tx, visit.now, &portal.desk(), inviter, &found, visit.language).await?;
    tx.commit().await?;
    Ok(press.back(found.0.id, word_of(invited)))
}

async fn withdraw(
    State(portal): State<Portal>,
    visitor: Administrator,
    Path(id): Path<String>,
    press: About<Press>,
) -> Result<Response, Trouble> {
    let tx = portal.db.begin().await?;
    let found = hold(&tx, &visitor, &id).await?;
    let press = press.shown(&thing(&found.0)).checked()?;
    let invitation = press.invitation.parse().map_err(|_| Trouble::not_found())?;
    let inviter = Inviter::Administrator(visitor.associated.subject(), visitor.acts.profile());
    let now = visitor.visit().now;
    let done = actions::withdraw(&tx, now, &portal.desk(), inviter, &found, invitation).await?;
    tx.commit().await?;
    Ok(press.back(found.0.id, if done { "withdrawn" } else { "nothing" }))
}

/// Ends the association; the profile stays.
async fn end(
    State(portal): State<Portal>,
    visitor: Administrator,
    Path(id): Path<String>,
    press: About<Press>,
) -> Result<Response, Trouble> {
    let tx = portal.db.begin().await?;
    let found = hold(&tx, &visitor, &id).await?;
    let press = press.shown(&thing(&found.0)).checked()?;
    let id = found.0.id;
    let now = visitor.visit().now;
    let ended = actions::end_own_association(&tx, now, &portal.desk(), visitor.by(), id).await?;
    let done = if ended.ok_or_else(Trouble::not_found)? { "ended" } else { "nothing" };
    tx.commit().await?;
    Ok(press.back(id, done))
}
