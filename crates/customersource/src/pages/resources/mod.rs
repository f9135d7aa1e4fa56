//! Resources: the sections, what is in them, and the quick search over all that the visitor may read (CS-01).
pub mod download;
pub mod enrol;
pub mod item;

use std::collections::HashMap;

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query, State},
    response::Response,
    routing::get,
};
use platform::{
    Fault,
    db::Reader,
    language::Language,
    web::{Shell, Trouble, page::Samples, see_other},
};
use serde::Deserialize;

use super::locked::LockBox;
use crate::{
    Portal,
    access::{Access, Rule},
    newsgroup::{self, ThreadId},
    newsletter,
    resource::{self, Resource, ResourceId, Section, markdown, words_for},
    search::{self, Kind, Question, Snippet},
    visitor::{Acting, reading::Reading},
};

pub fn router() -> Router<Portal> {
    Router::new()
        .route("/resources", get(hub))
        .route("/resources/{section}", get(list))
        .merge(item::router())
        .merge(download::router())
        .merge(enrol::router())
}

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
        self.snippet = search::snippet(question, &self.language, text).unwrap_or_default();
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
pub fn facts_of(resource: &Resource) -> String {
    let product = format!("{} {}", resource.product, resource.version);
    let day = resource.published_at.map(|at| at.date().to_string()).unwrap_or_default();
    [product.trim(), day.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Lines for resources, in their order, with the words that this reader reads.
pub async fn lines(
    db: &Reader,
    reading: &Reading,
    resources: &[Resource],
    language: Language,
) -> Result<Vec<Line>, Fault> {
    let ids: Vec<ResourceId> = resources.iter().map(|resource| resource.id).collect();
    let mut words = HashMap::<ResourceId, Vec<resource::Words>>::new();
    for (id, one) in resource::store::list_titles(db, &ids).await? {
        words.entry(id).or_default().push(one);
    }
    let mut newsletters = HashMap::new();
    if resources.iter().any(|resource| resource.newsletter.is_some()) {
        newsletters
            .extend(newsletter::store::list(db).await?.into_iter().map(|letter| (letter.id, letter.slug)));
    }
    let mut lines = Vec::new();
    for resource in resources {
        let Some(words) = words.remove(&resource.id).and_then(|all| words_for(all, language)) else {
            continue;
        };
        let newsletter = resource.newsletter.and_then(|id| newsletters.get(&id));
        lines.push(Line {
            href: path_of(resource, newsletter.map(String::as_str)),
            title: words.title,
            language: words.language,
            summary: words.summary,
            facts: facts_of(resource),
            is_locked: !reading.face(&resource.rule).is_allowed(),
            snippet: Snippet::default(),
        });
    }
    Ok(lines)
}

#[derive(Template)]
#[template(path = "resources/hub.html")]
pub struct HubPage {
    shell: Shell,
    acting: Option<Acting>,
    lock: Option<LockBox>,
    back: String,
    text: String,
    found: Vec<Line>,
}

impl Samples for HubPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let Some(question) = Question::of("bank") else { return vec![] };
        let page = |text: &str, found, face| Self {
            shell: shell.clone(),
            acting: Some(Acting { company: "Contoso Ltda".into(), person: "Maria Silva".into() }),
            lock: LockBox::of(face),
            back: "/signin?next=%2Fresources".into(),
            text: text.into(),
            found,
        };
        let marked = Line::sample(false).answering(&question, "How to reconcile a bank account");
        vec![
            page("", vec![], Access::Allowed(None)),
            page("", vec![], Access::Anonymous),
            page("bank", vec![Line::sample(false), marked], Access::Allowed(None)),
            page("bank", vec![], Access::Allowed(None)),
        ]
    }
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
}

/// So much is looked at, and so much is shown.
const LOOKED_AT: u64 = 300;
const SHOWN: usize = 30;

/// The sections for everybody; the search for whoever may read anything at all.
async fn hub(
    State(portal): State<Portal>,
    reading: Reading,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let text: String = asked.q.trim().chars().filter(|c| !c.is_control()).take(200).collect();
    let lock = LockBox::of(reading.face(&Rule::default()));
    let found = match Question::of(&text).filter(|_| lock.is_none()) {
        Some(question) => find(&portal, &reading, &question).await?,
        None => vec![],
    };
    let shell = reading.shell();
    let back = super::sign_in::path_to("/resources");
    reading.page(&HubPage { shell, acting: reading.acting(), lock, back, text, found })
}

/// What answers the question and may be read by this visitor now.
async fn find(portal: &Portal, reading: &Reading, question: &Question) -> Result<Vec<Line>, Trouble> {
    let (db, now) = (portal.db.reader(), reading.visit().now);
    let language = reading.visit().language;
    let hits = search::store::find(db, question, language, LOOKED_AT).await?;
    let ids: Vec<_> =
        hits.iter().filter(|hit| hit.kind == Kind::Resource).map(|hit| ResourceId(hit.id)).collect();
    let known: HashMap<_, _> = resource::store::list_by_id(db, &ids)
        .await?
        .into_iter()
        .filter(|resource| {
            resource::store::is_out(resource, now) && reading.face(&resource.rule).is_allowed()
        })
        .map(|resource| (resource.id, resource))
        .collect();
    let mut found = Vec::new();
    for hit in hits {
        if found.len() >= SHOWN {
            break;
        }
        match hit.kind {
            Kind::Resource => {
                let Some(resource) = known.get(&ResourceId(hit.id)) else { continue };
                for line in lines(db, reading, std::slice::from_ref(resource), language).await? {
                    let words = resource::store::list_words(db, resource.id).await?;
                    let words = words.into_iter().find(|words| words.language == line.language);
                    let text =
                        words.map(|words| format!("{} {}", words.summary, markdown::plain(&words.body)));
                    found.push(line.answering(question, &text.unwrap_or_default()));
                }
            }
            Kind::Thread => found.extend(find_thread(portal, reading, question, ThreadId(hit.id)).await?),
        }
    }
    Ok(found)
}

async fn find_thread(
    portal: &Portal,
    reading: &Reading,
    question: &Question,
    id: ThreadId,
) -> Result<Option<Line>, Trouble> {
    let db = portal.db.reader();
    let found = newsgroup::store::find_thread(db, id).await?;
    let Some((thread, group)) = found.filter(|(_, group)| reading.face(&group.rule).is_allowed()) else {
        return Ok(None);
    };
    let line = Line {
        href: format!("/newsgroups/{}/{}", group.slug, thread.id),
        title: match thread.subject.shown() {
            Some(subject) => subject.to_owned(),
            None => reading.visit().t("thread-subject-hidden"),
        },
        language: group.language,
        summary: String::new(),
        facts: format!("{} · {}", group.name, thread.last_at.date()),
        is_locked: false,
        snippet: Snippet::default(),
    };
    Ok(Some(line.answering(question, &newsgroup::store::read_visible(db, id).await?)))
}

#[derive(Template)]
#[template(path = "resources/list.html")]
pub struct ListPage {
    shell: Shell,
    acting: Option<Acting>,
    section: Section,
    lines: Vec<Line>,
}

impl Samples for ListPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let acting = || Some(Acting { company: "Contoso Ltda".into(), person: "Maria Silva".into() });
        let page = |section, lines| Self { shell: shell.clone(), acting: acting(), section, lines };
        let lists = Section::LISTED
            .into_iter()
            .map(|section| page(section, vec![Line::sample(false), Line::sample(true)]));
        lists.chain([page(Section::SelfHelp, vec![])]).collect()
    }
}

/// What is in a section: what the visitor may read, and, with a mark, what another plan would open. What is
/// meant for others is not there.
async fn list(
    State(portal): State<Portal>,
    reading: Reading,
    Path(section): Path<String>,
) -> Result<Response, Trouble> {
    if section == Section::Newsletters.path() {
        return Ok(see_other("/newsletters"));
    }
    let section = Section::of_path(&section).ok_or_else(Trouble::not_found)?;
    reading.enter(&Rule::default())?;
    let db = portal.db.reader();
    let mut resources = resource::store::list_published(db, reading.visit().now, section, None).await?;
    resources.retain(|resource| {
        matches!(reading.face(&resource.rule), Access::Allowed(_) | Access::PlanInsufficient(_))
    });
    let lines = lines(db, &reading, &resources, reading.visit().language).await?;
    reading.page(&ListPage { shell: reading.shell(), acting: reading.acting(), section, lines })
}
