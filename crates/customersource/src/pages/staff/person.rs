//! A person as staff see them: invitations, the association, and help with both. Staff never accept for them.
use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use platform::web::{About, Shell, Trouble, see_other};
use serde::Deserialize;

use super::{begin, done_of, letters::History, only};
use crate::{
    Portal,
    acting::{Acting, Duty, Turn},
    association::{
        self,
        actions::{self as links, Ending},
    },
    audit::Actor,
    company::{
        Invited,
        actions::{self, Inviter},
        store::with_standing,
    },
    notice::What,
    organization::Organization,
    pages::{
        account::{
            row::{Row, thing},
            word_of,
        },
        signed_in_page,
    },
    profile::{self, Profile, ProfileId},
    visitor::Staff,
};

pub fn router() -> Router<Portal> {
    Router::new()
        .route("/staff/people/{id}", get(show))
        .route("/staff/people/{id}/invite", post(invite))
        .route("/staff/people/{id}/withdraw", post(withdraw))
        .route("/staff/people/{id}/end", post(end))
}

/// One invitation of the list.
pub struct Line {
    purpose: &'static str,
    made_on: String,
    fared: String,
}

#[derive(Template)]
#[template(path = "staff/person.html")]
pub struct StaffPersonPage {
    shell: Shell,
    row: Row,
    company: String,
    company_id: String,
    is_active: bool,
    /// Issuer and subject of the Passport, and since when.
    passport: Option<(String, String)>,
    lines: Vec<Line>,
    history: History,
    done: Option<&'static str>,
}

#[cfg(test)]
impl platform::web::page::Samples for StaffPersonPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |row: Row, is_active: bool| Self {
            shell: shell.clone(),
            passport: is_active.then(|| ("https://passport.example 42".into(), "2026-11-20".into())),
            lines: vec![Line {
                purpose: "purpose-admin",
                made_on: "2026-11-18".into(),
                fared: row.fared_words(shell),
            }],
            history: if is_active { History::sample(shell) } else { History::default() },
            row,
            company: "Contoso Ltda".into(),
            company_id: "1".into(),
            is_active,
            done: is_active.then_some("staff-done"),
        };
        let mut pages: Vec<Self> = Row::samples().into_iter().map(|row| page(row, true)).collect();
        pages.extend(Row::samples().into_iter().take(1).map(|row| page(row, false)));
        for (page, purpose) in pages.iter_mut().zip(["purpose-switch", "purpose-support"]) {
            page.lines.iter_mut().for_each(|line| line.purpose = purpose);
        }
        pages
    }
}

fn purpose_key(purpose: association::Purpose) -> &'static str {
    use association::Purpose;
    match purpose {
        Purpose::SelfSwitch => "purpose-switch",
        Purpose::SupportInvite => "purpose-support",
        Purpose::AdminInvite | Purpose::SelfClaim => "purpose-admin",
    }
}

fn id_of(text: &str) -> Result<ProfileId, Trouble> {
    text.parse().map_err(|_| Trouble::not_found())
}

async fn show(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let db = portal.db.reader();
    let found = profile::store::find(db, id_of(&id)?).await?;
    let (profile, company) = found.ok_or_else(Trouble::not_found)?;
    let invitations = association::store::list_invitations(db, &[profile.id], 20).await?;
    let person = with_standing(db, vec![profile.clone()]).await?.pop().ok_or_else(Trouble::not_found)?;
    let (now, shell) = (visitor.visit.now, visitor.shell());
    let history = History::load(&portal, &shell, now, (Some(profile.id), &profile.email_key)).await?;
    let line = |invitation: &association::Invitation| Line {
        purpose: purpose_key(invitation.purpose),
        made_on: visitor.visit.day_of(invitation.created_at),
        fared: Row::of(
            &crate::company::Person { invitation: Some(invitation.clone()), ..person.clone() },
            &visitor.visit,
        )
        .fared_words(&shell),
    };
    let passport = person.current.as_ref().map(|current| {
        (format!("{} {}", current.subject.iss, current.subject.sub), visitor.visit.day_of(current.since))
    });
    let page = StaffPersonPage {
        history,
        lines: invitations.iter().map(line).collect(),
        row: Row::of(&person, &visitor.visit),
        company: company.name,
        company_id: company.id.to_string(),
        is_active: profile.is_active && company.is_active,
        passport,
        done: done_of(&visitor.visit),
        shell,
    };
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}

#[derive(Deserialize)]
struct Act {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    invitation: String,
}

/// A change of a person, who is held until it is committed, and who was shown to whoever changes them.
struct Held {
    tx: Acting<Duty>,
    found: (Profile, Organization),
    invitation: String,
    reason: String,
}

impl Held {
    async fn begin(
        portal: &Portal,
        visitor: &Staff,
        id: &str,
        act: About<Act>,
        ends: bool,
    ) -> Result<Self, Trouble> {
        let id = id_of(id)?;
        let (may, why) = (visitor.member.may_help(), &act.names().reason);
        let (tx, reason) = begin(portal, visitor, may, why, &Turn::of_person(id)).await?;
        let found = profile::store::find(&tx, id).await?;
        let is_there = |(profile, company): &(Profile, Organization)| profile.is_active && company.is_active;
        let found = found.filter(is_there).ok_or_else(Trouble::not_found)?;
        let current = association::store::find_current(&tx, id).await?;
        // Pressed twice, or ended by somebody else: nothing is left to be ended, and trying costs.
        if ends && current.is_none() && act.is_of_browser() {
            tx.commit().await?;
            return Err(see_other(&format!("/staff/people/{id}?done=nothing")).into());
        }
        let act = act.shown(&thing(&found.0, current.as_ref())).checked()?;
        Ok(Self { tx, found, invitation: act.invitation, reason })
    }

    fn inviter(&self) -> Inviter<'_> {
        Inviter::Staff(self.tx.subject(), &self.reason)
    }

    async fn done(self, word: &str) -> Result<Response, Trouble> {
        self.tx.commit().await?;
        Ok(see_other(&format!("/staff/people/{}?done={word}", self.found.0.id)))
    }
}

async fn invite(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    act: About<Act>,
) -> Result<Response, Trouble> {
    let held = Held::begin(&portal, &visitor, &id, act, false).await?;
    let (visit, inviter) = (&visitor.visit, held.inviter());
    let language = visit.site.default_language;
    let invited =
        actions::invite(&held.tx, visit.now, &portal.desk(), inviter, &held.found, language).await?;
    held.done(if invited == Invited::Sent { "done" } else { word_of(invited) }).await
}

async fn withdraw(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    act: About<Act>,
) -> Result<Response, Trouble> {
    let held = Held::begin(&portal, &visitor, &id, act, false).await?;
    let invitation = held.invitation.parse().map_err(|_| Trouble::not_found())?;
    let (now, inviter) = (visitor.visit.now, held.inviter());
    let done = actions::withdraw(&held.tx, now, &portal.desk(), inviter, &held.found, invitation).await?;
    held.done(if done { "done" } else { "nothing" }).await
}

async fn end(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    act: About<Act>,
) -> Result<Response, Trouble> {
    let held = Held::begin(&portal, &visitor, &id, act, true).await?;
    let actor = Actor::Staff(held.tx.subject());
    let ending = Ending { actor, what: What::Ended, reason: &held.reason };
    let done = links::end(&held.tx, visitor.visit.now, &portal.desk(), &held.found, &ending).await?;
    held.done(if done { "done" } else { "nothing" }).await
}
