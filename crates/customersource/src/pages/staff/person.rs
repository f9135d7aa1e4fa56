//! A person as staff see them: invitations, the association, and help with both. Staff never accept for them.
use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use platform::{
    db::Tx,
    web::{Checked, Shell, Trouble, page::Samples, see_other},
};
use serde::Deserialize;

use super::{done_of, only, reason, spend};
use crate::{
    Portal,
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
    pages::{account::row::Row, signed_in_page},
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
    fared: &'static str,
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
    done: Option<&'static str>,
}

impl Samples for StaffPersonPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |row: Row, is_active: bool| Self {
            shell: shell.clone(),
            passport: is_active.then(|| ("https://passport.example 42".into(), "2026-11-20".into())),
            lines: vec![Line {
                purpose: "purpose-admin",
                made_on: "2026-11-18".into(),
                fared: row.fared_key(),
            }],
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
    let now = visitor.visit.now;
    let line = |invitation: &association::Invitation| Line {
        purpose: purpose_key(invitation.purpose),
        made_on: invitation.created_at.date().to_string(),
        fared: Row::of(
            &crate::company::Person { invitation: Some(invitation.clone()), ..person.clone() },
            now,
        )
        .fared_key(),
    };
    let passport = person.current.as_ref().map(|current| {
        (format!("{} {}", current.subject.iss, current.subject.sub), current.since.date().to_string())
    });
    let page = StaffPersonPage {
        shell: visitor.shell(),
        lines: invitations.iter().map(line).collect(),
        row: Row::of(&person, now),
        company: company.name,
        company_id: company.id.to_string(),
        is_active: profile.is_active && company.is_active,
        passport,
        done: done_of(&visitor.visit),
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

/// Every change: the role, a reason, one of the hour's actions, and the person held until it is done.
async fn hold(
    tx: &Tx,
    portal: &Portal,
    visitor: &Staff,
    id: &str,
) -> Result<(Profile, Organization), Trouble> {
    let id = id_of(id)?;
    spend(tx, portal, visitor).await?;
    profile::store::lock(tx, id).await?;
    let found = profile::store::find(tx, id).await?;
    found.filter(|(profile, company)| profile.is_active && company.is_active).ok_or_else(Trouble::not_found)
}

fn back(id: ProfileId, done: &str) -> Response {
    see_other(&format!("/staff/people/{id}?done={done}"))
}

async fn invite(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    Checked(act): Checked<Act>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let reason = reason(&act.reason)?;
    let tx = portal.db.begin().await?;
    let found = hold(&tx, &portal, &visitor, &id).await?;
    let inviter = Inviter::Staff(visitor.member.subject(), &reason);
    let visit = &visitor.visit;
    let language = visit.site.default_language;
    let invited = actions::invite(&tx, visit.now, &portal.desk(), inviter, &found, language).await?;
    tx.commit().await?;
    let done = match invited {
        Invited::Sent => "done",
        Invited::TooSoon => "too-soon",
        Invited::TooMany => "too-many",
    };
    Ok(back(found.0.id, done))
}

async fn withdraw(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    Checked(act): Checked<Act>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let reason = reason(&act.reason)?;
    let invitation = act.invitation.parse().map_err(|_| Trouble::not_found())?;
    let tx = portal.db.begin().await?;
    let found = hold(&tx, &portal, &visitor, &id).await?;
    let inviter = Inviter::Staff(visitor.member.subject(), &reason);
    let now = visitor.visit.now;
    let done = actions::withdraw(&tx, now, &portal.desk(), inviter, &found, invitation).await?;
    tx.commit().await?;
    Ok(back(found.0.id, if done { "done" } else { "nothing" }))
}

async fn end(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    Checked(act): Checked<Act>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let reason = reason(&act.reason)?;
    let tx = portal.db.begin().await?;
    let found = hold(&tx, &portal, &visitor, &id).await?;
    let actor = Actor::Staff(visitor.member.subject());
    let ending = Ending { actor, what: What::Ended, reason: &reason };
    let done = links::end(&tx, visitor.visit.now, &portal.desk(), &found, &ending).await?;
    tx.commit().await?;
    Ok(back(found.0.id, if done { "done" } else { "nothing" }))
}
