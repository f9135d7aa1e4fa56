//! Many people at once: who is chosen is shown with how many they are and what would become of each, then confirmed,
//! then done by and by; the page says how far it is.
pub mod upload;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    limits,
    turn::{Leaf, Turn, Turned},
    web::{About, Checked, Shell, Thing, Trouble, see_other},
};
use serde::Deserialize;

use super::{looking::Looking, person::LIST};
use crate::{
    Portal, association,
    bulk::{BULKS, Bulk, BulkId, Count, INVITES, Kind, Line, MOST, State as Phase, actions, store},
    pages::{once, signed_in_page},
    people::{self, Person, store::Sought},
    profile::{self, ProfileId},
    visitor::Administrator,
};

const PATH: &str = "/account/professionals/bulk";

#[derive(Template)]
#[template(path = "account/bulk.html")]
pub struct BulkPage {
    shell: Shell,
    id: String,
    is_adding: bool,
    invites: bool,
    phase: Phase,
    /// How many there are, are to be done, went well, and did not.
    all: String,
    open: String,
    well: String,
    unwell: String,
    has_open: bool,
    has_unwell: bool,
    an_hour: String,
    lines: Vec<Line>,
    /// Whose profile a Passport has.
    taken: Vec<ProfileId>,
    only_unwell: bool,
    /// The addresses of the pages on both sides.
    pages: (Option<String>, Option<String>),
    thing: Thing,
}

impl BulkPage {
    fn heading(&self) -> String {
        self.shell.t(if self.is_adding { "bulk-add-heading" } else { "bulk-invite-heading" })
    }

    fn is_draft(&self) -> bool {
        self.phase == Phase::Draft
    }

    fn is_taken(&self, line: &Line) -> bool {
        line.profile.is_some_and(|id| self.taken.contains(&id))
    }

    fn is_running(&self) -> bool {
        self.phase == Phase::Running
    }
}

#[cfg(test)]
impl platform::web::page::Samples for BulkPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        use crate::bulk::Outcome;
        let line = |number, outcome| Line {
            number,
            profile: None,
            first_name: "Maria".into(),
            last_name: "Silva".into(),
            email: "maria@contoso.example".into(),
            outcome,
        };
        let taken = ProfileId(uuid::Uuid::nil());
        let page = |phase, is_adding, only_unwell| Self {
            shell: shell.clone(),
            id: "1".into(),
            is_adding,
            invites: is_adding,
            phase,
            all: "40".into(),
            open: if phase == Phase::Done { "0" } else { "38" }.into(),
            well: "1".into(),
            unwell: "1".into(),
            has_open: phase != Phase::Done,
            has_unwell: true,
            an_hour: "500".into(),
            lines: vec![
                line(2, None),
                Line { profile: Some(taken), ..line(3, None) },
                line(4, Some(Outcome::Twice)),
                line(5, Some(Outcome::AddedInvited)),
            ],
            taken: vec![taken],
            only_unwell,
            pages: (None, (!only_unwell).then(|| format!("{PATH}/1?after=4"))),
            thing: Thing::of("bulk"),
        };
        vec![
            page(Phase::Draft, true, false),
            page(Phase::Draft, false, false),
            page(Phase::Running, false, true),
            page(Phase::Done, true, false),
        ]
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    who: Vec<String>,
    q: String,
    only: String,
}

#[derive(Deserialize)]
pub struct Whom {
    /// Everybody whom the list shows.
    all: Option<String>,
}

/// A draft of whoever was chosen; nobody gets anything yet.
pub async fn choose(
    State(portal): State<Portal>,
    visitor: Administrator,
    Query(whom): Query<Whom>,
    Checked(chosen): Checked<Chosen>,
) -> Result<Response, Trouble> {
    let people = match whom.all {
        Some(_) => everybody(&portal, &visitor, &chosen).await?,
        None => {
            let ids: Vec<ProfileId> = chosen.who.iter().take(MOST).filter_map(|id| id.parse().ok()).collect();
            profile::store::list_own(portal.db.reader(), &visitor.acts, &ids).await?
        }
    };
    let line = |(number, person): (usize, profile::Profile)| Line {
        number: i32::try_from(number + 1).unwrap_or(i32::MAX),
        profile: Some(person.id),
        first_name: person.first_name,
        last_name: person.last_name,
        email: person.email,
        outcome: None,
    };
    let lines: Vec<Line> = people.into_iter().enumerate().map(line).collect();
    if lines.is_empty() {
        return Ok(see_other(&format!("{LIST}?done=none-chosen")));
    }
    draft(&portal, &visitor, Kind::Invite, false, &lines).await
}

async fn everybody(
    portal: &Portal,
    visitor: &Administrator,
    chosen: &Chosen,
) -> Result<Vec<profile::Profile>, Trouble> {
    let looking = Looking::said(LIST, &chosen.q, &chosen.only);
    let (mut people, mut turn) = (Vec::new(), Turn::First);
    loop {
        let wanted = Sought { turn, most: 500, ..looking.wanted() };
        let (db, now) = (portal.db.reader(), visitor.visit().now);
        let leaf: Leaf<Person> = people::store::people(db, now, &visitor.acts, &wanted).await?;
        let next = leaf.ends(|person| person.profile.id).1;
        // Who has the profile needs no invitation.
        people.extend(leaf.rows.into_iter().filter(|one| one.current.is_none()).map(|one| one.profile));
        match next {
            Some(last) if people.len() < MOST => turn = Turn::After(last),
            _ => break,
        }
    }
    people.truncate(MOST);
    Ok(people)
}

/// Keeps a draft and shows it.
async fn draft(
    portal: &Portal,
    visitor: &Administrator,
    kind: Kind,
    invites: bool,
    lines: &[Line],
) -> Result<Response, Trouble> {
    let now = visitor.visit().now;
    let bulk = Bulk {
        id: BulkId::new(now, &portal.random),
        company: visitor.acts.company(),
        by: visitor.acts.profile(),
        subject: visitor.associated.session.subject.clone(),
        kind,
        state: Phase::Draft,
        language: visitor.visit().language,
        invites,
        created_at: now,
    };
    let tx = once(visitor.acts(portal, None).await?, visitor.visit()).await?;
    let limit = BULKS.scaled(portal.limits_scale);
    let who = bulk.company.to_string();
    limits::spend_or_wait(&*tx, now, limit, &who).await?.map_err(Trouble::too_many)?;
    store::add(&tx, &bulk, lines).await?;
    Ok(see_other(&tx.commit(now, format!("{PATH}/{}", bulk.id)).await?))
}

async fn find(portal: &Portal, visitor: &Administrator, id: &str) -> Result<(Bulk, Count), Trouble> {
    let id: BulkId = id.parse().map_err(|_| Trouble::not_found())?;
    let db = portal.db.reader();
    let bulk = store::find_own(db, &visitor.acts, id).await?.ok_or_else(Trouble::not_found)?;
    Ok((bulk, store::count(db, id).await?))
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(flatten)]
    turned: Turned,
    /// `unwell`: what did not go well, alone.
    #[serde(default)]
    only: String,
}

/// So many lines are on a page.
const PAGE: u64 = 100;

pub async fn show(
    State(portal): State<Portal>,
    visitor: Administrator,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let (bulk, count) = find(&portal, &visitor, &id).await?;
    let only_unwell = asked.only == "unwell";
    let about = (asked.turned.turn(), PAGE);
    let leaf = store::list_lines(portal.db.reader(), bulk.id, only_unwell, about).await?;
    let turned = |side: &str, number: i32| {
        let only = if only_unwell { "&only=unwell" } else { "" };
        format!("{PATH}/{}?{side}={number}{only}", bulk.id)
    };
    let (first, last) = leaf.ends(|line| line.number);
    let people: Vec<ProfileId> = leaf.rows.iter().filter_map(|line| line.profile).collect();
    let current = match bulk.state {
        Phase::Draft => association::store::list_current(portal.db.reader(), &people).await?,
        _ => vec![],
    };
    let page = BulkPage {
        shell: visitor.associated.shell(),
        id: bulk.id.to_string(),
        is_adding: bulk.kind == Kind::Add,
        invites: bulk.invites,
        phase: bulk.state,
        all: count.all.to_string(),
        open: count.open.to_string(),
        well: count.well.to_string(),
        unwell: count.unwell().to_string(),
        has_open: count.open > 0,
        has_unwell: count.unwell() > 0,
        an_hour: INVITES.scaled(portal.limits_scale).most.to_string(),
        lines: leaf.rows,
        taken: current.iter().map(|current| current.profile).collect(),
        only_unwell,
        pages: (first.map(|number| turned("before", number)), last.map(|number| turned("after", number))),
        thing: thing(&bulk, count),
    };
    signed_in_page(visitor.visit(), StatusCode::OK, &page)
}

/// A bulk as its buttons show it.
fn thing(bulk: &Bulk, count: Count) -> Thing {
    Thing::of("bulk").and(bulk.id.to_string()).and(count.all.to_be_bytes())
}

#[derive(Deserialize)]
pub struct Nothing {}

pub async fn start(
    State(portal): State<Portal>,
    visitor: Administrator,
    Path(id): Path<String>,
    press: About<Nothing>,
) -> Result<Response, Trouble> {
    let (bulk, count) = find(&portal, &visitor, &id).await?;
    let Nothing {} = press.shown(&thing(&bulk, count)).checked()?;
    let tx = visitor.acts(&portal, None).await?;
    actions::begin(&tx, visitor.visit().now, &portal.outbox, bulk.id).await?;
    tx.commit().await?;
    Ok(see_other(&format!("{PATH}/{}", bulk.id)))
}

pub async fn drop_it(
    State(portal): State<Portal>,
    visitor: Administrator,
    Path(id): Path<String>,
    press: About<Nothing>,
) -> Result<Response, Trouble> {
    let (bulk, count) = match find(&portal, &visitor, &id).await {
        // Pressed twice: it is dropped.
        Err(Trouble::Page { status: StatusCode::NOT_FOUND, .. }) if press.is_of_browser() => {
            return Ok(see_other(LIST));
        }
        found => found?,
    };
    let Nothing {} = press.shown(&thing(&bulk, count)).checked()?;
    let tx = visitor.acts(&portal, None).await?;
    store::drop_draft(&tx, bulk.id).await?;
    tx.commit().await?;
    Ok(see_other(LIST))
}
