//! My Account: the acting profile's facts, every profile of this Passport, and the ways on from there.
pub mod acts;
pub mod address;
pub mod bulk;
pub mod fields;
pub mod history;
pub mod leave;
pub mod looking;
pub mod person;
pub mod personal;
pub mod professionals;
pub mod remove;
pub mod row;
pub mod second_step;

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use platform::{
    limits::UsedUp,
    web::{Shell, Trouble, Visit, page::ActingAs},
};

use super::signed_in_page;
use crate::{
    Portal,
    association::Standing,
    people::{self, Invited},
    plan::{Coverage, Entitlement},
    strength::Demand,
    visitor::Associated,
};

/// What a page says after a redirect, by its short name in the address; other names say nothing.
pub fn done_of(visit: &Visit) -> Option<&'static str> {
    let query = visit.path.split_once("done=").map(|(_, rest)| rest.split('&').next().unwrap_or_default());
    match query? {
        "saved" => Some("done-saved"),
        "added" => Some("done-added"),
        "invited" => Some("done-invited"),
        "saved-invited" => Some("done-saved-invited"),
        "saved-withdrawn" => Some("done-saved-withdrawn"),
        "saved-asked" => Some("done-saved-asked"),
        "saved-asked-person" => Some("done-saved-asked-person"),
        "address" => Some("done-address"),
        "added-invited" => Some("done-added-invited"),
        "saved-too-soon" => Some("done-saved-too-soon"),
        "saved-too-many" => Some("done-saved-too-many"),
        "saved-declined" => Some("done-saved-declined"),
        "withdrawn" => Some("done-withdrawn"),
        "ended" => Some("done-ended"),
        "removed" => Some("done-removed"),
        "too-soon" => Some("done-too-soon"),
        "declined" => Some("done-declined"),
        "nothing" => Some("done-nothing"),
        "none-chosen" => Some("done-none-chosen"),
        "second-step" => Some("done-second-step"),
        "no-second-step" => Some("done-no-second-step"),
        _ => None,
    }
}

/// The short name of what became of an invitation; one too many is told with the time of the next.
pub fn word_of(invited: Invited) -> Result<&'static str, Trouble> {
    Ok(match invited {
        Invited::Sent => "invited",
        Invited::TooSoon => "too-soon",
        Invited::TooMany(full) => return Err(too_many_letters(full)),
        Invited::Declined => "declined",
    })
}

/// The short name of what became of an invitation that went with something saved, which is called `sent` where it went.
pub const fn saved_word(invited: Invited, sent: &'static str) -> &'static str {
    match invited {
        Invited::Sent => sent,
        Invited::TooSoon => "saved-too-soon",
        Invited::TooMany(_) => "saved-too-many",
        Invited::Declined => "saved-declined",
    }
}

/// Why nothing was sent, if nothing was.
pub const fn refusal_key(invited: Invited) -> Result<Option<&'static str>, UsedUp> {
    match invited {
        Invited::Sent => Ok(None),
        Invited::TooSoon => Ok(Some("done-too-soon")),
        Invited::TooMany(full) => Err(full),
        Invited::Declined => Ok(Some("done-declined")),
    }
}

/// A form that would send one letter too many; it is kept.
pub const fn too_many_letters(full: UsedUp) -> Trouble {
    Trouble::TooMany { key: "letters-too-many", full }
}

/// Whether what is said is good news.
pub fn is_done_well(key: &str) -> bool {
    !matches!(
        key,
        "done-too-soon"
            | "done-declined"
            | "done-nothing"
            | "done-none-chosen"
            | "done-saved-too-soon"
            | "done-saved-too-many"
            | "done-saved-declined"
            | "done-saved-withdrawn"
    )
}

/// One line of the table of profiles.
pub struct Line {
    company: String,
    person: String,
    since: String,
    is_acting: bool,
}

impl Line {
    fn of(standing: &Standing, acting: &Standing, visit: &Visit) -> Self {
        Self {
            company: standing.company.name.clone(),
            person: standing.profile.name(),
            since: visit.day_of(standing.association.since),
            is_acting: standing.association.id == acting.association.id,
        }
    }
}

#[derive(Template)]
#[template(path = "account/information.html")]
pub struct AccountPage {
    shell: Shell,
    acting: ActingAs,
    email: String,
    is_admin: bool,
    /// The Passport.
    label: String,
    plan: Option<Entitlement>,
    lines: Vec<Line>,
    self_claim: bool,
    /// The visit may change to another profile.
    switch: bool,
    /// No administrator of the company is within reach.
    is_out_of_reach: bool,
    /// The day from which their company asks for a second step.
    ahead: Option<String>,
    /// Companies may ask for one.
    second_step: bool,
}

#[cfg(test)]
impl platform::web::page::Samples for AccountPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let line = |company: &str, is_acting| Line {
            company: company.into(),
            person: "Maria Silva".into(),
            since: "2026-11-22".into(),
            is_acting,
        };
        let page = |is_admin, plan| Self {
            shell: shell.clone(),
            acting: ActingAs { company: "Contoso Ltda".into(), person: "Maria Silva".into() },
            email: "maria@contoso.example".into(),
            is_admin,
            label: "maria@example.com".into(),
            plan,
            lines: vec![line("Contoso Ltda", true), line("Fabrikam S.A.", false)],
            self_claim: is_admin,
            switch: is_admin,
            is_out_of_reach: !is_admin,
            ahead: is_admin.then(|| "2026-12-14".into()),
            second_step: is_admin,
        };
        vec![page(true, Some(crate::visitor::locked::sample_plan())), page(false, None)]
    }
}

pub async fn show(State(portal): State<Portal>, visitor: Associated) -> Result<Response, Trouble> {
    let (Coverage::Granted(plan) | Coverage::Lapsed(plan)) = visitor.access(&portal).await?;
    let (db, now, company) = (portal.db.reader(), visitor.visit.now, visitor.acting.company.id);
    let page = AccountPage {
        is_out_of_reach: people::store::list_reach(db, &[company]).await?.is_out(now, company),
        shell: visitor.shell(),
        ahead: visitor.ahead(&portal),
        second_step: !portal.demands.contexts(Demand::Company).is_empty(),
        acting: visitor.acting(),
        email: visitor.acting.profile.email.clone(),
        is_admin: visitor.acting.profile.is_admin,
        label: visitor.session.label.clone(),
        plan,
        lines: visitor
            .all
            .iter()
            .map(|standing| Line::of(standing, &visitor.acting, &visitor.visit))
            .collect(),
        self_claim: portal.settings.portal.self_claim,
        switch: portal.settings.portal.in_session_switch && visitor.all.len() > 1,
    };
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}
