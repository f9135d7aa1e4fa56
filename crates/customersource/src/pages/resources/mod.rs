//! Resources: the sections and what is in them (CS-01).
pub mod calendar;
pub mod download;
pub mod enrol;
pub mod item;
pub mod search;

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use platform::{
    Fault,
    db::Reader,
    language::Language,
    turn::{Leaf, Turn, Turned},
    web::{Shell, Trouble, see_other},
};

use crate::{
    Portal,
    access::{Access, Rule},
    newsletter::NewsletterId,
    resource::{self, Resource, ResourceId, Section, words_for},
    search::{Question, Snippet, snippet},
    visitor::{locked::Place, reading::Reading},
};

/// One line of a list.
#[derive(Clone, Debug)]
pub struct Line {
    pub href: String,
    pub title: String,
    /// BCP 47: words may be in another language than the page.
    pub language: String,
    pub summary: String,
    /// Product, version, day.
    pub facts: String,
    /// The visitor's plan does not open it.
    pub is_locked: bool,
    /// The place that answers a question.
    pub snippet: Snippet,
}

impl Line {
    #[cfg(test)]
    pub fn sample(is_locked: bool) -> Self {
        Self {
            href: "/resources/self-help/x".into(),
            title: "Reconcile a bank account".into(),
            language: "en-US".into(),
            summary: "What to do when the balances differ.".into(),
            facts: "GP 2026 · 2026-11-01".into(),
            is_locked,
            snippet: Snippet::default(),
        }
    }

    /// With the place of a text that answers the question, if it has one.
    fn answering(mut self, question: &Question, text: &str) -> Self {
        self.snippet = snippet(question, &self.language, text).unwrap_or_default();
        self
    }
}

/// Where a resource lies.
pub fn path_of(resource: &Resource, newsletter: Option<&str>) -> String {
    match newsletter {
        Some(newsletter) => format!("/newsletters/{newsletter}/{}", resource.slug),
        None => format!("/resources/{}/{}", resource.section.path(), resource.slug),
    }
}

/// Product, version and day, as far as there are any.
pub fn facts_of(shell: &Shell, resource: &Resource) -> String {
    let product = format!("{} {}", resource.product, resource.version);
    let day = resource.published_at.map(|at| shell.day(&at.date().to_string())).unwrap_or_default();
    [product.trim(), day.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Lines for resources of a section, or of a newsletter, in their order, with the words that this reader reads.
pub async fn lines(
    db: &Reader,
    reading: &Reading,
    (resources, newsletter): (Vec<Resource>, Option<&str>),
    language: Language,
) -> Result<Vec<Line>, Fault> {
    let ids: Vec<ResourceId> = resources.iter().map(|resource| resource.id).collect();
    let mut words = HashMap::<ResourceId, Vec<resource::Words>>::new();
    for (id, one) in resource::store::list_titles(db, &ids).await? {
        words.entry(id).or_default().push(one);
    }
    let newsletter = newsletter.map(str::to_owned);
    let resources: Vec<_> = resources.into_iter().map(|resource| (resource, newsletter.clone())).collect();
    Ok(lines_with(reading, &resources, words, language).into_iter().map(|(_, line)| line).collect())
}

/// The same with words that were read already.
fn lines_with(
    reading: &Reading,
    resources: &[(Resource, Option<String>)],
    mut words: HashMap<ResourceId, Vec<resource::Words>>,
    language: Language,
) -> Vec<(ResourceId, Line)> {
    let (mut lines, shell) = (Vec::new(), reading.shell());
    for (resource, newsletter) in resources {
        let Some(words) = words.remove(&resource.id).and_then(|all| words_for(all, language)) else {
            continue;
        };
        let line = Line {
            href: path_of(resource, newsletter.as_deref()),
            title: words.title,
            language: words.language,
            summary: words.summary,
            facts: facts_of(&shell, resource),
            is_locked: !reading.face(&resource.rule).is_allowed(),
            snippet: Snippet::default(),
        };
        lines.push((resource.id, line));
    }
    lines
}

#[derive(Template)]
#[template(path = "resources/list.html")]
pub struct ListPage {
    shell: Shell,
    section: Section,
    lines: Vec<Line>,
    pages: (Option<String>, Option<String>),
}

#[cfg(test)]
impl platform::web::page::Samples for ListPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let pages = || (Some("/resources/x?before=1".into()), Some("/resources/x?after=1".into()));
        let page = |section, lines| Self { shell: shell.clone(), section, lines, pages: pages() };
        let lists = Section::LISTED
            .into_iter()
            .map(|section| page(section, vec![Line::sample(false), Line::sample(true)]));
        lists.chain([page(Section::SelfHelp, vec![])]).collect()
    }
}

/// What is in a section: what the visitor may read, and, with a mark, what another plan would open. What is
/// meant for others is not there.
pub async fn list(
    State(portal): State<Portal>,
    reading: Reading,
    Path(section): Path<String>,
    Query(turned): Query<Turned>,
) -> Result<Response, Trouble> {
    if section == Section::Newsletters.path() {
        return Ok(see_other("/newsletters"));
    }
    let section = Section::of_path(&section).ok_or_else(Trouble::not_found)?;
    let visit = reading.visit();
    let place = Place::titled(visit.t(section.heading())).under(visit.t("nav-resources"), "/resources");
    reading.enter(&portal, &Rule::default(), place).await?;
    let db = portal.db.reader();
    let found = shown(db, &reading, (section, None), turned.turn(), Access::is_listed).await?;
    let pages = beside(&format!("/resources/{}", section.path()), &found);
    let lines = lines(db, &reading, (found.rows, None), reading.visit().language).await?;
    reading.page(&ListPage { shell: reading.shell(), section, lines, pages })
}

/// So many stand on a page.
pub const PAGE: usize = 50;
/// Most readers may see what they ask for: a page is looked at first, then so many together.
const LOOKED_AT: u64 = 200;

/// A page of what somebody sees listed: what is meant for others does not count.
pub async fn shown(
    db: &Reader,
    reading: &Reading,
    of: (Section, Option<NewsletterId>),
    turn: Turn<ResourceId>,
    is_listed: impl Fn(&Access) -> bool,
) -> Result<Leaf<Resource>, Fault> {
    let is_back = turn.is_backwards();
    let (mut rows, mut asked, mut most) = (Vec::new(), turn, PAGE as u64 + 1);
    // One more than a page shows whether it goes on.
    while rows.len() <= PAGE {
        let found = resource::store::list_published(db, reading.visit().now, of, (&asked, most)).await?;
        most = LOOKED_AT;
        let (first, last) = found.ends(|resource| resource.id);
        let mut seen = found.rows;
        seen.retain(|resource| is_listed(&reading.face(&resource.rule)));
        if is_back {
            seen.reverse();
        }
        rows.extend(seen);
        asked = match if is_back { first.map(Turn::Before) } else { last.map(Turn::After) } {
            Some(next) => next,
            None => break,
        };
    }
    Ok(turn.leaf(rows, PAGE as u64))
}

/// The addresses of the pages on both sides.
pub fn beside(path: &str, found: &Leaf<Resource>) -> (Option<String>, Option<String>) {
    let (first, last) = found.ends(|resource| resource.id);
    let at = |side: &str, id: Option<ResourceId>| id.map(|id| format!("{path}?{side}={id}"));
    (at("before", first), at("after", last))
}
