//! A person as staff see them: invitations, the association, and help with both. Staff never accept for them.
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    clock::Moment,
    web::{About, Shell, Trouble, see_other},
};
use serde::Deserialize;
use url::Url;

use super::{
    begin, done_of,
    given::{self, Given, Pressed, Undone},
    letters::History,
    mend, only,
};
use crate::{
    Portal,
    acting::{Adding, Duty, Locks},
    association::{
        self,
        actions::{self as links, Ending},
    },
    audit::Actor,
    company::Company,
    notice::What,
    pages::account::{
        refusal_key,
        row::{Row, thing},
        too_many_letters,
    },
    people::{
        self,
        actions::{self, Inviter},
    },
    profile::{self, Profile, ProfileId},
    visitor::Staff,
};

/// One invitation of the list.
pub struct Line {
    purpose: &'static str,
    made_on: String,
    fared: String,
}

/// The Passport that has the profile.
pub struct Passport {
    /// The provider, as people know it.
    place: String,
    /// What the provider calls the person.
    number: String,
    since: String,
}

#[derive(Template)]
#[template(path = "staff/person.html")]
pub struct StaffPersonPage {
    shell: Shell,
    row: Row,
    company: String,
    company_id: String,
    is_active: bool,
    /// Catalogue key of why the address is not theirs to correct.
    bound: Option<&'static str>,
    passport: Option<Passport>,
    lines: Vec<Line>,
    history: History,
    given: Given,
    done: Option<&'static str>,
}

#[cfg(test)]
impl platform::web::page::Samples for StaffPersonPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |row: Row, is_active: bool| Self {
            shell: shell.clone(),
            passport: is_active.then(|| Passport {
                place: "passport.example".into(),
                number: "42".into(),
                since: "2026-11-20".into(),
            }),
            lines: vec![Line {
                purpose: "purpose-admin",
                made_on: "2026-11-18".into(),
                fared: row.fared_words(shell),
            }],
            given: if is_active {
                Given::sample("reason-invite", shell.t("staff-reason-wrong"))
            } else {
                Given::default()
            },
            history: if is_active { History::sample(shell) } else { History::default() },
            row,
            company: "Contoso Ltda".into(),
            company_id: "1".into(),
            is_active,
            bound: (!is_active).then_some("staff-mend-administrator"),
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

pub async fn show(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    page(&portal, &visitor, id_of(&id)?, (StatusCode::OK, Given::default())).await
}

async fn page(
    portal: &Portal,
    visitor: &Staff,
    id: ProfileId,
    (status, given): (StatusCode, Given),
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let db = portal.db.reader();
    let (person, company) = people::store::find(db, id).await?.ok_or_else(Trouble::not_found)?;
    let profile = &person.profile;
    let invitations = association::store::list_invitations(db, &[profile.id], 20).await?;
    let (now, shell) = (visitor.visit.now, visitor.shell());
    let history = History::load(portal, &shell, now, (Some(profile.id), &profile.email_key)).await?;
    let line = |invitation: &association::Invitation| Line {
        purpose: purpose_key(invitation.purpose),
        made_on: visitor.visit.day_of(invitation.created_at),
        fared: Row::of(
            &people::Person { invitation: Some(invitation.clone()), ..person.clone() },
            &visitor.visit,
        )
        .fared_words(&shell),
    };
    let passport = person.current.as_ref().map(|current| {
        let issuer = &current.subject.iss;
        let host = Url::parse(issuer).ok().and_then(|url| url.host_str().map(str::to_owned));
        Passport {
            place: host.unwrap_or_else(|| issuer.clone()),
            number: current.subject.sub.clone(),
            since: visitor.visit.day_of(current.since),
        }
    });
    let is_active = profile.is_active && company.is_active;
    let page = StaffPersonPage {
        history,
        lines: invitations.iter().map(line).collect(),
        row: Row::of(&person, &visitor.visit),
        company: company.name,
        company_id: company.id.to_string(),
        is_active,
        bound: if is_active { actions::bound(db, now, profile).await?.map(mend::key_of) } else { None },
        passport,
        given,
        done: done_of(&visitor.visit),
        shell,
    };
    given::page(&visitor.visit, status, &page.given, &page)
}

#[derive(Deserialize)]
pub struct Act {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    invitation: String,
}

/// A change of a person, who is held until it is committed, and who was shown to whoever changes them.
struct Held {
    tx: Adding<Duty>,
    found: (Profile, Company),
    invitation: String,
    reason: String,
}

impl Held {
    async fn begin(
        portal: &Portal,
        visitor: &Staff,
        id: ProfileId,
        (act, given): (About<Act>, &Given),
        ends: bool,
    ) -> Result<Self, Undone> {
        let (tx, reason) = begin(portal, visitor, given, &Locks::of_person(id)).await?;
        let found = profile::store::find(&tx, id).await?;
        let is_there = |(profile, company): &(Profile, Company)| profile.is_active && company.is_active;
        // Removed, or its company closed, meanwhile: its page says so.
        let found = found.filter(is_there).ok_or_else(|| given.clone().nothing_left(&visitor.visit))?;
        let current = association::store::find_current(&tx, id).await?;
        // Ended by somebody else: nothing is left to be ended, and trying costs.
        if ends && current.is_none() && act.is_of_browser() {
            tx.tried().await?;
            return Err(given.clone().nothing_left(&visitor.visit).into());
        }
        let act = given.shown(act.shown(&thing(&found.0, current.as_ref())), &visitor.visit)?;
        Ok(Self { tx, found, invitation: act.invitation, reason })
    }

    fn inviter(&self) -> Inviter<'_> {
        Inviter::Staff(self.tx.subject(), &self.reason)
    }

    async fn done(self, now: Moment) -> Pressed {
        let place = format!("/staff/people/{}?done=done", self.found.0.id);
        Ok(see_other(&self.tx.commit(now, place).await?))
    }
}

/// What a button of the page does.
#[derive(Clone, Copy)]
enum Deed {
    Invite,
    Withdraw,
    End,
}

impl Deed {
    /// The box of its reason.
    const fn place(self) -> &'static str {
        match self {
            Self::Invite => "reason-invite",
            Self::Withdraw => "reason-withdraw",
            Self::End => "reason-end",
        }
    }
}

pub async fn invite(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    act: About<Act>,
) -> Result<Response, Trouble> {
    press(&portal, &visitor, &id, act, Deed::Invite).await
}

pub async fn withdraw(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    act: About<Act>,
) -> Result<Response, Trouble> {
    press(&portal, &visitor, &id, act, Deed::Withdraw).await
}

pub async fn end(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    act: About<Act>,
) -> Result<Response, Trouble> {
    press(&portal, &visitor, &id, act, Deed::End).await
}

async fn press(
    portal: &Portal,
    visitor: &Staff,
    id: &str,
    act: About<Act>,
    deed: Deed,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let id = id_of(id)?;
    match carry_out(portal, visitor, id, act, deed).await {
        Ok(response) => Ok(response),
        Err(Undone::Trouble(trouble)) => Err(trouble),
        Err(Undone::Back(given)) => page(portal, visitor, id, (given.status(), given)).await,
    }
}

async fn carry_out(portal: &Portal, visitor: &Staff, id: ProfileId, act: About<Act>, deed: Deed) -> Pressed {
    let given = Given::at(deed.place(), &act.names().reason);
    let held = Held::begin(portal, visitor, id, (act, &given), matches!(deed, Deed::End)).await?;
    let (visit, desk, inviter) = (&visitor.visit, portal.desk(), held.inviter());
    let is_done = match deed {
        Deed::Invite => {
            let language = visit.site.default_language;
            let invited = actions::invite(&held.tx, visit.now, &desk, inviter, &held.found, language).await?;
            match refusal_key(invited) {
                Ok(None) => true,
                Ok(Some(key)) => {
                    held.tx.tried().await?;
                    return Err(given.because(StatusCode::CONFLICT, visit.t(key)).into());
                }
                Err(full) => {
                    held.tx.tried().await?;
                    return Err(too_many_letters(full).into());
                }
            }
        }
        Deed::Withdraw => {
            let invitation = held.invitation.parse().map_err(|_| Trouble::not_found())?;
            actions::withdraw(&held.tx, visit.now, &desk, inviter, &held.found, invitation).await?
        }
        Deed::End => {
            let actor = Actor::Staff(held.tx.subject());
            let ending = Ending { actor, what: What::Ended, reason: &held.reason };
            links::end(&held.tx, visit.now, &desk, &held.found, &ending).await?
        }
    };
    if !is_done {
        held.tx.tried().await?;
        return Err(given.nothing_left(visit).into());
    }
    held.done(visit.now).await
}
