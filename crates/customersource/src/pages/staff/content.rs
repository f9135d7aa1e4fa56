//! What editors publish: all resources, and issues of newsletters on their way to the subscribers.
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    turn::Turned,
    web::{About, Shell, Thing, Trouble, see_other},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    begin, done_of,
    given::{self, Given, Pressed, Undone},
    only,
};
use crate::{
    Portal,
    acting::Locks,
    audit::{self, Actor, Deed},
    jobs::send_issue::SendIssue,
    newsletter::{self, Figures},
    pages::resources::beside,
    resource::{self, Resource, ResourceId, Section, words_for},
    visitor::Staff,
};

/// A line of the list.
pub struct Entry {
    id: String,
    title: String,
    section: Section,
    state: resource::State,
    changed: String,
    /// An issue that is published and was not sent yet.
    may_send: bool,
    sent: String,
    figures: Figures,
    /// What its button sends.
    thing: Thing,
}

/// A resource as its button shows it: whatever is saved of it makes another.
fn thing(about: &Resource) -> Thing {
    Thing::of("issue").and(about.id.to_string()).and(about.revision.to_be_bytes())
}

impl Entry {
    fn state_key(&self) -> &'static str {
        match self.state {
            resource::State::Draft => "content-draft",
            resource::State::Published => "content-published",
            resource::State::Withdrawn => "content-withdrawn",
        }
    }
}

#[derive(Template)]
#[template(path = "staff/content.html")]
pub struct ContentPage {
    shell: Shell,
    entries: Vec<Entry>,
    pages: (Option<String>, Option<String>),
    given: Given,
    done: Option<&'static str>,
}

#[cfg(test)]
impl platform::web::page::Samples for ContentPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let entry = |state, may_send, sent: &str| Entry {
            id: "1".into(),
            title: "Year-end update".into(),
            section: Section::Newsletters,
            state,
            changed: "2026-11-01".into(),
            may_send,
            sent: sent.into(),
            figures: Figures { sent: 120, refused: 3, unsubscribed: 1 },
            thing: Thing::of("issue"),
        };
        let entries = vec![
            entry(resource::State::Draft, false, ""),
            entry(resource::State::Published, true, ""),
            entry(resource::State::Withdrawn, false, "2026-11-02"),
        ];
        let older = || Some("/staff/content?after=1".to_owned());
        let given = || Given::sample("send-1", shell.t("staff-reason-wrong"));
        let page = |entries, done| Self {
            shell: shell.clone(),
            entries,
            pages: (None, older()),
            given: given(),
            done,
        };
        vec![page(vec![], None), page(entries, Some("staff-done"))]
    }
}

/// So many stand on a page, the last changed first.
const PAGE: u64 = 100;

pub async fn list(
    State(portal): State<Portal>,
    visitor: Staff,
    Query(turned): Query<Turned>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_edit())?;
    let found = resource::store::list_all(portal.db.reader(), &turned.turn(), PAGE).await?;
    let pages = beside("/staff/content", &found);
    page(&portal, &visitor, (found.rows, pages), (StatusCode::OK, Given::default())).await
}

async fn page(
    portal: &Portal,
    visitor: &Staff,
    (resources, pages): (Vec<Resource>, (Option<String>, Option<String>)),
    (status, given): (StatusCode, Given),
) -> Result<Response, Trouble> {
    let db = portal.db.reader();
    let ids: Vec<ResourceId> = resources.iter().map(|resource| resource.id).collect();
    let titles = resource::store::list_titles(db, &ids).await?;
    let figures = newsletter::store::list_figures(db, &ids).await?;
    let entry = |about: Resource| {
        let words = titles.iter().filter(|(id, _)| *id == about.id).map(|(_, words)| words.clone());
        Entry {
            thing: thing(&about),
            id: about.id.to_string(),
            title: words_for(words.collect(), visitor.visit.language).map_or(about.slug, |words| words.title),
            section: about.section,
            state: about.state,
            changed: visitor.visit.day_of(about.updated_at),
            may_send: about.newsletter.is_some()
                && about.state == resource::State::Published
                && about.mailed_at.is_none(),
            sent: about.mailed_at.map(|at| visitor.visit.day_of(at)).unwrap_or_default(),
            figures: figures.get(&about.id).copied().unwrap_or_default(),
        }
    };
    let entries = resources.into_iter().map(entry).collect();
    let (shell, done) = (visitor.shell(), done_of(&visitor.visit));
    let page = ContentPage { shell, entries, pages, given, done };
    given::page(&visitor.visit, status, &page.given, &page)
}

#[derive(Deserialize)]
pub struct Act {
    #[serde(default)]
    reason: String,
}

/// Sends an issue to the subscribers, once.
pub async fn send(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    act: About<Act>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_edit())?;
    let id: ResourceId = id.parse().map_err(|_| Trouble::not_found())?;
    let given = match carry_out(&portal, &visitor, id, act).await {
        Ok(response) => return Ok(response),
        Err(Undone::Trouble(trouble)) => return Err(trouble),
        Err(Undone::Back(given)) => given,
    };
    // The one issue that was pressed: the list may have moved on.
    let issue = resource::store::find_by_id(portal.db.reader(), id).await?.ok_or_else(Trouble::not_found)?;
    let list = Some("/staff/content".to_owned());
    page(&portal, &visitor, (vec![issue], (list, None)), (given.status(), given)).await
}

async fn carry_out(portal: &Portal, visitor: &Staff, id: ResourceId, act: About<Act>) -> Pressed {
    let (now, given) = (visitor.visit.now, Given::at(format!("send-{id}"), &act.names().reason));
    let (tx, reason) = begin(portal, visitor, &given, &Locks::default()).await?;
    let issue = resource::store::find_by_id(&tx, id).await?.ok_or_else(Trouble::not_found)?;
    let Act { .. } = given.shown(act.shown(&thing(&issue)), &visitor.visit)?;
    let newsletter = issue.newsletter.filter(|_| resource::store::is_out(&issue, now));
    let newsletter = newsletter::store::find(&tx, newsletter.ok_or_else(Trouble::not_found)?).await?;
    if newsletter.is_none_or(|newsletter| !newsletter.is_open) {
        let say = |part: &str| visitor.visit.t(&format!("newsletter-closed-{part}"));
        let why = format!("{}. {}", say("heading"), say("text"));
        return Err(given.because(StatusCode::CONFLICT, why).into());
    }
    if !resource::store::spend_mailing(&tx, now, id).await? {
        return Err(given.nothing_left(&visitor.visit).into());
    }
    portal.outbox.add(&tx, now, &SendIssue { issue: id, after: None, waited: 0 }).await?;
    let deed = Deed {
        actor: Actor::Staff(visitor.member.subject()),
        company: None,
        action: "newsletter.sent",
        target: format!("resource:{id}"),
        detail: json!({ "slug": issue.slug, "reason": reason }),
    };
    audit::store::append(&tx, now, &portal.audit_mac, &deed).await?;
    Ok(see_other(&tx.commit(now, "/staff/content?done=done".into()).await?))
}
