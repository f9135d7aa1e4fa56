//! Buttons beside a professional: inviting, withdrawing, ending (CS-50, CS-51).
use axum::{
    extract::{Path, State},
    response::Response,
};
use platform::web::{About, Trouble, local_path, see_other};
use serde::Deserialize;

use super::{person::LIST, row::thing, word_of};
use crate::{
    Portal,
    acting::{Acting, Administration},
    association,
    company::Company,
    people::actions::{self, Inviter},
    profile::{Profile, ProfileId},
    visitor::Administrator,
};

/// Where a button stands decides where it leads back to: the page of the list that it names, or the person’s own.
#[derive(Deserialize)]
pub struct Press {
    #[serde(default)]
    from: String,
    #[serde(default)]
    invitation: String,
}

impl Press {
    fn back(&self, id: ProfileId, done: &str) -> Response {
        let list = Some(local_path(&self.from)).filter(|path| path.split('?').next() == Some(LIST));
        let page = list.map_or_else(|| format!("{LIST}/{id}"), str::to_owned);
        let and = if page.contains('?') { '&' } else { '?' };
        see_other(&format!("{page}{and}done={done}"))
    }
}

/// A person who is held until the change is committed, and who was shown to whoever changes them.
struct Held {
    tx: Acting<Administration>,
    found: (Profile, Company),
    press: Press,
}

impl Held {
    async fn begin(
        portal: &Portal,
        visitor: &Administrator,
        id: &str,
        press: About<Press>,
        ends: bool,
    ) -> Result<Self, Trouble> {
        let id: ProfileId = id.parse().map_err(|_| Trouble::not_found())?;
        let tx = visitor.acts(portal, Some(id)).await?;
        let Some(found) = actions::hold(&tx, id).await? else {
            press.is_theirs()?;
            return Err(Trouble::not_found());
        };
        let current = association::store::find_current(&tx, id).await?;
        // Pressed twice, or ended by somebody else: nothing is left to be ended.
        if ends && current.is_none() && press.is_of_browser() {
            return Err(press.names().back(id, "nothing").into());
        }
        let press = press.shown(&thing(&found.0, current.as_ref())).checked()?;
        Ok(Self { tx, found, press })
    }

    fn inviter(&self) -> Inviter<'_> {
        Inviter::Administrator(self.tx.subject(), self.tx.acts().profile())
    }

    async fn done(self, word: &str) -> Result<Response, Trouble> {
        self.tx.commit().await?;
        Ok(self.press.back(self.found.0.id, word))
    }
}

/// “Send Invite E-mail”: to the saved address, whatever the form beside it holds (CS-50, CS-51).
pub async fn invite(
    State(portal): State<Portal>,
    visitor: Administrator,
    Path(id): Path<String>,
    press: About<Press>,
) -> Result<Response, Trouble> {
    let held = Held::begin(&portal, &visitor, &id, press, false).await?;
    let (visit, desk) = (visitor.visit(), portal.desk());
    let inviter = held.inviter();
    let invited = actions::invite(&held.tx, visit.now, &desk, inviter, &held.found, visit.language).await?;
    held.done(word_of(invited)?).await
}

pub async fn withdraw(
    State(portal): State<Portal>,
    visitor: Administrator,
    Path(id): Path<String>,
    press: About<Press>,
) -> Result<Response, Trouble> {
    let held = Held::begin(&portal, &visitor, &id, press, false).await?;
    let invitation = held.press.invitation.parse().map_err(|_| Trouble::not_found())?;
    let (now, desk) = (visitor.visit().now, portal.desk());
    let done = actions::withdraw(&held.tx, now, &desk, held.inviter(), &held.found, invitation).await?;
    held.done(if done { "withdrawn" } else { "nothing" }).await
}

/// Ends the association; the profile stays.
pub async fn end(
    State(portal): State<Portal>,
    visitor: Administrator,
    Path(id): Path<String>,
    press: About<Press>,
) -> Result<Response, Trouble> {
    let held = Held::begin(&portal, &visitor, &id, press, true).await?;
    let (now, desk) = (visitor.visit().now, portal.desk());
    let ended = actions::end_own_association(&held.tx, now, &desk, &held.found).await?;
    held.done(if ended { "ended" } else { "nothing" }).await
}
