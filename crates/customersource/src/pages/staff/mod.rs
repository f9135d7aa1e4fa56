//! What staff do: search first, then a company or a person, with a reason for every change.
mod audience;
pub mod audit;
pub mod cases;
pub mod company;
pub mod conflicts;
pub mod content;
pub mod dates;
pub mod desk;
mod draft;
pub mod edit;
pub mod files;
pub mod given;
mod letters;
pub mod mend;
pub mod moderate;
pub mod newsletters;
pub mod person;
mod serial;
pub mod series;
pub mod upload;
pub mod windows;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    limits::{self, UsedUp},
    web::{Shell, Trouble, Visit, see_other},
};
use serde::Deserialize;

use self::given::{Given, Undone};
use crate::{
    Portal,
    acting::{Acting, Adding, Duty, Locks},
    association,
    company::{Company, Kind},
    pages::signed_in_page,
    profile,
    rp::Subject,
    staff,
    visitor::{Staff, menus},
};

/// 403 for staff without the role.
fn only(may: bool) -> Result<(), Trouble> {
    if may { Ok(()) } else { Err(Trouble::page(StatusCode::FORBIDDEN, "not-staff")) }
}

/// One of the changes that somebody may make in an hour; 429, and what was typed comes back with it.
async fn spend(tx: &Acting<Duty>, portal: &Portal, visitor: &Staff) -> Result<(), Trouble> {
    within(tx, portal, visitor).await?.map_err(Trouble::too_many)
}

/// The same for doors that show their form again: texts may be longer than what an error page keeps.
async fn within(tx: &Acting<Duty>, portal: &Portal, visitor: &Staff) -> Result<Result<(), UsedUp>, Trouble> {
    let limit = staff::ACTIONS.scaled(portal.limits_scale);
    let who = format!("{}\0{}", visitor.session.subject.iss, visitor.session.subject.sub);
    Ok(limits::spend_or_wait(tx, visitor.visit.now, limit, &who).await?)
}

/// Begins a change: a reason, what is locked, and one of the hour's changes. What was pressed twice is answered as it was
/// at first.
async fn begin(
    portal: &Portal,
    visitor: &Staff,
    given: &Given,
    locks: &Locks,
) -> Result<(Adding<Duty>, String), Undone> {
    let reason = given.reason(&visitor.visit)?;
    let tx = visitor.acts(portal, locks).await?;
    spend(&tx, portal, visitor).await?;
    Ok((tx, reason))
}

/// What a page says after a redirect.
fn done_of(visit: &Visit) -> Option<&'static str> {
    match visit.path.split_once("done=").map(|(_, rest)| rest)? {
        "done" => Some("staff-done"),
        "saved-not-invited" => Some("done-saved-not-invited"),
        "nothing" => Some("done-nothing"),
        "too-soon" => Some("done-too-soon"),
        "declined" => Some("done-declined"),
        _ => None,
    }
}

/// What a company is called by its kind.
const fn kind_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Customer => "staff-kind-customer",
        Kind::Partner => "staff-kind-partner",
        Kind::Employee => "staff-kind-employee",
    }
}

/// One line of what was found.
pub struct Found {
    href: String,
    name: String,
    more: String,
    is_active: bool,
}

#[derive(Template)]
#[template(path = "staff/search.html")]
pub struct SearchPage {
    shell: Shell,
    text: String,
    companies: Vec<Found>,
    people: Vec<Found>,
    /// The addresses of further companies and people.
    more: (Option<String>, Option<String>),
}

#[cfg(test)]
impl platform::web::page::Samples for SearchPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let found = |name: &str, is_active| Found {
            href: "/staff/companies/1".into(),
            name: name.into(),
            more: "maria@contoso.example".into(),
            is_active,
        };
        let page = |text: &str, companies, people| Self {
            shell: shell.clone(),
            text: text.into(),
            more: if text == "contoso" {
                (Some("/staff?q=contoso&companies=1".into()), None)
            } else {
                (None, None)
            },
            companies,
            people,
        };
        vec![
            page("", vec![], vec![]),
            page("x", vec![], vec![]),
            page("contoso", vec![found("Contoso", true), found("Old", false)], vec![found("Maria", true)]),
        ]
    }
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    /// The company after which the page begins, or the person: the other ones are left out then.
    #[serde(default)]
    companies: String,
    #[serde(default)]
    people: String,
}

/// So many are on a page.
const MOST: u64 = 50;

pub async fn search(
    State(portal): State<Portal>,
    visitor: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    if !visitor.member.may_help() {
        return Ok(see_other(menus::start(&visitor.member)));
    }
    let text: String = asked.q.trim().chars().filter(|c| !c.is_control()).take(200).collect();
    let db = portal.db.reader();
    let (mut companies, mut people, mut more) = (vec![], vec![], (None, None));
    let (after_company, after_person) = (asked.companies.parse().ok(), asked.people.parse().ok());
    let further = |kind: &str, id: String| {
        let query = serde_html_form::to_string([("q", text.as_str()), (kind, &id)]).unwrap_or_default();
        format!("/staff?{query}")
    };
    if text.chars().count() >= 2 {
        if after_person.is_none() {
            let found = crate::company::store::search(db, &text, (after_company, MOST)).await?;
            more.0 = found.ends(|company| company.id).1.map(|id| further("companies", id.to_string()));
            companies.extend(found.rows.into_iter().map(|company| Found {
                href: format!("/staff/companies/{}", company.id),
                name: company.name,
                more: format!("{}, {}", visitor.visit.t(kind_key(company.kind)), company.region),
                is_active: company.is_active,
            }));
        }
        let found_person = |(profile, company): (profile::Profile, Company)| Found {
            href: format!("/staff/people/{}", profile.id),
            name: profile.name(),
            more: format!("{}, {}", profile.email, company.name),
            is_active: profile.is_active && company.is_active,
        };
        if after_company.is_none() {
            let found = profile::store::search(db, &text, (after_person, MOST)).await?;
            more.1 = found.ends(|(profile, _)| profile.id).1.map(|id| further("people", id.to_string()));
            people.extend(found.rows.into_iter().map(found_person));
        }
        // A Passport is found by its subject, letter by letter.
        let subject = Subject { iss: portal.rp.issuer().to_owned(), sub: text.clone() };
        let is_first = after_company.is_none() && after_person.is_none();
        for (association, is_active) in association::store::list_of_subject(db, &subject).await? {
            if !is_first {
                break;
            }
            if let Some(found) = profile::store::find(db, association.profile).await? {
                people.push(Found { is_active, ..found_person(found) });
            }
        }
    }
    let page = SearchPage { shell: visitor.shell(), companies, people, more, text: text.clone() };
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}
