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
pub mod open_case;
pub mod person;
mod serial;
pub mod series;
pub mod upload;
pub mod windows;

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    Fault,
    db::Reader,
    email::EmailAddress,
    limits::{self, UsedUp},
    turn::{Leaf, Turn, Turned},
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
    profile::{self, Profile, ProfileId},
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
        "saved-too-soon" => Some("done-saved-too-soon"),
        "saved-too-many" => Some("done-saved-too-many"),
        "saved-declined" => Some("done-saved-declined"),
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
    /// The addresses of the pages beside this one.
    company_pages: (Option<String>, Option<String>),
    people_pages: (Option<String>, Option<String>),
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
            company_pages: (
                None,
                (text == "contoso").then(|| "/staff?q=contoso&list=companies&after=1".into()),
            ),
            people_pages: (None, None),
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
    /// The list that is turned; the other one is left out then.
    #[serde(default)]
    list: String,
    #[serde(flatten)]
    turned: Turned,
}

/// So many are on a page.
const MOST: u64 = 50;

/// People whose name or address holds these words; whoever types a whole address means whoever has it.
async fn search_people(
    db: &Reader,
    text: &str,
    turn: Turn<ProfileId>,
) -> Result<Leaf<(Profile, Company)>, Fault> {
    if let Ok(address) = EmailAddress::parse(text)
        && turn.key().is_none()
    {
        let rows = profile::store::list_of_address(db, address.key(), MOST).await?;
        if !rows.is_empty() {
            return Ok(Leaf { rows, has_before: false, has_after: false });
        }
    }
    profile::store::search(db, text, (turn, MOST)).await
}

pub async fn search(
    State(portal): State<Portal>,
    visitor: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    if !visitor.member.may_help() {
        return Ok(see_other(menus::start(visitor.member.role())));
    }
    let text: String = asked.q.trim().chars().filter(|c| !c.is_control()).take(200).collect();
    let db = portal.db.reader();
    let (mut companies, mut people) = (vec![], vec![]);
    let (mut company_pages, mut people_pages) = ((None, None), (None, None));
    let further = |list: &str, to: &str, id: String| {
        let query = [("q", text.as_str()), ("list", list), (to, &id)];
        format!("/staff?{}", serde_html_form::to_string(query).unwrap_or_default())
    };
    let is_turned = |list: &str| asked.list == list;
    if text.chars().count() >= 2 {
        if !is_turned("people") {
            let turn = if is_turned("companies") { asked.turned.turn() } else { Turn::First };
            let found = crate::company::store::search(db, &text, (turn, MOST)).await?;
            let (first, last) = found.ends(|company| company.id.to_string());
            company_pages = (
                first.map(|id| further("companies", "before", id)),
                last.map(|id| further("companies", "after", id)),
            );
            companies.extend(found.rows.into_iter().map(|company| Found {
                href: format!("/staff/companies/{}", company.id),
                name: company.name,
                more: format!("{}, {}", visitor.visit.t(kind_key(company.kind)), company.region),
                is_active: company.is_active,
            }));
        }
        let found_person = |(profile, company): (Profile, Company)| Found {
            href: format!("/staff/people/{}", profile.id),
            name: profile.name(),
            more: format!("{}, {}", profile.email, company.name),
            is_active: profile.is_active && company.is_active,
        };
        if !is_turned("companies") {
            let turn = if is_turned("people") { asked.turned.turn() } else { Turn::First };
            let found = search_people(db, &text, turn).await?;
            let (first, last) = found.ends(|(profile, _)| profile.id.to_string());
            people_pages = (
                first.map(|id| further("people", "before", id)),
                last.map(|id| further("people", "after", id)),
            );
            people.extend(found.rows.into_iter().map(found_person));
        }
        // A Passport is found by its subject, letter by letter.
        let subject = Subject { iss: portal.rp.issuer().to_owned(), sub: text.clone() };
        let is_first = !is_turned("companies") && !is_turned("people");
        let theirs = if is_first { association::store::list_of_subject(db, &subject).await? } else { vec![] };
        if !theirs.is_empty() {
            let ids: Vec<_> = theirs.iter().map(|(association, _)| association.profile).collect();
            let found = profile::store::list_by_id(db, &ids).await?;
            let found: HashMap<_, _> = found.into_iter().map(|found| (found.0.id, found)).collect();
            people.extend(theirs.into_iter().filter_map(|(association, is_active)| {
                let found = found.get(&association.profile)?.clone();
                Some(Found { is_active, ..found_person(found) })
            }));
        }
    }
    let page = SearchPage {
        shell: visitor.shell(),
        companies,
        people,
        company_pages,
        people_pages,
        text: text.clone(),
    };
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}
